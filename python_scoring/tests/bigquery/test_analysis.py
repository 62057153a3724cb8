"""Whatever dbt sends to BigQuery is analysed by ZetaSQL: models, tests, unit tests, DDL, MERGE."""

import json
import re

from python_scoring.tests.bigquery.conftest import DAYS, BigQueryBuild
from python_scoring.tests.bigquery.refusals import refusals
from python_scoring.tests.bigquery.warehouse import RELATION
from python_scoring.tests.bigquery.zetasql_engine import Table, bigquery_type
from python_scoring.tests.support.partition_filters import unfiltered


def test_first_run(bigquery_build: BigQueryBuild) -> None:
    """Unit tests and data tests count too: dbt fails where ZetaSQL's answer is another one."""
    refused = refusals(bigquery_build.warehouse.log, bigquery_build.manifest)
    assert not refused, f"BigQuery would refuse:\n{refused}"
    assert bigquery_build.done.returncode == 0, bigquery_build.done.stdout[-6000:]


def test_nothing_was_left_out(bigquery_build: BigQueryBuild) -> None:
    manifest = bigquery_build.manifest
    sent = {statement.node_id for statement in bigquery_build.warehouse.log}
    kinds = ("model", "test", "snapshot")
    wanted = {
        key
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in kinds
        and node["language"] == "sql"
        and node["config"]["enabled"]
    } | set(manifest["unit_tests"])
    assert len(wanted) > 150
    assert wanted - sent == set()


def test_columns_and_types_are_the_contracts(bigquery_build: BigQueryBuild) -> None:
    contracts = {
        node["name"]: {name: bigquery_type(c["data_type"]) for name, c in node["columns"].items()}
        for node in bigquery_build.manifest["nodes"].values()
        if node["resource_type"] == "model" and node["config"]["contract"]["enforced"]
    }
    assert len(contracts) >= 5
    for name, columns in contracts.items():
        assert dict(bigquery_build.warehouse.tables[name].columns) == columns, name


def test_later_runs(bigquery_build: BigQueryBuild) -> None:
    """The log is there now, so dbt merges into it instead of creating it."""
    log = bigquery_build.warehouse.log
    before = len(log)
    chosen = ["--select", "config.materialized:incremental"]
    done = bigquery_build.dbt.run("run", *chosen, "--vars", json.dumps(DAYS))
    refused = refusals(log[before:], bigquery_build.manifest)
    assert not refused, f"BigQuery would refuse:\n{refused}"
    assert done.returncode == 0, done.stdout[-4000:]
    merged = {s.node_id.split(".")[-1] for s in log[before:] if "merge into" in s.sql.lower()}
    assert merged == {"salesforce_delivery_log"}


def test_all_is_published_by_one_script_that_is_a_transaction(
    bigquery_build: BigQueryBuild,
) -> None:
    """No DDL inside, and each day named by a literal: BigQuery prunes by nothing else."""
    log = bigquery_build.warehouse.log
    scripts = [s.sql for s in log if "begin transaction" in s.sql]
    assert len(scripts) == 1
    statements = [
        " ".join(s.split()) for s in bigquery_build.warehouse.engine.statements(scripts[0])
    ]
    verbs = [re.sub(r"^/[*].*?[*]/ ", "", s).split()[0].lower().rstrip(";") for s in statements]
    assert verbs[0] == "begin"
    assert verbs[-1] == "commit"
    assert set(verbs[1:-1]) == {"delete", "insert"}
    assert unfiltered(scripts[0], {"lead_scores_daily", "prospect_scores"}, "bigquery") == []
    published = {
        node["name"]
        for node in bigquery_build.manifest["nodes"].values()
        if node["config"]["materialized"] in ("published", "publication")
    }
    changed = {
        table
        for s in statements
        for table in re.findall(r"insert into `[^`]+`\.`[^`]+`\.`([^`]+)`", s)
    }
    assert changed == published


def test_a_new_column_is_added_to_a_table_that_keeps_its_days(
    bigquery_build: BigQueryBuild,
) -> None:
    """A database of before as_of_date was published: the next run adds it."""
    warehouse = bigquery_build.warehouse
    built = {name: warehouse.tables[name] for name in ("lead_scores_daily", "prospect_scores")}
    for name, table in built.items():
        kept = [position for position, column in enumerate(table.columns) if column != "as_of_date"]
        columns = {column: kind for column, kind in table.columns.items() if column != "as_of_date"}
        rows = tuple(tuple(row[position] for position in kept) for row in table.rows)
        warehouse.tables[name] = Table(columns, rows)
    before = len(warehouse.log)
    done = bigquery_build.dbt.run("run", "--select", *built, "--vars", json.dumps(DAYS))
    columns_now = {name: dict(warehouse.tables[name].columns) for name in built}
    warehouse.tables |= built
    refused = refusals(warehouse.log[before:], bigquery_build.manifest)
    assert not refused, f"BigQuery would refuse:\n{refused}"
    assert done.returncode == 0, done.stdout[-4000:]
    assert columns_now == {name: dict(table.columns) for name, table in built.items()}


def test_analyses(bigquery_build: BigQueryBuild) -> None:
    chosen = ["--select", "resource_type:analysis"]
    done = bigquery_build.dbt.run("compile", *chosen, "--vars", json.dumps(DAYS))
    assert done.returncode == 0, done.stdout[-4000:]
    nodes = bigquery_build.dbt.manifest()["nodes"].values()
    analyses = [node for node in nodes if node["resource_type"] == "analysis"]
    assert analyses
    warehouse = bigquery_build.warehouse
    for node in analyses:
        code = RELATION.sub(r"`\1`", node["compiled_code"])
        warehouse.engine.evaluate(code, warehouse.reads(code))
