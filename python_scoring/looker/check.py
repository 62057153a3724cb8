"""Whether the LookML fits the contracts, and what its tiles and tests ask the warehouse."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import sqlglot

from python_scoring.errors import WarehouseError
from python_scoring.io.warehouse.current import warehouse
from python_scoring.io.warehouse.duckdb import DuckDb
from python_scoring.looker.contracts import Contract
from python_scoring.looker.dashboards import Tile, read_dashboard
from python_scoring.looker.data_tests import read_test, statement
from python_scoring.looker.fields import Field, RefusedError
from python_scoring.looker.project import Project, read_project
from python_scoring.looker.query import Translator
from python_scoring.looker.views import NAMES_GRANT, stale

# a value of each kind, so that each filter of a dashboard is tried
_PROBES = {"string": "Hot", "number": "1", "yesno": "yes", "date": "30 days", "timestamp": "7 days"}


@dataclass(frozen=True)
class Statement:
    """SQL of a tile, with or without a value in its filters, or of a test.

    Args:
        place: File and title, for findings.
        sql: In BigQuery's dialect.
        asserts: Names of the assertions that it counts; none of a tile.
    """

    place: str
    sql: str
    asserts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """What the check found, and what is left to run.

    Args:
        findings: What is wrong, each with its place.
        statements: What the tiles and tests ask.
    """

    findings: list[str]
    statements: list[Statement]


def check(folder: Path, contracts: Mapping[str, Contract], today: dt.date) -> Checked:
    """Check a LookML project against the contracts.

    Args:
        folder: The LookML project.
        contracts: By name of the relation.
        today: The day that relative filters end on.

    Raises:
        InputError: The folder is no such project.
    """
    project = read_project(folder, contracts)
    findings = [
        f"views/{name}.view.lkml is not what the contract gives: run `lead-scoring looker generate`"
        for name in stale(contracts, folder)
    ]
    findings += project.findings
    findings += _field_findings(project, contracts, today)
    findings += _names_without_grant(project, contracts, today)
    tiles, tile_findings = _tiles(project)
    findings += tile_findings
    statements: list[Statement] = []
    for ask in [*_asked_by_tiles(tiles, project), *_asked_by_tests(project)]:
        # no grant: a dashboard is for everybody
        translator = Translator(project, today)
        try:
            statements.append(Statement(ask.place, *ask.sql(translator)))
        except RefusedError as refused:
            findings.append(f"{ask.place}: {refused}")
        findings += [f"{ask.place}: {told}" for told in _unknown_columns(translator, contracts)]
    return Checked(list(dict.fromkeys(findings)), statements)


def run(statements: list[Statement]) -> list[str]:
    """Run the statements on the warehouse; return those that fail, and assertions that do not hold.

    Args:
        statements: Of `check`.
    """
    current, findings = warehouse(), []
    for each in statements:
        sql = on_duckdb(each.sql) if isinstance(current, DuckDb) else each.sql
        try:
            rows = current.query(sql).to_pylist()
        except WarehouseError as error:
            findings.append(f"{each.place}: {error.what}")
            continue
        findings += unmet(each, rows[0]) if each.asserts else []
    return list(dict.fromkeys(findings))


def on_duckdb(sql: str) -> str:
    """Return a statement of BigQuery's dialect in DuckDB's."""
    return sqlglot.transpile(sql, read="bigquery", write="duckdb")[0]


def unmet(test: Statement, row: Mapping[str, Any]) -> list[str]:
    """Return the assertions that do not hold, from the row of a test's statement."""
    if not row["row_count"]:
        return [f"{test.place}: its query gives no row, so nothing was asserted"]
    return [f"{test.place}: {name} does not hold" for name in test.asserts if row[name]]


@dataclass(frozen=True)
class _Asked:
    """A tile or a test, to be translated to SQL and the names of its assertions."""

    place: str
    sql: Callable[[Translator], tuple[str, tuple[str, ...]]]


def _tiles(project: Project) -> tuple[list[Tile], list[str]]:
    read = [read_dashboard(path) for path in project.dashboards]
    return [t for tiles, _ in read for t in tiles], [f for _, told in read for f in told]


def _asked_by_tiles(tiles: list[Tile], project: Project) -> Iterator[_Asked]:
    """Each tile as it opens, and with a value in each of the filters that it listens to."""
    for tile in tiles:
        for listened in ("", *tile.listens.values()):
            yield _Asked(tile.place, partial(_tile_sql, tile, listened, project))


def _tile_sql(
    tile: Tile, listened: str, project: Project, translator: Translator
) -> tuple[str, tuple[str, ...]]:
    probes = {listened: _PROBES[project.field(listened).type]} if listened else {}
    filters = {**tile.query.filters, **probes}
    return translator.sql(replace(tile.query, filters=filters)), ()


def _asked_by_tests(project: Project) -> Iterator[_Asked]:
    for file, parsed in project.tests:
        yield _Asked(f"{file}, test {parsed['name']}", partial(_test_sql, file, parsed))


def _test_sql(
    file: str, parsed: Mapping[str, Any], translator: Translator
) -> tuple[str, tuple[str, ...]]:
    test = read_test(file, parsed)
    return statement(test, translator), tuple(test.asserts)


def _unknown_columns(translator: Translator, contracts: Mapping[str, Contract]) -> list[str]:
    """Name the columns that the last translation read and that no contract has."""
    tables = {view: translator.project.views[view].table for view, _ in translator.columns}
    columns = {name: {c.name for c in contract.columns} for name, contract in contracts.items()}
    return [
        f"the contract of {tables[view]} has no column {column}"
        for view, column in sorted(translator.columns)
        if column not in columns.get(tables[view], set())
    ]


def _fields(project: Project) -> Iterator[Field]:
    for view in project.views.values():
        yield from view.fields.values()


def _field_findings(
    project: Project, contracts: Mapping[str, Contract], today: dt.date
) -> Iterator[str]:
    """Each field resolves, reads columns of its contract, and says what it is."""
    for field in _fields(project):
        if not field.attributes.get("description"):
            yield f"{field.full_name}: no description"
        translator = Translator(project, today)
        try:
            translator.sql_of(field)
        except RefusedError as refused:
            yield f"{field.full_name}: {refused}"
        for told in _unknown_columns(translator, contracts):
            yield f"{field.full_name}: {told}"
        for drilled in field.attributes.get("drill_fields", []):
            name = drilled if "." in drilled else f"{field.view}.{drilled}"
            try:
                project.field(name)
            except RefusedError as refused:
                yield f"{field.full_name}, drill_fields: {refused}"


def _names_without_grant(
    project: Project, contracts: Mapping[str, Contract], today: dt.date
) -> Iterator[str]:
    """A field that reads the name of a person, through whatever other field, needs the grant."""
    if NAMES_GRANT not in project.grants:
        yield f"the model declares no access grant {NAMES_GRANT}"
    names = {
        (name, column.name)
        for name, contract in contracts.items()
        for column in contract.columns
        if column.is_name
    }
    for field in _fields(project):
        translator = Translator(project, today)
        try:
            translator.sql_of(field)
        except RefusedError:
            continue
        read = {(project.views[view].table, column) for view, column in translator.columns}
        if read & names and NAMES_GRANT not in field.grants:
            yield f"{field.full_name}: it shows names and does not require {NAMES_GRANT}"
