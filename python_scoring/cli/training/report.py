"""The `report` command."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from python_scoring.cli.options import PathParameter, json_option, model_option, registry_option
from python_scoring.io.atomic import atomic_file
from python_scoring.io.builds import failure_of_the_last_build
from python_scoring.model.registry import Registry
from python_scoring.report.expectations import (
    expectations_of_backtest,
    expectations_of_scores,
    stretches_of_test,
)
from python_scoring.report.figures import assemble
from python_scoring.report.hypotheses import read_hypotheses
from python_scoring.report.judged_rows import find_rows
from python_scoring.report.page.charts import draw_all
from python_scoring.report.page.render import CARD, PAGE, render_card, render_page
from python_scoring.training.backtest import STEPS_PER_STRETCH
from python_scoring.training.seed_sensitivity import SEEDS

FOLDER = Path("target/reports")


@click.command(
    epilog="""\b
Examples:
  lead-scoring report
  lead-scoring report --model v3-boosted-20250531-0a1b2c3d --out reports/may
  lead-scoring report --input leads.parquet --label target --date contacted_date \\
      --backtest scores.parquet --json | jq .signal

\b
Exit codes: 0 written, 2 could not (no such model, or not the rows it was trained on).
"""
)
@model_option
@registry_option
@click.option(
    "--input",
    "path",
    type=PathParameter(path_type=Path),
    help="Parquet or CSV file that the model was trained on; else lead_training_set.",
)
@click.option("--label", help="With --input: column of outcomes, 1, 0, or null if not known yet.")
@click.option("--date", help="With --input: column of the day of contact.")
@click.option(
    "--backtest",
    "scores",
    type=PathParameter(path_type=Path),
    help="Scores of `lead-scoring backtest --out`; else a backtest over the test period is run.",
)
@click.option(
    "--out",
    type=PathParameter(path_type=Path, file_okay=False),
    help="Folder to write into; default: target/reports/VERSION.",
)
@json_option
def report(
    model: str | None,
    place: str | None,
    path: Path | None,
    label: str | None,
    date: str | None,
    scores: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Write what a model is worth: a page that opens offline and prints, and a model card.

    Everything is computed again on the rows that the model was judged on, and expectations come
    from a backtest: nothing is typed in.
    """
    if path and not (label and date):
        raise click.UsageError("--input needs --label and --date.")
    if not path and (label or date):
        raise click.UsageError("--label and --date go with --input.")
    figures = _compute(model, place, path, label or "", date or "", scores)
    files = _write(figures, out or FOLDER / figures["version"])
    if as_json:
        click.echo(json.dumps({"files": files} | figures, indent=1, ensure_ascii=False))
        return
    sentences = (figures["headline"], figures["signal"]["text"], figures["calibration"]["text"])
    click.echo("\n".join([figures["version"], *(f"  {text}" for text in sentences), *files]))


def _compute(
    model: str | None,
    place: str | None,
    path: Path | None,
    label: str,
    date: str,
    scores: Path | None,
) -> dict[str, Any]:
    artifact = Registry(place).load(model)
    rows = find_rows(artifact, path, label, date)
    hypotheses = None if path else read_hypotheses()
    if not path and (failure := failure_of_the_last_build()):
        click.echo(failure, err=True)
    stretches = [] if scores else stretches_of_test(rows)
    steps = len(stretches) * STEPS_PER_STRETCH + SEEDS
    with click.progressbar(length=steps, label="Judging", file=sys.stderr) as bar:

        def progress() -> None:
            bar.update(1)

        expected = (
            expectations_of_scores(scores, artifact.metadata["settings"]["seed"])
            if scores
            else expectations_of_backtest(artifact, rows, stretches, progress)
        )
        figures = assemble(artifact, rows, expected, hypotheses, progress)
        bar.update(bar.length or 0)
    return figures


def _write(figures: dict[str, Any], folder: Path) -> list[str]:
    pages = {PAGE: render_page(figures, draw_all(figures)), CARD: render_card(figures)}
    for name, text in pages.items():
        with atomic_file(folder / name) as beside:
            beside.write_text(text, encoding="utf-8")
    return [str(folder / name) for name in pages]
