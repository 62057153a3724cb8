"""What the commands print that put a new version into the registry."""

import json
import re
from typing import Any

import click

from python_scoring.cli.printing import figure_lines
from python_scoring.dataset.arrivals import arrivals_in_words
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.ranking import Evaluation
from python_scoring.model.registry import Registry
from python_scoring.training.train import TrainingRun


class _Family(click.ParamType[str]):
    """Family name of a version."""

    name = "NAME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or refuse one that a version cannot hold."""
        if not re.fullmatch(r"[a-z0-9_]+", value):
            self.fail("it takes small letters, digits and underscores.", param, ctx)
        return value


FAMILY = _Family()


def print_run(run: TrainingRun, registry: Registry, version: str, *, as_json: bool) -> None:
    """Print what was made on stdout, as a page or as JSON, and the warnings on stderr."""
    for warning in run.warnings:
        click.echo(f"Warning: {warning}", err=True)
    report = _report(version, f"{registry.place}/{version}", run)
    click.echo(json.dumps(report, indent=1) if as_json else _readable(version, run))


def _report(version: str, folder: str, run: TrainingRun) -> dict[str, Any]:
    metadata = run.draft.metadata
    shown = (
        "source",
        "counts",
        "arrivals",
        "periods",
        "choice",
        "recalibrated",
        "calibration",
        "metrics",
        "baseline",
    )
    return {"version": version, "folder": folder} | {
        key: metadata[key] for key in (*shown, "warnings") if key in metadata
    }


def _readable(version: str, run: TrainingRun) -> str:
    metadata, evaluation = run.draft.metadata, run.evaluation
    lines = [f"{version}  from {metadata['source']}", ""]
    lines += [
        f"  {name:<12} {p['from']} to {p['to']}  {p['rows']:>9,} leads"
        f" {p['positives']:>7,} converted"
        for name, p in metadata["periods"].items()
    ]
    if told := metadata.get("recalibrated"):
        lines += [f"  {'ranks as':<12} {told['from']}; its curve is fitted since {told['since']}"]
    lines += [f"  {'arrivals':<12} {arrivals_in_words(metadata['arrivals'])}"]
    lines += ["", "On the test period, with 95 % intervals:"]
    lines += figure_lines(_figures(evaluation))
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
