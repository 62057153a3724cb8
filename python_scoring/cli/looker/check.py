"""The `looker check` command."""

import sys
from pathlib import Path

import click

from python_scoring.cli.looker.options import folder_option
from python_scoring.cli.options import target_option
from python_scoring.io.builds import newest_build
from python_scoring.looker.check import check, run
from python_scoring.looker.contracts import read_contracts


@click.command(
    "check",
    epilog="""\b
Examples:
  dbt build && lead-scoring looker check
  LEAD_SCORING_TARGET=bigquery lead-scoring looker check

\b
Exit codes: 0 nothing found; 1 something is wrong, each with its file and tile;
2 could not (no manifest, nothing published yet).
""",
)
@folder_option
@target_option
def check_(folder: Path, target_path: Path) -> None:
    """Hold the LookML against the contracts, and run each tile and test on the warehouse.

    Needs no Looker. Each tile's fields, filters and sorts become the SQL that Looker would send, as
    of the newest published day; it runs as it opens and with a value in each of its filters.
    """
    checked = check(folder, read_contracts(target_path), newest_build().score_date)
    findings = [*checked.findings, *run(checked.statements)]
    for finding in findings:
        click.echo(finding)
    tests = sum(bool(statement.asserts) for statement in checked.statements)
    queries = len(checked.statements) - tests
    click.echo(f"{queries} queries of tiles and {tests} tests: {len(findings)} findings", err=True)
    sys.exit(1 if findings else 0)
