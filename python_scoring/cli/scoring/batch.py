"""The `batch` command."""

import datetime as dt
import json
from pathlib import Path

import click

from python_scoring.call_lists.build_summary import read_day
from python_scoring.call_lists.daily_batch import Batch, score_batch
from python_scoring.cli.options import PathParameter, json_option
from python_scoring.cli.printing import call_lines
from python_scoring.io.spreadsheet import write_call_file
from python_scoring.io.table_files import check_suffix


@click.command(
    epilog="""\b
Examples:
  lead-scoring batch --days 30
  lead-scoring batch --days 30 --score-date 2025-06-30 --out calls.csv

\b
Exit codes: 0 scored, 2 could not (dbt failed, FILE cannot be written).
"""
)
@click.option(
    "--days",
    type=click.IntRange(0, 999_999),
    help="Leads contacted within so many days.  [default: the var batch_days, 90]",
)
@click.option(
    "--score-date",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="The day to rank.  [default: the var score_date]",
)
@click.option(
    "--out",
    "target",
    type=PathParameter(path_type=Path, dir_okay=False),
    help="CSV or Parquet file for the leads that may be called, in calling order.",
)
@json_option
def batch(
    days: int | None,
    score_date: dt.datetime | None,
    target: Path | None,
    as_json: bool,
) -> None:
    """Score the leads contacted in the last N days, and those not yet contacted, with dbt.

    A whole build: it publishes the day if every test passes, and nothing otherwise; other days
    stay. What differs from Salesforce goes to salesforce_lead_scores. Run it in the project's
    folder, as dbt. LEAD_SCORING_DELIVERY_DATE is the var delivery_date, where an archive is kept.
    """
    if target:
        check_suffix(target)
    click.echo("dbt builds, tests and publishes the day …", err=True)
    done = score_batch(days, score_date.date() if score_date else None)
    if target:
        write_call_file(done.rows, target)
    if as_json:
        report = done.build.record() | {
            "score_date": str(done.score_date),
            "days": done.days,
            "leads": done.leads,
            "contacted": done.contacted,
            "golden": done.golden,
            "callable": done.rows.num_rows,
            "out": str(target) if target else None,
        }
        click.echo(json.dumps(report))
        return
    click.echo(_as_text(done))
    if target:
        click.echo(f"Written to {target}", err=True)


def _as_text(batch: Batch) -> str:
    """Return the batch as a page for the terminal."""
    left_out = batch.leads - batch.rows.num_rows
    lines = [
        *batch.build.lines(),
        f"Open leads, score date {batch.score_date}",
        f"  {batch.contacted:>10,}  contacted in the {batch.days} days before",
        f"  {batch.leads - batch.contacted:>10,}  not yet contacted",
        f"  {batch.golden:>10,}  of them golden cohort",
        f"  {left_out:>10,}  of them suppressed: scored, but not to be called",
    ]
    return "\n".join([*lines, "", *call_lines(*read_day(batch.score_date))])
