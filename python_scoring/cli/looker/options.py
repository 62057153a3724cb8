"""Options of the `looker` commands: where the LookML is, and where dbt's manifest."""

from pathlib import Path

import click

folder_option = click.option(
    "--folder",
    default="looker",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The LookML project.",
)
target_option = click.option(
    "--target-path",
    default="target",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of dbt's manifest.",
)
