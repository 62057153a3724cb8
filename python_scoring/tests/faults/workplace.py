"""What the faults are tried on: a folder with leads, a table to learn from, and a registry."""

import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from python_scoring.io.dbt import run_dbt_apart
from python_scoring.model.artifact import write_artifact
from python_scoring.model.registry import PACKAGED, Registry
from python_scoring.tests.conftest import PROJECT
from python_scoring.tests.support.invented_models import draft_of, invent_leads, invent_outcomes

COMMAND = [sys.executable, "-c", "from python_scoring.cli.main import main; main()"]
TABLE = ("--label", "label", "--date", "day")


@dataclass
class Tried:
    """One row of the table: what was tried on a part, how often, and how often it ended how."""

    part: str
    fault: str
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: int = 0

    def note(self, outcome: str, *, good: bool) -> None:
        """Count an outcome."""
        self.outcomes[outcome if good else f"WRONG: {outcome}"] += 1
        self.wrong += not good

    def to_json(self) -> dict[str, Any]:
        """Return the row as plain data."""
        tried = self.outcomes.total()
        return {"part": self.part, "fault": self.fault, "tried": tried} | {
            "outcomes": dict(sorted(self.outcomes.items()))
        }


def print_rows(rows: Iterable[Tried], as_json: bool) -> int:
    """Print each row as it comes, and return how many outcomes were wrong in all."""
    wrong = 0
    for row in rows:
        told = row.to_json()
        click.echo(json.dumps(told) if as_json else " | ".join(map(str, told.values())))
        wrong += row.wrong
    return wrong


@dataclass(frozen=True)
class Workplace:
    """A folder of invented data.

    Args:
        folder: Holds leads.parquet (to score), past.parquet (to learn from) and models/.
        database: The built demo, where it was asked for.
    """

    folder: Path
    database: Path | None = None

    @property
    def registry(self) -> Registry:
        """The folder's own registry: the demo's model in force, and a candidate."""
        return Registry(self.folder / "models")

    @property
    def candidate(self) -> str:
        """The version that is not promoted."""
        return next(v for v in self.registry.versions() if v.split("-")[1] == "next")

    def environment(self, **more: str) -> dict[str, str]:
        """Variables for a command, free of the user's own settings."""
        foreign = ("LEAD_SCORING_", "DBT_", "SALESFORCE_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        ours = {"LEAD_SCORING_MODELS": str(self.folder / "models"), "OMP_NUM_THREADS": "1"}
        if self.database:
            ours["LEAD_SCORING_DB"] = str(self.database)
        return kept | ours | more


def make_workplace(folder: Path, *, built: bool = False) -> Workplace:
    """Invent the data; where asked, build the demo with dbt too (a minute)."""
    invent_leads(400, seed=9).to_parquet(folder / "leads.parquet")
    past = invent_leads(3000, seed=1)
    past["label"] = invent_outcomes(past, seed=3).astype(int)
    days = np.sort(np.random.default_rng(2).integers(0, 480, len(past))).astype("timedelta64[D]")
    past["day"] = pd.Series(np.datetime64("2024-02-01") + days).dt.date
    past.to_parquet(folder / "past.parquet")
    models = shutil.copytree(PACKAGED, folder / "models")
    write_artifact(draft_of(next(models.glob("v3-demo-*")), "2026-01-01"), models, name="next")
    return Workplace(folder, _built(folder / "built") if built else None)


def tree(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder by name, those left over from a kill left out."""
    return {
        str(name): (folder / name).read_bytes()
        for name in sorted(path.relative_to(folder) for path in folder.rglob("*"))
        if (folder / name).is_file() and not any(part.startswith(".") for part in name.parts)
    }


def leftovers(folder: Path) -> list[Path]:
    """Return what killed runs left below a folder."""
    return [path for path in folder.rglob(".*") if len(path.name.split(".")[1]) == 32]


def _built(folder: Path) -> Path:
    folder.mkdir()
    environment: Mapping[str, str] = {"LEAD_SCORING_DB": str(folder / "demo.duckdb")}
    words = ["build", "--quiet", "--exclude-resource-type", "unit_test"]
    done = run_dbt_apart(words, project=PROJECT, scratch=folder, environment=environment)
    if done.returncode:
        raise RuntimeError(done.stdout[-4000:])
    return folder / "demo.duckdb"
