"""The `health` command."""

import json
import sys
from typing import Any

import click

from python_scoring.cli.options import json_option
from python_scoring.monitoring.health import Health, Verdict, read_health

_EXIT_CODES = {Verdict.HEALTHY: 0, Verdict.NOT_HEALTHY: 1, Verdict.CANNOT_TELL: 2}


@click.command()
@json_option
def health(as_json: bool) -> None:
    """Say whether the model that scores is still right, since when, how sure, and what to do.

    Reads what the last build made of published scores and their outcomes, on the warehouse of
    LEAD_SCORING_TARGET. What it says, and how: docs/guides/monitoring.md.

    \b
    Examples:
      lead-scoring health
      lead-scoring health --json | jq '.alerts[] | .what_to_do'

    Exit codes: 0 healthy, 1 not healthy, 2 cannot tell, or nothing was published yet.
    """
    found = read_health()
    click.echo(json.dumps(found.record(), default=str) if as_json else _as_text(found))
    sys.exit(_EXIT_CODES[found.verdict])


def _as_text(found: Health) -> str:
    """Return the health as one screen."""
    since = f", since {found.since}" if found.since else ""
    lines = [
        *found.build.lines(),
        "",
        f"Model {found.model_version}: {found.verdict}{since}",
        f"  {found.why}",
    ]
    for alert in found.alerts:
        lines += _alert_lines(alert)
    lines += [""]
    for question in found.questions:
        lines += _question_lines(question)
    if found.months:
        lines += ["", "Month    scored as   ripe contacts   calls  expected   AUC (95 %), verdict"]
    lines += [_month_line(month) for month in found.months]
    if found.early:
        lines += ["", "Not ripe yet: weeks old, contacts, calls so far, expected so far (95 %)"]
    lines += [_early_line(cohort) for cohort in found.early]
    return "\n".join(lines)


def _question_lines(question: dict[str, Any]) -> list[str]:
    found = f": {question['found']}" if question["found"] else ""
    lines = [f"  {question['question']} {question['answer']}{found}"]
    return [*lines, f"    do: {question['what_to_do']}"] if question["what_to_do"] else lines


def _alert_lines(alert: dict[str, Any]) -> list[str]:
    return [
        "",
        f"  {alert['people']}: {alert['what']}, since {alert['since_date']}",
        f"    {alert['call_count']:,} calls of {alert['contact_count']:,} contacts, expected "
        f"{alert['expected_calls']:.1f}; a false alarm with a chance of "
        f"{alert['false_alarm_chance']:.2g} at most",
        f"    do: {alert['what_to_do']}",
    ]


def _month_line(month: dict[str, Any]) -> str:
    order = "unknown"
    if month["auc_low"] is not None:
        order = f"{month['auc']:.2f} ({month['auc_low']:.2f} to {month['auc_high']:.2f})"
    cause = f" ({month['cause']})" if month["cause"] else ""
    # what was so already when the model held stays in sight
    also = "".join(
        f"; {name} not fine since {month[f'{name}_since']:%Y-%m}"
        for name in ("sources", "people", "work")
        if month[f"{name}_since"] is not None and name != month["cause"]
    )
    unripe = "" if month["is_ripe"] else ", not all ripe"
    return (
        f"{month['contact_month']:%Y-%m}  {month['population']:<10}  {month['ripe_count']:>13,}"
        f"  {month['call_count']:>6,}  {month['expected_calls']:>8.1f}   {order}, "
        f"{month['verdict']}{cause}{also}{unripe}"
    )


def _early_line(cohort: dict[str, Any]) -> str:
    expected, nowcast = "unknown", ""
    if cohort["expected_so_far"] is not None:
        expected = f"{cohort['expected_so_far']:.1f} ({_interval(cohort, 'expected')})"
    if cohort["nowcast_calls"] is not None:
        nowcast = f"; nowcast {cohort['nowcast_calls']:.0f} ({_interval(cohort, 'nowcast')})"
    return (
        f"  {cohort['age_weeks']}  {cohort['population']:<10} {cohort['contact_count']:>7,}"
        f"  {cohort['observed_so_far']:>5,}  {expected}{nowcast}"
    )


def _interval(cohort: dict[str, Any], name: str) -> str:
    return f"{cohort[f'{name}_low']:.0f} to {cohort[f'{name}_high']:.0f}"
