"""A delivery in a folder: its Parquet files, written beside it and then put in its place."""

import fcntl
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from python_scoring.errors import InputError
from python_scoring.io.atomic import writing

TABLES = (
    "ria_contacts_current",
    "contact_registered_employment_history",
    "firm_historicals",
    "lead",
    "lead_truth",
)
REGISTRATION_TRUTH = "registration_truth"
"""Written where the vendor is not prompt: when it delivers, corrects and withdraws what."""
TASKS = "task"
"""Written where what sales did is asked for."""
DEFECTS_FILE = "defects.csv"
_MAY_STAND_BESIDE = {f"{table}.parquet" for table in (*TABLES, REGISTRATION_TRUTH, TASKS)} | {
    "README.md",
    DEFECTS_FILE,
}
_LOCK = "lock"
# several to a file of a million rows: DuckDB reads each with another thread
_ROW_GROUP_ROWS = 122_880


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier delivery and its README.md.

    Raises:
        InputError: `folder` is a file, or holds other files.

    """
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"--out {folder} is a file.",
            why="A delivery is a folder of files.",
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


def write_delivery(
    tables: dict[str, pa.Table], folder: Path, defects: pa.Table | None = None
) -> None:
    """Write all files beside the folder, then put them in its place together.

    A reader sees the old delivery, the new one, or for a moment none, never a mix. What a killed
    run left beside is removed first.

    Args:
        tables: One for each of `TABLES`, and perhaps `REGISTRATION_TRUTH` and `TASKS`.
        folder: Target, created when missing.
        defects: What was planted, written as `DEFECTS_FILE`; None where nothing was.

    Raises:
        InputError: The folder is refused by `check_folder`, or cannot be written.

    """
    check_folder(folder)
    folder = folder.resolve()
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        with _workshop(folder) as beside:
            new = beside / "new"
            new.mkdir()
            for name, table in tables.items():
                pq.write_table(
                    table,
                    new / f"{name}.parquet",
                    compression="zstd",
                    row_group_size=_ROW_GROUP_ROWS,
                )
            if defects is not None:
                csv.write_csv(defects, new / DEFECTS_FILE)
            if (readme := folder / "README.md").is_file():
                shutil.copy2(readme, new)
            _flush(new)
            if folder.exists():
                os.rename(folder, beside / "old")
            os.rename(new, folder)
            _flush_folder(folder.parent)


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder beside the target, locked while this process lives, and then removed."""
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with (beside / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield beside
    finally:
        _put_back(beside, folder)
        shutil.rmtree(beside, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what killed runs left beside the folder; one that still runs holds its lock."""
    for left in sorted(folder.parent.glob(f".{glob.escape(folder.name)}-*/{_LOCK}")):
        with left.open("r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _put_back(left.parent, folder)
            shutil.rmtree(left.parent, ignore_errors=True)


def _put_back(beside: Path, folder: Path) -> None:
    """Restore the earlier delivery of a run that ended between the two renames."""
    if (beside / "old").exists() and not folder.exists():
        os.rename(beside / "old", folder)


def _flush(folder: Path) -> None:
    """Have the disk hold every file of a folder, and their names."""
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
