"""The `prospects` command."""

import json
from pathlib import Path
from typing import Any

import click

from python_scoring.call_lists.prospects import CallList, read_call_list
from python_scoring.cli.options import PathParameter, json_option
from python_scoring.cli.printing import marks_of
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
    type=PathParameter(path_type=Path, dir_okay=False),
    help="CSV or Parquet file for the list; it holds names.",
)
@json_option
def prospects(limit: int, target: Path | None, as_json: bool) -> None:
    """List whom to call of the active advisors who are not in Salesforce, best first.

    Reads what was published last. Prints who was left out and why, and how complete the data
    of the list are.
    """
    call_list = read_call_list(limit)
    if target:
        write_call_file(call_list.rows, target)
    if as_json:
        report = call_list.build.record() | {
            "score_date": str(call_list.score_date),
            "model_version": call_list.model_version,
            "base_rate": call_list.base_rate,
            "scored": call_list.scored,
            "left_out": call_list.left_out,
            "callable": call_list.callable,
            "listed": call_list.rows.num_rows,
            "shares": call_list.shares,
            "out": str(target) if target else None,
        }
        click.echo(json.dumps(report))
        return
    click.echo(_as_text(call_list))
    if target:
        click.echo(f"Written to {target}", err=True)


SHOWN = 10


def _as_text(call_list: CallList) -> str:
    """Return the list as a page for the terminal, without names: terminals end up in logs."""
    listed = call_list.rows.num_rows
    lines = [
        *call_list.build.lines(),
        f"Advisors to call who are not in Salesforce, score date {call_list.score_date} "
        f"(model {call_list.model_version}; usual chance {100 * call_list.base_rate:.1f} %)",
        "  facts are as of the score date",
        f"  {call_list.scored:>10,}  active advisors not in Salesforce",
        *(f"  {count:>10,}  left out: {reason}" for reason, count in call_list.left_out.items()),
        f"  {call_list.callable:>10,}  may be called",
        f"  {listed:>10,}  on this list (--limit, and the var prospect_limit of the build)",
        "Data quality of the list",
        *(f"  {100 * share:>9.1f} %  {words}" for words, share in call_list.shares.items()),
        f"The first {min(SHOWN, listed)}; names are in the file only",
    ]
    return "\n".join(lines + [_line(row) for row in call_list.rows.slice(0, SHOWN).to_pylist()])


def _line(row: dict[str, Any]) -> str:
    return (
        f"  {row['list_position']:>4}. advisor {row['advisor_crd']:<10} "
        f"{100 * row['lead_score']:>5.1f} %  {row['lift_vs_base']:.1f} times the usual  "
        f"{marks_of(row)}"
    ).rstrip()
