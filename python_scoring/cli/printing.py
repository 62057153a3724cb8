"""Pages and lines that several commands print."""

import json
from collections.abc import Mapping
from typing import Any

import click

from python_scoring.metrics.intervals import Interval

_ORDERS = {
    True: "golden cohort first (mobile advisor, bleeding firm), then score",
    False: "by score (call_order: score)",
}


def print_record(record: dict[str, Any], as_json: bool) -> None:
    """Print a record of the history."""
    was = record["previous"] or "none"
    click.echo(json.dumps(record) if as_json else f"{record['version']} scores now; before: {was}")


def figure_lines(figures: Mapping[str, Interval]) -> list[str]:
    """Return estimates by name as lines, each with its interval."""
    return [
        f"  {name:<18} {one.value:.4f}  ({one.low:.4f} to {one.high:.4f})"
        for name, one in figures.items()
    ]


def marks_of(call: dict[str, Any]) -> str:
    """Return what marks a row of a list: of the golden cohort, or unfamiliar to the model."""
    marks = {"golden": call["is_golden_cohort"], "unfamiliar": call["support"] == "unfamiliar"}
    return ", ".join(mark for mark, is_set in marks.items() if is_set)


def call_lines(day: dict[str, Any], calls: list[dict[str, Any]]) -> list[str]:
    """Return the first calls of a day, from `read_day`, as lines for the terminal."""
    if not calls:
        return ["No open lead on any scored day; prospect_scores ranks other advisors."]
    lines = [
        f"The {len(calls)} advisors to call first, score date {day['score_date']} "
        f"(model {day['model_version']}; usual chance {100 * day['base_rate']:.1f} %)",
        f"  {_ORDERS[day['golden_first']]}; points are percentage points of the chance",
        "  facts of contacted leads are as of their contact date, "
        "of other leads as of the score date",
    ]
    for call in calls:
        marks = marks_of(call)
        lines.append(
            f"  {call['call_priority']:>3}. advisor {call['advisor_crd'] or 'unknown':<10} "
            f"lead {call['lead_id']}  {100 * call['lead_score']:>5.1f} %  "
            f"{call['lift_vs_base']:.1f} times the usual  {marks}".rstrip()
        )
        lines += [f"         {reason}" for reason in call["reasons"]]
    return lines
