"""Reads and writes flat tables, Parquet or CSV, as Arrow; refuses what cannot be used, by name.

Arrow and not pandas, because a column that is only passed through must come out as it went in:
pandas turns an integer column with one null into floats.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv, parquet

from python_scoring.errors import InputError

Vector = NDArray[np.float64]
Days = NDArray[np.datetime64]

BATCH_ROWS = 100_000
SUFFIXES = (".parquet", ".csv")


def read_table(path: Path) -> pa.Table:
    """Read a whole table.

    Raises:
        InputError: No such file, another format, an unreadable file, or no rows.
    """
    _check_readable(path)
    try:
        table = parquet.read_table(path) if path.suffix == ".parquet" else csv.read_csv(path)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error
    if table.num_rows == 0:
        raise InputError(f"{path.name} holds no rows.", where=str(path), fix="Check its export.")
    return table


def count_rows(path: Path) -> int:
    """Count the rows of a Parquet file from its footer; 0 (unknown) for other formats."""
    _check_readable(path)
    return int(parquet.ParquetFile(path).metadata.num_rows) if path.suffix == ".parquet" else 0


def read_batches(path: Path, rows: int = BATCH_ROWS) -> Iterator[pa.Table]:
    """Yield a table in parts of at most `rows` rows.

    Parquet is streamed. CSV is read whole, since the type of a column is known only at its end.

    Raises:
        InputError: As `read_table`.
    """
    if path.suffix != ".parquet":
        table = read_table(path)
        yield from (table.slice(start, rows) for start in range(0, table.num_rows, rows))
        return
    _check_readable(path)
    try:
        for batch in parquet.ParquetFile(path).iter_batches(batch_size=rows):
            yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, error) from error


class TableWriter:
    """Writes tables of one schema to a Parquet or CSV file, part by part.

    Args:
        path: File to write; its suffix chooses the format.
        schema: Schema of every part.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        check_suffix(path)
        kind = parquet.ParquetWriter if path.suffix == ".parquet" else csv.CSVWriter
        self._writer = kind(path, schema)

    def write(self, table: pa.Table) -> None:
        """Append the rows of a table."""
        self._writer.write_table(table)

    def close(self) -> None:
        """Close the file."""
        self._writer.close()


def check_suffix(path: Path) -> None:
    """Refuse a file name whose suffix is neither .parquet nor .csv.

    Raises:
        InputError: Another suffix.
    """
    if path.suffix not in SUFFIXES:
        raise InputError(
            f"{path.name} is neither Parquet nor CSV by its name.",
            where=str(path),
            fix="Name it .parquet or .csv, whichever it is.",
        )


def require_columns(table: pa.Table, names: list[str], source: str) -> None:
    """Refuse a table that lacks one of the named columns.

    Raises:
        InputError: Names every missing column and the columns that exist.
    """
    missing = [name for name in names if name not in table.column_names]
    if missing:
        raise InputError(
            f"{source} has no column {', '.join(missing)}.",
            where=f"its columns are {', '.join(table.column_names)}",
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


def _check_readable(path: Path) -> None:
    check_suffix(path)
    if not path.is_file():
        raise InputError(f"There is no file {path.name}.", where=str(path), fix="Check the path.")


def _unreadable(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path.name} cannot be read as {path.suffix[1:].upper()}: {error}",
        where=str(path),
        fix="Export it again; a CSV needs a header and one separator, the comma.",
    )
