"""Kills dbt while it publishes: every published relation is then of the old build or of the new.

Everything of a second day is made beforehand, beside what is published of the first. Each try takes
a fresh copy of that database, lets dbt publish it, kills dbt with SIGKILL at a moment drawn around
the publication, and looks at what is there.

    python -m python_scoring.tests.faults.publication --kills 50 --seed 1
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import duckdb
import numpy as np

from python_scoring.io.dbt import PROFILES_EXAMPLE, run_dbt_apart
from python_scoring.tests.support.project_copy import PROJECT, allow_parts, copy_project

FIRST_DAY, SECOND_DAY = "2025-06-30", "2025-07-01"
DAY_TABLES = ("lead_scores_daily", "prospect_scores", "scored_features")
DATABASE, TIMED, PARSED = "demo.duckdb", "timed", "target/partial_parse.msgpack"
NEWEST_ONLY = ("salesforce_leads", "prospect_call_list")
PER_BUILD = ("build_counts", "build_findings", "build_sources")
OLD, NEW = "old", "new"
_STARTED = "START sql publication model main.builds"
_PUBLISHED = "OK created sql publication model main.builds"
_ARGUMENTS = ("build", "--select", "builds+", "--exclude-resource-type", "unit_test")


@dataclass(frozen=True)
class Prepared:
    """A database with one day published and the next one made.

    Args:
        database: The DuckDB file; tries work on copies.
        project: Copy of the project in which everything counts as made.
        publishing: Seconds from the start of the publication to its end, without a kill.
        ending: Seconds from its start to dbt's end.

    """

    database: Path
    project: Path
    publishing: float
    ending: float


def prepare(published: Path, folder: Path) -> Prepared:
    """Make the second day beside the first, which `published` holds, and time a publication."""
    project = copy_project(folder / "project")
    database = folder / DATABASE
    shutil.copy(published, database)
    made = run_dbt_apart(
        ["run", "--quiet", "--exclude", "builds+"],
        project=project,
        scratch=folder,
        environment=_environment(database),
        dbt_vars=_days(),
    )
    if made.returncode:
        raise RuntimeError(made.stdout[-4000:])
    # so that only `builds` and what comes after it runs, and a try takes seconds
    allow_parts(project)
    publishing, ending = _publish(Prepared(database, project, 0, 0), folder / TIMED, None)
    if (found := outcome(folder / TIMED / DATABASE)) != NEW:
        raise RuntimeError(f"without a kill the day was not published: {found}")
    return Prepared(database, project, publishing, ending)


def kill_publications(prepared: Prepared, folder: Path, kills: int, seed: int) -> Iterator[str]:
    """Kill as many publications; yield what each left behind: `old`, `new`, or what is wrong."""
    draw = np.random.default_rng(seed)
    for place in range(kills):
        scratch = folder / f"kill{place}"
        # most kills while it publishes, every fourth between then and the end of dbt
        longest = prepared.ending if place % 4 == 3 else 1.2 * prepared.publishing
        _publish(prepared, scratch, float(draw.uniform(0, longest)))
        yield outcome(scratch / DATABASE)
        shutil.rmtree(scratch)


def outcome(database: Path) -> str:
    """Return `old` or `new` when every published relation is of that build, else what differs."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = _rows_by_build(connection)
        recorded = {
            str(day): build
            for build, day in connection.execute(
                "select build_id, score_date from builds where result = 'published'"
            ).fetchall()
        }
    first, second = recorded[FIRST_DAY], recorded.get(SECOND_DAY)
    wanted = {name: {first} for name in NEWEST_ONLY}
    wanted |= {name: {first} for name in (*DAY_TABLES, *PER_BUILD)}
    if second:
        wanted = {name: {second} for name in NEWEST_ONLY}
        wanted |= {name: {first, second} for name in (*DAY_TABLES, *PER_BUILD)}
    wrong = {name: rows for name, rows in found.items() if set(rows) != wanted[name]}
    return f"mixed: {wrong}" if wrong else (NEW if second else OLD)


