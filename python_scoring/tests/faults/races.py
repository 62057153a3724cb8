"""Two at once, the clock set back and on, and a process number that returns.

python -m python_scoring.tests.faults.races --rounds 20
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import click
import pyarrow.parquet as pq

from python_scoring.io.atomic import STALE_SECONDS, atomic_file, atomic_folder
from python_scoring.tests.faults.workplace import (
    COMMAND,
    Tried,
    Workplace,
    leftovers,
    make_workplace,
    print_rows,
)


def race(place: Workplace, rounds: int) -> Iterator[Tried]:
    """Yield a row for each game."""
    yield _two_scorers(place, rounds)
    yield _two_simulations(place, rounds)
    yield _returning_pid(place.folder / "pid", rounds)
    yield _other_clock(place.folder / "clock", rounds)


def _two_scorers(place: Workplace, rounds: int) -> Tried:
    tried = Tried("score", "two at once into one file")
    target = place.folder / "both.parquet"
    words = ["score", "--input", str(place.folder / "leads.parquet"), "--output", str(target)]
    for _ in range(rounds):
        codes = _both(place, words, words)
        rows = pq.read_metadata(target).num_rows if target.exists() else 0
        found = f"exit {codes}, {rows} rows"
        tried.note(found, good=codes == [0, 0] and rows == 400 and not leftovers(place.folder))
        target.unlink(missing_ok=True)
    return tried


def _two_simulations(place: Workplace, rounds: int) -> Tried:
    tried = Tried("simulate", "two at once into one folder")
    world = place.folder / "two worlds"
    words = ["simulate", "--advisors", "300", "--leads", "150", "--as-of", "2025-06-30"]
    words += ["--out", str(world), "--json", "--seed"]
    alone = []
    for seed in ("1", "2"):
        _both(place, [*words, seed])
        alone.append(_content(world))
    for _ in range(rounds):
        codes = _both(place, [*words, "1"], [*words, "2"])
        mixed = _content(world) not in alone
        good = not mixed and 0 in codes and set(codes) <= {0, 2} and not leftovers(place.folder)
        tried.note(f"exit {sorted(codes)}, {'a mix' if mixed else 'one of the two'}", good=good)
    return tried


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _both(place: Workplace, *commands: list[str]) -> list[int]:
    """Run commands at the same time; return their exit codes."""
    running = [
        subprocess.Popen(
            [*COMMAND, *words],
            cwd=place.folder,
            env=place.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for words in commands
    ]
    return [process.wait() for process in running]


def _returning_pid(folder: Path, rounds: int) -> Tried:
    """In every container the process is number 1, and their folder may be the same."""
    tried = Tried("files and folders", "the process number returns")
    with patch.object(os, "getpid", lambda: 1):
        for number in range(rounds):
            target = folder / str(number)
            with atomic_file(target) as killed:
                left = killed.with_name(killed.name)
                killed.write_text("of a run that was killed")
                kept = killed.read_bytes()
            left.write_bytes(kept)
            with atomic_file(target) as beside:
                fresh = not beside.exists()
                beside.write_text("whole")
            tried.note("names differ", good=fresh and target.read_text() == "whole")
            left.unlink()
    return tried


def _other_clock(folder: Path, rounds: int) -> Tried:
    """A clock that jumps must not sweep what another run is writing, nor stop a run."""
    tried = Tried("files and folders", "the clock jumps")
    now = time.time()
    for number in range(rounds):
        step = (-1) ** number * (number + 1) * STALE_SECONDS / 7
        target = folder / f"world{number}"
        with patch.object(time, "time", lambda step=step: now + step):
            with atomic_folder(target) as beside:
                (beside / "part").write_text("whole")
            tried.note("written", good=(target / "part").read_text() == "whole")
    return tried


@click.command()
@click.option("--rounds", default=20, show_default=True, type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row.")
def main(rounds: int, as_json: bool) -> None:
    """Let two run at once, and play with clock and process numbers, so many times.

    Exit codes: 0 nothing was mixed or lost, 1 something was.
    """
    with tempfile.TemporaryDirectory(prefix="races-") as scratch:
        wrong = print_rows(race(make_workplace(Path(scratch)), rounds), as_json)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
