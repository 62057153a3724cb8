"""Whatever dbt sends to BigQuery is analysed by ZetaSQL: models, tests, unit tests, DDL, MERGE."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from python_scoring.tests.bigquery.comparison import differences, line_of_column
from python_scoring.tests.bigquery.conftest import DAYS, BigQueryBuild
from python_scoring.tests.bigquery.refusals import refusals
from python_scoring.tests.bigquery.warehouse import RELATION, Warehouse
from python_scoring.tests.bigquery.zetasql_engine import SqlRefusedError, Table, bigquery_type
from python_scoring.tests.conftest import Dbt
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
    """The tables are there now, so dbt merges into them instead of creating them."""
    log = bigquery_build.warehouse.log
    before = len(log)
    chosen = ["--select", "config.materialized:incremental"]
    done = bigquery_build.dbt.run("run", *chosen, "--vars", json.dumps(DAYS))
    refused = refusals(log[before:], bigquery_build.manifest)
    assert not refused, f"BigQuery would refuse:\n{refused}"
    assert done.returncode == 0, done.stdout[-4000:]
    merged = {s.node_id.split(".")[-1] for s in log[before:] if "merge into" in s.sql.lower()}
    archives = {"registration_arrivals", "firm_month_arrivals", "firm_figure_arrivals"}
    assert merged == archives | {"salesforce_delivery_log", "forgotten_people"}


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


# Mistakes planted into what was built: each is refused or shows in the values.


@dataclass(frozen=True)
class Mistake:
    """A piece of a model's text, what an analyst made of it, and what ZetaSQL says to that.

    Args:
        model: The model.
        right: What is written there.
        wrong: What an analyst might write.
        told: How ZetaSQL's message begins.
        elsewhere: Part of the line that it points to, where that is not the line of the mistake.

    """

    model: str
    right: str
    wrong: str
    told: str
    elsewhere: str | None = None

    @property
    def line_with(self) -> str:
        """Part of the line that is to be told."""
        return self.elsewhere or self.wrong


MISTAKES = {
    "count_if is DuckDB's": Mistake(
        "feat_registrations",
        "count(*) as move_count",
        "count_if(firm_changes.is_move) as move_count",
        "Function not found: count_if; Did you mean countif?",
    ),
    "a cast with two colons": Mistake(
        "stg_salesforce__leads",
        "cast(stage_entered_contacting__c as date) as contacted_date",
        "stage_entered_contacting__c::date as contacted_date",
        'Syntax error: Expected ")" but got ":"',
    ),
    "a column not grouped": Mistake(
        "built_call_exclusions",
        "group by subjects.prediction_id, subjects.lead_id, subjects.advisor_crd, found.exclusion",
        "group by subjects.prediction_id, subjects.lead_id, found.exclusion",
        "SELECT list expression references subjects.advisor_crd which is neither grouped",
        elsewhere="        subjects.advisor_crd,",
    ),
    "a text plus a number": Mistake(
        "int_prediction_spine",
        "concat('lead:', lead_id) as prediction_id",
        "'lead:' + advisor_crd as prediction_id",
        "Could not cast literal",
    ),
    "a text column plus a number": Mistake(
        "int_prediction_spine",
        "concat('lead:', lead_id) as prediction_id",
        "lead_id + advisor_crd as prediction_id",
        "No matching signature for operator +",
    ),
}


def node_named(build: BigQueryBuild, model: str) -> dict[str, Any]:
    node: dict[str, Any] = build.manifest["nodes"][f"model.lead_scoring.{model}"]
    return node


@pytest.mark.parametrize("name", MISTAKES)
def test_the_analyser_names_model_and_line(bigquery_build: BigQueryBuild, name: str) -> None:
    mistake = MISTAKES[name]
    node = node_named(bigquery_build, mistake.model)
    written = node["raw_code"].replace(mistake.right, mistake.wrong)
    planted = bigquery_build.manifest | {"nodes": {node["unique_id"]: node | {"raw_code": written}}}
    line = 1 + written[: written.index(mistake.line_with)].count("\n")
    # the model's own statement, and those of its unit tests, which hold its SQL
    of_model = (node["unique_id"], f"unit_test.lead_scoring.{mistake.model}.")
    log, tables = bigquery_build.warehouse.log, bigquery_build.warehouse.tables
    sent = [s.sql for s in log if s.node_id.startswith(of_model) and mistake.right in s.sql]
    assert len(sent) >= 2
    for statement in sent:
        warehouse = Warehouse(bigquery_build.warehouse.engine, dict(tables))
        with pytest.raises(SqlRefusedError):
            warehouse.run(statement.replace(mistake.right, mistake.wrong))
        told = refusals(warehouse.log, planted)
        assert told.startswith(f"{node['original_file_path']}:{line}: {mistake.told}")


def test_a_week_that_begins_on_another_day_shows_in_the_values(
    bigquery_build: BigQueryBuild, duckdb_build: Dbt
) -> None:
    """Both engines accept it; only the values tell. `dbt.date_trunc('week', …)` renders as here."""
    node = node_named(bigquery_build, "stg_salesforce__leads")
    day = "cast(stage_entered_contacting__c as date) as contacted_date"
    on_bigquery = node["compiled_code"].replace(
        day,
        "timestamp_trunc(cast(stage_entered_contacting__c as timestamp), week) as contacted_date",
    )
    on_duckdb = duckdb_build.manifest()["nodes"][node["unique_id"]]["compiled_code"].replace(
        day, "date_trunc('week', stage_entered_contacting__c) as contacted_date"
    )
    assert on_bigquery != node["compiled_code"]
    warehouse = bigquery_build.warehouse
    on_bigquery = RELATION.sub(r"`\1`", on_bigquery)
    ours = warehouse.engine.evaluate(on_bigquery, warehouse.reads(on_bigquery))
    theirs = Table(ours.columns, tuple(duckdb_build.rows(on_duckdb)))
    found = differences(ours, theirs)
    assert found
    assert {difference.split(":")[0] for difference in found} == {"contacted_date"}
    lines = enumerate(node["raw_code"].splitlines(), start=1)
    line = max(number for number, text in lines if "contacted_date" in text)
    assert line_of_column(node, "contacted_date") == f"{node['original_file_path']}:{line}"
