"""The `train` command."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import click

from python_scoring.cli.options import (
    REGISTRY_HELP,
    TableChoice,
    chosen_table,
    json_option,
    seed_type,
    split_options,
    table_options,
)
from python_scoring.dataset.arrivals import arrivals_in_words
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.splits import SplitRule
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.ranking import Evaluation
from python_scoring.model.registry import Registry
from python_scoring.training.optuna_search import read_recipe
from python_scoring.training.train import STEPS, TrainingRun, TrainingSettings
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
    help=REGISTRY_HELP,
)
@click.option("--name", default="boosted", show_default=True, help="Family name in the version.")
@click.option("--note", default="", help="Words about the data, kept in the artifact.")
@split_options
@click.option(
    "--recipe",
    "recipe_file",
    type=click.Path(path_type=Path, dir_okay=False),
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
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise click.UsageError("--name takes small letters, digits and underscores.")
    registry = Registry(out)
    rule = SplitRule(calibration_share, test_share, gap_days)
    table = chosen_table(TableChoice(path, label, date, features), rule)
    recipe = read_recipe(recipe_file, seed) if recipe_file else None
    settings = TrainingSettings(seed, force, note, recipe)
    with click.progressbar(length=STEPS, label="Training", file=sys.stderr) as bar:
        run = train_model(table, settings, lambda: bar.update(1))
        bar.update(bar.length or 0)
    version = registry.add(run.draft, name=name)
    for warning in run.warnings:
        click.echo(f"Warning: {warning}", err=True)
    report = _report(version, f"{registry.place}/{version}", run)
    click.echo(json.dumps(report, indent=1) if as_json else _readable(version, run, table))


def _report(version: str, folder: str, run: TrainingRun) -> dict[str, Any]:
    metadata = run.draft.metadata
    shown = (
        "source",
        "counts",
        "arrivals",
        "periods",
        "choice",
        "calibration",
        "metrics",
        "baseline",
    )
    return {"version": version, "folder": folder} | {
        key: metadata[key] for key in (*shown, "warnings")
    }


def _readable(version: str, run: TrainingRun, table: LabelledTable) -> str:
    metadata, evaluation = run.draft.metadata, run.evaluation
    lines = [f"{version}  from {table.source}", ""]
    lines += [
        f"  {name:<12} {p['from']} to {p['to']}  {p['rows']:>9,} leads"
        f" {p['positives']:>7,} converted"
        for name, p in metadata["periods"].items()
    ]
    lines += [f"  {'arrivals':<12} {arrivals_in_words(metadata['arrivals'])}"]
    lines += ["", "On the test period, with 95 % intervals:"]
    lines += [f"  {what:<18} {_figure(value)}" for what, value in _figures(evaluation).items()]
    lifts = "  ".join(f"{lift.value:.2f}" for lift in evaluation.lift_by_decile)
    lines += [f"  {'lift by decile':<18} {lifts}", ""]
    lines += [f"Score with it: lead-scoring models promote {version}"]
    return "\n".join(lines)


def _figures(evaluation: Evaluation) -> dict[str, Interval]:
    return {
        "base rate": evaluation.base_rate,
        "AUC": evaluation.auc,
        "AUC-PR": evaluation.auc_pr,
        "top-decile lift": evaluation.top_decile_lift,
        "Brier": evaluation.brier,
        "calibration error": evaluation.ece,
    }


def _figure(estimate: Interval) -> str:
    return f"{estimate.value:.4f}  ({estimate.low:.4f} to {estimate.high:.4f})"
