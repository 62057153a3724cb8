"""Estimates what a run reads on BigQuery, from a build on DuckDB: the columns of each statement.

BigQuery bills a query for every column that it reads, over all rows of the table, at the logical
size of the column's type, and for 10 MB at least of each table (Google, BigQuery pricing, "Data
size calculation"). Filters on partitions and clusters are not followed: the estimate is high.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from python_scoring.errors import WarehouseError

LEAST_BYTES_OF_A_TABLE = 10 * 1024**2
_DIALECT = "duckdb"

Schema = dict[str, object]


@dataclass(frozen=True)
class Reading:
    """What one statement reads.

    Args:
        name: Name of the model or test.
        kind: `model` or `test`.
        columns: Columns read, by relation.
        bytes_read: Their logical size.
        bytes_billed: The same, with the least that is billed of each table.

    """

    name: str
    kind: str
    columns: dict[str, tuple[str, ...]]
    bytes_read: int
    bytes_billed: int


def estimate_readings(database: Path, manifest: Path) -> list[Reading]:
    """Estimate every model and test of a finished build.

    Args:
        database: DuckDB file of the build.
        manifest: dbt's manifest of the same build, with compiled SQL.

    Returns:
        One entry per statement, the largest first.

    Raises:
        WarehouseError: The build is not there, or not whole.

    """
    try:
        nodes = _nodes(manifest)
        with duckdb.connect(str(database), read_only=True) as connection:
            readings = list(_readings([n for n in nodes if n["config"]["enabled"]], connection))
    except (OSError, duckdb.Error) as error:
        raise WarehouseError(
            "There is no finished build to estimate from.",
            where=str(error),
            fix="Run `dbt build` first; LEAD_SCORING_DB and --target-path name it.",
        ) from error
    return sorted(readings, key=lambda reading: (-reading.bytes_billed, reading.name))


def _nodes(manifest: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WarehouseError(
            f"dbt's manifest cannot be read: {error!r}.",
            why="The SQL of each statement is in it.",
            where=str(manifest),
            fix="Run `dbt compile`, without --select.",
        ) from error


def _readings(
    nodes: list[dict[str, Any]], connection: duckdb.DuckDBPyConnection
) -> Iterator[Reading]:
    statements = {
        node["unique_id"]: bare(_parsed(node))
        for node in nodes
        if node["resource_type"] in ("model", "test") and node["language"] == "sql"
    }
    views: dict[str, exp.Query | Callable[[], exp.Query]] = {
        node["alias"]: statements.pop(node["unique_id"])
        for node in nodes
        if node["resource_type"] == "model" and node["config"]["materialized"] == "view"
    }
    tables = {name: kinds for name, kinds in schema_of(connection).items() if name not in views}
    sizes = {name: column_bytes(connection, name, tables[name]) for name in tables}
    for node_id, statement in statements.items():
        columns = _columns_of(node_id, exp.expand(statement, views, dialect=_DIALECT), tables)
        by_table = {t: sum(sizes[t][c] for c in names) for t, names in columns.items()}
        yield Reading(
            node_id.split(".")[2],
            node_id.split(".")[0],
            {table: tuple(sorted(names)) for table, names in sorted(columns.items())},
            sum(by_table.values()),
            sum(max(size, LEAST_BYTES_OF_A_TABLE) for size in by_table.values()),
        )


def columns_read(statement: exp.Expr, schema: Schema) -> dict[str, set[str]]:
    """Return the columns that a statement needs of each table, through its stars and CTEs.

    Args:
        statement: A query over bare table names.
        schema: Type of each column, by table.

    """
    query = qualify(
        statement,
        schema=schema,
        dialect=_DIALECT,
        quote_identifiers=False,
        validate_qualify_columns=False,
    )
    columns: dict[str, set[str]] = {}
    for scope in traverse_scope(pushdown_projections(query)):
        for name, source in scope.sources.items():
            if isinstance(source, exp.Table) and source.name in schema:
                used = {column.name for column in scope.columns if column.table == name}
                columns.setdefault(source.name, set()).update(used)
    return columns


def _parsed(node: dict[str, Any]) -> exp.Expr:
    try:
        return sqlglot.parse_one(_compiled(node), dialect=_DIALECT)
    except SqlglotError as error:
        raise WarehouseError(
            f"The SQL of {node['name']} is not DuckDB's.",
            why="The estimate stands on a build on DuckDB.",
            where=str(error).splitlines()[0],
            fix="Run `dbt compile` for that engine: LEAD_SCORING_TARGET=duckdb, or unset.",
        ) from error


def _columns_of(
    node_id: str, statement: exp.Expr, tables: dict[str, dict[str, str]]
) -> dict[str, set[str]]:
    try:
        return columns_read(statement, dict(tables))
    except SqlglotError as error:
        raise WarehouseError(
            f"A statement reads what the build does not hold: {error}.",
            why="What that takes is not known, and would be missing from the sum.",
            where=node_id,
            fix="Run `dbt build` and then `dbt compile`, from the same code.",
        ) from error


def _compiled(node: dict[str, Any]) -> str:
    if "compiled_code" not in node:
        raise WarehouseError(
            f"The last dbt command did not compile {node['name']}.",
            why="What it reads would be missing from the sum.",
            fix="Run `dbt compile`, without --select.",
        )
    code: str = node["compiled_code"]
    return code


def bare(statement: exp.Expr) -> exp.Query:
    """Tables without database and schema, in lower case: names are unique in this project."""
    if not isinstance(statement, exp.Query):
        raise TypeError(f"dbt compiles queries only, not {statement.key}")
    for table in statement.find_all(exp.Table):
        table.set("this", exp.to_identifier(table.name.lower()))
        table.set("db", None)
        table.set("catalog", None)
    return statement


def schema_of(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Return the type of each column of each relation, names in lower case."""
    query = (
        "select lower(table_name), lower(column_name), data_type from information_schema.columns"
    )
    schema: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(query).fetchall():
        schema.setdefault(table, {})[column] = kind
    return schema


def column_bytes(
    connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str]
) -> dict[str, int]:
    """Logical size of each column: a null takes nothing, a text two bytes and its own."""
    sizes = [_size_of(column, kind) for column, kind in columns.items()]
    where = "select table_schema from information_schema.tables where lower(table_name) = ?"
    schema = connection.execute(where, [table]).fetchall()[0][0]
    totals = connection.execute(f"select {', '.join(sizes)} from {schema}.{table}").fetchall()[0]  # noqa: S608
    return {column: int(size or 0) for column, size in zip(columns, totals, strict=True)}


def _size_of(column: str, kind: str) -> str:
    if kind == "VARCHAR":
        return f"2 * count({column}) + sum(strlen({column}))"
    return f"{1 if kind == 'BOOLEAN' else 8} * count({column})"
