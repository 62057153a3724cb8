"""What the commands of the registry share: two options, and how a record is told."""

import json
from pathlib import Path
from typing import Any

import click

registry_option = click.option(
    "--registry",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Registry folder; default: LEAD_SCORING_MODELS, else the repository's.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def tell(record: dict[str, Any], as_json: bool) -> None:
    """Print a record of the history."""
    was = record["previous"] or "none"
    click.echo(json.dumps(record) if as_json else f"{record['version']} scores now; before: {was}")
