"""A group of commands that are imported on first use.

`--help` answers at once, and a broken optional dependency of one command does not take the others
down.
"""

import ast
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands; what each does is read from its source, not imported."""
        names = self.list_commands(ctx)
        width = formatter.width - 6 - max(map(len, names))
        with formatter.section("Commands"):
            formatter.write_dl([(n, _short_help(self._lazy[n], width)) for n in names])


def _short_help(place: str, width: int) -> str:
    """Return the first sentence of the docstring of `module:function`, at most so many letters."""
    module, function = place.split(":")
    found = find_spec(module)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(module)
    source = ast.parse(Path(found.origin).read_bytes())
    [command] = [n for n in source.body if isinstance(n, ast.FunctionDef) and n.name == function]
    return click.Command(function, help=ast.get_docstring(command)).get_short_help_str(width)
