"""The `explain-change` command."""

import datetime as dt
import json
from dataclasses import asdict

import click
import numpy as np

from python_scoring.cli.options import REGISTRY_HELP, TextParameter, json_option
from python_scoring.explanation.narrative import spoken
from python_scoring.explanation.score_change import FactChange, ScoreChange, explain_change

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(
    "explain-change",
    epilog="""\b
Examples:
  lead-scoring explain-change --lead 00QSIM000006017AAA
  lead-scoring explain-change --prospect 1212064 --from 2025-06-30 --to 2025-07-31 --json

\b
Exit codes: 0 explained, 2 could not (not scored on two days, the model is gone).
""",
)
@click.option("--lead", help="Salesforce id of the lead.")
@click.option("--prospect", type=int, help="CRD of an advisor who is not in Salesforce.")
@click.option("--from", "from_date", type=DAY, help="Earlier day.  [default: the one before --to]")
@click.option("--to", "to_date", type=DAY, help="Later day.  [default: the newest]")
@click.option("--registry", metavar="PLACE", type=TextParameter(), help=REGISTRY_HELP)
@json_option
def explain_change_(
    lead: str | None,
    prospect: int | None,
    from_date: dt.datetime | None,
    to_date: dt.datetime | None,
    registry: str | None,
    as_json: bool,
) -> None:
    """Explain why a score moved between two days: the facts that changed, and a new model.

    The points of the facts and of the model add up to the change of the published score.
    """
    if bool(lead) == bool(prospect):
        raise click.UsageError("Name one subject: --lead ID or --prospect CRD.")
    change = explain_change(
        "lead" if lead else "prospect",
        lead or str(prospect),
        from_date.date() if from_date else None,
        to_date.date() if to_date else None,
        registry,
    )
    click.echo(json.dumps(asdict(change), default=str) if as_json else _as_text(change))


def _as_text(change: ScoreChange) -> str:
    """Return the change as a page for the terminal."""
    moved = 100 * (change.score_after - change.score_before)
    lines = [
        f"The score of {change.subject}: {100 * change.score_before:.2f} % on score date "
        f"{change.from_date}, {100 * change.score_after:.2f} % on {change.to_date} "
        f"({_points(moved)} points)"
    ]
    lines += [
        f"  {_points(driver.points):>7}  {'; '.join(_words(fact) for fact in driver.facts)}"
        for driver in change.drivers
    ]
    if change.model_before != change.model_after:
        versions = f"{change.model_before} → {change.model_after}"
        lines.append(f"  {_points(change.model_points):>7}  model: {versions}")
    elif not change.drivers:
        lines.append("  No fact changed; those of a contacted lead are as of its contact date.")
    lines += [f"  from {build}" for build in (change.build_before, change.build_after)]
    lines += [f"  note: {note}" for note in change.build_after.notes]
    return "\n".join([*lines, "Percentage points of the chance; they add up to the change."])


def _points(points: float) -> str:
    # + 0.0 turns -0.0 into 0.0
    return f"{round(points, 2) + 0.0:+.2f}"


def _words(fact: FactChange) -> str:
    then, now = (
        spoken(fact.feature, np.nan if value is None else value)
        for value in (fact.before, fact.after)
    )
    return f"{fact.feature.label}: {then} → {now}"
