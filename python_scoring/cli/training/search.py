"""The `search` command. Parses and prints; the work is in `training/optuna_search`."""

import json
import math
import sys
from pathlib import Path

import click

from python_scoring.cli.options import (
    PathParameter,
    TableChoice,
    chosen_table,
    json_option,
    seed_type,
    split_options,
    table_options,
)
from python_scoring.dataset.splits import TRAIN, SplitRule
from python_scoring.io.atomic import require_name
from python_scoring.training.optuna_search import Budget, SearchResult, write_recipe
from python_scoring.training.optuna_search import search as search_recipe

MOST_MINUTES = 7 * 24 * 60


@click.command(
    epilog="""\b
Examples:
  lead-scoring search --minutes 30 --out recipe.json
  lead-scoring search --minutes 30 --out recipe.json          # again: goes on where it stopped
  lead-scoring search --input leads.parquet --label won --date day --trials 100 --out recipe.json
  lead-scoring train --recipe recipe.json

\b
Exit codes: 0 searched, 2 could not (bad input, too few conversions, a journal of other leads).
"""
)
@table_options
@split_options
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True, max=MOST_MINUTES),
    default=10.0,
    show_default=True,
    help="Budget; the trial that runs when it ends is finished.",
)
@click.option(
    "--trials", type=click.IntRange(min=1), help="End earlier, when the journal holds so many."
)
@click.option(
    "--journal",
    type=PathParameter(path_type=Path, dir_okay=False),
    help="File of trials, to go on with later.  [default: beside --out, ending in .journal]",
)
@click.option(
    "--out",
    required=True,
    type=PathParameter(path_type=Path, dir_okay=False),
    help="JSON file for the recipe.",
)
@click.option("--seed", type=seed_type, default=42, show_default=True, help="Seed of the draws.")
@json_option
def search(
    path: Path | None,
    label: str | None,
    date: str | None,
    features: str | None,
    test_share: float,
    calibration_share: float,
    gap_days: int,
    minutes: float,
    trials: int | None,
    journal: Path | None,
    out: Path,
    seed: int,
    as_json: bool,
) -> None:
    """Search the booster's settings on time-ordered folds of the training period.

    Writes a recipe for `train --recipe`: the best settings, or the default where their gain is no
    larger than its standard error. The calibration and test periods are not used.
    """
    if math.isnan(minutes):  # it is neither below nor above the bounds
        raise click.BadParameter("nan is no number of minutes.", param_hint="--minutes")
    require_name(out)
    rule = SplitRule(calibration_share, test_share, gap_days)
    table = chosen_table(TableChoice(path, label, date, features), rule)
    seconds = max(int(60 * minutes), 1)
    with click.progressbar(length=seconds, label="Searching", file=sys.stderr) as bar:

        def progress(spent: float, best: float) -> None:
            bar.label = f"Searching, best AUC-PR {best:.4f}"
            bar.update(min(int(spent), seconds) - bar.pos)

        journal_file = journal or out.with_suffix(".journal")
        budget = Budget(minutes, trials)
        result = search_recipe(table.part(TRAIN), journal_file, budget, seed, progress)
        bar.update(seconds - bar.pos)
    write_recipe(result, table.source, out)
    click.echo(json.dumps(result.to_json(), indent=1) if as_json else _readable(result, out))


def _readable(result: SearchResult, out: Path) -> str:
    means = {name: sum(s) / len(s) for name, s in result.auc_pr_of_folds.items()}
    folds = len(result.auc_pr_of_folds["default"])
    verdict = (
        "The best settings are taken."
        if result.improved
        else "The gain is no larger than its standard error: the default stands."
    )
    return (
        f"{result.trials} trials on {folds} folds; mean AUC-PR: default {means['default']:.4f}, "
        f"best {means['best']:.4f}\n{verdict}\nTrain with it: lead-scoring train --recipe {out}"
    )
