"""The `retrospective` command."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from python_scoring.cli.options import PathParameter, json_option
from python_scoring.io.atomic import atomic_file
from python_scoring.monitoring.retrospective import (
    FIRST_TENTHS,
    Retrospective,
    month_of,
    read_retrospective,
)


@click.command(
    epilog="""\b
Examples:
  lead-scoring retrospective --month 2025-05
  lead-scoring retrospective --month 2025-05 --out reports/2025-05.md

\b
Exit codes: 0 the month is ripe, 2 it is not yet, or nothing was published.
"""
)
@click.option("--month", "text", required=True, metavar="YYYY-MM", help="Month of contact.")
@click.option(
    "--out",
    "target",
    type=PathParameter(path_type=Path, dir_okay=False),
    help="Write the page, in Markdown, to this file.",
)
@json_option
def retrospective(text: str, target: Path | None, as_json: bool) -> None:
    """Say what a month's scores promised and what came, what they changed, what was not worked.

    Of the contacts of the month with the score in force on their day; a month whose contacts are
    not all ripe says so instead of guessing.
    """
    found = read_retrospective(month_of(text))
    page = _page(found)
    if target:
        with atomic_file(target) as beside:
            beside.write_text(page, encoding="utf-8")
    click.echo(json.dumps(found.record(), default=str) if as_json else page, nl=as_json)
    sys.exit(0 if found.is_ripe else 2)


def _page(found: Retrospective) -> str:
    """Return the month as one page of Markdown."""
    lines = [
        f"# {found.month:%Y-%m} in review",
        "",
        f"From {found.build}. {found.contacts:,} contacts had a score in force, {found.ripe:,} of "
        "them are ripe. Intervals hold 95 %.",
        "",
        f"**{found.verdict}**",
        "",
        f"**Next**: {found.next_action}",
    ]
    if found.lists:
        lines += ["", "## What was promised, and what came", "", *_lists(found)]
    if found.order:
        lines += ["", "## What the score changed", "", _order(found.order)]
    lines += ["", "## What was not worked", "", _worked(found)]
    if found.alerts:
        lines += ["", "## Open alerts", ""]
        lines += [
            f"- {alert['people']}: {alert['what']}, since {alert['since_date']}. "
            f"{alert['what_to_do']}"
            for alert in found.alerts
        ]
    return "\n".join([*lines, ""])


def _lists(found: Retrospective) -> list[str]:
    head = (
        "| list | model | ripe contacts | calls promised | calls | rate | right order of a pair |"
    )
    return [head, "|---|---|---:|---:|---:|---:|---:|", *(_list(row) for row in found.lists)]


def _list(row: dict[str, Any]) -> str:
    rate = f"{100 * row['call_rate']:.1f} %"
    rate += f" ({100 * row['call_rate_low']:.1f} to {100 * row['call_rate_high']:.1f})"
    order = "unknown"
    if row["auc_low"] is not None:
        order = f"{row['auc']:.2f} ({row['auc_low']:.2f} to {row['auc_high']:.2f})"
    cells = [
        *(row["population"], row["model_version"], f"{row['ripe_count']:,}"),
        *(f"{row['expected_calls']:.1f}", f"{row['call_count']:,}", rate, order),
    ]
    return f"| {' | '.join(cells)} |"


def _order(order: dict[str, Any]) -> str:
    if order["share_of_calls"] is None:
        return "Nothing that can be seen: no contact became a call."
    share = order["share_of_calls"]
    return (
        f"The best {FIRST_TENTHS} tenths were {100 * order['share_of_contacts']:.0f} % of the "
        f"contacts and brought {100 * share['value']:.0f} % of the calls "
        f"({100 * share['low']:.0f} to {100 * share['high']:.0f} %). In any order both are alike."
    )


def _worked(found: Retrospective) -> str:
    listed, worked = found.best_tenth["listed"], found.best_tenth["worked"]
    if not listed:
        return (
            "No day of the month was published, or nobody in its best tenth waited for a contact."
        )
    return (
        f"{listed:,} leads waited for a first contact in the best tenth of a published day; "
        f"{worked:,} had it within the month, {listed - worked:,} had none."
    )
