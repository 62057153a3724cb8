"""What dbt has parsed, for all workers: later runs parse what differs, as a user's do."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_FILE = "partial_parse.msgpack"
_places: list[Path] = []


def keep_in(folder: Path) -> None:
    """Keep what is parsed from now on in this folder."""
    _places[:] = [folder]


@contextmanager
def shared(arguments: Sequence[str], target: Path) -> Iterator[None]:
    """Give a run what another with the same vars has parsed, and keep what it parses.

    Args:
        arguments: Those of dbt; with other vars it parses anew.
        target: Folder that it writes into.
    """
    given = " ".join(word for word in arguments if word.startswith("{"))
    parsed = _places[0] / hashlib.sha256(given.encode()).hexdigest()
    kept = target / _FILE
    if parsed.exists() and not kept.exists():
        target.mkdir(exist_ok=True)
        shutil.copy(parsed, kept)
    yield
    if kept.exists() and not parsed.exists():
        beside = parsed.with_suffix(f".{os.getpid()}")
        shutil.copy(kept, beside)
        beside.rename(parsed)
