"""`lead-scoring audit lineage`. Parses and prints; the work is in `leakage/lineage`."""

import sys
from pathlib import Path

import click

from python_scoring.cli.options import PathParameter, project_option
from python_scoring.io.atomic import atomic_file
from python_scoring.leakage.lineage.audit import Audit
from python_scoring.leakage.lineage.inputs.dbt_manifest import load_manifest
from python_scoring.leakage.lineage.render.html import render_html
from python_scoring.leakage.lineage.render.json import render_json
from python_scoring.leakage.lineage.render.text import render_text, verdict
from python_scoring.leakage.lineage.run import (
    DEFAULT_FEATURES,
    DIALECTS,
    audit_files,
    audit_project,
)

EPILOG = """\b
Examples:
  dbt compile && lead-scoring audit lineage
  lead-scoring audit lineage --format html --out lineage.html
  lead-scoring audit lineage --sql features.sql --dialect bigquery \\
      --forbid '*END_DATE*' --forbid 'ria_contacts_current.*'

\b
Exit codes: 0 no forbidden column influences a feature; 1 one does, or some SQL
could not be followed; 2 could not run.
"""


@click.command(epilog=EPILOG)
@project_option
@click.option(
    "--target-path",
    type=PathParameter(file_okay=False, path_type=Path),
    help="Folder of dbt's compiled files.  [default: target, in the project]",
)
@click.option(
    "--features",
    default=DEFAULT_FEATURES,
    show_default=True,
    help="Model whose columns with `meta.feature` are audited.",
)
@click.option(
    "--sql",
    "files",
    multiple=True,
    type=PathParameter(path_type=Path),
    help="Audit this SQL file instead of a project. May be repeated.",
)
@click.option("--dialect", type=click.Choice(DIALECTS), help="SQL dialect of --sql.")
@click.option(
    "--forbid",
    multiple=True,
    metavar="PATTERN",
    help="With --sql: column, or table.column, that must influence nothing; `*` is any text.",
)
@click.option("--allow", multiple=True, metavar="PATTERN", help="An exception to --forbid.")
@click.option(
    "--schema",
    type=PathParameter(path_type=Path),
    help="With --sql: YAML or JSON, the columns of each table that is read.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
)
@click.option("--json", "style", flag_value="json", help="The same as --format json.")
@click.option("--out", type=PathParameter(path_type=Path), help="Write the report to this file.")
def lineage(
    project_dir: Path,
    target_path: Path | None,
    features: str,
    files: tuple[Path, ...],
    dialect: str | None,
    forbid: tuple[str, ...],
    allow: tuple[str, ...],
    schema: Path | None,
    style: str,
    out: Path | None,
) -> None:
    """Show what each feature is made of, and fail when a forbidden column is part of it.

    A column counts when a feature reads it, and also when it decides which rows there are: in a
    filter, a join, a window, a grouping, an order. SQL that cannot be followed fails as well.
    """
    if files:
        if dialect is None:
            raise click.UsageError("--sql needs --dialect.")
        audit = audit_files(files, dialect, forbid, allow, schema)
        subject = ", ".join(file.name for file in files)
    else:
        if forbid or allow or schema or dialect:
            raise click.UsageError("--dialect, --forbid, --allow and --schema go with --sql.")
        audit, subject = _project(project_dir, target_path, features), features
    report = audit.report(subject)
    renderers = {
        "text": lambda: render_text(report),
        "json": lambda: render_json(report),
        "html": lambda: render_html(report, audit),
    }
    text = renderers[style]()
    if out is None:
        click.echo(text)
    else:
        with atomic_file(out) as beside:
            beside.write_text(text, encoding="utf-8")
        click.echo(verdict(report), err=True)
    sys.exit(0 if report.is_clean else 1)


def _project(project_dir: Path, target_path: Path | None, features: str) -> Audit:
    manifest = load_manifest(project_dir, target_path)
    count = manifest.count_ancestors(features)
    with click.progressbar(length=count, label="Reading models", file=sys.stderr) as bar:
        return audit_project(manifest, features, lambda name: bar.update(1))
