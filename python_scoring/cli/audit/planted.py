"""`lead-scoring audit planted`. Parses and prints; the work is in `leakage/planted`."""

import json
import sys
from pathlib import Path

import click

from python_scoring.cli.options import PathParameter, json_option
from python_scoring.io.atomic import atomic_file
from python_scoring.leakage.planted.catalogue import read_catalogue
from python_scoring.leakage.planted.nets import NETS
from python_scoring.leakage.planted.run import Verdict, plant_all

EPILOG = """\b
Examples:
  lead-scoring audit planted
  lead-scoring audit planted --only moves_counted_to_today --json
  lead-scoring audit planted --out planted.md

\b
Exit codes: 0 every leak was caught and no net cried on the clean project, 1 one
survived or a net cried, 2 could not run.
"""


@click.command(epilog=EPILOG)
@click.option("--only", multiple=True, metavar="LEAK", help="Plant only this one; may be repeated.")
@click.option(
    "--project-dir",
    default=".",
    show_default=True,
    type=PathParameter(file_okay=False, exists=True, path_type=Path),
    help="Folder of the project; it is copied, never changed.",
)
@click.option("--out", type=PathParameter(path_type=Path), help="Write the table to this file too.")
@json_option
def planted(only: tuple[str, ...], project_dir: Path, out: Path | None, as_json: bool) -> None:
    """Plant known leaks into copies of the project and see which net catches which.

    Needs the tools that check (`make test` installs them) and some minutes.
    """
    catalogue = read_catalogue()
    unknown = set(only) - {leak.name for leak in catalogue}
    if unknown:
        raise click.BadParameter(f"no such leak: {', '.join(sorted(unknown))}", param_hint="--only")
    chosen = [leak for leak in catalogue if not only or leak.name in only]
    with click.progressbar(length=len(chosen) + 1, label="Planting", file=sys.stderr) as bar:
        verdicts = plant_all(project_dir.resolve(), chosen, lambda verdict: bar.update(1))
    table = _as_json(verdicts) if as_json else as_markdown(verdicts)
    if out:
        with atomic_file(out) as beside:
            beside.write_text(table + "\n", encoding="utf-8")
    click.echo(table)
    clean, *leaky = verdicts
    missed = [verdict.leak.name for verdict in leaky if not verdict.caught_by]
    if missed or clean.caught_by:
        click.echo(f"Survived: {', '.join(missed) or 'none'}", err=True)
        sys.exit(1)


def as_markdown(verdicts: list[Verdict]) -> str:
    """Return the table leak x net."""
    lines = ["| leak | " + " | ".join(NETS) + " | caught by |", "|---" * (len(NETS) + 2) + "|"]
    for verdict in verdicts:
        words = " | ".join(verdict.nets[name] for name in NETS)
        lines.append(f"| {verdict.leak.name} | {words} | {verdict.caught_by} |")
    return "\n".join(lines)


def _as_json(verdicts: list[Verdict]) -> str:
    return json.dumps(
        [
            {"leak": v.leak.name, "motive": v.leak.motive, "nets": v.nets, "caught_by": v.caught_by}
            for v in verdicts
        ]
    )
