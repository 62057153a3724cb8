"""`lead-scoring models ..`: the registry."""

import click

from python_scoring.cli.lazy_group import LazyGroup

COMMANDS = {
    "export-sql": "python_scoring.cli.models.export_sql:export_sql",
    "list": "python_scoring.cli.models.registry:list_",
    "promote": "python_scoring.cli.models.promote:promote",
    "rollback": "python_scoring.cli.models.registry:rollback",
    "show": "python_scoring.cli.models.registry:show",
    "sign": "python_scoring.cli.models.sign:sign",
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    epilog="""\b
Examples:
  lead-scoring models list
  lead-scoring models promote v3-boosted-20250531-0a1b2c3d --reason "better on May"
  lead-scoring models rollback --reason "calls fell"

\b
Exit codes: 0 done, 1 the gates refused a promotion, 2 could not (no such version, damaged).
""",
)
def models() -> None:
    """List the trained models, and decide which of them scores."""
