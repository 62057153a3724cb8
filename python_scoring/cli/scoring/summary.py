"""The `summary` command."""

import json
from dataclasses import asdict

import click

from python_scoring.call_lists.build_summary import as_text, read_summary


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a page.")
def summary(as_json: bool) -> None:
    """Tell what the last `dbt build` made and whom to call first.

    Reads the DuckDB file of LEAD_SCORING_DB (default lead_scoring.duckdb).

    \b
    Examples:
      lead-scoring summary
      lead-scoring summary --json | jq '.calls[0]'

    Exit codes: 0 printed, 2 there is no finished build.
    """
    found = read_summary()
    click.echo(json.dumps(asdict(found), default=str) if as_json else as_text(found))
