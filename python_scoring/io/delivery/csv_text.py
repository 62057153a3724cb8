"""Finds what is wrong with the text of a CSV file, by line, before an engine meets it."""

import csv
from collections.abc import Iterator
from pathlib import Path

from python_scoring.errors import InputError
from python_scoring.io.delivery.files import opening

_MARKS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK": "a zip or Excel workbook",
    b"\x1f\x8b": "gzip",
    b"PAR1": "Parquet",
}
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def check_csv(path: Path, *, must_end_with_line: bool = False) -> tuple[str, ...]:
    """Read a CSV file from end to end: UTF-8, comma, double quote (RFC 4180), one header.

    Args:
        path: The file.
        must_end_with_line: Refuse a last line without its end: a file that was cut inside its last
            value looks like that.

    Returns:
        The header; the same name may be in it twice.

    Raises:
        InputError: Another encoding or format, a row of another length than the header, a quote
            that is not closed; with line and column. Or it cannot be opened.
    """
    with opening(path):
        return _checked(path, must_end_with_line)


def _checked(path: Path, must_end_with_line: bool) -> tuple[str, ...]:
    _check_start(path)
    header: tuple[str, ...] = ()
    for line, row in _rows(path):
        if not header:
            header = tuple(row)
            _check_header(path, header)
        elif row and len(row) != len(header):
            raise _refused(
                path,
                f"this row has {len(row)} values and the header {len(header)}",
                f"line {line}",
                "Export it again: put values that hold a comma or a line end in double quotes; "
                "when this is the last line, the file was cut.",
            )
    if must_end_with_line:
        _check_end(path)
    return header


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line in which it begins."""
    limit = csv.field_size_limit(2**24)
    line = 1
    try:
        with path.open("rb") as file:
            reader = csv.reader(_lines(path, file), strict=True)
            for row in reader:
                yield line, row
                line = reader.line_num + 1
    except csv.Error as error:
        raise _refused(
            path,
            f"a quote is not closed, or text follows it ({error})",
            f"the row that begins in line {line}",
            'Export it again; a quote inside a value is written twice: "".',
        ) from error
    finally:
        csv.field_size_limit(limit)


def _lines(path: Path, file: Iterator[bytes]) -> Iterator[str]:
    for number, raw in enumerate(file, start=1):
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise _refused(
                path,
                f"byte 0x{raw[error.start]:02x} is no UTF-8, perhaps latin-1 or Windows-1252",
                f"line {number}, byte {error.start + 1}",
                f"Convert it: iconv -f windows-1252 -t utf-8 {path.name}",
            ) from error
        if "\0" in text:
            raise _refused(
                path,
                "a zero byte is no text; the file may be UTF-16, or damaged",
                f"line {number}, byte {text.index(chr(0)) + 1}",
                f"Convert it: iconv -f utf-16 -t utf-8 {path.name}",
            )
        yield text


def _check_start(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(4)
    for mark, kind in _MARKS.items():
        if start.startswith(mark):
            raise _refused(path, f"it is {kind}", "its first bytes", "Export it as CSV in UTF-8.")


def _check_header(path: Path, header: tuple[str, ...]) -> None:
    for separator, words in _OTHER_SEPARATORS.items():
        if len(header) == 1 and separator in header[0]:
            raise _refused(
                path, f"its values are separated by {words}", "line 1", "Export it with commas."
            )


def _check_end(path: Path) -> None:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 1))
        last = file.read()
    if last and last not in (b"\n", b"\r"):
        raise _refused(
            path,
            "its last line has no end, so it may have been cut inside a value",
            "its last line",
            "Copy or export it again; when it is whole, add a line end.",
        )


def _refused(path: Path, problem: str, where: str, fix: str) -> InputError:
    return InputError(
        f"{path}: cannot be read as CSV: {problem}.",
        why="Read by force, values would land in other columns or rows, or change.",
        where=where,
        fix=fix,
    )
