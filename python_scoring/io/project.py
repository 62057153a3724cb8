"""The project's own files: in a checkout, in a function's bundle, or in a zip on Spark."""

import csv
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import cast

from python_scoring.errors import InputError

PACKAGE = cast(Path, files("python_scoring"))  # in a zip it is zipfile's path, which reads alike
ROOT = PACKAGE.parent
SEEDS = ROOT / "seeds/mappings"


def seed_path(name: str) -> Path:
    """Return the file of a seed of `seeds/mappings`, whether it exists or not."""
    return SEEDS / f"{name}.csv"


def read_seed(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read a seed that dbt loads too, as texts, in the order of its rows.

    Args:
        path: CSV file with a header.
        columns: Columns that every row must have.

    Raises:
        InputError: It cannot be read, has another header, or a row has too few or too many values.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows = list(reader)
            header = list(reader.fieldnames or [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise refused_seed(path, str(error), columns) from error
    missing = [column for column in columns if column not in header]
    if missing:
        raise refused_seed(path, f"it has no column {', '.join(missing)}", columns)
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise refused_seed(path, f"row {number} has not {len(header)} values", columns)
    return rows


def refused_seed(path: Path, problem: str, columns: Sequence[str]) -> InputError:
    """Return the error that says why a seed cannot be used."""
    return InputError(
        f"The seed {path.name} cannot be used: {problem}.",
        why="dbt and Python both decide by it; a guess would differ between the two.",
        where=str(path),
        fix=f"Mend the file, or restore it from version control; its header is {','.join(columns)}",
    )
