"""The `score` and `score-lead` commands."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import click

from python_scoring.cli.options import PathParameter, json_option, model_option
from python_scoring.errors import InputError
from python_scoring.io.strict_json import parse_json
from python_scoring.scoring.files import score_file
from python_scoring.scoring.scorer import LeadScorer


@click.command(
    epilog="""\b
Examples:
  lead-scoring score --input leads.parquet --output scores.parquet
  lead-scoring score --model v3-boosted-20250531-0a1b2c3d --input leads.csv --output scores.csv

\b
Exit codes: 0 scored, 2 could not (bad input, no such model).
"""
)
@model_option
@click.option(
    "--input",
    "source",
    required=True,
    type=PathParameter(path_type=Path),
    help="Parquet (streamed) or CSV, with the model's base features.",
)
@click.option(
    "--output",
    "target",
    required=True,
    type=PathParameter(path_type=Path),
    help="Parquet or CSV; replaced when all rows are scored.",
)
@json_option
def score(model: str | None, source: Path, target: Path, as_json: bool) -> None:
    """Score a table: keeps its columns and adds score, reasons and the model's version.

    Of a CSV file, columns that are no features of the model stay text, as they stand.
    """
    scorer = LeadScorer(model)
    with click.progressbar(length=100, label="Scoring", file=sys.stderr) as bar:
        scored = score_file(
            scorer, source, target, lambda share: bar.update(int(100 * share) - bar.pos)
        )
    for name, rows in scored.unseen_categories.items():
        click.echo(f"Warning: {rows:,} rows have a {name} that training never saw", err=True)
    done = asdict(scored) | {"model_version": scorer.model_version, "output": str(target)}
    readable = f"{scored.rows:,} rows scored with {scorer.model_version}"
    click.echo(json.dumps(done) if as_json else readable)


@click.command(
    "score-lead",
    epilog="""\b
Examples:
  lead-scoring score-lead lead.json
  echo '{"current_firm_tenure_months": 12, ...}' | lead-scoring score-lead -

\b
Exit codes: 0 scored, 2 could not (a feature missing, unknown, or not a number).
""",
)
@click.argument("file", type=click.File(encoding="utf-8"))
@model_option
def score_lead(file: TextIO, model: str | None) -> None:
    """Score one lead: a JSON object of its base features, null where unknown; - reads stdin.

    Prints the result as JSON.
    """
    click.echo(json.dumps(LeadScorer(model).score_lead(_json_object(file)), indent=1))


def _json_object(file: TextIO) -> dict[str, Any]:
    try:
        features = parse_json(file.read())
    except ValueError as error:
        raise InputError(
            f"{file.name} is not JSON: {error}",
            why="A lead that is read in part would be scored as another.",
            where=file.name,
            fix='Write {"feature name": value, ...}, each name once.',
        ) from error
    if not isinstance(features, dict):
        raise InputError(
            f"{file.name} holds no JSON object.", fix='Write {"feature name": value, ...}.'
        )
    return features
