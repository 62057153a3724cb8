"""`lead-scoring audit ..`: the leakage nets that run beside `dbt test`."""

import click

from python_scoring.cli.lazy_group import LazyGroup

COMMANDS = {
    "lineage": "python_scoring.cli.audit.lineage:lineage",
    "planted": "python_scoring.cli.audit.planted:planted",
    "replay": "python_scoring.cli.audit.replay:replay",
    "sentinel": "python_scoring.cli.audit.sentinel:sentinel",
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def audit() -> None:
    """Search for leaks: features that use what was not known on their day.

    Exit codes: 0 nothing found, 1 a leak or a suspect, 2 could not run.
    """
