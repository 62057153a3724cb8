"""Runs the commands of the README on the emulator and on DuckDB, and compares what they print."""

import datetime as dt
import json
import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from python_scoring.model.registry import PACKAGED
from python_scoring.tests.bigquery_emulator.compare import RELATIVE_TOLERANCE
from python_scoring.tests.bigquery_emulator.dbt_runs import DbtRuns

_CODE = "from python_scoring.cli.main import main; main()"
# two builds have ids of their own, and two commands do not run in the same second
_CLOCK = {"build_id", "build", "build_before", "build_after", "published_at", "promoted_at"}


@dataclass
class Commands:
    """Both engines' commands, each in its copy of the project and with its own registry.

    Args:
        duckdb: dbt on DuckDB.
        emulator: dbt on the emulator.
        failures: What differs, in words.
        compared: How many commands gave the same.

    """

    duckdb: DbtRuns
    emulator: DbtRuns
    failures: list[str] = field(default_factory=list)
    compared: int = 0

    def every_day(self) -> None:
        """Compare what reads a published day."""
        self.compare("summary")
        self.compare("prospects", "--out", "calls.csv")
        self.compare("sync", "salesforce")
        self.compare("retrospective", "--month", "2025-05", exits=(0, 2))

    def retrain(self, day: dt.date) -> None:
        """Compare what learns, judges and promotes; a search goes on with its own leads only."""
        trained = self.compare("train", "--note", "two engines")
        if not trained:
            return
        version = trained["version"]
        self.compare("search", "--trials", "3", "--minutes", "5", "--out", f"recipe_{day}.json")
        self.compare("backtest", "--start", "2025-03-01")
        self.compare("report", "--model", version)
        # a copy of the registry each: whether the gates let it pass is compared, too
        self.compare("models", "promote", version, "--reason", "compared", exits=(0, 1))

    def batch(self, day: dt.date, between: Callable[[], None]) -> None:
        """Compare a build of a day by the command, dbt and all.

        Args:
            day: To rank.
            between: Called when DuckDB has built, before the emulator does.

        """
        self.compare("batch", "--score-date", str(day), "--days", "30", between=between)

    def explain(self, lead: str, prospect: int) -> None:
        """Compare why the scores of two subjects moved."""
        self.compare("explain-change", "--lead", lead)
        self.compare("explain-change", "--prospect", str(prospect))

    def compare(
        self, *words: str, exits: Sequence[int] = (0,), between: Callable[[], None] = lambda: None
    ) -> Any:
        """Run a command on both engines; return DuckDB's JSON, None where it failed."""
        started = time.monotonic()
        sides = [self._run(self.duckdb, words)]
        between()
        sides.append(self._run(self.emulator, words))
        found = list(_differences(sides[0][1], sides[1][1], ""))
        codes = [side[0] for side in sides]
        if codes[0] != codes[1] or codes[0] not in exits:
            found = [f"exit codes {codes}: {[side[2][-800:] for side in sides]}"]
        name = " ".join(words)
        seconds = time.monotonic() - started
        click.echo(f"  lead-scoring {name:<60} {len(found)} differences, {seconds:.0f} s")
        for difference in found[:5]:
            click.echo(f"    {difference}")
            self.failures.append(f"lead-scoring {name}: {difference}")
        self.compared += not found
        return sides[0][1] if codes[0] in exits else None

    def _run(self, runs: DbtRuns, words: Sequence[str]) -> tuple[int, Any, str]:
        models = runs.folder / "models"
        if not models.exists():
            shutil.copytree(PACKAGED, models)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LEAD_SCORING_", "DBT_"))}
        done = subprocess.run(
            [sys.executable, "-c", _CODE, *words, "--json"],
            cwd=runs.project,
            env=kept
            | runs.environment
            | {
                "LEAD_SCORING_TARGET": runs.target,
                "LEAD_SCORING_MODELS": str(models),
                "DBT_PROFILES_DIR": str(runs.folder),
                "DBT_TARGET_PATH": str(runs.folder / "target"),
                "DBT_LOG_PATH": str(runs.folder / "logs"),
                "OMP_NUM_THREADS": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        try:
            return done.returncode, json.loads(done.stdout), done.stderr
        except ValueError:
            return done.returncode, None, done.stdout + done.stderr


def _differences(ours: Any, theirs: Any, at: str) -> Iterator[str]:
    """Yield where two JSON values differ; floats may by their tolerance."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(set(ours) | set(theirs)):
            if name in _CLOCK:
                continue
            if (name in ours) != (name in theirs):
                yield f"{at}.{name} on one side only"
            else:
                yield from _differences(ours.get(name), theirs.get(name), f"{at}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for place, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _differences(one, other, f"{at}[{place}]")
    elif isinstance(ours, float) and isinstance(theirs, float):
        alike = math.isclose(ours, theirs, rel_tol=RELATIVE_TOLERANCE)
        if not alike and not (math.isnan(ours) and math.isnan(theirs)):
            yield f"{at}: {ours!r}, {theirs!r}"
    elif ours != theirs and not _paths(ours, theirs):
        yield f"{at}: {ours!r}, {theirs!r}"


def _paths(ours: Any, theirs: Any) -> bool:
    """Whether two texts are paths below the two folders: they end alike."""
    texts = isinstance(ours, str) and isinstance(theirs, str)
    return texts and Path(ours).is_absolute() and Path(ours).name == Path(theirs).name
