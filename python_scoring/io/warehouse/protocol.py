"""What a command asks of the warehouse, whichever it is (decision 0018).

Statements are written in the part of SQL that DuckDB and BigQuery share; a test has ZetaSQL judge
every one that a command sends. Relations are named without their dataset.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Protocol

import pyarrow as pa

Value = str | int | float | bool | date | datetime
Row = Mapping[str, Any]


class Warehouse(Protocol):
    """Where dbt has built the project.

    Attributes:
        name: What errors call it: name of the DuckDB file, or project and dataset.
        place: Where it is: path of the DuckDB file, or project and dataset.
        fix: What to do where it holds no finished build.
    """

    name: str
    place: str
    fix: str

    def query(self, sql: str, parameters: Sequence[Value] = ()) -> pa.Table:
        """Run a select; the result may be empty. Timestamps are UTC, without a zone.

        Args:
            sql: A select over the project's relations, with ? for each parameter.
            parameters: Their values, in order.

        Raises:
            WarehouseError: It cannot be reached or read, or has no such relation or column.
        """

    def stream(self, sql: str) -> AbstractContextManager[Iterator[pa.RecordBatch]]:
        """Run a select and give its rows in batches, so that they need not fit into memory.

        Raises:
            WarehouseError: As `query`.
        """

    def columns_of(self, relation: str) -> tuple[str, ...]:
        """Return the names of a relation's columns; none where there is no such relation.

        Raises:
            WarehouseError: The warehouse cannot be reached.
        """

    def append(self, relation: str, rows: Sequence[Row], key: Sequence[str]) -> None:
        """Append rows, all or none; those whose key is there already stay as they are.

        So the same call may be repeated when nobody knows whether it was carried out.

        Args:
            relation: A table.
            rows: Each with the same columns; columns that they lack become null.
            key: Columns that name a row; none of them is null.

        Raises:
            WarehouseError: It cannot be written, or lacks the relation.
        """

    def only_sync(self) -> AbstractContextManager[Callable[[], None]]:
        """Keep a second sync of the same warehouse away while the block lasts.

        Yields:
            What to call before anything is sent: raises WarehouseError where the lease is lost.

        Raises:
            WarehouseError: Another sync is running.
            InputError: On DuckDB: the lock's file cannot be written.
        """


def merge_statement(relation: str, source: str, columns: Sequence[str], key: Sequence[str]) -> str:
    """Return the statement that appends those rows of `source` whose key `relation` lacks.

    Args:
        relation: Table to append to.
        source: Relation of the new rows.
        columns: Their columns.
        key: Columns that name a row.
    """
    same = " and ".join(f"kept.{column} = new_rows.{column}" for column in key)
    values = ", ".join(f"new_rows.{column}" for column in columns)
    merge = f"merge into {relation} as kept using {source} as new_rows on {same}"
    return f"{merge}\nwhen not matched then insert ({', '.join(columns)}) values ({values})"  # noqa: S608 - our own
