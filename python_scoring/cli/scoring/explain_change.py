"""The `explain-change` command."""

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path

import click

from python_scoring.explanation.score_change import as_text, explain_change

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
@click.option(
    "--registry",
    type=click.Path(path_type=Path, file_okay=False),
    help="Registry folder; default: LEAD_SCORING_MODELS, else the repository's.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain_change_(
    lead: str | None,
    prospect: int | None,
    from_date: dt.datetime | None,
    to_date: dt.datetime | None,
    registry: Path | None,
    as_json: bool,
) -> None:
    """Say why a score moved between two days: which facts changed, and what a new model did.

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
    click.echo(json.dumps(asdict(change), default=str) if as_json else as_text(change))
