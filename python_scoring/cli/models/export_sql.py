"""The `models export-sql` command."""

from pathlib import Path

import click

from python_scoring.cli.options import PathParameter, registry_option
from python_scoring.io.atomic import atomic_file
from python_scoring.model.artifact import Artifact
from python_scoring.model.registry import Registry
from python_scoring.model.sql_copy import renew_sql_copy
from python_scoring.model.sql_export import render


@click.command(
    "export-sql",
    epilog="""\b
Examples:
  lead-scoring models export-sql --out macros/generated/exported_model.sql
  lead-scoring models export-sql v3-boosted-20250531-0a1b2c3d | less

\b
Exit codes: 0 rendered, 2 could not (no such version, damaged, splits by category).
""",
)
@click.argument("version", required=False)
@registry_option
@click.option(
    "--out",
    "target",
    type=PathParameter(path_type=Path, dir_okay=False),
    help="File to write, whole or not at all; default: standard output.",
)
def export_sql(version: str | None, place: str | None, target: Path | None) -> None:
    """Render one version, the promoted one by default, as dbt macros for the model lead_scores_sql.

    The warehouse then scores by itself, with `scoring_engine: sql`. After each promotion, export
    again and build; `models promote` and `models rollback` export by themselves where
    dbt_project.yml sets that engine.
    """
    artifact = Registry(place).load(version)
    text = render(artifact)
    if target is None:
        click.echo(text, nl=False)
        return
    with atomic_file(target) as beside:
        beside.write_text(text, encoding="utf-8")
    click.echo(f"{target}: {artifact.version}, {len(text.encode()) / 1000:.0f} kB", err=True)


def tell_sql_copy(artifact: Artifact, place: str | None) -> None:
    """Renew the SQL copy of the model that scores now; on stderr, what is left to do."""
    if line := renew_sql_copy(artifact, Path(), place):
        click.echo(line, err=True)
