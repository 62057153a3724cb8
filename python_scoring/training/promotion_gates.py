"""The gates between a trained model and the scores that sales work with.

A model is promoted when its figures reach the targets, no feature is suspected of knowing the
future, and it ranks no worse than the model in force, on leads that neither has learned from. Where
too few conversions leave that open, the answer is neither yes nor no: the gate cannot tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Any

import numpy as np

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.sample_size import MIN_POSITIVES, POWER_FACTOR
from python_scoring.errors import InputError
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.ranking import compare_rankings, evaluate_ranking
from python_scoring.model.artifact import Artifact
from python_scoring.model.margin.booster import margins
from python_scoring.model.targets import Target, read_targets

SEED = 42
WORDS = {
    "auc": "AUC",
    "top_decile_lift": "top-decile lift",
    "time_machine_lift": "time-machine lift",
    "brier": "Brier score",
}


class Outcome(StrEnum):
    """What a gate says of a model."""

    PASSED = "passed"
    REFUSED = "refused"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Check:
    """One gate: its name, what it says of the model, and the sentence with the figures."""

    name: str
    outcome: Outcome
    text: str

    @property
    def passed(self) -> bool:
        """Whether the model may pass: a gate that cannot tell does not let it."""
        return self.outcome is Outcome.PASSED

    def to_json(self) -> dict[str, Any]:
        """Return the check as plain data."""
        return {
            "name": self.name,
            "passed": self.passed,
            "outcome": self.outcome,
            "text": self.text,
        }


def target_checks(metadata: Mapping[str, Any]) -> list[Check]:
    """Compare a model's test figures with the targets.

    Passed where the worse end of the 95 % interval reaches the target; refused where the figure
    itself misses it. Between the two, and with fewer than `MIN_POSITIVES` conversions, the gate
    cannot tell, and says how many conversions could.

    Args:
        metadata: What training recorded of the model.
    """
    figures = dict(metadata["metrics"])
    figures["time_machine_lift"] = metadata["time_machine"]["top_decile_lift"]
    test = int(metadata["metrics"]["positives"])
    later = int(metadata["time_machine"]["positives"])
    return [
        _target_check(
            target,
            Interval(**figures[target.metric]),
            later if target.metric == "time_machine_lift" else test,
        )
        for target in read_targets()
    ]


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
        told = "no feature predicts too well to be honest"
        return [Check("sentinel", Outcome.PASSED, told)]
    return [
        Check(
            f"sentinel: {name}",
            Outcome.PASSED if name in acknowledged else Outcome.REFUSED,
            f"{name} {'; '.join(reasons)}"
            + (f" (acknowledged: {acknowledged[name]})" if name in acknowledged else ""),
        )
        for name, reasons in suspects.items()
    ]


def paired_check(candidate: Artifact, promoted: Artifact, table: LabelledTable) -> Check:
    """Compare two models on the leads contacted after both had seen their last outcome.

    Refused where the 95 % interval of the difference in AUC-PR or in top-decile lift lies below
    zero. The gate cannot tell where fewer than `MIN_POSITIVES` leads of either outcome are left to
    compare by, or where the interval leaves open that half of the lift in force, counted from 1,
    is lost.

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
    others = len(fresh.converted) - positives
    if min(positives, others) < MIN_POSITIVES:
        few = f"{positives} conversions" if positives <= others else f"{others} without one"
        return Check(
            "paired",
            Outcome.CANNOT_TELL,
            f"only {few} among {positives + others:,} leads after {last}, which both models have "
            f"not seen; {MIN_POSITIVES} of each outcome needed to compare with {promoted.version}",
        )
    frame = fresh.frame()
    ranks = [margins(a.model, a.contract.matrix(frame)) for a in (candidate, promoted)]
    months = fresh.dates.astype("datetime64[M]")
    gains = compare_rankings(ranks[0], ranks[1], fresh.converted, SEED, months)
    told = ", ".join(
        f"{WORDS.get(name, 'AUC-PR')} {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
        for name, gain in gains.items()
    )
    in_force = evaluate_ranking(ranks[1], fresh.converted, SEED, months).top_decile_lift.value
    bearable = max(in_force - 1, 0) / 2
    text = f"against {promoted.version}, {positives} conversions: {told}"
    if min(gains["auc_pr"].high, gains["top_decile_lift"].high) < 0:
        return Check("paired", Outcome.REFUSED, text)
    if bearable and gains["top_decile_lift"].low < -bearable:
        text += f"; a loss of {bearable:.2f}, half of what the lift {in_force:.2f} gains, is open"
        return Check("paired", Outcome.CANNOT_TELL, text)
    return Check("paired", Outcome.PASSED, text)


def _target_check(target: Target, figure: Interval, positives: int) -> Check:
    outcome, needed = Outcome.PASSED, MIN_POSITIVES
    for bound, sign, end in (
        (target.at_least, 1, figure.low),
        (target.at_most, -1, figure.high),
    ):
        margin = 0.0 if bound is None else sign * (figure.value - bound)
        if bound is None or sign * (end - bound) > 0:
            continue
        if margin <= 0:
            outcome = Outcome.REFUSED
        elif outcome is Outcome.PASSED:
            outcome = Outcome.CANNOT_TELL
            needed = max(needed, _conversions_needed(positives, abs(figure.value - end), margin))
    if positives < MIN_POSITIVES:
        outcome = Outcome.CANNOT_TELL
    bounds = [f"above {target.at_least:g}"] if target.at_least is not None else []
    bounds += [f"below {target.at_most:g}"] if target.at_most is not None else []
    text = (
        f"{WORDS[target.metric]} {figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f}), "
        f"must be {' and '.join(bounds)}"
    )
    if outcome is Outcome.CANNOT_TELL:
        text += f"; cannot tell by {positives:,} conversions, "
        text += f"some {needed:,} would be needed if the figure is true"
    return Check(target.metric, outcome, text)


def _conversions_needed(positives: int, half_width: float, margin: float) -> int:
    """Return with how many conversions a figure so far from its bound would pass, with 80 % power.

    Intervals shrink with the square root of the conversions.
    """
    return ceil(positives * (POWER_FACTOR * half_width / margin) ** 2)
