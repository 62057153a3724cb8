"""The parts that are measured: what each needs first, and the command whose time counts."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from python_scoring.features.contract import project_contract
from python_scoring.io.project import ROOT
from python_scoring.tests.bench.measured import Measured, run

AS_OF = "2025-06-30"
ADVISORS_PER_LEAD = 0.8
SEED = 7
_SHARED = Path(ROOT).parent / "shared/bench"
_SHARED_YARDSTICK = _SHARED / "reference_pit.py"
_PACKAGE = "python_scoring.tests.bench"
_BIN = Path(sys.executable).parent
_DBT, _OURS = str(_BIN / "dbt"), str(_BIN / "lead-scoring")
_BUILD = (_DBT, "build", "--quiet", "--exclude-resource-type", "unit_test")

HISTORY_DAYS = 90
_MONITORING = "models/monitoring/after_go_live"
# The columns that monitoring reads; of the days put in, the others are null.
_PUBLISHED = "advisor_crd, model_version, lead_score, score_decile, is_golden_cohort, build_id"


@dataclass(frozen=True)
class Bench:
    """A world of one size, and the database that is built of it.

    Args:
        folder: Takes the world, the database and dbt's files.
        leads: Leads of the world.
        peers: Python of the environment that has polars, pandas, Feast and Kaskada.
    """

    folder: Path
    leads: int
    peers: str

    @property
    def world(self) -> Path:
        """Folder of the four sources."""
        return self.folder / "world"

    @property
    def environment(self) -> dict[str, str]:
        """What dbt and the commands read and write."""
        return {
            "LEAD_SCORING_DATA": str(self.world),
            "LEAD_SCORING_DB": str(self.folder / "bench.duckdb"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_PROFILES_DIR": ".",
        }

    def run(self, *command: str, **environment: str) -> Measured:
        """Run a command on this world; see `measured.run`."""
        return run(command, self.environment | environment, self.folder)

    def prepare(self) -> None:
        """Make the world and the seeds, where they are not there yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.world / "lead.parquet").exists():
            size = ("--advisors", str(int(self.leads * ADVISORS_PER_LEAD)), "--leads")
            days = (str(self.leads), "--as-of", AS_OF, "--seed", str(SEED))
            self.run(_OURS, "simulate", "--out", str(self.world), *size, *days)
        self.run(_DBT, "seed", "--quiet")


Measurements = dict[str, Measured]


def yardstick(bench: Bench) -> Measurements:
    """Time one hand-written query; its seconds are without Python's start."""
    is_shared = _SHARED_YARDSTICK.exists()
    code = [str(_SHARED_YARDSTICK)] if is_shared else ["-m", f"{_PACKAGE}.yardstick"]
    return {"yardstick": _by_its_own_clock(bench, sys.executable, *code, str(bench.world))}


def features(bench: Bench) -> Measurements:
    """Time the models up to lead_scoring_features, by themselves and as a command.

    CPU time and memory of both are those of the command.
    """
    done = bench.run(_DBT, "run", "--quiet", "--select", "+lead_scoring_features")
    results = json.loads((bench.folder / "target/run_results.json").read_text(encoding="utf-8"))
    seconds = _from_first_to_last(results["results"])
    return {"features, models": replace(done, seconds=seconds), "features, command": done}


def _from_first_to_last(results: list[dict[str, Any]]) -> float:
    """Seconds in which models were carried out: dbt's start and its hooks are left out."""
    timings = [
        timing
        for result in results
        if result["unique_id"].startswith("model.")
        for timing in result["timing"]
        if timing["name"] == "execute"
    ]
    began = min(datetime.fromisoformat(timing["started_at"]) for timing in timings)
    ended = max(datetime.fromisoformat(timing["completed_at"]) for timing in timings)
    return (ended - began).total_seconds()


def training(bench: Bench) -> Measurements:
    """Time one training on lead_training_set."""
    bench.run(_DBT, "run", "--quiet", "--select", "+lead_training_set")
    return {"training": bench.run(_OURS, "train", "--out", str(bench.folder / "models"))}


def scoring(bench: Bench) -> Measurements:
    """Time scoring with reasons, of every prediction; needs the features."""
    table = bench.folder / "features.parquet"
    with duckdb.connect(bench.environment["LEAD_SCORING_DB"], read_only=True) as connection:
        connection.table("lead_scoring_features_pit").to_parquet(str(table))
    files = ("--input", str(table), "--output", str(bench.folder / "scores.parquet"))
    return {"scoring": bench.run(_OURS, "score", *files)}


def single_lead(bench: Bench) -> Measurements:
    """Time the command that scores one lead, Python's start included."""
    example = bench.folder / "lead.json"
    example.write_text(json.dumps(dict.fromkeys(project_contract().base_names)), encoding="utf-8")
    return {"single lead": bench.run(_OURS, "score-lead", str(example))}


