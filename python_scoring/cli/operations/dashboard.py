"""The `dashboard` command."""

import json
from pathlib import Path

import click

from python_scoring.cli.options import PathParameter, json_option
from python_scoring.io.atomic import atomic_file
from python_scoring.report.dashboard.page import dashboard_page


@click.command(
    epilog="""\b
Examples:
  lead-scoring dashboard --out target/dashboard.html
  lead-scoring dashboard --names --out calls/today.html     # for callers only

\b
Exit codes: 0 written, 2 could not (nothing was published yet, FILE cannot be written).
"""
)
@click.option(
    "--out",
    "target",
    required=True,
    type=PathParameter(path_type=Path, dir_okay=False),
    help="HTML file to write, whole or not at all.",
)
@click.option(
    "--names", is_flag=True, help="With the names of prospects: the file is personal data."
)
@json_option
def dashboard(target: Path, names: bool, as_json: bool) -> None:
    """Write today's list, the model's health and the funnel as one page that needs no network.

    Of the newest published day, on the warehouse of LEAD_SCORING_TARGET: the questions that the
    dashboards in Looker answer, for people without Looker.
    """
    page, counts = dashboard_page(names=names)
    with atomic_file(target) as beside:
        beside.write_text(page, encoding="utf-8")
    size = len(page.encode())
    if as_json:
        click.echo(json.dumps({"out": str(target), "bytes": size, "names": names, **counts}))
        return
    told = f"{counts['leads']:,} leads, {counts['prospects']:,} prospects, {size / 1e6:.1f} MB"
    click.echo(f"{target}: {told}{'; it holds names' if names else ''}")
