"""The `forget` command."""

import json
import sys
from pathlib import Path

import click

from python_scoring.cli.options import PathParameter, json_option
from python_scoring.forgetting.forget import Forgetting, forget

_LARGEST_CRD = 9_999_999_999


@click.command(
    "forget",
    epilog="""\b
Examples:
  lead-scoring forget --crd 1234567                         # what holds the person
  lead-scoring forget --crd 1234567 --files calls --apply   # removes it; again after a cut
  lead-scoring forget --crd 1234567 --lead 00Q000000000001AAA   # these keys and no others

\b
What is found prints keys of the person: keep it no longer than the request.
Secret key (LEAD_SCORING_FORGET_KEY), order of the day, limits: docs/operations/forget.md.

\b
Exit codes: 0 done, or a dry run; 1 something still names the person; 2 could not.
""",
)
@click.option("--crd", type=click.IntRange(1, _LARGEST_CRD), help="The person's CRD number.")
@click.option(
    "--lead",
    "lead_ids",
    multiple=True,
    metavar="ID",
    help="Salesforce key of a lead; several with --crd, and then these are all.",
)
@click.option(
    "--files",
    "places",
    multiple=True,
    type=PathParameter(path_type=Path),
    help="File or folder to search too, such as that of the call lists.",
)
@click.option("--apply", is_flag=True, help="Remove. Without it nothing is changed.")
@json_option
def forget_(
    crd: int | None, lead_ids: tuple[str, ...], places: tuple[Path, ...], apply: bool, as_json: bool
) -> None:
    """Remove a person from tables and files, and keep builds from bringing the person back.

    A dry run unless --apply is given: it lists every table and file that holds the person. Files
    are removed whole, and written again by what wrote them. What Salesforce and the vendor hold is
    listed with what to ask them.
    """
    ids = tuple(lead.strip() for lead in lead_ids)
    if crd is None and not ids:
        raise click.UsageError("Name the person: --crd N, or --lead ID.")
    if crd is None and len(ids) > 1:
        raise click.UsageError("Several leads go with --crd: they must be of one person.")
    if not all(ids):
        raise click.UsageError("--lead is empty.")
    done = forget(crd, ids, places, apply=apply)
    click.echo(json.dumps(done.record(), indent=1) if as_json else _page(done))
    if done.left:
        sys.exit(1)


def _page(done: Forgetting) -> str:
    person = done.person
    keys = [f"CRD {person.advisor_crd}"] if person.advisor_crd else []
    keys += [f"lead {lead}" for lead in person.lead_ids]
    lines = [", ".join(keys), *(f"  note: {note}" for note in person.notes), ""]
    lines += [f"{'Removed from' if done.applied else 'Found in'} {len(done.tables)} tables:"]
    lines += [f"  {held.rows:>7,}  {held.table}  ({held.treatment})" for held in done.tables]
    lines += [f"{'Removed' if done.applied else 'Found'} {len(done.files)} files:"]
    lines += [f"  {path}" for path in done.files]
    lines += ["", "Left to you:", *(f"  - {line}" for line in done.to_ask)]
    lines += ["", "Stays, and why:", *(f"  - {line}" for line in done.stays), ""]
    if not done.applied:
        lines.append("Nothing was changed: a dry run. --apply removes it.")
    elif done.left:
        lines += ["STILL NAMES THE PERSON:", *(f"  - {line}" for line in done.left)]
    else:
        lines.append("Nothing that was searched names the person any more; builds leave them out.")
    return "\n".join(lines)
