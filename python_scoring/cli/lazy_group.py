"""A group of commands that are imported on first use.

`--help` answers at once, and a broken optional dependency of one command does not take the others
down.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A click group over commands that are named, not imported.

    Args:
        lazy: Name of each command to `module:attribute`.
        settings: As of `click.Group`.
    """

    def __init__(self, *, lazy: Mapping[str, str], **settings: Any) -> None:
        super().__init__(**settings)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in alphabetical order."""
        return sorted(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, or None when there is none of that name."""
        if cmd_name not in self._lazy:
            return None
        module, attribute = self._lazy[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command