def _rows_by_build(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    found = {}
    for name in (*DAY_TABLES, *NEWEST_ONLY, *PER_BUILD):
        counts = f"select build_id, count(*) from {name} group by build_id"
        found[name] = dict(connection.execute(counts).fetchall())
    # the export is a view over the published leads: it must be readable, and hold all of them
    exported = connection.execute("select count(*) from salesforce_delivery_status").fetchall()
    if exported[0][0] != sum(found["salesforce_leads"].values()):
        found["salesforce_delivery_status"] = {"other leads": exported[0][0]}
    return found


def _publish(prepared: Prepared, scratch: Path, kill_after: float | None) -> tuple[float, float]:
    """Publish in a copy; return the seconds from the publication's start to its end, and dbt's."""
    scratch.mkdir()
    shutil.copy(prepared.database, scratch / DATABASE)
    if scratch.name != TIMED:  # what the first publication has parsed
        (scratch / "target").mkdir()
        shutil.copy(scratch.parent / TIMED / PARSED, scratch / PARSED)
    with _start(prepared.project, scratch) as process:
        _wait_for(_STARTED, process)
        started = time.monotonic()
        published = 0.0
        if kill_after is None:
            _wait_for(_PUBLISHED, process)
            published = time.monotonic() - started
        else:
            time.sleep(kill_after)
            process.kill()
        process.communicate()
    return published, time.monotonic() - started


def _start(project: Path, scratch: Path) -> subprocess.Popen[str]:
    shutil.copy(project / PROFILES_EXAMPLE, scratch / "profiles.yml")
    folders = ["--project-dir", project, "--profiles-dir", scratch]
    folders += ["--target-path", scratch / "target", "--log-path", scratch / "logs"]
    dbt = [sys.executable, "-m", "dbt.cli.main", "--no-use-colors"]
    environment = os.environ | _environment(Path(DATABASE)) | {"PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [*dbt, *_ARGUMENTS, *map(str, folders), "--vars", json.dumps(_days())],
        env=environment,
        # dbt parses anew for a database of another path: all have the same one, from their folder
        cwd=scratch,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _wait_for(words: str, process: subprocess.Popen[str]) -> None:
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if words in line:
            return
    raise RuntimeError("dbt ended before it published: " + "".join(lines)[-4000:])


def _environment(database: Path) -> dict[str, str]:
    return {"LEAD_SCORING_DB": str(database), "LEAD_SCORING_DATA": str(PROJECT / "seeds/demo")}


def _days() -> dict[str, Any]:
    return {"score_date": SECOND_DAY, "analysis_date": SECOND_DAY}


@click.command()
@click.option("--kills", default=50, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(kills: int, seed: int, as_json: bool) -> None:
    """Kill dbt around publication on the demo, so many times at moments drawn from a seed.

    Exit codes: 0 each time all of the old build or all of the new one, 1 a mix was found.
    """
    with tempfile.TemporaryDirectory(prefix="publication-") as scratch:
        folder = Path(scratch)
        (folder / "first").mkdir()
        first = folder / "first/demo.duckdb"
        click.echo("builds the first day, makes the second ...", err=True)
        built = run_dbt_apart(
            ["build", "--quiet", "--exclude-resource-type", "unit_test"],
            project=PROJECT,
            scratch=folder / "first",
            environment=_environment(first),
        )
        if built.returncode:
            raise click.ClickException(built.stdout[-4000:])
        prepared = prepare(first, folder)
        outcomes: Counter[str] = Counter()
        for found in kill_publications(prepared, folder, kills, seed):
            outcomes[found] += 1
            click.echo(f"{outcomes.total()}/{kills} {found}", err=True)
    mixed = kills - outcomes[OLD] - outcomes[NEW]
    told = {"part": "publication", "fault": "SIGKILL", "tried": kills, "outcomes": dict(outcomes)}
    click.echo(
        json.dumps(told) if as_json else f"publication | SIGKILL | {kills} | {dict(outcomes)}"
    )
    sys.exit(1 if mixed else 0)


if __name__ == "__main__":
    main()
