"""Each tile and each `test` block runs, on ZetaSQL and on DuckDB, and they say the same."""

from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.looker.check import Statement, check, on_duckdb, unmet
from python_scoring.looker.contracts import Contract
from python_scoring.tests.bigquery.zetasql_engine import Table, ZetaSql, bigquery_type
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.looker.conftest import DAY, LOOKML

# small enough to be sent to ZetaSQL with each statement
COMPARED = (
    "realised_",
    "calibration_",
    "early_outcomes",
    "model_alerts",
    "builds",
    "build_metrics",
)


@pytest.fixture(scope="module")
def zetasql() -> ZetaSql:
    return ZetaSql()


def tables_of(contracts: dict[str, Contract], demo: Dbt) -> dict[str, Table]:
    """The relations without rows, with the contracts' types on BigQuery."""
    nodes = {n["name"]: n for n in demo.manifest()["nodes"].values()}
    return {
        name: Table({c: bigquery_type(v["data_type"]) for c, v in nodes[name]["columns"].items()})
        for name in contracts
    }


def test_the_project_has_tiles_and_tests(statements: list[Statement]) -> None:
    places = {statement.place for statement in statements}
    assert len([place for place in places if "tile" in place]) >= 19
    assert len([place for place in places if "test" in place.split(",")[1]]) >= 7


def test_bigquerys_front_end_takes_every_statement(
    statements: list[Statement], contracts: dict[str, Contract], demo: Dbt, zetasql: ZetaSql
) -> None:
    tables = tables_of(contracts, demo)
    for statement in statements:
        zetasql.analyse(statement.sql, tables)


def test_every_tile_shows_something_and_every_test_holds(
    statements: list[Statement], history: Path
) -> None:
    """With a history, each tile has rows as it opens, but for lists that are rightly empty."""
    empty = {"Left out, and why", "What is wrong, and what to do"}
    opened: dict[str, int] = {}
    with duckdb.connect(str(history), read_only=True) as connection:
        for statement in statements:
            rows = connection.sql(on_duckdb(statement.sql)).to_arrow_table().to_pylist()
            if statement.asserts:
                assert unmet(statement, rows[0]) == []
            opened.setdefault(statement.place, len(rows))
    nothing = {place.split("'")[1] for place, rows in opened.items() if rows == 0}
    assert nothing <= empty


def test_both_engines_give_the_same_values(
    statements: list[Statement],
    contracts: dict[str, Contract],
    demo: Dbt,
    zetasql: ZetaSql,
    history: Path,
) -> None:
    tables = {k: v for k, v in tables_of(contracts, demo).items() if k.startswith(COMPARED)}
    compared = 0
    with duckdb.connect(str(history), read_only=True) as connection:
        for name, table in tables.items():
            rows = connection.execute(f"select {', '.join(table.columns)} from {name}").fetchall()
            tables[name] = Table(table.columns, tuple(rows))
        for statement in statements:
            read = {name: t for name, t in tables.items() if f" {name} " in statement.sql}
            if not read or "lead_scores_daily" in statement.sql:
                continue
            ours = connection.execute(on_duckdb(statement.sql)).fetchall()
            theirs = zetasql.evaluate(statement.sql, read).rows
            expected = [
                tuple(pytest.approx(v, rel=1e-9) if isinstance(v, float) else v for v in row)
                for row in theirs
            ]
            assert ours == expected, statement.place
            compared += len(ours)
    assert compared > 50


def test_intervals_are_those_of_the_project(history: Path, statements: list[Statement]) -> None:
    """The measures' own formula of Wilson, against the macro's, on each month."""
    with duckdb.connect(str(history), read_only=True) as connection:
        ours = connection.execute(
            "select call_rate_low, call_rate_high from realised_performance"
            " where population = 'leads' and is_ripe order by contact_month desc"
        ).fetchall()
        by_month = next(s.sql for s in statements if "'By month of contact'" in s.place)
        by_month = by_month.replace("where ", "where population = 'leads' and ")
        found = connection.execute(on_duckdb(by_month)).fetchall()
        theirs = [(row[5], row[6]) for row in found if row[1] == row[2]]
    assert len(ours) >= 10
    for one, other in zip(ours, theirs, strict=True):
        assert one == pytest.approx(other, abs=1e-4)


def test_what_does_not_hold_is_named() -> None:
    test = Statement("tests/x.test.lkml, test x", "select 1", ("holds", "does_not"))
    assert unmet(test, {"row_count": 2, "holds": 0, "does_not": 1}) == [
        "tests/x.test.lkml, test x: does_not does not hold"
    ]
    assert "no row" in unmet(test, {"row_count": 0, "holds": 0, "does_not": 0})[0]


def test_the_command_runs_all_of_it(demo: Dbt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(demo.database))
    target = str(demo.folder / "target")
    done = CliRunner().invoke(
        main, ["looker", "check", "--folder", str(LOOKML), "--target-path", target]
    )
    assert done.exit_code == 0, done.output
    assert "0 findings" in done.output


def test_the_exposures_name_what_the_dashboards_read(
    demo: Dbt, contracts: dict[str, Contract]
) -> None:
    exposures = demo.manifest()["exposures"].values()
    said = {
        e["name"].removeprefix("looker_"): {
            node.split(".")[-1] for node in e["depends_on"]["nodes"]
        }
        for e in exposures
        if e["name"].startswith("looker_")
    }
    read: dict[str, set[str]] = {name: set() for name in said}
    for statement in check(LOOKML, contracts, DAY).statements:
        folder, _, rest = statement.place.partition("/")
        if folder == "dashboards":
            words = set(statement.sql.replace(".", " ").split())
            read[rest.split(".")[0]] |= words & set(contracts)
    assert read == said
