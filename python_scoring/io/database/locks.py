"""Waits for a DuckDB file that another program has open, instead of failing at once.

DuckDB lets one process write a file, or several read it. A build holds the file until it ends, so
whoever comes meanwhile waits, and is told for whom.
"""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from python_scoring.io.database.memory import limit_memory

WAIT_SECONDS = 300
_PAUSE_SECONDS = 0.5
_HOLDER = re.compile(r"\(PID (\d+)\)")


def open_database(
    path: Path, *, read_only: bool, wait_seconds: float = WAIT_SECONDS
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file; while another program has it open, wait, and say so on stderr.

    Args:
        path: The file.
        read_only: Whether to leave it to other readers, too.
        wait_seconds: At most so long.

    Raises:
        duckdb.Error: It cannot be opened, or was still locked in the end.
        InputError: LEAD_SCORING_MEMORY is no usable size.
    """
    connection: duckdb.DuckDBPyConnection = waited(
        lambda: duckdb.connect(str(path), read_only=read_only), path, wait_seconds
    )
    limit_memory(connection)
    return connection


def waited(connect: Callable[[], Any], path: Path, wait_seconds: float = WAIT_SECONDS) -> Any:
    """Call `connect` again and again while `path` is locked by another process.

    Raises:
        duckdb.Error: What `connect` raised for another reason, or in the end.
    """
    deadline = time.monotonic() + wait_seconds
    told = False
    while True:
        try:
            return connect()
        except duckdb.IOException as error:
            if not is_locked(error) or time.monotonic() >= deadline:
                raise
            if not told:
                sys.stderr.write(_waiting(path, error, wait_seconds))
                sys.stderr.flush()
                told = True
            time.sleep(_PAUSE_SECONDS)


def is_locked(error: duckdb.Error) -> bool:
    """Return whether an error says that another process has the file open."""
    return "Could not set lock" in str(error)


def holder(error: duckdb.Error) -> str:
    """Return the process that an error names as the one that has the file open."""
    found = _HOLDER.search(str(error))
    return f"process {found[1]}" if found else "another process"


def _waiting(path: Path, error: duckdb.Error, wait_seconds: float) -> str:
    return (
        f"{path.name} is in use by {holder(error)}, such as a build; "
        f"waiting for it, at most {wait_seconds:.0f} s ...\n"
    )
