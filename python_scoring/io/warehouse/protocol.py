"""What a command asks of the warehouse, whichever it is (decision 0018).

Statements are written in the part of SQL that DuckDB and BigQuery share; a test has ZetaSQL judge
every one that a command sends. Relations are named without their dataset.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import pyarrow as pa

Value = str | int | float | bool | date | datetime
Row = Mapping[str, Any]


@dataclass(frozen=True)
class HeldTable:
    """A table of the warehouse: it holds rows, as a view does not.

    Args:
        name: As SQL names it, with its schema or dataset.
        schema: Name of that schema or dataset.
        columns: Its columns, in order, and whether each holds texts.
        needs_day: Whether it may be read and changed only with a condition on score_date.
        quote: Mark that encloses a name in SQL.
    """

    name: str
    schema: str
    columns: Mapping[str, bool]
    needs_day: bool = False
    quote: str = '"'

    def quoted(self, column: str) -> str:
        """Write the name of a column so that SQL takes it for a name, whoever gave it."""
        return f"{self.quote}{column.replace(self.quote, self.quote * 2)}{self.quote}"


@dataclass(frozen=True)
class Removal:
    """What to remove of a table.

    Args:
        table: The table.
        condition: Which rows, as SQL with ? for each parameter; null means no.
        parameters: Their values, in order.
        blanked: Columns that become null in these rows; where there are none, the rows go.
    """

    table: HeldTable
    condition: str
    parameters: tuple[Value, ...]
    blanked: tuple[str, ...] = ()


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

    def tables(self) -> Sequence[HeldTable]:
        """Return every table of the project, also those that tests and killed runs have left.

        Raises:
            WarehouseError: The warehouse cannot be reached.
        """

    def remove(self, removals: Sequence[Removal]) -> None:
        """Remove rows and values, in the order given; carried out again, it changes nothing.

        DuckDB keeps what was deleted in the blocks of its file, so the file is written anew and
        replaced: all is removed or nothing. BigQuery removes table by table, and keeps what it
        removed for as long as its time travel reaches (seven days unless the dataset says less).

        Args:
            removals: At most one of each kind for a table.

        Raises:
            WarehouseError: It cannot be written.
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
