"""Reads relations that dbt has built, from the current target's warehouse, and appends to them."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from python_scoring.errors import WarehouseError
from python_scoring.io.database.locks import WAIT_SECONDS, holder, is_locked, open_database

_EXISTS = """
select 1 from information_schema.tables where table_schema = 'main' and table_name = ?
"""


def database_path() -> Path:
    """Return the DuckDB file: LEAD_SCORING_DB, else lead_scoring.duckdb in this folder."""
    return Path(os.environ.get("LEAD_SCORING_DB", "lead_scoring.duckdb"))


def read_relation(name: str) -> pa.Table:
    """Read a whole relation of the built project.

    Raises:
        WarehouseError: Another engine than DuckDB, no database, no such relation, or it is empty.
    """
    path = database_path()
    if not query(_EXISTS, [name]).num_rows:
        raise _not_built(f"{path.name} holds no relation {name}.", path)
    table = query(f"select * from main.{name}")  # noqa: S608 - it exists
    if table.num_rows == 0:
        raise _not_built(f"Relation {name} of {path.name} is empty.", path)
    return table


def query(sql: str, parameters: Sequence[Any] = ()) -> pa.Table:
    """Query the built project; the result may be empty. Waits while a build runs.

    Args:
        sql: A select over its relations, with ? for each parameter.
        parameters: Their values.

    Raises:
        WarehouseError: Another engine than DuckDB, no database, or no such relation or column.
    """
    path = _duckdb_file()
    try:
        with open_database(path, read_only=True) as connection:
            return connection.sql(sql, params=list(parameters)).to_arrow_table()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        what = f"{path.name} holds no finished build: {str(error).splitlines()[0]}"
        raise _not_built(what, path) from error
    except duckdb.Error as error:
        raise _unusable("read", error, path) from error


@contextmanager
def transaction() -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that writes: all of it stays when the block ends well, else nothing.

    Raises:
        WarehouseError: Another engine than DuckDB, no database, it lacks a relation, or it cannot
            be written.
    """
    path = _duckdb_file()
    try:
        with open_database(path, read_only=False) as connection:
            connection.begin()
            yield connection
            connection.commit()
    except duckdb.Error as error:
        raise _unusable("written", error, path) from error


def _unusable(done: str, error: duckdb.Error, path: Path) -> WarehouseError:
    if isinstance(error, duckdb.IOException) and is_locked(error):
        return WarehouseError(
            f"{path.name} is still in use by {holder(error)} after {WAIT_SECONDS} s.",
            why="While a build writes, nobody else can read; the last good build is untouched.",
            where=str(path),
            fix="Wait until the build has ended, or close the program that has it open.",
        )
    return WarehouseError(
        f"{path.name} cannot be {done}: {str(error).splitlines()[0]}",
        where=str(path),
        fix="Build again, or name another file in LEAD_SCORING_DB.",
    )


def require_duckdb() -> None:
    """Refuse another target than DuckDB before work is done that could not be read afterwards.

    Raises:
        WarehouseError: Another target.
    """
    target = os.environ.get("LEAD_SCORING_TARGET", "duckdb")
    if target != "duckdb":
        raise WarehouseError(
            f"Reading relations from the target {target} is not possible yet.",
            where="LEAD_SCORING_TARGET",
            fix="Export the relation to Parquet and pass it with --input.",
        )


def _duckdb_file() -> Path:
    require_duckdb()
    path = database_path()
    if not path.is_file():
        raise _not_built(f"There is no database {path.name}.", path)
    return path


def _not_built(what: str, path: Path) -> WarehouseError:
    return WarehouseError(
        what,
        where=str(path),
        fix="Run `make build`, or name another file in LEAD_SCORING_DB, or pass --input FILE.",
    )
