"""Columns of a table as numbers, days or labels; what cannot be used is refused and named."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from python_scoring.arrays import Days, Vector
from python_scoring.errors import InputError


def require_columns(present: Sequence[str], names: Sequence[str], source: str) -> None:
    """Refuse a table that lacks one of the named columns.

    Raises:
        InputError: Names every missing column and the columns that exist.
    """
    missing = [name for name in names if name not in present]
    if missing:
        raise InputError(
            f"{source} has no column {', '.join(missing)}.",
            where=f"its columns are {', '.join(present)}",
            fix="Correct the name, or the export.",
        )


def is_numeric(kind: pa.DataType) -> bool:
    """Whether a column of this type can be a feature as it is: a number or true/false."""
    return any(
        test(kind) for test in (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    ) or pa.types.is_boolean(kind)


def numbers(table: pa.Table, name: str, source: str) -> Vector:
    """Return a numeric or boolean column as float64, shape (n,), null as NaN.

    Raises:
        InputError: A column of another type, or an infinite value (with its row).
    """
    column = table.column(name)
    if not is_numeric(column.type):
        raise InputError(
            f"Column {name} of {source} is {column.type}, not a number.",
            fix="Convert it, or leave it out of the features.",
        )
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    values: Vector = column.cast(pa.float64(), safe=False).to_numpy()
    _refuse_infinite(values, name, source)
    return values


def binary_label(table: pa.Table, name: str, source: str) -> Vector:
    """Return the label column as 0.0, 1.0 or NaN (not known yet), shape (n,).

    Raises:
        InputError: A value other than 0, 1, true, false and null, or nothing but nulls.
    """
    values = numbers(table, name, source)
    wrong = ~np.isnan(values) & (values != 0) & (values != 1)
    if wrong.any():
        row = int(wrong.argmax())
        raise InputError(
            f"Column {name} of {source} holds {values[row]:g} where only 0, 1 or null can be.",
            why="The label says whether the lead converted; nothing else can be learned from.",
            where=f"row {row + 1}; {int(wrong.sum())} such rows",
            fix="Name the label column, or map its values to 0 and 1.",
        )
    if np.isnan(values).all():
        raise InputError(f"Column {name} of {source} is empty.", fix="Name the label column.")
    return values


def days(table: pa.Table, name: str, source: str) -> Days:
    """Return a date, timestamp or ISO text column as days (datetime64[D], UTC), shape (n,).

    Raises:
        InputError: A null or a text that is no date (with its row), or a column of another type.
    """
    column = table.column(name)
    if pa.types.is_timestamp(column.type) and column.type.tz:
        # a day is that in UTC, whatever zone the column is shown in
        column = column.cast(pa.timestamp(column.type.unit, "UTC"))
    if pa.types.is_temporal(column.type):
        parsed = column.cast(pa.date32(), safe=False).to_numpy().astype("datetime64[D]")
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        parsed = _parse_days(column)
    else:
        raise InputError(
            f"Column {name} of {source} is {column.type}, not a date.",
            fix="Name the column that holds the day of contact, as YYYY-MM-DD.",
        )
    if np.isnat(parsed).any():
        row = int(np.isnat(parsed).argmax())
        raise InputError(
            f"Column {name} of {source} holds {column[row].as_py()!r} where a date must be.",
            why="Without its day a row cannot be placed before or after another.",
            where=f"row {row + 1}; {int(np.isnat(parsed).sum())} such rows",
            fix="Write dates as YYYY-MM-DD, or leave those rows out.",
        )
    return np.asarray(parsed)


def _parse_days(column: pa.ChunkedArray) -> Days:
    texts = pd.Series(column.to_pylist(), dtype="object")
    parsed = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)
    return parsed.dt.tz_localize(None).to_numpy().astype("datetime64[D]")


def _refuse_infinite(values: Vector, name: str, source: str) -> None:
    infinite = np.isinf(values)
    if infinite.any():
        raise InputError(
            f"Column {name} of {source} holds an infinite value.",
            why="It is mostly a division by zero, and the trees would take it for a real extreme.",
            where=f"row {int(infinite.argmax()) + 1}; {int(infinite.sum())} such rows",
            fix="Write null where the value is unknown.",
        )
