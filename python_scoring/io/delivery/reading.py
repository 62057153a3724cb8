"""Checks a whole delivery and says how DuckDB reads it; every problem of every file at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from python_scoring.errors import InputError
from python_scoring.io.database.memory import limit_memory
from python_scoring.io.delivery.columns import Reading, read_column
from python_scoring.io.delivery.contract import Column, SourceTable
from python_scoring.io.delivery.csv_text import check_csv
from python_scoring.io.delivery.files import SourceFiles, find_source, opening
from python_scoring.io.delivery.parquet_file import damaged, open_parquet
from python_scoring.io.delivery.sql_text import file_scan, identifier


@dataclass(frozen=True)
class Finding:
    """What was changed while reading, and is worth a look; `example` is the first such row."""

    finding: str
    row_count: int
    example: str


@dataclass
class SourceReading:
    """How one source is read, and why it cannot be.

    Args:
        select: SQL that reads it as declared; empty with problems.
        files: What was found for it; None without files.
        findings: What reading changed.
        problems: Errors of four parts; with any of them nothing of the delivery may be read.
    """

    select: str = ""
    files: SourceFiles | None = None
    findings: list[Finding] = field(default_factory=list)
    problems: list[InputError] = field(default_factory=list)


def read_delivery(folder: Path, tables: Sequence[SourceTable]) -> dict[str, SourceReading]:
    """Look at every file of a delivery, by source; nothing is written."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        limit_memory(connection)
        return {table.name: _read_source(connection, folder, table) for table in tables}


def _read_source(
    connection: duckdb.DuckDBPyConnection, folder: Path, table: SourceTable
) -> SourceReading:
    source = SourceReading()
    try:
        with opening(folder):
            source.files = files = find_source(folder, table.name)
    except InputError as error:
        source.problems.append(error)
        return source
    shapes, rows = [], 0
    for path in files.paths:
        try:
            shape, readings = _shape_of(connection, path, table, source.problems)
            rows += _check_values(connection, path, shape, readings, source)
            shapes.append(shape)
        except InputError as error:
            source.problems.append(error)
    if shapes and any(shape != shapes[0] for shape in shapes):
        source.problems.append(_unlike_parts(files, shapes))
    if not rows and not source.problems:
        source.problems.append(_empty(files))
    if not source.problems:
        columns = ", ".join(
            f"{reading.expression} as {identifier(column.name)}" for column, reading in readings
        )
        csv_names = list(shapes[0]) if files.is_csv else []
        source.select = f"select {columns} from {file_scan(files.paths, csv_names)}"  # noqa: S608 - escaped
    return source


def _shape_of(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    table: SourceTable,
    problems: list[InputError],
) -> tuple[dict[str, str], list[tuple[Column, Reading]]]:
    """Type by column of the file, and how each declared column is read."""
    if path.suffix == ".csv":
        names = check_csv(path, must_end_with_line=True)
        shape = dict.fromkeys(_unique(names), "VARCHAR")
    else:
        names = tuple(open_parquet(path).schema_arrow.names)
        shape = _parquet_types(connection, path)
    readings = []
    for column in table.columns:
        found = [n for n, name in enumerate(names) if name.lower() == column.name.lower()]
        if len(found) != 1:
            problems.append(_not_one_column(path, column, [names[n] for n in found]))
            continue
        delivered = list(shape)[found[0]]
        readings.append((column, read_column(column, delivered, shape[delivered])))
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
        described = connection.execute(f"describe from {file_scan([path])}").fetchall()
    except duckdb.Error as error:
        raise damaged(path, _first_line(error), "its footer") from error
    return {row[0]: row[1] for row in described}


def _check_values(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    shape: dict[str, str],
    readings: list[tuple[Column, Reading]],
    source: SourceReading,
) -> int:
    """Read every value once: what is damaged is met here; return the number of rows."""
    asked = ["count(*)"]
    for _, reading in readings:
        asked += [f"count({reading.expression})"]
        for condition in (reading.misfit, *(change for _, change in reading.changes)):
            asked += [f"count(*) filter ({condition})", f"min(row_number) filter ({condition})"]
    scan = file_scan([path], list(shape))
    numbered = f"select *, row_number() over () as row_number from {scan}"  # noqa: S608 - escaped
    try:
        counted = connection.execute(f"select {', '.join(asked)} from ({numbered})").fetchone()  # noqa: S608
    except duckdb.Error as error:
        raise damaged(path, _first_line(error), "a page of values") from error
    answers = iter(counted or ())
    rows = int(next(answers))
    for column, reading in readings:
        next(answers)
        misfits, first = next(answers), next(answers)
        if misfits:
            source.problems.append(_misfit(path, column, reading, misfits, first))
        for words, _ in reading.changes:
            changed, first = next(answers), next(answers)
            if changed:
                source.findings.append(Finding(words, changed, f"row {first} of {path.name}"))
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


def _misfit(path: Path, column: Column, reading: Reading, count: int, first: int) -> InputError:
    return InputError(
        f"{path}: column {column.name} is {reading.delivered_type}, {column.data_type} was "
        f"expected, and {count} values cannot be read as one, the first in row {first}.",
        why="Read by force, they would become nulls that look like facts.",
        where=f"column {column.name}, row {first}; the header is not counted",
        fix=f"Export the column as {column.data_type}.",
    )


def _unlike_parts(files: SourceFiles, shapes: list[dict[str, str]]) -> InputError:
    other = next(n for n, shape in enumerate(shapes) if shape != shapes[0])
    return InputError(
        f"{files.location}/: the parts {files.paths[0].name} and {files.paths[other].name} "
        "have not the same columns and types.",
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
