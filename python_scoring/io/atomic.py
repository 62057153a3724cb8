"""Writes files and folders so that a reader sees the old one or the new one, never half of one.

What is written lies beside its target under a name that no other run can have, reaches the disk,
and is then renamed: a cut of power leaves the old one or the new one too. What a killed run left
beside a target is removed by the next run that writes the same target, once it is `STALE` old.
"""

import errno
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from python_scoring.errors import InputError

# no run of ours writes one file for so long without touching it
STALE_SECONDS = 3600
_FIXES = {
    errno.ENOSPC: "Free space on that disk, or name a place on another one, and run again.",
    errno.EDQUOT: "Free space within your quota, or name another place, and run again.",
    errno.ENAMETOOLONG: "Give it a shorter name.",
    errno.EBUSY: "It is the root of a mounted disk: name a folder inside it.",
}
# what the system says where a disk or a permission is the cause, and no line of ours
REFUSALS = frozenset({*_FIXES, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EMFILE})
_OTHER_FIX = "Name a place where you may write, or change its permissions, and run again."


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a path beside `path` to write to; it replaces `path` when the block ends well.

    The suffix is kept, so that writers which choose a format by suffix choose the right one.

    Raises:
        InputError: It cannot be written: no space, no permission, no such place, no name.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        beside = _beside(path)
        try:
            yield beside
            _to_disk(beside)
            os.replace(beside, path)
            _to_disk(path.parent)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path`; it takes the place of `path` when the block ends well.

    Raises:
        InputError: It cannot be written, or it exists and is not an empty folder.
    """
    path = path.absolute()
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        beside = _beside(path)
        beside.mkdir()
        try:
            yield beside
            for written in [*beside.rglob("*"), beside]:
                _to_disk(written)
            os.rename(beside, path)
            _to_disk(path.parent)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write `path`, anywhere in the block, into an error for people.

    Raises:
        InputError: Says what the system said.
    """
    try:
        yield
    except OSError as error:
        raise refusal(error, path) from error


def refusal(error: OSError, path: Path | None = None) -> InputError:
    """Return the error for people that says why the system did not let us write.

    Args:
        error: What the system said.
        path: What was to be written, where that is known.
    """
    said = os.strerror(error.errno) if error.errno else str(error)
    place = str(path or error.filename or "a temporary file, or the standard output")
    return InputError(
        f"{path.name if path else place} cannot be written: {said}.",
        why="Nothing of this run was kept; what stood there before is unchanged.",
        where=place,
        fix=_FIXES.get(error.errno or 0, _OTHER_FIX),
    )


def require_name(path: Path) -> None:
    """Refuse a path that names no file, such as the value of an empty variable.

    Raises:
        InputError: Its last part is empty.
    """
    if not path.name:
        raise InputError(
            f"{str(path)!r} names no file: its name is empty.",
            why="What is asked for would be read or written in another place.",
            where="the path of a file in the command",
            fix="Name a file; perhaps a variable in the command is empty.",
        )


def _beside(path: Path) -> Path:
    """Return a hidden name beside a path that no other run has, or had, or will have."""
    require_name(path)
    return path.with_name(f".{uuid4().hex}.{path.name}")


def _sweep(path: Path) -> None:
    """Remove what runs that were killed left beside a path."""
    leftover = re.compile(rf"\.[0-9a-f]{{32}}\.{re.escape(path.name)}")
    with os.scandir(path.parent) as entries:
        names = [entry.name for entry in entries if leftover.fullmatch(entry.name)]
    for found in (path.with_name(name) for name in names):
        try:
            if time.time() - found.stat().st_mtime < STALE_SECONDS:
                continue
        except FileNotFoundError:  # another run was faster
            continue
        if found.is_dir():
            shutil.rmtree(found, ignore_errors=True)
        else:
            found.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
