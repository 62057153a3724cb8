"""What the tests of the sync work on: a small warehouse of the built demo, and the command."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.tests.conftest import Dbt

# the destination's own views over the tables
VIEWS = ("salesforce_delivery_status", "salesforce_lead_scores", "salesforce_unfinished_batches")


@dataclass(frozen=True)
class Warehouse:
    """The relations that the sync reads and writes, with the demo's own views over them."""

    path: Path

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def execute(self, statement: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(statement)

    def results(self) -> dict[str, int]:
        """Rows of the log by result."""
        counts = "select delivery_result, count(*) from salesforce_delivery_log group by 1"
        return dict(self.rows(counts))

    def accepted(self) -> list[str]:
        """Leads accepted, in order, each as often as it was."""
        query = "select lead_id from salesforce_delivery_log where delivery_result = 'accepted'"
        return [lead_id for (lead_id,) in self.rows(f"{query} order by lead_id")]


def small_warehouse(demo: Dbt, folder: Path, leads: int) -> Warehouse:
    """Make a warehouse of so many leads; it keeps the file's name, which the views contain."""
    path = folder / demo.database.name
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"attach '{demo.database}' as built (read_only)")
        for table in ("salesforce_leads", "lead_scores_daily", "salesforce_delivery_log"):
            connection.execute(
                f"create table {table} as from built.main.{table} order by lead_id limit {leads}"
            )
        others = ("builds", "call_exclusions", "scored_features")
        for table in (*others, "prospect_scores", "prospect_call_list"):
            connection.execute(f"create table {table} as from built.main.{table} limit {leads}")
        views = "select sql from duckdb_views() where database_name = 'built' and view_name = ?"
        for view in VIEWS:
            [[sql]] = connection.execute(views, [view]).fetchall()
            connection.execute(sql.replace("VIEW built.", "VIEW ", 1))
    return Warehouse(path)


@dataclass(frozen=True)
class Command:
    """`lead-scoring sync salesforce`, whose pauses are noted instead of waited for."""

    folder: Path
    pauses: list[float]

    @property
    def payload(self) -> Path:
        return self.folder / "payload.json"

    def run(self, *words: str) -> Result:
        out = ["--out", str(self.payload)]
        return CliRunner().invoke(main, ["sync", "salesforce", *out, *words])

    def report(self, *words: str, exit_code: int = 0) -> dict[str, Any]:
        done = self.run("--json", *words)
        assert done.exit_code == exit_code, done.output
        loaded: dict[str, Any] = json.loads(done.stdout)
        return loaded
