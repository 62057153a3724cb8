"""The `prospects` command."""

import json
from pathlib import Path

import click

from python_scoring.call_lists.prospects import as_text, read_call_list
from python_scoring.io.spreadsheet import write_call_file


@click.command(
    epilog="""\b
Examples:
  lead-scoring prospects --out prospects.csv
  lead-scoring prospects --limit 500 --out prospects.csv --json | jq .shares

\b
Exit codes: 0 done, 2 could not (no finished build, nobody on the list, FILE cannot
be written).
"""
)
@click.option(
    "--limit", default=5000, show_default=True, type=click.IntRange(min=1), help="At most so many."
)
@click.option(
    "--out",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="CSV or Parquet file for the list; it holds names.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def prospects(limit: int, target: Path | None, as_json: bool) -> None:
    """List whom to call of the active advisors who are not in Salesforce, best first.

    Reads what the last `dbt build` made. Prints who was left out and why, and how complete the data
    of the list are.
    """
    found = read_call_list(limit)
    if target:
        write_call_file(found.rows, target)
    if as_json:
        told = {
            "score_date": str(found.score_date),
            "model_version": found.model_version,
            "base_rate": found.base_rate,
            "scored": found.scored,
            "left_out": found.left_out,
            "callable": found.callable,
            "listed": found.rows.num_rows,
            "shares": found.shares,
            "out": str(target) if target else None,
        }
        click.echo(json.dumps(told))
        return
    click.echo(as_text(found))
    if target:
        click.echo(f"Written to {target}", err=True)
