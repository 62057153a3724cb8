"""A delivery in a folder: five Parquet files, written beside it and published together."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from python_scoring.errors import InputError
from python_scoring.io.atomic import atomic_folder

TABLES = (
    "ria_contacts_current",
    "contact_registered_employment_history",
    "firm_historicals",
    "lead",
    "lead_truth",
)
README = "README.md"
_MAY_STAND_BESIDE = {f"{table}.parquet" for table in TABLES} | {README}


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
    """Write all tables beside the folder, which then takes its place: none is of another delivery.

    Args:
        tables: One for each of `TABLES`.
        folder: Target, created when missing; its README.md stays.

    Raises:
        InputError: The folder is refused by `check_folder`, or cannot be written.

    """
    check_folder(folder)
    with atomic_folder(folder, replace=True) as beside:
        for name in TABLES:
            pq.write_table(tables[name], beside / f"{name}.parquet", compression="zstd")
        if (folder / README).exists():
            shutil.copy2(folder / README, beside / README)
