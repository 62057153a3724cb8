"""The `recalibrate` command."""

import sys
from datetime import datetime
from pathlib import Path

import click
import numpy as np

from python_scoring.cli.options import (
    REGISTRY_HELP,
    TableChoice,
    TextParameter,
    chosen_table,
    json_option,
    model_option,
    seed_type,
    table_options,
)
from python_scoring.cli.training.trained import FAMILY, print_run
from python_scoring.dataset.splits import CurveRule
from python_scoring.model.registry import Registry
from python_scoring.training.train import JUDGING_STEPS, TrainingSettings
from python_scoring.training.train import recalibrate as recalibrate_model


@click.command(
    epilog="""\b
Examples:
  lead-scoring recalibrate --since 2025-10-01
  lead-scoring recalibrate --since 2025-10-01 --model v3-boosted-20250531-0a1b2c3d --json
  lead-scoring recalibrate --since 2025-10-01 --input leads.parquet --label target \\
    --date contacted_date --features age,visits

\b
Exit codes: 0 made, 2 could not (bad input, too few conversions, a day that the model learned from).
"""
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="First day of contact to calibrate on: since when the level is another.",
)
@model_option
@table_options
@click.option("--out", "place", metavar="PLACE", type=TextParameter(), help=REGISTRY_HELP)
@click.option(
    "--name",
    default="recalibrated",
    show_default=True,
    type=FAMILY,
    help="Family name in the version.",
)
@click.option("--note", default="", help="Words about the data; default: the model's.")
@click.option(
    "--test-share",
    default=0.3,
    show_default=True,
    help="Share of the contacts since then that judge, the newest.",
)
@click.option(
    "--gap-days",
    type=click.IntRange(min=0),
    help="Days left out between the parts; at least the time in which an outcome is decided. "
    "Default: those of the model.",
)
@click.option("--seed", type=seed_type, default=42, show_default=True, help="Seed of bootstrap.")
@click.option("--force", is_flag=True, help="Go on with too few conversions, knowingly.")
@json_option
def recalibrate(
    since: datetime,
    model: str | None,
    path: Path | None,
    label: str | None,
    date: str | None,
    features: str | None,
    place: str | None,
    name: str,
    note: str,
    test_share: float,
    gap_days: int | None,
    seed: int,
    force: bool,
    as_json: bool,
) -> None:
    """Fit a model's curve anew where its level was lost and its order holds.

    What ranks stays as it is. The curve is fitted on contacts from --since on, and judged on the
    newest of them. Writes a version of its own, which scores nothing until it is promoted.
    """
    registry = Registry(place)
    artifact = registry.load(model)
    gap = artifact.metadata["gap_days"] if gap_days is None else gap_days
    rule = CurveRule(np.datetime64(since, "D"), test_share, gap)
    table = chosen_table(TableChoice(path, label, date, features), None)
    settings = TrainingSettings(seed, force, note)
    with click.progressbar(length=JUDGING_STEPS, label="Calibrating", file=sys.stderr) as bar:
        run = recalibrate_model(artifact, table, rule, settings, lambda: bar.update(1))
    print_run(run, registry, registry.add(run.draft, name=name), as_json=as_json)
