"""The BigQuery targets as far as dbt tells without a server; `make test-bigquery` goes further."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from python_scoring.tests.bigquery_emulator.compare import compare
from python_scoring.tests.bigquery_emulator.known_gaps import read_gaps
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.support.dataproc import submitted_script

BUILT = pa.table(
    {
        "Id": ["b", "a", "c"],
        "score": [0.25, 0.5, None],
        "day": [dt.date(2025, 6, 30), None, dt.date(2025, 6, 30)],
    }
)


def test_the_target_parses_without_a_server_and_without_variables(
    fresh_dbt: Callable[[], Dbt],
) -> None:
    dbt = fresh_dbt()
    done = dbt.run("parse", "--target", "bigquery", "--vars", "{score_date: 2025-07-01}")
    assert done.returncode == 0, done.stdout[-2000:]
    config = dbt.manifest()["nodes"]["model.lead_scoring.lead_scores_daily"]["config"]
    assert config["partition_by"] == {"field": "score_date", "data_type": "date"}
    assert config["cluster_by"] == ["lead_id", "score_bucket"]
    assert config["require_partition_filter"] is True
    assert config["persist_docs"] == {"relation": True, "columns": True}
    # only `builds` changes its rows, and only those of the build's day
    assert config["materialized"] == "published"
    assert config["meta"] == {"replaces": "its day"}


def test_every_gap_of_the_emulator_names_nodes_that_exist(demo: Dbt) -> None:
    manifest = demo.manifest()
    nodes = manifest["nodes"].values()
    names = {node["name"] for node in (*nodes, *manifest["unit_tests"].values())}
    columns = {column.lower() for node in nodes for column in node["columns"]}
    for gap in read_gaps():
        assert set(gap.exclude) <= names, gap.gap
        assert set(gap.columns) <= columns, gap.gap


def test_the_order_of_rows_and_the_case_of_names_are_no_difference() -> None:
    other = BUILT.take([2, 0, 1]).rename_columns(["id", "score", "day"]).select([2, 0, 1])
    comparison = compare("scores", BUILT, other)
    assert (comparison.rows, comparison.values, comparison.differences) == (3, 9, ())


@pytest.mark.parametrize(
    ("column", "values", "word"),
    [
        ("score", [0.25 * (1 + 1e-8), 0.5, None], "score: 1 values"),
        ("score", [0.25, None, None], "score: 1 values"),
        ("day", [dt.date(2025, 6, 30), None, None], "day: 1 values"),
        ("Id", ["b", "A", "c"], "id: 1 values"),
        ("score", ["0.25", "x", None], "score: 1 values"),
        ("score", [1, 2, None], "types differ"),
    ],
)
def test_a_difference_of_one_value_is_found(column: str, values: list[object], word: str) -> None:
    position = BUILT.column_names.index(column)
    comparison = compare("scores", BUILT, BUILT.set_column(position, column, [values]))
    assert any(word in difference for difference in comparison.differences), comparison


def test_the_last_digits_of_a_float_are_no_difference() -> None:
    other = BUILT.set_column(1, "score", [[0.25 * (1 + 1e-12), 0.5, None]])
    assert compare("scores", BUILT, other).differences == ()


def test_a_missing_row_or_column_is_found() -> None:
    assert "3 rows on DuckDB, 2" in compare("scores", BUILT, BUILT.slice(1)).differences[0]
    assert "side only: day" in compare("scores", BUILT, BUILT.drop_columns("day")).differences[0]


def test_the_python_model_is_written_for_spark(tmp_path: Path) -> None:
    """As dbt-bigquery writes it: a macro of the same name, for DuckDB, stands in front of it."""
    text = submitted_script(tmp_path, "gs://some-bucket/models").read_text(encoding="utf-8")
    compile(text, "subject_scores.py", "exec")
    assert 'spark.read.format("bigquery")' in text
    assert "df.write" in text
