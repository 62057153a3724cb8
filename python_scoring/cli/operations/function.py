"""The `function` commands: what is deployed as a Cloud Function."""

import json
from pathlib import Path

import click

from python_scoring.cli.options import PathParameter
from python_scoring.model.registry import Registry


@click.group()
def function() -> None:
    """Make what is deployed as a Cloud Function: its folder and its API description."""


@function.command(
    epilog="""\b
Example:
  lead-scoring function bundle --out target/function
  functions-framework --source target/function/main.py --target score_lead

\b
Exit codes: 0 written, 2 the folder is not empty, or no whole model is promoted.
"""
)
@click.option("--out", required=True, type=PathParameter(path_type=Path), help="Folder to make.")
def bundle(out: Path) -> None:
    """Write the folder to deploy: function, code that it reaches, the promoted model.

    The model is that of LEAD_SCORING_MODELS, else of the repository.
    """
    from python_scoring.serving.bundle import write_bundle

    version = write_bundle(out, Registry())
    click.echo(f"{out} scores with {version}")


@function.command(
    epilog="""\b
Example:
  lead-scoring function openapi > cloud_function/openapi.json

\b
Exit codes: 0 printed, 2 no whole model is promoted.
"""
)
def openapi() -> None:
    """Print the API description for the promoted model's features, as the function serves it."""
    from python_scoring.serving.openapi import openapi as describe

    click.echo(json.dumps(describe(Registry().load().contract), indent=1, ensure_ascii=False))
