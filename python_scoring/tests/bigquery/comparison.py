"""Compares what two engines made of the same rows, value by value."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from python_scoring.tests.bigquery.zetasql_engine import Table, Value


def differences(ours: Table, theirs: Table, ignored: Iterable[str] = ()) -> list[str]:
    """Say which columns of which rows differ; rows are matched in the order of their values.

    Args:
        ours: One engine's table.
        theirs: The other's.
        ignored: Columns that hold the clock.

    Returns:
        One line per difference, `column: value on one engine, value on the other`.

    """
    # names are told apart without case on both engines
    if [name.lower() for name in ours.columns] != [name.lower() for name in theirs.columns]:
        return [f"columns: {[*ours.columns]}, {[*theirs.columns]}"]
    if len(ours.rows) != len(theirs.rows):
        return [f"rows: {len(ours.rows)}, {len(theirs.rows)}"]
    kept = [position for position, name in enumerate(ours.columns) if name not in set(ignored)]
    pairs = zip(_ordered(ours, kept), _ordered(theirs, kept), strict=True)
    names = [[*ours.columns][position] for position in kept]
    return [
        f"{name}: {one!r}, {other!r}"
        for row, its in pairs
        for name, one, other in zip(names, row, its, strict=True)
        if one != other
    ]


def _ordered(table: Table, kept: list[int]) -> list[tuple[Value, ...]]:
    rows = [tuple(_instant(row[position]) for position in kept) for row in table.rows]
    return sorted(rows, key=lambda row: [(value is None, str(value)) for value in row])


def _instant(value: Value) -> Value:
    """DuckDB gives 5 where BigQuery gives 5.0, and UTC where BigQuery gives none: no difference."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    return value if isinstance(value, bool | str | dt.date) or value is None else float(value)


def line_of_column(node: dict[str, Any], column: str) -> str:
    """The file and line in which a model last writes a column's name: where its value is made."""
    lines = node["raw_code"].splitlines()
    found = [n for n, line in enumerate(lines, 1) if re.search(rf"\b{column}\b", line)]
    return f"{node['original_file_path']}:{found[-1] if found else 1}"