def batch(bench: Bench) -> Measurements:
    """Time a whole day: every model and test, and what is published."""
    return {"batch": bench.run(_OURS, "batch", "--days", "30", "--score-date", AS_OF)}


def monitoring(bench: Bench) -> Measurements:
    """Time a whole build after three months of published scores, without and with what watches.

    With means the models. Their tests, which only warn, are in neither.
    """
    registry = str(bench.folder / "models")
    marker = bench.folder / "three_months_are_published"
    if not marker.exists():
        _publish_three_months(bench, registry)
        marker.touch()
    excluded = {"unwatched": _MONITORING, "watched": f"{_MONITORING},resource_type:test"}
    return {
        f"build, {name}": bench.run(
            *_BUILD, "--threads", "1", "--exclude", selection, LEAD_SCORING_MODELS=registry
        )
        for name, selection in excluded.items()
    }


def _publish_three_months(bench: Bench, registry: str) -> None:
    """Train on this world, publish a day, and put in the days before with the same scores."""
    training(bench)
    listed = bench.run(_OURS, "models", "list", "--json", "--registry", registry)
    version = json.loads(listed.output)[0]["version"]
    override = ("--override", "the only model of this world")
    bench.run(_OURS, "models", "promote", version, "--registry", registry, *override)
    bench.run(*_BUILD, LEAD_SCORING_MODELS=registry)
    with duckdb.connect(bench.environment["LEAD_SCORING_DB"]) as connection:
        for table, columns in (
            ("lead_scores_daily", f"lead_id, {_PUBLISHED}"),
            ("prospect_scores", _PUBLISHED),
        ):
            connection.execute(
                f"insert into {table} by name "
                f"select {columns}, score_date - cast(days.day as integer) as score_date "
                f"from {table}, range(1, {HISTORY_DAYS + 1}) as days(day) "
                f"where score_date = date '{AS_OF}'"
            )


def export(bench: Bench) -> Measurements:
    """Time the rendering of the promoted model as SQL."""
    out = str(bench.folder / "exported_model.sql")
    return {"export": bench.run(_OURS, "models", "export-sql", "--out", out)}


def lineage(bench: Bench) -> Measurements:
    """Time the audit of the compiled project."""
    bench.run(_DBT, "compile", "--quiet")
    target = bench.environment["DBT_TARGET_PATH"]
    return {"lineage": bench.run(_OURS, "audit", "lineage", "--target-path", target)}


def replay(bench: Bench) -> Measurements:
    """Time the comparison of the delivery with itself, cut off half a year before."""
    later = ("--later", str(bench.world), "--cutoff", "2025-01-15")
    return {"replay": bench.run(_OURS, "audit", "replay", *later)}


def by_hand(bench: Bench) -> Measurements:
    """Time the yardstick's features by polars and pandas, where these notebooks are at hand."""
    notebooks = _SHARED / "peers_pit.py"
    if not notebooks.exists():
        return {}
    asked = (bench.peers, str(notebooks), str(bench.world))
    return {name: _by_its_own_clock(bench, *asked, name) for name in ("polars", "pandas")}


def feature_store(bench: Bench) -> Measurements:
    """Time two stores' point-in-time joins of our own running figures; needs the features."""
    database = bench.environment["LEAD_SCORING_DB"]
    stores = {"Feast": "feast_store", "Kaskada": "kaskada_store"}
    return {
        name: _by_its_own_clock(bench, bench.peers, "-m", f"{_PACKAGE}.{module}", database)
        for name, module in stores.items()
    }


def _by_its_own_clock(bench: Bench, *command: str) -> Measured:
    """Run what prints its own seconds, Python's start not among them, as the last line."""
    done = bench.run(*command)
    told = json.loads(done.output.strip().splitlines()[-1])
    return replace(done, seconds=told["seconds"])


def demo(bench: Bench) -> Measurements:
    """Time `make build` of the demo in a database of its own, whatever the size of the world."""
    own = {"LEAD_SCORING_DB": "demo.duckdb", "DBT_TARGET_PATH": "demo", "DBT_LOG_PATH": "demo/logs"}
    environment = {name: str(bench.folder / path) for name, path in own.items()}
    return {"make build": run(("make", "--silent", "build"), environment, bench.folder)}


PARTS: dict[str, Callable[[Bench], Measurements]] = {
    "features": features,
    "by_hand": by_hand,
    "feature_store": feature_store,
    "training": training,
    "scoring": scoring,
    "single_lead": single_lead,
    "batch": batch,
    "monitoring": monitoring,
    "export": export,
    "lineage": lineage,
    "replay": replay,
    "demo": demo,
}
