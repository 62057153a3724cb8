"""The `backtest` command."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click
import numpy as np

from python_scoring.cli.options import (
    PathParameter,
    TableChoice,
    chosen_table,
    json_option,
    seed_type,
    table_options,
)
from python_scoring.cli.printing import figure_lines
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.io.atomic import atomic_file
from python_scoring.io.table_files import TableWriter, check_suffix
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.ranking import RankingEvaluation
from python_scoring.training.backtest import (
    MONTHS,
    STEPS_PER_STRETCH,
    Backtest,
    one_stretch,
    rolling_stretches,
)
from python_scoring.training.backtest import backtest as walk_forward

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog="""\b
Examples:
  lead-scoring backtest --start 2024-07-01
  lead-scoring backtest --cutoff 2024-06-01 --json
  lead-scoring backtest --input leads.parquet --label target --date contacted_date \\
      --features tenure,moves --start 2024-07-01 --out scores.parquet

\b
Exit codes: 0 done, 2 could not (bad input, no conversion to learn from).
"""
)
@table_options
@click.option("--start", type=DAY, help="First day to score; a new model for each step after it.")
@click.option(
    "--step",
    type=click.Choice(list(MONTHS)),
    default="month",
    show_default=True,
    help="With --start.",
)
@click.option("--cutoff", type=DAY, help="One model, learned before this day, scores all after it.")
@click.option(
    "--gap-days",
    type=click.IntRange(min=0),
    default=30,
    show_default=True,
    help="Days before each model's first scored day that it does not learn from; at least the "
    "time in which an outcome is decided.",
)
@click.option(
    "--out",
    type=PathParameter(path_type=Path, dir_okay=False),
    help="Parquet or CSV file for contacted_date, target and score of each scored lead.",
)
@click.option(
    "--seed", type=seed_type, default=42, show_default=True, help="Seed of sampling and bootstrap."
)
@json_option
def backtest(
    path: Path | None,
    label: str | None,
    date: str | None,
    features: str | None,
    start: datetime | None,
    step: str,
    cutoff: datetime | None,
    gap_days: int,
    out: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Measure what training would have done in the past: learn before a day, score what came after.

    Figures are pooled over the months, each month ranked by itself. Scores are raw: they rank
    within one step, and are not probabilities.
    """
    if (start is None) == (cutoff is None):
        raise click.UsageError("Give either --start or --cutoff.")
    begin = np.datetime64(start or cutoff, "D")
    if out:
        check_suffix(out)
    table = chosen_table(TableChoice(path, label, date, features), rule=None)
    stretches = (
        rolling_stretches(table.dates, begin, step) if start else one_stretch(table.dates, begin)
    )
    length = len(stretches) * STEPS_PER_STRETCH
    with click.progressbar(length=length, label="Walking forward", file=sys.stderr) as bar:
        result = walk_forward(table, stretches, gap_days, seed, lambda: bar.update(1))
        bar.update(bar.length or 0)
    if out:
        _write(result, out)
    for warning in result.warnings:
        click.echo(f"Warning: {warning}", err=True)
    report = {"source": table.source, "gap_days": gap_days, "seed": seed} | result.to_json()
    click.echo(json.dumps(report, indent=1) if as_json else _readable(result, table))


def _write(result: Backtest, out: Path) -> None:
    table = result.to_table()
    with atomic_file(out) as beside:
        writer = TableWriter(beside, table.schema)
        writer.write(table)
        writer.close()


def _readable(result: Backtest, table: LabelledTable) -> str:
    judged = result.evaluation
    lines = [f"{judged.rows:,} leads of {table.source}, {judged.positives:,} converted", ""]
    lines += [
        f"  {s.start}  learned from {s.learned_from:>9,} leads, {s.learned_conversions:>6,} of them"
        f" converted; scored {s.scored:>8,}, {s.conversions:>6,}"
        for s in result.stretches
    ]
    rows = {"": judged, "logistic baseline": result.baseline}
    for what, one in rows.items():
        lines += ["", f"Ranked by month, pooled, with 95 % intervals{what and ': ' + what}"]
        lines += figure_lines(_figures(one))
    lines += ["", "Gain over the baseline, paired:"]
    lines += figure_lines(result.gain)
    return "\n".join(lines)


def _figures(judged: RankingEvaluation) -> dict[str, Interval]:
    return {
        "AUC": judged.auc,
        "AUC-PR": judged.auc_pr,
        "top-decile lift": judged.top_decile_lift,
    }
