"""How much memory DuckDB may take, by LEAD_SCORING_MEMORY; what needs more is spilled to disk.

DuckDB spills into a folder beside the database file, named after it with `.tmp` added, and empties
it again.
"""

import os
import re

import duckdb

from python_scoring.errors import InputError

_SETTING = "LEAD_SCORING_MEMORY"
_DEFAULT = "60%"
_SIZE = re.compile(r"([1-9][0-9]{0,5})(MB|GB|%)")
_LEAST_MEGABYTES = 500


def limit_memory(connection: duckdb.DuckDBPyConnection) -> None:
    """Set the limit on a connection, and so on all connections to its database in this process.

    Raises:
        InputError: LEAD_SCORING_MEMORY is no usable size.
    """
    connection.execute(f"set memory_limit = '{memory_limit()}'")


def memory_limit() -> str:
    """Return LEAD_SCORING_MEMORY as DuckDB writes it; default 60 % of the machine or container.

    Raises:
        InputError: It is no size such as 4GB or 60%, over 100 %, or below 500MB.
    """
    text = os.environ.get(_SETTING) or _DEFAULT
    size = _SIZE.fullmatch(text)
    if size is None or not _is_usable(int(size[1]), size[2]):
        raise InputError(
            f"{_SETTING} is {text!r}, which is no size of memory that a build can work with.",
            why="Without a limit that holds, a large build is ended by the machine half-way.",
            where=f"the environment variable {_SETTING}",
            fix=f"Give at least {_LEAST_MEGABYTES}MB, such as 4GB, or a share of the machine up to "
            f"100%; without the variable it is {_DEFAULT}.",
        )
    return text


def _is_usable(number: int, unit: str) -> bool:
    if unit == "%":
        return number <= 100
    return unit == "GB" or number >= _LEAST_MEGABYTES
