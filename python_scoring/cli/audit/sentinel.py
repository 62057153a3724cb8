"""`lead-scoring audit sentinel`. Parses and prints; the work is in `leakage/sentinel`."""

import sys
from pathlib import Path

import click

from python_scoring.cli.options import PathParameter, json_option
from python_scoring.errors import InputError
from python_scoring.leakage.sentinel.labelled_columns import read_columns
from python_scoring.leakage.sentinel.render import render_json, render_text
from python_scoring.leakage.sentinel.run import judge
from python_scoring.leakage.sentinel.suspicion import Thresholds

DEFAULT = Thresholds()
EPILOG = """\b
Examples:
  lead-scoring audit sentinel --input leads.parquet --label converted
  lead-scoring audit sentinel --input calls.csv --label target --date day --json
  lead-scoring audit sentinel --input leads.parquet --label converted \\
      --acknowledge 'referral=known at the first contact, checked with sales'

\b
Exit codes: 0 no suspect is left unacknowledged; 1 there is one; 2 could not run.
"""


@click.command(epilog=EPILOG)
@click.option(
    "--input",
    "path",
    required=True,
    type=PathParameter(path_type=Path),
    help="Parquet or CSV file, one lead a row.",
)
@click.option("--label", required=True, help="Column of outcomes: 0, 1, or null.")
@click.option("--date", help="Column of days; also looks for what changes over time.")
@click.option("--features", default="", help="Columns to look at, with commas.  [default: all]")
@click.option(
    "--acknowledge",
    multiple=True,
    metavar="NAME=REASON",
    help="A suspect that may stay, and why. May be repeated.",
)
@click.option("--max-auc", default=DEFAULT.auc, show_default=True, help="Of a feature alone.")
@click.option("--max-iv", default=DEFAULT.information_value, show_default=True)
@click.option("--max-gain-share", default=DEFAULT.gain_share, show_default=True)
@click.option("--max-lift", default=DEFAULT.lift, show_default=True)
@click.option("--max-missing-ratio", default=DEFAULT.missing_ratio, show_default=True)
@click.option("--max-fade", default=DEFAULT.fade, show_default=True, help="Loss of AUC over time.")
@json_option
def sentinel(
    path: Path,
    label: str,
    date: str | None,
    features: str,
    acknowledge: tuple[str, ...],
    max_auc: float,
    max_iv: float,
    max_gain_share: float,
    max_lift: float,
    max_missing_ratio: float,
    max_fade: float,
    as_json: bool,
) -> None:
    """Name the features of a labelled table that predict too well to be honest.

    A feature is suspect when the lower end of a figure's 99 % interval passes its threshold. A
    suspect is not yet a leak: find out when its value became known, then drop or acknowledge it.
    """
    thresholds = Thresholds(max_auc, max_iv, max_gain_share, max_lift, max_missing_ratio, max_fade)
    reasons = acknowledgements(acknowledge)
    wanted = tuple(name.strip() for name in features.split(",") if name.strip())
    table = read_columns(path, label, date, wanted)
    count = len(table.columns)
    with click.progressbar(length=count, label="Looking at features", file=sys.stderr) as bar:
        report = judge(table, thresholds, reasons, lambda name: bar.update(1))
    click.echo(render_json(report) if as_json else render_text(report))
    sys.exit(0 if report.is_clean else 1)


def acknowledgements(texts: tuple[str, ...]) -> dict[str, str]:
    """Read NAME=REASON pairs.

    Raises:
        InputError: One has no reason.
    """
    reasons = {}
    for text in texts:
        name, _, reason = (part.strip() for part in text.partition("="))
        if not name or not reason:
            raise InputError(
                f"--acknowledge {text} has no reason.",
                why="Whoever reads the report must be able to judge the exception.",
                fix="Write --acknowledge 'NAME=why it is no leak'.",
            )
        reasons[name] = reason
    return reasons
