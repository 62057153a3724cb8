"""Checks a whole delivery and says how DuckDB reads it; every problem of every file at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from python_scoring.errors import InputError
from python_scoring.io.delivery.columns import Reading, read_column
from python_scoring.io.delivery.contract import Column, SourceTable
from python_scoring.io.delivery.csv_text import check_csv
from python_scoring.io.delivery.files import SourceFiles, find_source
from python_scoring.io.delivery.parquet_file import damaged, open_parquet
from python_scoring.io.delivery.sql_text import file_scan, identifier, source_scan


@dataclass(frozen=True)
class Finding:
    """What was changed while reading, and is worth a look; `example` is the first such row."""

    source_table: str
    finding: str
    row_count: int
    example: str


@dataclass
class Delivery:
    """What is to be read, and why it cannot be.

    Args:
        selects: SQL that reads each source as declared, by name.
        files: What was found for each source.
        findings: What reading changed.
        problems: Errors of four parts; with any of them nothing may be read.
    """

    selects: dict[str, str] = field(default_factory=dict)
    files: list[SourceFiles] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    problems: list[InputError] = field(default_factory=list)


def read_delivery(folder: Path, tables: Sequence[SourceTable]) -> Delivery:
    """Look at every file of a delivery; nothing is written."""
    delivery = Delivery()
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table in tables:
            try:
                files = find_source(folder, table.name)
            except InputError as error:
                delivery.problems.append(error)
                continue
            delivery.files.append(files)
            _read_source(connection, table, files, delivery)
    return delivery


def _read_source(
    connection: duckdb.DuckDBPyConnection,
    table: SourceTable,
    files: SourceFiles,
    delivery: Delivery,
) -> None:
    shapes, rows = [], 0
    for path in files.paths:
        try:
            shape, readings = _shape_of(connection, path, table, delivery.problems)
            rows += _check_values(connection, path, table, shape, readings, delivery)
            shapes.append(shape)
        except InputError as error:
            delivery.problems.append(error)
    if delivery.problems:
        return
    if any(shape != shapes[0] for shape in shapes):
        delivery.problems.append(_unlike_parts(files, shapes))
    if not rows:
        delivery.problems.append(_empty(files))
    csv_names = list(shapes[0]) if files.is_csv else []
    columns = ", ".join(
        f"{reading.expression} as {identifier(name)}" for name, reading in readings.items()
    )
    delivery.selects[table.name] = f"select {columns} from {source_scan(files, csv_names)}"


def _shape_of(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: SourceTable,
    problems: list[InputError],
) -> tuple[dict[str, str], dict[str, Reading]]:
    """Type by column of the file, and how each declared column is read."""
    if path.suffix == ".csv":
        names = check_csv(path, must_end_with_line=True)
        shape = dict.fromkeys(_unique(names), "VARCHAR")
    else:
        names = tuple(open_parquet(path).schema_arrow.names)
        shape = _parquet_types(connection, path)
    readings = {}
    for column in table.columns:
        found = [n for n, name in enumerate(names) if name.lower() == column.name.lower()]
        if len(found) != 1:
            problems.append(_not_one_column(path, column, [names[n] for n in found]))
            continue
        delivered = list(shape)[found[0]]
        readings[column.name] = read_column(column, delivered, shape[delivered])
    return shape, readings


def _unique(names: Sequence[str]) -> list[str]:
    """Names of a CSV, the second of two alike with its place: such a column is never read."""
    seen: set[str] = set()
    unique = []
    for place, name in enumerate(names, start=1):
        unique.append(f"{name}\n{place}" if name.lower() in seen or not name else name)
        seen.add(name.lower())
    return unique


def _parquet_types(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    try:
        described = connection.execute(f"describe select * from {file_scan(path)}").fetchall()
    except duckdb.Error as error:
        raise damaged(path, _first_line(error), "its footer") from error
    return {row[0]: row[1] for row in described}


def _check_values(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: SourceTable,
    shape: dict[str, str],
    readings: dict[str, Reading],
    delivery: Delivery,
) -> int:
    """Read every value once: what is damaged is met here; return the number of rows."""
    asked = ["count(*)"]
    for reading in readings.values():
        asked += [f"count({reading.expression})"]
        for condition in (reading.misfit, *(change for _, change in reading.changes)):
            asked += [f"count(*) filter ({condition})", f"min(row_number) filter ({condition})"]
    scan = file_scan(path, list(shape))
    numbered = f"select *, row_number() over () as row_number from {scan}"
    try:
        counted = connection.execute(f"select {', '.join(asked)} from ({numbered})").fetchone()
    except duckdb.Error as error:
        raise damaged(path, _first_line(error), "a page of values") from error
    answers = iter(counted or ())
    rows = int(next(answers))
    for name, reading in readings.items():
        next(answers)
        column = next(column for column in table.columns if column.name == name)
        misfits, first = next(answers), next(answers)
        if misfits:
            delivery.problems.append(_misfit(path, column, misfits, first))
        for words, _ in reading.changes:
            changed, first = next(answers), next(answers)
            if changed:
                example = f"row {first} of {path.name}"
                delivery.findings.append(Finding(table.name, words, changed, example))
    return rows


def _not_one_column(path: Path, column: Column, found: Sequence[str]) -> InputError:
    if not found:
        return InputError(
            f"{path}: column {column.name} ({column.data_type}) is missing.",
            why=column.description.strip(),
            where="its header",
            fix="Export it from the vendor, or rename the column that holds it.",
        )
    return InputError(
        f"{path}: column {column.name} is there {len(found)} times ({', '.join(found)}).",
        why="Which of them is meant would be a guess.",
        where="its header; upper and lower case are alike",
        fix="Leave one of them out of the export, or rename it.",
    )


def _misfit(path: Path, column: Column, count: int, first: int) -> InputError:
    return InputError(
        f"{path}: column {column.name} should be {column.data_type}, and {count} values cannot be "
        f"read as one, the first in row {first}.",
        why="Read by force, they would become nulls that look like facts.",
        where=f"column {column.name}, row {first}; the header is not counted",
        fix=f"Export the column as {column.data_type}.",
    )


def _unlike_parts(files: SourceFiles, shapes: list[dict[str, str]]) -> InputError:
    other = next(n for n, shape in enumerate(shapes) if shape != shapes[0])
    return InputError(
        f"{files.location}/: the parts {files.paths[0].name} and {files.paths[other].name} have not "
        "the same columns and types.",
        why="They are parts of different tables, or of different exports.",
        fix="Export the source again, all of it at once.",
    )


def _empty(files: SourceFiles) -> InputError:
    return InputError(
        f"{files.location}: the table is empty.",
        why="Every lead would score alike.",
        fix="Export it again.",
    )


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0].rstrip(".")
