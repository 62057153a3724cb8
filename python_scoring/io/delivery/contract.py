"""What the sources' yml asks of a delivery: tables, columns and their types."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from python_scoring.errors import InputError


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


def tables_from_yml(path: Path, names: Sequence[str]) -> tuple[SourceTable, ...]:
    """Read tables of a sources' yml, where dbt does not run.

    Args:
        path: The yml.
        names: Tables wanted.

    Raises:
        InputError: The file cannot be read.
    """
    import yaml

    try:
        sources = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.",
            why="It says which columns a delivery must have, and of which types.",
            where=str(path),
            fix="Run in the project's folder, or name it with --project-dir.",
        ) from error
    found = {table["name"]: table for source in sources for table in source["tables"]}
    return tuple(
        SourceTable(
            name,
            tuple(
                Column(column["name"], column["data_type"], column.get("description", ""))
                for column in found[name]["columns"]
            ),
        )
        for name in names
    )
