"""Option of the `looker` commands: where the LookML is."""

from pathlib import Path

import click

from python_scoring.cli.options import PathParameter

folder_option = click.option(
    "--folder",
    default="looker",
    show_default=True,
    type=PathParameter(file_okay=False, path_type=Path),
    help="The LookML project.",
)
