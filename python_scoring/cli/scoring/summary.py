"""The `summary` command."""

import json
from dataclasses import asdict

import click

from python_scoring.call_lists.build_summary import Summary, read_summary
from python_scoring.cli.options import json_option
from python_scoring.cli.printing import call_lines


@click.command()
@json_option
def summary(as_json: bool) -> None:
    """Print what the newest published build made and whom to call first.

    Reads the DuckDB file of LEAD_SCORING_DB (default lead_scoring.duckdb).

    \b
    Examples:
      lead-scoring summary
      lead-scoring summary --json | jq '.calls[0]'

    Exit codes: 0 printed, 2 nothing was published yet.
    """
    found = read_summary()
    if as_json:
        report = asdict(found) | found.build.record()
        del report["build"]
        click.echo(json.dumps(report, default=str))
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
