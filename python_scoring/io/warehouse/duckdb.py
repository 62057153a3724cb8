"""The DuckDB file of LEAD_SCORING_DB as a warehouse."""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from python_scoring.errors import WarehouseError
from python_scoring.io.atomic import writing
from python_scoring.io.database.locks import WAIT_SECONDS, holder, is_locked, open_database
from python_scoring.io.warehouse.duckdb_rewrite import held_tables, rewrite_without
from python_scoring.io.warehouse.protocol import HeldTable, Removal, Row, Value, merge_statement

_COLUMNS = """
select column_name from information_schema.columns
where table_schema = 'main' and table_name = ? order by ordinal_position
"""
_BATCH_ROWS = 65_536


def database_path() -> Path:
    """Return the DuckDB file: LEAD_SCORING_DB, else lead_scoring.duckdb in this folder."""
    return Path(os.environ.get("LEAD_SCORING_DB") or "lead_scoring.duckdb")


class DuckDb:
    """One file; whoever comes while a build writes it waits.

    Args:
        path: The file; it is looked for when something is asked.
    """

    fix = "Run `make build`, or name another file in LEAD_SCORING_DB, or pass --input FILE."

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name, self.place = path.name, str(path)

    def query(self, sql: str, parameters: Sequence[Value] = ()) -> pa.Table:
        """Run a select; see the protocol."""
        with self._connection(read_only=True) as connection:
            return connection.sql(sql, params=list(parameters)).to_arrow_table()

    @contextmanager
    def stream(self, sql: str) -> Iterator[Iterator[pa.RecordBatch]]:
        """Run a select in batches; see the protocol."""
        with self._connection(read_only=True) as connection:
            yield connection.sql(sql).to_arrow_reader(_BATCH_ROWS)

    def columns_of(self, relation: str) -> tuple[str, ...]:
        """Return a relation's columns; see the protocol."""
        return tuple(self.query(_COLUMNS, [relation])["column_name"].to_pylist())

    def append(self, relation: str, rows: Sequence[Row], key: Sequence[str]) -> None:
        """Append rows in one transaction; see the protocol."""
        if not rows:
            return
        table = pa.Table.from_pylist([dict(row) for row in rows])
        with self._connection(read_only=False) as connection:
            connection.register("appended", table)
            connection.execute(merge_statement(relation, "appended", table.column_names, key))

    def tables(self) -> list[HeldTable]:
        """Return the tables of all schemas; see the protocol."""
        with self._connection(read_only=True) as connection:
            [(name,)] = connection.execute("select current_database()").fetchall()
            return held_tables(connection, name)

    def remove(self, removals: Sequence[Removal]) -> None:
        """Write the file anew without these rows, and replace it; see the protocol."""
        with self._explained("written"):
            rewrite_without(self._path.resolve(), removals)

    @contextmanager
    def only_sync(self) -> Iterator[Callable[[], None]]:
        """Hold a file lock, which goes with the process that holds it; see the protocol."""
        path = self._path.with_suffix(".sync.lock")
        with writing(path):
            file = path.open("w")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise WarehouseError(
                    "Another sync of this warehouse is running.",
                    why="Both would send the same rows.",
                    where=str(path),
                    fix="Wait until it has ended.",
                ) from error
            yield lambda: None

    @contextmanager
    def _connection(self, *, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        with (
            self._explained("read" if read_only else "written"),
            open_database(self._path, read_only=read_only) as connection,
        ):
            yield connection

    @contextmanager
    def _explained(self, done: str) -> Iterator[None]:
        if not self._path.is_file():
            raise self._not_built(f"There is no database {self.name}.")
        try:
            yield
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            what = f"{self.name} holds no finished build: {str(error).splitlines()[0]}"
            raise self._not_built(what) from error
        except duckdb.Error as error:
            raise self._unusable(done, error) from error

    def _unusable(self, done: str, error: duckdb.Error) -> WarehouseError:
        if isinstance(error, duckdb.IOException) and is_locked(error):
            return WarehouseError(
                f"{self.name} is still in use by {holder(error)} after {WAIT_SECONDS} s.",
                why="While a build writes, nobody else can read; the last good build is untouched.",
                where=self.place,
                fix="Wait until the build has ended, or close the program that has it open.",
            )
        return WarehouseError(
            f"{self.name} cannot be {done}: {str(error).splitlines()[0]}",
            where=self.place,
            fix="Build again, or name another file in LEAD_SCORING_DB.",
        )

    def _not_built(self, what: str) -> WarehouseError:
        return WarehouseError(what, where=self.place, fix=self.fix)
