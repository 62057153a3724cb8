"""The `train` command."""

import sys
from pathlib import Path

import click

from python_scoring.cli.options import (
    REGISTRY_HELP,
    PathParameter,
    TableChoice,
    TextParameter,
    chosen_table,
    json_option,
    seed_type,
    split_options,
    table_options,
)
from python_scoring.cli.training.trained import FAMILY, print_run
from python_scoring.dataset.splits import SplitRule
from python_scoring.model.registry import Registry
from python_scoring.training.optuna_search import read_recipe
from python_scoring.training.train import STEPS, TrainingSettings
from python_scoring.training.train import train as train_model


@click.command(
    epilog="""\b
Examples:
  lead-scoring train
  lead-scoring train --input leads.parquet --label target --date contacted_date --json
  lead-scoring train --input leads.csv --label won --date day --features age,visits --out models
  lead-scoring train --recipe recipe.json --out gs://bucket/models

\b
Exit codes: 0 trained, 2 could not (bad input, too few conversions).
"""
)
@table_options
@click.option(
    "--out",
    metavar="PLACE",
    type=TextParameter(),
    help=REGISTRY_HELP,
)
@click.option(
    "--name", default="boosted", show_default=True, type=FAMILY, help="Family name in the version."
)
@click.option("--note", default="", help="Words about the data, kept in the artifact.")
@split_options
@click.option(
    "--recipe",
    "recipe_file",
    type=PathParameter(path_type=Path, dir_okay=False),
    help="Settings that `search` wrote; else a rung of the ladder is chosen on folds.",
)
@click.option(
    "--seed", type=seed_type, default=42, show_default=True, help="Seed of sampling and bootstrap."
)
@click.option("--force", is_flag=True, help="Go on with too few conversions, knowingly.")
@json_option
def train(
    path: Path | None,
    label: str | None,
    date: str | None,
    features: str | None,
    out: str | None,
    name: str,
    note: str,
    test_share: float,
    calibration_share: float,
    gap_days: int,
    recipe_file: Path | None,
    seed: int,
    force: bool,
    as_json: bool,
) -> None:
    """Train a model on the past, calibrate it on what follows, judge it on the newest leads.

    Writes a versioned artifact into the registry; it scores nothing until it is promoted.
    """
    registry = Registry(out)
    rule = SplitRule(calibration_share, test_share, gap_days)
    table = chosen_table(TableChoice(path, label, date, features), rule)
    recipe = read_recipe(recipe_file, seed) if recipe_file else None
    settings = TrainingSettings(seed, force, note, recipe)
    with click.progressbar(length=STEPS, label="Training", file=sys.stderr) as bar:
        run = train_model(table, settings, lambda: bar.update(1))
        bar.update(bar.length or 0)
    version = registry.add(run.draft, name=name)
    print_run(run, registry, version, as_json=as_json)
