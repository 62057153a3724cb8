"""The project's line on a simulated world, day after day: a delivery, a whole build, health."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.errors import LeadScoringError
from python_scoring.io.dbt import run_dbt, words_of
from python_scoring.simulate.simulation import (
    World,
    deliver,
    deliver_activities,
    write_delivery,
)

# six months hold few calls: more of them than usual calibrate and judge the first model
FIRST_SHARES = {"calibration_share": 0.3, "test_share": 0.25}


class Line:
    """A database into which each day's delivery of a world is built, and a registry."""

    def __init__(self, scratch: Path, world: World, models: Path) -> None:
        self.world = world
        self.delivery = scratch / "world"
        self.database = scratch / "line.duckdb"
        self.environment = {
            "LEAD_SCORING_DB": str(self.database),
            "LEAD_SCORING_DATA": str(self.delivery),
            "LEAD_SCORING_MODELS": str(models),
            "DBT_TARGET_PATH": str(scratch / "target"),
        }

    def first_model(self, day: date) -> str:
        """Train the first model on what is known by a day, and promote it."""
        self._deliver(day)
        # its tests would ask for relations beside it
        only = ["--exclude-resource-type", "test", "--select", "+lead_training_set"]
        failed = self._dbt(only, day, FIRST_SHARES)
        if failed:
            raise LeadScoringError("The training set could not be built.", where=failed)
        return self.train()

    def train(self) -> str:
        """Train on the training set as it stands, and promote what comes of it."""
        trained = json.loads(self._command(["train", "--json"]))["version"]
        self._command(["models", "promote", trained, "--override", "the simulated year's"])
        return str(trained)

    def recalibrate(self, since: date) -> str:
        """Fit the curve in force anew and promote it; empty where later calls are too few."""
        try:
            made = json.loads(self._command(["recalibrate", "--since", str(since), "--json"]))
        except LeadScoringError as error:
            if any(few in str(error) for few in ("conversions", "No row of", "that judge would")):
                return ""
            raise
        self._command(["models", "promote", made["version"], "--override", "the simulated year's"])
        return str(made["version"])

    def build(self, day: date) -> str:
        """Deliver and build a day; return why nothing was published, empty where it was."""
        self._deliver(day)
        return self._dbt([], day)

    def health(self) -> dict[str, Any]:
        """What `lead-scoring health --json` says."""
        told = CliRunner().invoke(main, ["health", "--json"], env=self.environment)
        return dict(json.loads(told.stdout)) if told.stdout else {}

    def rows(
        self, query: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        """Rows of a query over what the last build made."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query, parameters).fetchall()

    def _deliver(self, day: date) -> None:
        tables = deliver(self.world, day)
        write_delivery(tables | deliver_activities(self.world, tables, day), self.delivery)

    def _dbt(self, options: Sequence[str], day: date, more: dict[str, float] | None = None) -> str:
        days = {"score_date": str(day), "analysis_date": str(day), "task_source": "present"}
        words = ["build", "--quiet", "--exclude-resource-type", "unit_test", *options]
        done = run_dbt(words, days | (more or {}), self.environment)
        return words_of(done) if done.returncode else ""

    def _command(self, words: Sequence[str]) -> str:
        done = CliRunner().invoke(main, words, env=self.environment)
        if done.exit_code:
            raise LeadScoringError(f"`lead-scoring {words[0]}` failed.", where=done.output)
        return done.stdout
