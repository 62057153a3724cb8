"""A delivery in a folder: five Parquet files, written beside it and then moved in."""

import os
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from python_scoring.errors import InputError

TABLES = (
    "ria_contacts_current",
    "contact_registered_employment_history",
    "firm_historicals",
    "lead",
    "lead_truth",
)
_MAY_STAND_BESIDE = {f"{table}.parquet" for table in TABLES} | {"README.md"}


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier delivery and its README.md.

    Raises:
        InputError: `folder` is a file, or holds other files.

    """
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"--out {folder} is a file.",
            why="A delivery is a folder of five files.",
            fix="Name a folder; it is created when it does not exist.",
        )
    strangers = sorted(
        entry.name for entry in folder.glob("*") if entry.name not in _MAY_STAND_BESIDE
    )
    if strangers:
        raise InputError(
            f"--out {folder} holds files that are no delivery: {', '.join(strangers[:5])}.",
            why="A delivery replaces what is in its folder, and these may be somebody's work.",
            fix="Name an empty or a new folder.",
        )


def write_delivery(tables: dict[str, pa.Table], folder: Path) -> None:
    """Write all tables beside the folder, then move them in.

    Args:
        tables: One for each of `TABLES`.
        folder: Target, created when missing.

    Raises:
        InputError: The folder is refused by `check_folder`, or cannot be written.

    """
    check_folder(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.resolve().parent))
    except OSError as error:
        raise InputError(
            f"--out {folder} cannot be written: {error.strerror}.",
            why="Nothing has been delivered.",
            fix="Name a folder in which you may write.",
        ) from error
    try:
        for name in TABLES:
            pq.write_table(tables[name], beside / f"{name}.parquet", compression="zstd")
        for name in TABLES:
            os.replace(beside / f"{name}.parquet", folder / f"{name}.parquet")
    finally:
        shutil.rmtree(beside, ignore_errors=True)
