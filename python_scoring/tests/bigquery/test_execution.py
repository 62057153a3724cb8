"""ZetaSQL's reference engine and DuckDB make the same of the same delivery, value by value."""

from typing import Any

import pytest
from hypothesis import given, settings

from python_scoring.tests.bigquery.comparison import differences, line_of_column
from python_scoring.tests.bigquery.conftest import TAKEN_OVER, BigQueryBuild, deliver, duckdb_table
from python_scoring.tests.bigquery.warehouse import Statement, Warehouse
from python_scoring.tests.bigquery.zetasql_engine import Table, ZetaSql
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.support.feature_engine import FeatureEngine
from python_scoring.tests.support.worlds import (
    Aftermath,
    Past,
    aftermaths,
    archived,
    delivered,
    pasts,
)

# the run's own: its clock, its id, and what it hashes (files here, rows there)
CLOCK = ["scoring_timestamp", "Lead_Score_Timestamp__c", "started_at", "ended_at"]
OF_THE_RUN = [*CLOCK, "build_id", "read_from", "content_hash"]
# sums of logarithms, whose last digit follows their order: test_monitoring compares them
OF_LOGARITHMS = ["stability_index", "stability_limit"]
FEATURES = "lead_scoring_features_pit"


def sql_models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"] not in TAKEN_OVER
    }


def test_every_model_holds_the_same_values(
    bigquery_build: BigQueryBuild, duckdb_build: Dbt
) -> None:
    models = sql_models(duckdb_build.manifest())
    found, compared = [], 0
    for name, node in models.items():
        ours, theirs = bigquery_build.warehouse.tables[name], duckdb_table(duckdb_build, name)
        compared += len(ours.rows) * len(ours.columns)
        for difference in differences(ours, theirs, [*OF_THE_RUN, *OF_LOGARITHMS]):
            column = difference.split(":")[0]
            found.append(f"{line_of_column(node, column)}: {difference} (BigQuery, DuckDB)")
    assert found == []
    assert len(models) >= 30
    assert compared > 15_000


def test_the_edge_world_reaches_every_split_and_reason(bigquery_build: BigQueryBuild) -> None:
    """A world in which nothing happens would make any two engines agree."""
    tables = bigquery_build.warehouse.tables

    def values(name: str, column: str) -> set[Any]:
        position = [*tables[name].columns].index(column)
        return {row[position] for row in tables[name].rows}

    assert values("lead_training_set", "split") == {
        "train",
        "calibration",
        "test",
        "gap",
        "immature",
    }
    assert len(values("rejected_source_rows", "reason")) >= 11
    assert len(values("odd_source_rows", "finding")) >= 7
    assert values("lead_scores_daily", "score_decile") >= {1, 2, 3}
    assert values(FEATURES, "pit_mobility_tier") == {
        *("Highly Mobile", "Mobile", "Average", "Stable", "Lifer", None)
    }
    assert values(FEATURES, "aum_growth_since_jan2024_pct") >= {None, 0.0, 2.75, 500.0}


def feature_statements(build: BigQueryBuild) -> list[Statement]:
    """What made the features and their ancestors, in the order in which dbt made them."""
    manifest = build.manifest
    wanted, queue = set[str](), [f"model.lead_scoring.{FEATURES}"]
    for node_id in queue:
        if node_id in manifest["nodes"] and node_id not in wanted:
            wanted.add(node_id)
            queue.extend(manifest["nodes"][node_id]["depends_on"].get("nodes", []))
    first = {s.node_id: s for s in build.warehouse.log if "create or replace" in s.sql}
    return [statement for key, statement in first.items() if key in wanted]


@pytest.mark.bigquery
@settings(max_examples=25)
@given(past=pasts, aftermath=aftermaths)
def test_features_agree_on_any_world(
    bigquery_build: BigQueryBuild,
    engine: FeatureEngine,
    zetasql: ZetaSql,
    past: Past,
    aftermath: Aftermath,
) -> None:
    world, archives = delivered(past, aftermath), archived(past, aftermath)
    warehouse = Warehouse(zetasql)
    deliver(warehouse, world)
    warehouse.tables["arrival_curve"] = bigquery_build.warehouse.tables["arrival_curve"]
    for statement in feature_statements(bigquery_build):
        warehouse.run(statement.sql)
        name = statement.node_id.rpartition(".")[2]
        if name in archives:
            columns = warehouse.tables[name].columns
            rows = tuple(tuple(row[column] for column in columns) for row in archives[name])
            warehouse.tables[name] = Table(columns, rows)
    built = engine.build(world, archives)
    untyped = dict.fromkeys(built.column_names, "")  # types are the analysis' subject
    theirs = Table(untyped, tuple(tuple(row.values()) for row in built.to_pylist()))
    assert differences(warehouse.tables[FEATURES], theirs) == []
