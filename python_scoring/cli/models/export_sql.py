"""The `models export-sql` command."""

from pathlib import Path

import click

from python_scoring.io.atomic import atomic_file
from python_scoring.model.registry import Registry
from python_scoring.model.sql_export import render


@click.command(
    "export-sql",
    epilog="""\b
Examples:
  lead-scoring models export-sql --out macros/generated/exported_model.sql
  lead-scoring models export-sql v2-boosted-20250531-0a1b2c3d | less

\b
Exit codes: 0 rendered, 2 could not (no such version, damaged, splits by category).
""",
)
@click.argument("version", required=False)
@click.option(
    "--registry",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Registry folder; default: LEAD_SCORING_MODELS, else the repository's.",
)
@click.option(
    "--out",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write, whole or not at all; default: standard output.",
)
def export_sql(version: str | None, folder: Path | None, target: Path | None) -> None:
    """Render one version, the promoted one by default, as dbt macros for the model lead_scores_sql.

    The warehouse then scores by itself, with `scoring_engine: sql`. After each promotion, export
    again and build.
    """
    artifact = Registry(folder).load(version)
    text = render(artifact)
    if target is None:
        click.echo(text, nl=False)
        return
    with atomic_file(target) as beside:
        beside.write_text(text, encoding="utf-8")
    click.echo(f"{target}: {artifact.version}, {len(text.encode()) / 1000:.0f} kB", err=True)
