"""Mistakes that DuckDB accepts and BigQuery refuses: each, when planted, is reported by line.

Each is written into what dbt made of a model for BigQuery, and into the model's own text, as if an
analyst had made it there.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from python_scoring.tests.bigquery.comparison import differences, line_of_column
from python_scoring.tests.bigquery.conftest import BigQueryBuild
from python_scoring.tests.bigquery.refusals import refusals
from python_scoring.tests.bigquery.warehouse import RELATION, Warehouse
from python_scoring.tests.bigquery.zetasql_engine import SqlRefusedError, Table
from python_scoring.tests.conftest import Dbt


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
