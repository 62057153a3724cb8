"""Kills each command as it writes and at drawn moments: its files are then old or new, never mixed.

python -m python_scoring.tests.faults.kills --kills 50 --seed 1
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
import duckdb

from python_scoring.errors import LeadScoringError
from python_scoring.io.atomic import STALE_SECONDS
from python_scoring.model.registry import Registry
from python_scoring.tests.conftest import PROJECT
from python_scoring.tests.faults.workplace import (
    COMMAND,
    TABLE,
    Tried,
    Workplace,
    leftovers,
    make_workplace,
    print_rows,
    tree,
)

OLD, NEW, NONE = "old", "new", "no file yet"
# a drawn moment is seldom that of writing: most of a run is its start
KILLED_AS_IT_WRITES = """
import os, signal
from python_scoring.cli.main import main

written, to_disk = [], os.fsync

def fsync(descriptor):
    to_disk(descriptor)
    written.append(descriptor)

def replace(*names, **folders):
    os.kill(os.getpid(), signal.SIGKILL if written else signal.SIGTERM)

os.fsync, os.replace, os.rename = fsync, replace, replace
main()
"""


@dataclass(frozen=True)
class Case:
    """A command that is killed.

    Args:
        name: Its name in the table.
        words: The command, after `lead-scoring`; of dbt where `program` says so.
        before: Puts the folder that it writes back into its first state.
        state: Says OLD, NEW or NONE of that folder, or what is wrong with it.
        folder: What it writes into.
        program: What runs it.
        more: Further variables of the environment.
        at: Where it runs; the workplace where None.
    """

    name: str
    words: list[str]
    before: Callable[[], None]
    state: Callable[[], str]
    folder: Path
    program: list[str] = field(default_factory=lambda: list(COMMAND))
    more: Mapping[str, str] = field(default_factory=dict)
    at: Path | None = None


def kill_commands(place: Workplace, kills: int, seed: int, only: set[str]) -> Iterator[Tried]:
    """Yield a row for each command."""
    plain = _plain_cases(place)
    for case in [*plain, *(_built_cases(place) if place.database else [])]:
        if only and case.name not in only:
            continue
        draw = random.Random(f"{case.name} {seed}")  # noqa: S311 - moments, no secrets
        tried = Tried(case.name, "SIGKILL at a drawn moment")
        if case in plain:
            tried.fault = "SIGKILL as it writes, and at a drawn moment"
            _kill_as_it_writes(place, case, tried)
        _kill(place, case, kills, draw, tried)
        yield tried


def _kill_as_it_writes(place: Workplace, case: Case, tried: Tried) -> None:
    """Kill once something has reached the disk, at the step that would replace the old by it."""
    case.before()
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AS_IT_WRITES, *case.words],
        cwd=case.at or place.folder,
        env=place.environment(**case.more),
        capture_output=True,
        check=False,
    )
    found = case.state()
    if found == OLD and done.returncode == -signal.SIGKILL:
        tried.note(OLD, good=True)
    else:
        tried.note(f"as it writes: {found}, exit {done.returncode}", good=False)


def _kill(place: Workplace, case: Case, kills: int, draw: random.Random, tried: Tried) -> None:
    case.before()
    seconds = _run(place, case, None)
    for _ in range(kills):
        case.before()
        _run(place, case, draw.uniform(0, 1.05 * seconds))
        found = case.state()
        tried.note(found, good=found in (OLD, NEW, NONE))
    for left in leftovers(case.folder.parent):
        os.utime(left, (time.time() - 2 * STALE_SECONDS,) * 2)
    case.before()
    _run(place, case, None)
    if case.state() != NEW or leftovers(case.folder.parent):
        names = [path.name for path in leftovers(case.folder.parent)]
        tried.note(f"the next run did not mend it: {case.state()}, {names}", good=False)


def _run(place: Workplace, case: Case, kill_after: float | None) -> float:
    """Run a command, or kill it with its children; return the seconds it took."""
    started = time.monotonic()
    with subprocess.Popen(
        [*case.program, *case.words],
        cwd=case.at or place.folder,
        env=place.environment(**case.more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            process.wait(kill_after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            _wait_for_end(process)
    return time.monotonic() - started


def _wait_for_end(process: subprocess.Popen[bytes]) -> None:
    """Wait until a killed command's own children are gone, too: till then they hold their locks."""
    process.wait()
    for _ in range(600):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise RuntimeError(f"process group {process.pid} is still there half a minute after SIGKILL")


