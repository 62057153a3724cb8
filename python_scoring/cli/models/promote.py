"""`lead-scoring models promote`. Parses and prints; the gates are in `training/promotion_gates`."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from python_scoring.cli.audit.sentinel import acknowledgements
from python_scoring.cli.models.export_sql import tell_sql_copy
from python_scoring.cli.options import (
    TableChoice,
    chosen_table,
    json_option,
    registry_option,
    table_options,
)
from python_scoring.cli.printing import print_record
from python_scoring.errors import RegistryError
from python_scoring.model.artifact import Artifact
from python_scoring.model.registry import Registry
from python_scoring.training.promotion_gates import (
    Check,
    paired_check,
    suspect_checks,
    target_checks,
)


@click.command(
    epilog="""\b
Examples:
  lead-scoring models promote v3-boosted-20250531-0a1b2c3d --reason "better on May"
  lead-scoring models promote V --acknowledge 'referral=known at the first contact, asked sales'
  lead-scoring models promote V --override "first model of the new region; reviewed weekly"

\b
Exit codes: 0 promoted, 1 a gate refused or could not tell, 2 could not (no such version, damaged,
no leads to compare on).
"""
)
@click.argument("version")
@click.option("--reason", default="", help="Why; kept in the history.")
@click.option(
    "--acknowledge",
    multiple=True,
    metavar="NAME=REASON",
    help="A suspected feature that may stay, and why. May be repeated; kept in the history.",
)
@click.option(
    "--override",
    metavar="REASON",
    help="Promote though a gate refuses or cannot tell; kept in the history.",
)
@table_options
@registry_option
@json_option
def promote(
    version: str,
    reason: str,
    acknowledge: tuple[str, ...],
    override: str | None,
    path: Path | None,
    label: str | None,
    date: str | None,
    features: str | None,
    place: str | None,
    as_json: bool,
) -> None:
    """Let a version score from now on, if it passes the gates.

    Its figures must reach the targets (seeds/mappings/model_targets.csv), no feature may be
    suspected of knowing the future, and it must rank no worse than the model in force on leads that
    neither has learned from. Where the project in this folder scores in SQL, its copy of the model
    is renewed too; else one line says what is left to do.
    """
    registry = Registry(place)
    candidate, in_force = _the_two(registry, version)
    acknowledged = acknowledgements(acknowledge)
    checks = target_checks(candidate.metadata) + suspect_checks(candidate.metadata, acknowledged)
    if in_force:
        table = chosen_table(TableChoice(path, label, date, features), rule=None)
        checks.append(paired_check(candidate, in_force, table))
    passed = all(check.passed for check in checks)
    record: dict[str, Any] = {
        "checks": [check.to_json() for check in checks],
        "acknowledged": acknowledged,
    }
    if not as_json:
        _tell_checks(checks)
    if not (passed or override):
        _refuse(version, record, as_json)
    evidence = record | ({} if passed else {"override": override})
    seen = in_force.version if in_force else None
    print_record(registry.promote(version, reason, evidence, compared_with=[seen]), as_json)
    tell_sql_copy(candidate, place)


def _the_two(registry: Registry, version: str) -> tuple[Artifact, Artifact | None]:
    """Return the candidate and the model in force, if there is one."""
    registry.require(version)
    promoted = registry.promoted()
    if version == promoted:
        raise RegistryError(f"{version} is already the promoted version.")
    return registry.load(version), registry.load(promoted) if promoted else None


def _tell_checks(checks: list[Check]) -> None:
    for check in checks:
        word = "passed" if check.passed else check.outcome.upper()
        click.echo(f"  {word:<11}  {check.text}", err=True)


def _refuse(version: str, record: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"version": version, "promoted": False} | record))
    click.echo(
        f"{version} is not promoted. Mend what is refused and train again, wait for conversions "
        "where a gate cannot tell, acknowledge a suspect with --acknowledge NAME=REASON, or go on "
        "knowingly with --override REASON.",
        err=True,
    )
    sys.exit(1)
