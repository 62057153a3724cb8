"""Finds what is wrong with a Parquet file before an engine meets it."""

from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from python_scoring.errors import InputError
from python_scoring.io.delivery.files import opening

_MAGIC = b"PAR1"


def open_parquet(path: Path) -> parquet.ParquetFile:
    """Open a Parquet file and read its footer.

    Raises:
        InputError: It is cut, damaged, no Parquet, or cannot be opened.
    """
    try:
        # read ahead, Arrow keeps the bytes of all parts until the last one is read
        return parquet.ParquetFile(path, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        with opening(path):
            raise damaged(path, _what_is_missing(path), _place(path)) from error


def damaged(path: Path, problem: str, where: str) -> InputError:
    """Return the error for a Parquet file that cannot be read."""
    return InputError(
        f"{path}: cannot be read as PARQUET: {problem}.",
        why="The rows that can still be read would pass for the whole table.",
        where=where,
        fix="Copy or export it again, and compare the size with that of the original.",
    )


def _what_is_missing(path: Path) -> str:
    with path.open("rb") as file:
        begins = file.read(4) == _MAGIC
        file.seek(max(0, path.stat().st_size - 4))
        ends = file.read(4) == _MAGIC
    if not begins:
        return "it does not begin as Parquet does, so it is another format"
    return "its footer is damaged" if ends else "its end is missing, so it was cut"


def _place(path: Path) -> str:
    return f"its last bytes, of {path.stat().st_size:,}"
