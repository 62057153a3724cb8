"""Two processes promote at the same moment, in a registry in a bucket.

python -m python_scoring.tests.faults.bucket --rounds 50
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event, Thread
from typing import IO, Any, cast
from unittest.mock import patch

import click

from python_scoring.errors import LeadScoringError
from python_scoring.model.registry import PACKAGED, Record, Registry
from python_scoring.tests.faults.workplace import Tried, print_rows
from python_scoring.tests.support.fake_storage import FakeStorage, serving
from python_scoring.tests.support.invented_models import draft_of

ADDRESS = "gs://race/models"
# promotes what a line names, if the other that it names is still in force
PROMOTE = """
import sys
from python_scoring.errors import RegistryError
from python_scoring.model.registry import Registry
registry = Registry(sys.argv[1])
for line in sys.stdin:
    version, seen = line.split()
    try:
        registry.promote(version, "race", compared_with=[seen])
        print("won", flush=True)
    except RegistryError as error:
        known = "while the gates were asked" in str(error)
        print("refused" if known else repr(error), flush=True)
"""


def race_in_a_bucket(rounds: int) -> Iterator[Tried]:
    """Yield a row: what became of the two promotions of each round."""
    tried = Tried("promote on gs://", "two at once")
    with ExitStack() as stack:
        url = stack.enter_context(serving())
        stack.enter_context(patch.dict(os.environ, {"STORAGE_EMULATOR_HOST": url}))
        FakeStorage(url).bucket("race")
        registry, versions = _three_versions()
        racers = [stack.enter_context(_racer()) for _ in range(2)]
        reader = stack.enter_context(_Reader())
        for _ in range(rounds):
            before = registry.history()
            seen = before[-1]["version"]
            said = _both(racers, [f"{v} {seen}" for v in versions if v != seen])
            good, found = _judged(before, registry.history(), said, reader)
            tried.note(found, good=good)
        for racer in racers:
            cast(IO[str], racer.stdin).close()
    yield tried


def _judged(
    before: list[Record], after: list[Record], said: list[str], reader: "_Reader"
) -> tuple[bool, str]:
    """Whether one won and the history grew by its record, and what to call it."""
    whole = after[:-1] == before and after[-1]["previous"] == before[-1]["version"]
    words = ", ".join(sorted(said))
    good = sorted(said) == ["refused", "won"] and whole and not reader.wrong
    state = f"unreadable: {reader.wrong}" if reader.wrong else "whole" if whole else "not whole"
    return good, f"{words}; history {state}"


def _three_versions() -> tuple[Registry, list[str]]:
    """A registry of three versions, one of them promoted."""
    registry = Registry(ADDRESS)
    packaged = PACKAGED / str(Registry(PACKAGED).promoted())
    days = ("2026-01-01", "2026-01-02", "2026-01-03")
    versions = [registry.add(draft_of(packaged, day), name="race") for day in days]
    registry.promote(versions[0], "first")
    return registry, versions


def _racer() -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROMOTE, ADDRESS]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=dict(os.environ))


def _both(racers: list[subprocess.Popen[str]], lines: list[str]) -> list[str]:
    """Give each racer a line at the same moment; return what they answer."""
    for racer, line in zip(racers, lines, strict=True):
        told = cast(IO[str], racer.stdin)
        told.write(line + "\n")
        told.flush()
    return [cast(IO[str], racer.stdout).readline().strip() for racer in racers]


class _Reader:
    """Reads the history all the while; `wrong` says what was found that is none."""

    def __init__(self) -> None:
        self.wrong = ""
        self._done = Event()
        self._thread = Thread(target=self._read, daemon=True)

    def __enter__(self) -> "_Reader":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _read(self) -> None:
        registry, known = Registry(ADDRESS), list[dict[str, Any]]()
        while not self._done.is_set():
            try:
                history = registry.history()
            except LeadScoringError as error:
                self.wrong = str(error)
                return
            if history[: len(known)] != known:
                self.wrong = "a record that was there is gone"
            known = history


@click.command()
@click.option("--rounds", default=50, show_default=True, type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row.")
def main(rounds: int, as_json: bool) -> None:
    """Let two processes promote another version each, at once, so many times.

    Exit codes: 0 one won each time and the history was always whole, 1 not so.
    """
    wrong = print_rows(race_in_a_bucket(rounds), as_json)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
