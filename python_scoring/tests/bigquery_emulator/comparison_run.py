"""Builds a day on both engines and compares what they publish."""

import datetime as dt
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import click
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from google.cloud import bigquery

from python_scoring.tests.bigquery_emulator.compare import RELATIVE_TOLERANCE, Comparison, compare
from python_scoring.tests.bigquery_emulator.dbt_runs import TAKEN_OVER, DbtRuns, database
from python_scoring.tests.bigquery_emulator.deliveries import load_table
from python_scoring.tests.bigquery_emulator.emulator import PROJECT_ID
from python_scoring.tests.bigquery_emulator.known_gaps import Gap
from python_scoring.tests.support.partition_filters import DAY, unfiltered
from python_scoring.tests.support.project_copy import PROJECT

_MOST_JOBS = 100_000
_DBT_COMMENT = '/* {"app": "dbt"'
# What others are made of is not read back row by row: its values reach the relations that are.
_INGREDIENTS = ("stg_", "int_", "feat_")


@dataclass
class ComparisonRun:
    """The two builds, and what was found so far.

    Args:
        duckdb: dbt on DuckDB.
        emulator: dbt on the emulator.
        client: Connection to the emulator.
        gaps: The emulator's known gaps.
        failures: What differs or is missing, in words.
        days_built: How many days both engines hold.
        rows_compared: Rows of all relations and days.
        values_compared: The same, times their columns.

    """

    duckdb: DbtRuns
    emulator: DbtRuns
    client: bigquery.Client
    gaps: list[Gap]
    failures: list[str] = field(default_factory=list)
    days_built: int = 0
    rows_compared: int = 0
    values_compared: int = 0

    def day(self, day: dt.date, other_vars: dict[str, Any]) -> None:
        """Build one day on both engines, tests included on the emulator, and compare."""
        started = time.monotonic()
        earlier = self._days_so_far() if self.days_built else {}
        dbt_vars = {"score_date": str(day), "analysis_date": str(day)} | other_vars
        arguments = ("--vars", json.dumps(dbt_vars))
        self.duckdb.run("build", "--exclude-resource-type", "test", "unit_test", *arguments)
        self.emulator.run("parse", *arguments)
        if not self.days_built:
            self._load_sources()
        self.load_taken_over()
        counts = self.emulator.run("build", *self._excluded(), *arguments)
        if earlier:  # a day that is published again replaces itself
            for runs in (self.duckdb, self.emulator):
                runs.run("build", "--select", "builds+", *arguments)
        self._report_build(day, dbt_vars, counts, time.monotonic() - started)
        self._compare_published()
        for relation, rows in earlier.items():
            self._compare_kept(relation, rows, day)
        self.days_built += 1

    def check_what_was_sent(self) -> None:
        """Look for partition filters in every statement of the two days, and at the gaps."""
        jobs = self.client.list_jobs(max_results=_MOST_JOBS)
        sent = [job.query for job in jobs if getattr(job, "query", "").startswith(_DBT_COMMENT)]
        guarded = {
            n["alias"] for n in self._models() if n["config"].get("require_partition_filter")
        }
        scans = [(sql, table) for sql in sent for table in unfiltered(sql, guarded, "bigquery")]
        closed = [gap.gap for gap in self.gaps if gap.is_closed(self.client)]
        self.failures += [f"reads all days of {table}: {sql}" for sql, table in scans]
        self.failures += [f"gap is closed, take it off the list: {name}" for name in closed]
        click.echo(
            f"\n{len(sent)} statements sent by dbt, {len(scans)} of them without the partition"
            f" filter that {', '.join(sorted(guarded))} require"
        )
        click.echo(f"{len(self.gaps)} known gaps of the emulator, {len(closed)} closed meanwhile:")
        for gap in self.gaps:
            click.echo(f"  - {gap.gap} (covered by: {gap.covered_by})")

    def subjects_of_both_days(self) -> dict[str, Any]:
        """A lead and a prospect that were scored on every day."""
        found = {}
        for kind, key, relation in (
            ("lead", "lead_id", "lead_scores_daily"),
            ("prospect", "advisor_crd", "prospect_scores"),
        ):
            scores = self._on_duckdb(relation).to_pylist()
            days = Counter(row[key] for row in scores)
            found[kind] = min(subject for subject, n in days.items() if n == self.days_built)
        return found

    def summary(self) -> str:
        """What was compared and found, in a few lines."""
        compared = f"{self.rows_compared:,} rows, {self.values_compared:,} values compared"
        failures = [f"FAILURE {failure}" for failure in self.failures]
        return "\n".join([*failures, f"{compared}, {len(failures)} findings"])

    def _models(self) -> list[dict[str, Any]]:
        nodes = self.emulator.manifest()["nodes"].values()
        return [node for node in nodes if node["resource_type"] == "model"]

    def _excluded(self) -> list[str]:
        names = [name for gap in self.gaps for name in gap.exclude]
        return ["--exclude", *names] if names else []

    def _load_sources(self) -> None:
        for source in self.emulator.manifest()["sources"].values():
            if source["source_name"] == "delivery":  # what DuckDB notes of the files
                continue
            rows = pq.read_table(PROJECT / "seeds/demo" / f"{source['name']}.parquet")
            name = f"{source['database']}.{source['schema']}.{source['identifier']}"
            load_table(self.client, name, rows)

    def load_taken_over(self) -> None:
        """Load what DuckDB's build of the day has made in place of the emulator's models."""
        for name in (name for gap in self.gaps for name in gap.stand_in):
            load_table(self.client, f"{PROJECT_ID}.{TAKEN_OVER}.{name}", self._on_duckdb(name))

    def _on_duckdb(self, relation: str) -> pa.Table:
        with duckdb.connect(str(database(self.duckdb.folder)), read_only=True) as connection:
            return connection.table(f"main.{relation}").to_arrow_table()

    def _on_emulator(self, node: dict[str, Any]) -> pa.Table:
        table = f"{node['database']}.{node['schema']}.{node['alias']}"
        # the rows of a view cannot be listed, only asked for
        if node["config"]["materialized"] == "view":
            query = self.client.query(f"select * from `{table}`")
            return query.to_arrow(create_bqstorage_client=False)
        return self.client.list_rows(table).to_arrow(create_bqstorage_client=False)

    def _days_so_far(self) -> dict[str, pa.Table]:
        kept = [n for n in self._models() if n["config"].get("partition_by")]
        return {node["name"]: self._on_emulator(node) for node in kept}

    def _compare_published(self) -> None:
        ignored = {column for gap in self.gaps for column in gap.columns}
        for node in self._models():
            if not node["name"].startswith(_INGREDIENTS):
                sides = (self._on_duckdb(node["alias"]), self._on_emulator(node))
                self._report(compare(node["name"], *(_without(s, ignored) for s in sides)))

    def _compare_kept(self, relation: str, rows: pa.Table, day: dt.date) -> None:
        node = next(node for node in self._models() if node["name"] == relation)
        now = self._on_emulator(node)
        days = pa.array([value.as_py() != day for value in now[DAY]], pa.bool_())
        self._report(compare(f"{relation}: earlier days, untouched", rows, now.filter(days)))

    def _report_build(
        self, day: dt.date, dbt_vars: dict[str, Any], counts: Counter[str], seconds: float
    ) -> None:
        built = ", ".join(f"{count} {kind}s" for kind, count in sorted(counts.items()))
        click.echo(f"\n{day} ({dbt_vars}): {built} passed on the emulator, {seconds:.0f} s")
        click.echo(f"compared with DuckDB (floats to {RELATIVE_TOLERANCE} of themselves):")

    def _report(self, comparison: Comparison) -> None:
        size = f"{comparison.rows:>7,} rows {comparison.values:>9,} values"
        click.echo(f"  {comparison.relation:<48} {size}  {len(comparison.differences)} differences")
        for words in comparison.differences:
            click.echo(f"    {words}")
        self.rows_compared += comparison.rows
        self.values_compared += comparison.values
        self.failures += [f"{comparison.relation}: {words}" for words in comparison.differences]


def _without(table: pa.Table, ignored: set[str]) -> pa.Table:
    return table.drop_columns([n for n in table.column_names if n.lower() in ignored])
