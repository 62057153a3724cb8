"""`lead-scoring looker ..`: the LookML project."""

import click

from python_scoring.cli.lazy_group import LazyGroup

COMMANDS = {
    "check": "python_scoring.cli.looker.check:check_",
    "generate": "python_scoring.cli.looker.generate:generate_",
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    epilog="""\b
Examples:
  dbt parse && lead-scoring looker generate
  dbt build && lead-scoring looker check

\b
Exit codes: 0 done, nothing found; 1 something is wrong; 2 could not.
""",
)
def looker() -> None:
    """Write the LookML views from dbt's contracts, and check the project without Looker."""
