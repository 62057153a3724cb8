"""`lead-scoring models sign`."""

import click

from python_scoring.cli.options import registry_option
from python_scoring.model.registry import Registry


@click.command(
    epilog="""\b
Examples:
  export LEAD_SCORING_SIGNING_KEY=$(openssl rand -hex 32)
  lead-scoring models sign v3-boosted-20250531-0a1b2c3d

\b
Exit codes: 0 signed, 2 could not (no key, no such version, it cannot be written).
"""
)
@click.argument("version")
@registry_option
def sign(version: str, place: str | None) -> None:
    """Sign a version with the key in LEAD_SCORING_SIGNING_KEY: you stand for where it comes from.

    `train` signs by itself where the key is set. Where it is set, nothing else loads.
    """
    Registry(place).sign(version)
    click.echo(f"{version} is signed")
