"""The gates between a trained model and the scores that sales work with.

A model is promoted when its figures reach the targets, no feature is suspected of knowing the
future, and it ranks no worse than the model in force, on leads that neither has learned from.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.sample_size import MIN_POSITIVES
from python_scoring.errors import InputError
from python_scoring.metrics.ranking import compare_rankings
from python_scoring.model.artifact import Artifact
from python_scoring.model.booster import margins
from python_scoring.model.targets import Target, read_targets

# with fewer conversions the intervals are so wide that no honest model passes by its worse end
ENOUGH_POSITIVES = 100
WORDS = {
    "auc": "AUC",
    "top_decile_lift": "top-decile lift",
    "time_machine_lift": "time-machine lift",
    "brier": "Brier score",
}


@dataclass(frozen=True)
class Check:
    """One gate: its name, whether the model passed, and the sentence with the figures."""

    name: str
    passed: bool
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the check as plain data."""
        return asdict(self)


def target_checks(metadata: Mapping[str, Any]) -> list[Check]:
    """Compare a model's test figures with the targets.

    The worse end of the 95 % interval counts; where the test period holds fewer than
    `ENOUGH_POSITIVES` conversions, the figure itself, and the check says so.

    Args:
        metadata: What training recorded of the model.
    """
    figures = dict(metadata["metrics"])
    figures["time_machine_lift"] = metadata["time_machine"]["top_decile_lift"]
    positives = int(metadata["metrics"]["positives"])
    return [_target_check(target, figures[target.metric], positives) for target in read_targets()]


def suspect_checks(metadata: Mapping[str, Any], acknowledged: Mapping[str, str]) -> list[Check]:
    """Refuse features that predict too well to be honest, unless somebody stands for them.

    Args:
        metadata: What training recorded of the model.
        acknowledged: Suspects that may stay, each with the reason.

    Raises:
        InputError: An acknowledged name is no suspect.
    """
    suspects: dict[str, list[str]] = metadata["suspects"]
    strangers = sorted(set(acknowledged) - set(suspects))
    if strangers:
        raise InputError(
            f"{', '.join(strangers)} is acknowledged, but is no suspect of this model.",
            why="A misspelt name would leave the real suspect in place.",
            where=f"suspects: {', '.join(suspects) or 'none'}",
            fix="Correct the name, or leave it out.",
        )
    if not suspects:
        return [Check("sentinel", True, "no feature predicts too well to be honest")]
    return [
        Check(
            f"sentinel: {name}",
            name in acknowledged,
            f"{name} {'; '.join(reasons)}"
            + (f" (acknowledged: {acknowledged[name]})" if name in acknowledged else ""),
        )
        for name, reasons in suspects.items()
    ]


def paired_check(candidate: Artifact, promoted: Artifact, table: LabelledTable) -> Check:
    """Compare two models on the leads contacted after both had seen their last outcome.

    The candidate fails where the 95 % interval of the difference in AUC-PR or in top-decile lift
    lies below zero, or where too few conversions are left to compare by.

    Args:
        candidate: The model that asks to be promoted.
        promoted: The model in force.
        table: Leads with known outcomes and the features of both.

    Raises:
        InputError: The table lacks a feature of one of them.
    """
    last = max(
        artifact.metadata["periods"]["calibration"]["to"] for artifact in (candidate, promoted)
    )
    fresh = table.take(table.dates > np.datetime64(last))
    positives = int(fresh.converted.sum())
    if positives < MIN_POSITIVES:
        return Check(
            "paired",
            False,
            f"only {positives} conversions after {last}, which both models have not seen; "
            f"{MIN_POSITIVES} needed to compare with {promoted.version}",
        )
    frame = fresh.frame()
    ranks = [margins(a.booster, a.contract.matrix(frame)) for a in (candidate, promoted)]
    months = fresh.dates.astype("datetime64[M]")
    gains = compare_rankings(ranks[0], ranks[1], fresh.converted, 42, months)
    told = ", ".join(
        f"{WORDS.get(name, 'AUC-PR')} {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
        for name, gain in gains.items()
    )
    worse = min(gains["auc_pr"].high, gains["top_decile_lift"].high) < 0
    return Check(
        "paired", not worse, f"against {promoted.version}, {positives} conversions: {told}"
    )


def _target_check(target: Target, figure: Mapping[str, float], positives: int) -> Check:
    many = positives >= ENOUGH_POSITIVES
    low, high = (figure["low"], figure["high"]) if many else (figure["value"], figure["value"])
    passed = (target.at_least is None or low > target.at_least) and (
        target.at_most is None or high < target.at_most
    )
    bounds = [f"above {target.at_least:g}"] if target.at_least is not None else []
    bounds += [f"below {target.at_most:g}"] if target.at_most is not None else []
    told = f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
    few = "" if many else f"; only {positives} conversions, so the interval's end is not asked for"
    return Check(
        target.metric, passed, f"{WORDS[target.metric]} {told}, must be {' and '.join(bounds)}{few}"
    )
