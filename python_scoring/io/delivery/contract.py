"""What the sources' yml asks of a delivery: tables, columns and their types."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column that must be there.

    Args:
        name: As the vendor writes it; upper and lower case are alike.
        data_type: `bigint`, `double`, `date`, `timestamp`, `boolean` or `string`.
        description: What it holds, for whoever has to export it.
    """

    name: str
    data_type: str
    description: str = ""


@dataclass(frozen=True)
class SourceTable:
    """A table that must be there, with the columns that may be read."""

    name: str
    columns: tuple[Column, ...]


def tables_from_json(text: str) -> tuple[SourceTable, ...]:
    """Read what the macro `load_local_sources` passes on of the sources' yml."""
    return tuple(
        SourceTable(table["name"], tuple(Column(**column) for column in table["columns"]))
        for table in json.loads(text)
    )
