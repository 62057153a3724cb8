"""The Python model as Dataproc runs it: dbt's own script for BigQuery, on Spark on this machine."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.dataset as ds
import pytest

from python_scoring import LeadScorer
from python_scoring.model.registry import PACKAGED
from python_scoring.scoring.engines import PERIODS, STRONGEST, SUBJECT_SCORE_SCHEMA
from python_scoring.tests.conftest import PROJECT, Dbt
from python_scoring.tests.support.dataproc import submitted_script

pytestmark = pytest.mark.bigquery

DRIVER = Path(__file__).parents[1] / "support/spark_driver.py"


def zipped_code(target: Path) -> Path:
    """What `python_file_uris` names: the package, and the seed that it reads."""
    with zipfile.ZipFile(target, "w") as archive:
        for pattern in ("python_scoring/**/*.py", "seeds/mappings/*.csv"):
            for path in PROJECT.glob(pattern):
                archive.write(path, path.relative_to(PROJECT))
    return target


def test_the_script_that_dbt_submits_scores_every_row_as_python_does(
    demo: Dbt, tmp_path: Path
) -> None:
    tables, registry = tmp_path / "tables", tmp_path / "registry"
    (tables / "lead_scoring_features").mkdir(parents=True)
    shutil.copytree(PACKAGED, registry)
    with duckdb.connect(str(demo.database), read_only=True) as connection:
        features = connection.execute("select * from lead_scoring_features").df()
        periods = connection.execute(f"select {', '.join(PERIODS)} from subject_scores").df()
        connection.execute(
            f"copy lead_scoring_features to '{tables}/lead_scoring_features/all.parquet'"
            " (row_group_size 4096)"
        )
    script = submitted_script(tmp_path, registry.as_uri())
    code = zipped_code(tmp_path / "lead_scoring.zip")
    added = {"PYSPARK_SUBMIT_ARGS": f"--py-files {code} pyspark-shell"}
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(script), str(tables)],
        cwd=tmp_path,
        env=os.environ | added | {"PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert "lead_scoring.zip/python_scoring" in done.stdout, done.stdout
    written = ds.dataset(tables / "subject_scores").to_table()
    assert written.schema.equals(SUBJECT_SCORE_SCHEMA)
    found = written.to_pandas().set_index("prediction_id").loc[features["prediction_id"]]
    assert len(found) == len(features) > 10_000
    scorer = LeadScorer()
    wanted = scorer.score_frame(features)
    for name in PERIODS:
        np.testing.assert_array_equal(found.pop(name), periods[name].dt.date, err_msg=name)
    for name in STRONGEST:
        assert set(found.pop(name)) == {scorer.strongest_features[name]}
    for name in found.columns:
        np.testing.assert_array_equal(found[name], wanted[name], err_msg=name)
