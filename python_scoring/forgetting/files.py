"""Files that hold a person: what dbt and the commands have written, and where else to look."""

import gzip
import html
import json
import mmap
import os
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from python_scoring.errors import InputError
from python_scoring.forgetting.person import Person
from python_scoring.io.atomic import writing
from python_scoring.io.warehouse.duckdb import database_path

# environments and packages, which no command of ours writes into
_NOT_OURS = ("pyvenv.cfg", "package.json")
_NOT_ENTERED = frozenset({".git", "node_modules"})
# between given and family name in any of our formats: a blank, a comma, quotes, marks
_BETWEEN = r"[^\w]{1,20}"
# what files begin with whose bytes tell nothing, whatever they are called and however they were cut
_PARQUET, _GZIP = b"PAR1", b"\x1f\x8b"


def written_places(extra: Sequence[Path]) -> list[Path]:
    """Return where this project has written, as far as it is known: files and folders that exist.

    Args:
        extra: Further places, such as a folder of call lists.

    Raises:
        InputError: One of `extra` does not exist.
    """
    for path in extra:
        if not path.exists():
            raise InputError(
                f"{path} does not exist.",
                why="What is to be searched and is not would count as clean.",
                where=str(path),
                fix="Name a file or folder that exists.",
            )
    database = database_path().absolute()
    beside = database.parent.glob("*") if database.parent.is_dir() else ()
    leftovers = [each for each in beside if _is_leftover(each.name, database.name)]
    payload = Path(tempfile.gettempdir(), "salesforce_payload.json")
    known = [
        Path(os.environ.get("DBT_TARGET_PATH") or "target"),
        Path(os.environ.get("DBT_LOG_PATH") or "logs"),
        *([Path(os.environ["LEAD_SCORING_OUT"])] if os.environ.get("LEAD_SCORING_OUT") else []),
        payload,
        *leftovers,
        *extra,
    ]
    return [path for path in known if path.exists()]


def files_that_name(
    places: Iterable[Path], person: Person, spared: Sequence[Path] = ()
) -> list[Path]:
    """Return the files in which the CRD number, a lead id or the whole name stands, in order.

    Parquet and gzip are read as what they hold, everything else as its bytes. A link is what it
    leads to: the file is named by its own name, since without its link it would still be there.

    Args:
        places: Files and folders.
        person: Whom to look for.
        spared: Files and folders within these that are left alone, also where a link leads there.

    Raises:
        InputError: A file cannot be read, or a place lies in one that is left alone.
    """
    pattern = _pattern(person)
    if not pattern.pattern:
        return []
    left_alone, entered = {path.resolve() for path in spared}, set[Path]()
    files, found = set[Path](), list[Path]()
    for place in places:
        _require_searched(place, left_alone)
        with _reading(place):
            files.update(_files(place, left_alone, entered))
    for path in sorted(files):
        with _reading(path):
            found += [path] if _holds(path, pattern) else []
    return found


def remove_files(paths: Iterable[Path]) -> None:
    """Remove files; one that is gone already is no error.

    Raises:
        InputError: The system does not let us.
    """
    for path in paths:
        with writing(path):
            path.unlink(missing_ok=True)


def _is_leftover(name: str, database: str) -> bool:
    """Whether a file lies beside the database for a run of ours that was killed, or for DuckDB."""
    return name == f"{database}.tmp" or bool(
        re.fullmatch(rf"\.[0-9a-f]{{32}}\.{re.escape(database)}(\.wal)?", name)
    )


def _require_searched(place: Path, left_alone: set[Path]) -> None:
    for spared in left_alone:
        if place.resolve().is_relative_to(spared):
            raise InputError(
                f"{place} is part of {spared}, of which nothing is removed.",
                why="What is to be searched and is not would count as clean.",
                where=str(place),
                fix="Name or set a place outside of deliveries, seeds, models and the database.",
            )


def _files(place: Path, left_alone: set[Path], entered: set[Path]) -> Iterator[Path]:
    """Yield the files of a place where they really lie; a folder is entered once.

    So links are followed wherever they lead, also back to where they stand.
    """
    if not place.exists():  # a link that leads nowhere
        return
    place = place.resolve()
    if place in entered or any(place.is_relative_to(spared) for spared in left_alone):
        return
    if place.is_file():
        yield place
    elif place.is_dir():
        entered.add(place)
        for path in sorted(place.iterdir()):
            if not _is_foreign(path):
                yield from _files(path, left_alone, entered)


def _is_foreign(path: Path) -> bool:
    """Whether it is a folder into which no command of ours writes."""
    return path.name in _NOT_ENTERED or any((path / name).exists() for name in _NOT_OURS)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what keeps us from reading `path` to its end into an error for people.

    Raises:
        InputError: Says what the system, gzip or Parquet said.
    """
    try:
        yield
    except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
        # gzip and Parquet raise OSErrors of their own, which bear no number
        number = getattr(error, "errno", None)
        said = os.strerror(number) if number else str(error).partition("\n")[0].rstrip(".")
        path = Path(getattr(error, "filename", None) or path)
        raise InputError(
            f"{path.name} cannot be read: {said}.",
            why="It may hold the person.",
            where=str(path),
            fix="Make it readable, or remove it, and run again.",
        ) from error


def _pattern(person: Person) -> re.Pattern[bytes]:
    crd = [rf"(?<![\w.]){person.advisor_crd}(?!\w)"] if person.advisor_crd else []
    leads = [rf"(?<!\w){re.escape(lead)}(?!\w)" for lead in person.lead_ids]
    names = [_in_any_order(*spelled) for name in person.names for spelled in _spelled(name)]
    return re.compile("|".join([*crd, *leads, *names]).encode())


def _spelled(name: tuple[str, str]) -> set[tuple[str, ...]]:
    """Return given and family name as text, JSON and HTML write them."""
    ways = (str, lambda text: json.dumps(text)[1:-1], html.escape)
    return {tuple(way(part) for part in name) for way in ways}


def _in_any_order(first: str, last: str) -> str:
    first, last = re.escape(first), re.escape(last)
    return f"{first}{_BETWEEN}{last}|{last}{_BETWEEN}{first}"


def _holds(path: Path, pattern: re.Pattern[bytes]) -> bool:
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        return False
    if start == _PARQUET:
        batches = pq.ParquetFile(path).iter_batches()
        return any(pattern.search(_text_of(batch)) for batch in batches)
    if path.suffix == ".gz" or start.startswith(_GZIP):
        with gzip.open(path) as unpacked:
            return bool(pattern.search(unpacked.read()))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return bool(pattern.search(content))


def _text_of(batch: pa.RecordBatch) -> bytes:
    """Write rows as CSV, which has no form for columns of lists: they are written by Python."""
    try:
        written = pa.BufferOutputStream()
        csv.write_csv(batch, written)
        return bytes(written.getvalue())
    except pa.ArrowInvalid:
        return str(batch.to_pylist()).encode()
