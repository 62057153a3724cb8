"""The `looker generate` command."""

import sys
from pathlib import Path

import click

from python_scoring.cli.looker.options import folder_option
from python_scoring.cli.options import target_option
from python_scoring.looker.contracts import read_contracts
from python_scoring.looker.views import generate, stale, view_path


@click.command(
    "generate",
    epilog="""\b
Examples:
  dbt parse && lead-scoring looker generate
  lead-scoring looker generate --check

\b
Exit codes: 0 the views are as the contracts say; 1 with --check: some are not;
2 could not (no manifest, a relation without a public contract, a file by hand in the way).
""",
)
@folder_option
@target_option
@click.option("--check", "only_check", is_flag=True, help="Write nothing; name the views to renew.")
def generate_(folder: Path, target_path: Path, only_check: bool) -> None:
    """Write the view of each relation from its contract in dbt's manifest.

    Measures, labels and links are written by hand beside it, in views/<relation>.measures.lkml. The
    view of a relation that is gone is removed; files without our first line stay as they are.
    """
    contracts = read_contracts(target_path)
    changed = stale(contracts, folder) if only_check else generate(contracts, folder)
    for name in changed:
        done = "written" if name in contracts else "removed"
        verb = "is not what its contract gives" if only_check else done
        click.echo(f"{folder / view_path(name)}: {verb}")
    if not changed:
        click.echo(f"{len(contracts)} views are as their contracts say.")
    sys.exit(1 if changed and only_check else 0)
