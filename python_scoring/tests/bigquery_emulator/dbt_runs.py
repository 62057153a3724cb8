"""Runs dbt on DuckDB and on the emulator, for the same day and from the same source files."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_scoring.errors import LeadScoringError
from python_scoring.io.dbt import run_dbt_apart, words_of
from python_scoring.tests.bigquery_emulator.known_gaps import LIST, Gap
from python_scoring.tests.support.project_copy import allow_parts, copy_project

# dataset of the tables that stand in for models which the emulator cannot run
TAKEN_OVER = "taken_over"
# an advisor of the demo
SUPPRESSED = 1104159
# half of the starts come a month late: both engines draw the days on which they became known
CURVE = ("30,0.5,0.4,0.6,100", "60,1.0,1.0,1.0,100")
DELIVERY_DATE = "2025-06-30"


@dataclass(frozen=True)
class DbtRuns:
    """dbt for one target, in a folder of its own.

    Args:
        target: Output of profiles.yml.example.
        project: Folder of the project, or of a copy of it.
        folder: Takes target/.
        environment: Variables that the profile reads.

    """

    target: str
    project: Path
    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> Counter[str]:
        """Run a dbt command and count its nodes by type.

        Raises:
            LeadScoringError: dbt failed; its own words are quoted.

        """
        done = run_dbt_apart(
            ["--quiet", *arguments, "--target", self.target],
            project=self.project,
            scratch=self.folder,
            environment=self.environment,
        )
        if done.returncode:
            raise LeadScoringError(
                f"dbt {arguments[0]} failed on the target {self.target}.",
                where=words_of(done),
                fix=f"Mend what dbt says, or list a gap of the emulator in {LIST.name}.",
            )
        return self._counted() if arguments[0] != "parse" else Counter()

    def manifest(self) -> dict[str, Any]:
        """The manifest of the last command."""
        loaded: dict[str, Any] = json.loads((self.folder / "target/manifest.json").read_text())
        return loaded

    def _counted(self) -> Counter[str]:
        results = json.loads((self.folder / "target/run_results.json").read_text())["results"]
        return Counter(r["unique_id"].split(".")[0] for r in results if r["status"] != "skipped")


def on_duckdb(folder: Path) -> DbtRuns:
    """DuckDB, from a copy of the project and the demo."""
    copy = _copy(folder)
    return _prepared(DbtRuns("duckdb", copy, folder, {"LEAD_SCORING_DB": str(database(folder))}))


def on_emulator(folder: Path, address: str, gaps: list[Gap]) -> DbtRuns:
    """The emulator, from a copy of the project with the macros that its gaps ask for."""
    copy = _copy(folder)
    for name in (name for gap in gaps for name in gap.stand_in):
        [model] = (copy / "models").rglob(f"{name}.py")
        model.unlink()
        model.with_suffix(".sql").write_text(
            "{{ config(materialized='table') }}\n\n"
            f"select * from `{{{{ target.project }}}}`.{TAKEN_OVER}.{name}\n",
            encoding="utf-8",
        )
    macros = "\n".join(gap.macro for gap in gaps)
    (copy / "macros/known_gaps.sql").write_text(macros, encoding="utf-8")
    return _prepared(DbtRuns("emulator", copy, folder, {"LEAD_SCORING_EMULATOR": address}))


def _copy(folder: Path) -> Path:
    """Copy the project, with rows in each empty seed: the emulator loads none without rows."""
    copy = copy_project(folder / "project")
    allow_parts(copy)
    settings = copy / "dbt_project.yml"
    text = settings.read_text(encoding="utf-8")
    assert text.count('delivery_date: ""') == 1
    dated = text.replace('delivery_date: ""', f'delivery_date: "{DELIVERY_DATE}"')
    settings.write_text(dated, encoding="utf-8")
    with (copy / "seeds/mappings/arrival_curve.csv").open("a", encoding="utf-8") as seed:
        seed.write("".join(f"{row}\n" for row in CURVE))
    with (copy / "seeds/mappings/contact_suppressions.csv").open("a", encoding="utf-8") as seed:
        seed.write(f"{SUPPRESSED},,asked not to be called,\n")
    with (copy / "seeds/mappings/acknowledged_alerts.csv").open("a", encoding="utf-8") as seed:
        seed.write("v0-none,all,2025-01-01,an invented answer\n")
    return copy


def database(folder: Path) -> Path:
    """DuckDB file of the runs in a folder."""
    return folder / "demo.duckdb"


def _prepared(runs: DbtRuns) -> DbtRuns:
    runs.folder.mkdir(exist_ok=True)
    return runs
