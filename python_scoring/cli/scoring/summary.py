"""The `summary` command."""

import json
from dataclasses import asdict

import click

from python_scoring.call_lists.build_summary import Summary, read_summary
from python_scoring.cli.printing import call_lines


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a page.")
def summary(as_json: bool) -> None:
    """Tell what the newest published build made and whom to call first.

    Reads the DuckDB file of LEAD_SCORING_DB (default lead_scoring.duckdb).

    \b
    Examples:
      lead-scoring summary
      lead-scoring summary --json | jq '.calls[0]'

    Exit codes: 0 printed, 2 nothing was published yet.
    """
    found = read_summary()
    if as_json:
        told = asdict(found) | found.build.record()
        del told["build"]
        click.echo(json.dumps(told, default=str))
        return
    click.echo(_as_text(found))


def _as_text(summary: Summary) -> str:
    """Return the summary as a page for the terminal."""
    lines = [*summary.build.lines(), "", "Rows by stage"]
    lines += [f"  {count['row_count']:>10,}  {count['stage']}" for count in summary.counts]
    lines += ["", "Data-quality findings (left out: see rejected_source_rows)"]
    lines += [
        f"  {row['row_count']:>10,}  {row['treatment']:<8}  {row['source_table']}: {row['finding']}"
        for row in summary.findings
    ] or ["        none"]
    return "\n".join([*lines, "", *call_lines(summary.day, summary.calls)])
