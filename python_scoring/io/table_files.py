"""Reads and writes flat tables, Parquet or CSV, as Arrow; refuses what cannot be used, by name.

Arrow and not pandas, because a column that is only passed through must come out as it went in:
pandas turns an integer column with one null into floats.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet

from python_scoring.errors import InputError
from python_scoring.io.atomic import require_name
from python_scoring.io.delivery.csv_text import check_csv
from python_scoring.io.delivery.parquet_file import damaged, open_parquet

BATCH_ROWS = 100_000
SUFFIXES = (".parquet", ".csv")
# an empty field is null and "" an empty text; NA or null, which Arrow takes for null, are texts
_TEXTS = {"null_values": [""], "strings_can_be_null": True, "quoted_strings_can_be_null": False}


def read_table(path: Path, typed: Sequence[str] | None = None) -> pa.Table:
    """Read a whole table.

    Args:
        path: Parquet or CSV file.
        typed: Columns of a CSV file whose type is inferred from their values, None for all; the
            others are texts as they stand. Parquet has types of its own.

    Raises:
        InputError: No such file, another format, an unreadable file, or no rows.
    """
    _check_readable(path)
    table = _parquet_table(path) if path.suffix == ".parquet" else _csv_table(path, typed)
    if table.num_rows == 0:
        raise InputError(f"{path.name} holds no rows.", where=str(path), fix="Check its export.")
    return table


def count_rows(path: Path) -> int:
    """Count the rows of a Parquet file from its footer; 0 (unknown) for other formats."""
    _check_readable(path)
    return int(open_parquet(path).metadata.num_rows) if path.suffix == ".parquet" else 0


def read_batches(
    path: Path, rows: int = BATCH_ROWS, typed: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Yield a table in parts of at most `rows` rows.

    Parquet is streamed. CSV is read whole, since the type of a column is known only at its end.

    Args:
        path: Parquet or CSV file.
        rows: Most rows of a part.
        typed: As of `read_table`.

    Raises:
        InputError: As `read_table`.
    """
    if path.suffix != ".parquet":
        table = read_table(path, typed)
        yield from (table.slice(start, rows) for start in range(0, table.num_rows, rows))
        return
    _check_readable(path)
    file = open_parquet(path)
    _check_names(path, file.schema_arrow.names)
    try:
        for batch in file.iter_batches(batch_size=rows):
            yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError) as error:
        raise damaged(path, "a page of values is damaged", "its body") from error


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
    """Refuse a file name whose suffix is neither .parquet nor .csv, or that Arrow cannot open.

    Raises:
        InputError: No name, another suffix, or a name that is no UTF-8.
    """
    require_name(path)
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise InputError(
            "The file's name is not UTF-8.",
            why="Arrow, which reads and writes tables, cannot open it.",
            where=repr(str(path)),
            fix="Rename it.",
        ) from error
    if path.suffix not in SUFFIXES:
        raise InputError(
            f"{path.name} is neither Parquet nor CSV by its name.",
            where=str(path),
            fix="Name it .parquet or .csv, whichever it is.",
        )


def _check_readable(path: Path) -> None:
    check_suffix(path)
    if not path.is_file():
        raise InputError(f"There is no file {path.name}.", where=str(path), fix="Check the path.")


def _parquet_table(path: Path) -> pa.Table:
    file = open_parquet(path)
    _check_names(path, file.schema_arrow.names)
    try:
        return file.read()
    except (pa.ArrowException, OSError) as error:
        raise damaged(path, "a page of values is damaged", "its body") from error


def _csv_table(path: Path, typed: Sequence[str] | None) -> pa.Table:
    names = check_csv(path)
    _check_names(path, names)
    texts = [] if typed is None else [name for name in names if name not in typed]
    kinds = dict.fromkeys(texts, pa.string())
    try:
        table = _parsed(path, csv.ConvertOptions(column_types=kinds))
        if texts:
            # read apart, since what counts as null is one setting for all columns
            options = csv.ConvertOptions(column_types=kinds, include_columns=texts, **_TEXTS)
            as_written = _parsed(path, options)
            for name in texts:
                table = table.set_column(names.index(name), name, as_written.column(name))
        return table
    except pa.ArrowException as error:
        raise InputError(
            f"{path.name} cannot be read as CSV: {error}",
            why="A value of another kind than its column would change what the column means.",
            where=str(path),
            fix="Export it again, each column with values of one kind.",
        ) from error


def _parsed(path: Path, options: csv.ConvertOptions) -> pa.Table:
    lines = csv.ParseOptions(newlines_in_values=True)
    return csv.read_csv(path, parse_options=lines, convert_options=options)


def _check_names(path: Path, names: Sequence[str]) -> None:
    """Refuse a table in which a name stands for two columns, or without any column."""
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice or not names:
        raise InputError(
            f"{path.name} has two columns named {', '.join(twice)}."
            if twice
            else f"{path.name} is empty.",
            why="Which of the two is meant would be a guess." if twice else "",
            where=f"{path}, its header",
            fix="Rename or leave out one of them." if twice else "Export it again.",
        )
