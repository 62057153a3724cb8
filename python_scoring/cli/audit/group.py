"""`lead-scoring audit ..`: the leakage nets that run beside `dbt test`. Each loads when called."""

from importlib import import_module

import click

SUBCOMMANDS = {
    "lineage": "python_scoring.cli.audit.lineage:lineage",
    "planted": "python_scoring.cli.audit.planted:planted",
    "replay": "python_scoring.cli.audit.replay:replay",
    "sentinel": "python_scoring.cli.audit.sentinel:sentinel",
}


class AuditGroup(click.Group):
    """A group whose subcommands are imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all subcommands, in alphabetical order."""
        return sorted(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one subcommand, or None when there is none of that name."""
        if cmd_name not in SUBCOMMANDS:
            return None
        module, attribute = SUBCOMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=AuditGroup)
def audit() -> None:
    """Search for leaks: features that know what nobody could have known on the day.

    Exit codes: 0 nothing found, 1 a leak or a suspect, 2 could not run.
    """
