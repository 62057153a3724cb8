"""The project, built once for BigQuery on ZetaSQL and once on DuckDB, from the same delivery."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from python_scoring.tests.bigquery.edge_world import edge_world, write_parquet
from python_scoring.tests.bigquery.rest_api import DATASET_ID, PROJECT_ID, serving
from python_scoring.tests.bigquery.warehouse import Warehouse
from python_scoring.tests.bigquery.zetasql_engine import Table, ZetaSql, bigquery_type
from python_scoring.tests.conftest import PROJECT, Dbt
from python_scoring.tests.support.project_copy import allow_parts, copy_project
from python_scoring.tests.support.worlds import SCORE_DATE, Rows

# Python models run on Spark, and seeds are loaded as files: their tables are taken from DuckDB.
TAKEN_OVER = [
    *("subject_scores", "unseen_lead_scores"),
    *("score_buckets", "model_targets", "contact_suppressions", "salesforce_fields"),
    *("collapse_limits", "acknowledged_alerts", "arrival_curve"),
]
DAYS = {name: str(SCORE_DATE) for name in ("score_date", "analysis_date", "delivery_date")}


@dataclass(frozen=True)
class BigQueryBuild:
    """What came of `dbt build` on the BigQuery target.

    Args:
        dbt: To run it again on the same tables, while the tests last.
        warehouse: The tables, and every statement that dbt sent.
        done: dbt's exit code and words.
        manifest: What dbt knows of the nodes, with the SQL that it compiled.

    """

    dbt: Dbt
    warehouse: Warehouse
    done: subprocess.CompletedProcess[str]
    manifest: dict[str, Any]


def sources() -> Iterator[dict[str, Any]]:
    """The source tables as their ymls declare them."""
    for path in sorted((PROJECT / "models/staging").rglob("sources.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            yield from source["tables"]


def deliver(warehouse: Warehouse, world: Rows) -> None:
    """Put the source tables into the warehouse, under the names that they have there."""
    for source in sources():
        columns = {c["name"]: bigquery_type(c["data_type"]) for c in source["columns"]}
        rows = tuple(tuple(row.get(name) for name in columns) for row in world[source["name"]])
        warehouse.tables[source.get("identifier", source["name"])] = Table(columns, rows)


@pytest.fixture(scope="session")
def zetasql() -> ZetaSql:
    return ZetaSql()


@pytest.fixture(scope="session")
def duckdb_build(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """The edge world, built on DuckDB; tests read it and must not change it."""
    folder = tmp_path_factory.mktemp("edge_duckdb")
    dbt = Dbt(folder, copy_project(folder / "project"))
    # the promoted model does not fit this world, so tests would rightly keep it from publication
    allow_parts(dbt.project)
    types = {s["name"]: {c["name"]: c["data_type"] for c in s["columns"]} for s in sources()}
    write_parquet(edge_world(), types, dbt.folder)
    # so that days are drawn, and both engines must draw the same
    curve = dbt.project / "seeds/mappings/arrival_curve.csv"
    curve.write_text(curve.read_text() + "30,0.9,0.8,0.95,100\n60,1,0.9,1,100\n", encoding="utf-8")
    done = dbt.run(
        *("build", "--quiet", "--exclude-resource-types", "unit_test", "test"),
        *("--vars", json.dumps(DAYS)),
        LEAD_SCORING_DATA=str(dbt.folder),
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return dbt


def duckdb_table(dbt: Dbt, name: str) -> Table:
    """A table of the DuckDB build, with BigQuery's names for its types."""
    described = dbt.rows(f"describe {name}")
    return Table(
        {column: bigquery_type(kind) for column, kind, *_ in described},
        tuple(dbt.rows(f"select * from {name}")),
    )


@pytest.fixture(scope="session")
def bigquery_build(
    zetasql: ZetaSql, duckdb_build: Dbt, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BigQueryBuild]:
    """The edge world, built for BigQuery: each statement judged and executed by ZetaSQL."""
    folder = tmp_path_factory.mktemp("edge_bigquery")
    project = copy_project(folder / "project")
    allow_parts(project, TAKEN_OVER)
    dbt = Dbt(folder, project)
    warehouse = Warehouse(zetasql)
    deliver(warehouse, edge_world())
    for name in TAKEN_OVER:
        warehouse.tables[name] = duckdb_table(duckdb_build, name)
    with serving(warehouse) as address:
        write_profile(dbt.folder, address)
        # the tests of what was taken over run all the same: hence no indirect selection
        excluded = ["--indirect-selection", "empty", "--exclude", *TAKEN_OVER]
        done = dbt.run("build", *excluded, "--vars", json.dumps(DAYS))
        yield BigQueryBuild(dbt, warehouse, done, dbt.manifest())


def write_profile(folder: Path, address: str) -> None:
    """A target like production's, but for the address and the token."""
    target = {
        "type": "bigquery",
        "method": "oauth-secrets",
        "token": "none",
        "api_endpoint": address,
        "project": PROJECT_ID,
        "dataset": DATASET_ID,
        "threads": 2,
        "job_retries": 0,
    }
    profile = {"lead_scoring": {"target": "zetasql", "outputs": {"zetasql": target}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
