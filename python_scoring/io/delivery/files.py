"""Which file of a folder is which source: exactly one for each, and nothing ambiguous beside it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from python_scoring.errors import InputError

FORMATS = (".parquet", ".csv")


@dataclass(frozen=True)
class SourceFiles:
    """The file of a source, or the parts of it.

    Args:
        name: The source.
        location: The file, or the folder that holds the parts.
        paths: Files to read, in the order of their names; all of one format.
    """

    name: str
    location: Path
    paths: tuple[Path, ...]

    @property
    def is_csv(self) -> bool:
        """Whether the format is CSV and not Parquet."""
        return self.paths[0].suffix == ".csv"

    @property
    def bytes_total(self) -> int:
        """Size of all parts."""
        return sum(path.stat().st_size for path in self.paths)

    @property
    def sha256(self) -> str:
        """Hash of the file; of parts, that of the lines which sha256sum writes of them."""
        if self.location == self.paths[0]:
            return _sha256(self.location)
        lines = "".join(f"{_sha256(path)}  {path.name}\n" for path in self.paths)
        return hashlib.sha256(lines.encode()).hexdigest()


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Turn what the system says of a file or folder that cannot be opened into an InputError.

    Args:
        path: What the block opens, where the system names nothing.

    Raises:
        InputError: The block met such an error: a link to nowhere, no permission, a bad disk.
    """
    try:
        yield
    except OSError as error:
        refused = Path(error.filename or path)
        link = f", a link to {refused.readlink()}" if refused.is_symlink() else ""
        raise InputError(
            f"{refused}: cannot be read: {error.strerror or type(error).__name__}.",
            why="What is in it is not known, and nothing stands in for it.",
            where=f"{refused}{link}",
            fix="Put the file there, or let the user who runs this read it.",
        ) from error


def find_source(folder: Path, name: str) -> SourceFiles:
    """Find NAME.parquet, NAME.csv or a folder NAME/ of parts.

    Other names are nobody's source and are left alone, unless they begin with a source's name and
    could be meant for it: NAME.v1_old.parquet, NAME (1).csv, NAME.csv.gz, NAME.PARQUET.

    Raises:
        InputError: None of the three, more than one, or a file that could be meant for the source.
    """
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    exact = [e for e in entries if e.name in (name, f"{name}.parquet", f"{name}.csv")]
    similar = [e for e in entries if e not in exact and _could_be_meant(e.name, name)]
    if len(exact) + len(similar) > 1 or similar:
        raise _ambiguous(name, folder, [*exact, *similar])
    if not exact:
        raise InputError(
            f"{folder}/{name}.parquet (or .csv): no such file.",
            why="A build is made of all sources; task is one where the var task_source says so.",
            fix="Put the file there, or point LEAD_SCORING_DATA at the folder that holds it.",
        )
    location = exact[0]
    if location.is_dir():
        return SourceFiles(name, location, _parts(location, name))
    if location.suffix not in FORMATS:
        raise InputError(
            f"{location}: a file without a format in its name.",
            why="Parquet and CSV are read by different rules, and nobody should guess.",
            fix=f"Name it {name}.parquet or {name}.csv, whichever it is.",
        )
    return SourceFiles(name, location, (location,))


def _could_be_meant(entry: str, name: str) -> bool:
    """Whether a name begins with the source's, followed by something that is no letter or digit."""
    entry, name = entry.lower(), name.lower()
    rest = entry.removeprefix(name)
    if rest == entry or entry.startswith((".", "_")):
        return False
    return not rest or not (rest[0].isalnum() or rest[0] == "_")


def _ambiguous(name: str, folder: Path, candidates: list[Path]) -> InputError:
    names = ", ".join(entry.name + ("/" if entry.is_dir() else "") for entry in candidates)
    return InputError(
        f"{folder}: {names} could each be the source {name}."
        if len(candidates) > 1
        else f"{folder}: {names} could be the source {name}, but is not named as one.",
        why="An old file that is read in place of the new one would be scored as today's data.",
        fix=f"Keep exactly one of {name}.parquet, {name}.csv and a folder {name}/ of parts there; "
        "rename or move the rest.",
    )


def _parts(location: Path, name: str) -> tuple[Path, ...]:
    """Parts in a folder; names that begin with . or _ are the writer's own marks (_SUCCESS)."""
    parts = sorted(p for p in location.iterdir() if not p.name.startswith((".", "_")))
    strange = [p.name for p in parts if p.suffix not in FORMATS or not p.is_file()]
    formats = {p.suffix for p in parts}
    if not parts or strange or len(formats) > 1:
        said = f"holds {', '.join(strange)}" if strange else "holds both Parquet and CSV"
        raise InputError(
            f"{location}/: this folder {said if parts else 'of parts is empty'}.",
            why=f"Every file in it would be read as a part of {name}.",
            fix="Keep parts of one format there, all .parquet or all .csv.",
        )
    return tuple(parts)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