def _files_case(
    place: Workplace, name: str, words: list[str], older: list[str], written: str
) -> Case:
    """A command whose files are the same bytes each time; `older` writes their former content."""
    folder = place.folder / f"out of {name}"
    former, finished = place.folder / f"{name} former", place.folder / f"{name} finished"
    for kept, arguments in ((former, older), (finished, words)):
        case = Case(name, arguments, lambda: None, lambda: "", folder)
        folder.mkdir(exist_ok=True)
        _run(place, case, None)
        shutil.copytree(folder, kept)
        if not tree(kept):
            raise RuntimeError(f"{name} wrote nothing: {arguments}")
    old, new = tree(former), tree(finished)

    def before() -> None:
        for path in folder.glob("[!.]*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(former, folder, dirs_exist_ok=True)

    def state() -> str:
        found = tree(folder)
        if found == old:
            return OLD
        if found == new:
            return NEW
        gone = not any(file.startswith(written) for file in found)
        if gone and name == "simulate":  # between its two renames a folder is absent, never mixed
            return NONE
        whole = set(found) == set(new) and all(found[f] in (old[f], new[f]) for f in found)
        return "files old and new" if whole else f"other files: {sorted(found)}"

    return Case(name, words, before, state, folder)


def _plain_cases(place: Workplace) -> list[Case]:
    leads, past = str(place.folder / "leads.parquet"), str(place.folder / "past.parquet")
    half = str(place.folder / "half.parquet")
    _half(leads, half)

    def out(name: str, file: str) -> str:
        return str(place.folder / f"out of {name}" / file)

    world = ["simulate", "--advisors", "400", "--leads", "200", "--as-of", "2025-06-30", "--out"]
    world += [out("simulate", "world"), "--seed"]
    score = ["score", "--output", out("score", "scores.parquet"), "--input"]
    render = ["models", "export-sql", "--out", out("export-sql", "model.sql")]
    return [
        _files_case(place, "simulate", [*world, "2"], [*world, "1"], "world"),
        _files_case(place, "score", [*score, leads], [*score, half], "scores"),
        _files_case(place, "export-sql", [*render, place.candidate], render, "model"),
        _promote(place),
        _train(place, past),
    ]


def _half(leads: str, half: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"copy (from '{leads}' limit 200) to '{half}'")


def _promote(place: Workplace) -> Case:
    folder = place.folder / "promoted models"
    shutil.copytree(place.folder / "models", folder)
    history = folder / "registry.json"
    first = history.read_bytes()
    words = ["models", "promote", place.candidate, "--override", "a test", "--registry"]
    words += [str(folder), "--input", str(place.folder / "past.parquet"), *TABLE]

    def state() -> str:
        try:
            promoted = Registry(folder).load().version
        except LeadScoringError as error:
            return error.what
        return NEW if promoted == place.candidate else OLD

    return Case("promote", words, lambda: _put(history, first), state, folder)


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _train(place: Workplace, past: str) -> Case:
    folder = place.folder / "trained" / "models"
    words = ["train", "--input", past, *TABLE, "--out", str(folder)]

    def before() -> None:
        for path in folder.glob("[!.]*"):
            shutil.rmtree(path)

    def state() -> str:
        registry = Registry(folder)
        try:
            found = [registry.load(version) for version in registry.versions()]
        except LeadScoringError as error:
            return error.what
        return NEW if found else OLD

    return Case("train", words, before, state, folder)


def _built_cases(place: Workplace) -> list[Case]:
    """Commands that read or write the built demo."""
    assert place.database
    folder = place.folder / "warehouse"
    folder.mkdir()
    database, payload = folder / place.database.name, folder / "payload.json"
    more = {"LEAD_SCORING_DB": str(database), "DBT_PROFILES_DIR": str(folder)}
    more |= {"DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs")}
    shutil.copy(PROJECT / "profiles.yml.example", folder / "profiles.yml")

    def before() -> None:
        payload.unlink(missing_ok=True)
        for path in folder.glob("demo.duckdb*"):
            path.unlink()
        shutil.copy(str(place.database), database)

    def rows() -> str:
        try:
            with duckdb.connect(str(database), read_only=True) as connection:
                query = "select count(*) from lead_scores_daily"
                [[found]] = connection.execute(query).fetchall()
        except duckdb.Error as error:
            return f"the database cannot be read: {str(error).splitlines()[0]}"
        return NEW if found else "no scores"

    def paid() -> str:
        if not payload.exists():
            return NONE
        return NEW if json.loads(payload.read_text())["records"] else "no records"

    dbt = [sys.executable, "-m", "dbt.cli.main"]
    build = ["build", "--quiet", "--exclude-resource-type", "unit_test"]
    sync = ["sync", "salesforce", "--out", str(payload)]
    batch = ["batch", "--days", "30"]
    return [
        Case("build", build, before, rows, folder, dbt, more, PROJECT),
        Case("batch", batch, before, rows, folder, more=more, at=PROJECT),
        Case("sync (dry run)", sync, before, paid, folder, more=more),
    ]


@click.command()
@click.option("--kills", default=50, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=1, show_default=True)
@click.option("--only", multiple=True, help="Only this command. May be repeated.")
@click.option("--built/--not-built", default=True, help="Also what works on the built demo.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row.")
def main(kills: int, seed: int, only: tuple[str, ...], built: bool, as_json: bool) -> None:
    """Kill each command so many times.

    Exit codes: 0 each time all old or all new, 1 something between was found.
    """
    with tempfile.TemporaryDirectory(prefix="kills-") as scratch:
        place = make_workplace(Path(scratch), built=built)
        wrong = print_rows(kill_commands(place, kills, seed, set(only)), as_json)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
