"""Fits the calibration curve, on a period that the model was not trained on.

A boosted tree ranks leads well but its scores are not rates: 0.30 need not mean that three leads
in ten convert. Sales plans capacity on these numbers.

The isotonic curve is the centred one (Oron and Flournoy 2017): each flat stretch becomes the one
point at its middle, and the curve rises in straight pieces between them. A plain isotonic curve
is a staircase, which ties leads that the model ranks apart and gives a handful of leads at its ends
a rate of 0 or 1.

Where a stored model's level was lost, its own curve is a third candidate, moved by one number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.isotonic import isotonic_regression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from python_scoring.arrays import Flags, Vector
from python_scoring.model.calibration_curve import CalibrationCurve, raw_scores

MIN_POSITIVES_ISOTONIC = 100
MOST_BINS = 100
CROSS_FITS = 5
LOOKUP_BINS = 100
# log-odds; far enough to bring any curve to any rate that leads can have
FARTHEST_SHIFT = 30.0


@dataclass(frozen=True)
class Calibration:
    """The chosen curve, and the mean log loss of each candidate on rows it had not seen."""

    curve: CalibrationCurve
    cross_fitted_log_loss: dict[str, float]


def calibrate(
    margins: Vector,
    converted: Flags,
    moved: CalibrationCurve | None = None,
    *,
    seen: bool = False,
) -> Calibration:
    """Fit each kind of curve where the sample allows it, and keep the one that predicts best.

    Isotonic needs 100 conversions; below, only few numbers can be estimated: the one by which
    `moved` is moved, or Platt's two. Otherwise each is fitted on four fifths and judged on the
    rest, five times, in time order.

    Args:
        margins: Log odds by the model, shape (n,), in time order.
        converted: Outcomes, shape (n,), both kinds present.
        moved: A curve of the same model from before, which is right but for its level.
        seen: Whether `moved` was fitted on some of these rows. Judged on them it would look better
            than it is, so that it is no candidate where several are compared.
    """
    simplest = partial(moved_curve, moved) if moved else platt_curve
    if converted.sum() < MIN_POSITIVES_ISOTONIC:
        return Calibration(simplest(margins, converted), {})
    fitters = FITTERS | ({"moved": simplest} if moved and not seen else {})
    losses = {
        method: _cross_fitted_log_loss(fit, margins, converted) for method, fit in fitters.items()
    }
    best = min(losses, key=lambda method: losses[method])
    return Calibration(fitters[best](margins, converted), losses)


def isotonic_curve(margins: Vector, converted: Flags) -> CalibrationCurve:
    """Fit a centred isotonic curve over bins of equal counts, at most one per conversion.

    The bins keep a few leads at the ends from getting a rate of their own. Drawing straight lines
    between the centres moves the mean, so all points are shifted in log-odds until the mean over
    the leads is their rate again.
    """
    raw = raw_scores(margins)
    scores, rates, counts = _bins(raw, converted)
    fitted = isotonic_regression(rates, sample_weight=counts)
    _, stretch = np.unique(fitted, return_inverse=True)
    weights = np.bincount(stretch, counts)
    centres = np.bincount(stretch, counts * scores) / weights
    drawn = _inside(np.bincount(stretch, counts * fitted) / weights, len(converted))
    return _at_the_rate("isotonic", centres, drawn, raw, converted)


def moved_curve(curve: CalibrationCurve, margins: Vector, converted: Flags) -> CalibrationCurve:
    """Move a curve in log odds until its mean over the leads is the rate at which they convert."""
    inside = _inside(curve.probabilities, len(converted))
    return _at_the_rate("moved", curve.scores, inside, raw_scores(margins), converted)


def _at_the_rate(
    method: str, scores: Vector, probabilities: Vector, raw: Vector, converted: Flags
) -> CalibrationCurve:
    rate = float(converted.mean())

    def excess(shift: float) -> float:
        return float(np.interp(raw, scores, expit(logit(probabilities) + shift)).mean()) - rate

    shifted = expit(logit(probabilities) + brentq(excess, -FARTHEST_SHIFT, FARTHEST_SHIFT))
    return CalibrationCurve(method, scores, _inside(shifted, len(converted)), rate)


def platt_curve(margins: Vector, converted: Flags) -> CalibrationCurve:
    """Fit Platt's sigmoid of the margin, drawn as 201 points.

    Targets are Platt's (1999), a little inside 0 and 1. Where the model ranks the wrong way round,
    the curve is flat at the base rate rather than falling.
    """
    positives, negatives = converted.sum(), (~converted).sum()
    hit, miss = (positives + 1) / (positives + 2), 1 / (negatives + 2)
    target = np.where(converted, hit, miss)
    fit = LogisticRegression(C=np.inf, tol=1e-8).fit(
        np.tile(margins, 2).reshape(-1, 1),
        np.repeat([1, 0], len(margins)),
        np.concatenate([target, 1 - target]),
    )
    slope, offset = float(fit.coef_[0, 0]), float(fit.intercept_[0])
    rate = float(converted.mean())
    spread = max(float(np.ptp(margins)), 1e-3)
    grid = np.linspace(margins.min() - spread / 2, margins.max() + spread / 2, 201)
    drawn = raw_scores(slope * grid + offset) if slope > 0 else np.full(len(grid), rate)
    return CalibrationCurve("platt", raw_scores(grid), _inside(drawn, len(converted)), rate)


def calibration_lookup(scores: Vector, converted: Flags, curve: CalibrationCurve) -> str:
    """Return the curve as CSV: 100 equal-count bins of the calibration period's raw scores.

    Each bin holds raw scores from `raw_from` (the first: any) to the next bin's; `lead_score` is
    the mean calibrated probability of its leads, beside what was observed.
    """
    order = np.argsort(scores, kind="stable")
    lines = ["bin,raw_from,lead_score,rows,converted"]
    for number, rows in enumerate(np.array_split(order, min(LOOKUP_BINS, len(order))), start=1):
        mean = float(curve.apply(scores[rows]).mean())
        cells = (number, float(scores[rows[0]]), mean, len(rows), int(converted[rows].sum()))
        lines.append(",".join(str(cell) for cell in cells))
    return "\n".join(lines) + "\n"


Fitter = Callable[[Vector, Flags], CalibrationCurve]
FITTERS: dict[str, Fitter] = {"isotonic": isotonic_curve, "platt": platt_curve}


def _bins(scores: Vector, converted: Flags) -> tuple[Vector, Vector, Vector]:
    """Return mean score, conversion rate and count of bins; equal scores share a bin."""
    bins = min(MOST_BINS, int(converted.sum()))
    edges = np.quantile(scores, np.arange(1, bins) / bins)
    _, bin_number = np.unique(np.searchsorted(edges, scores, side="right"), return_inverse=True)
    counts = np.bincount(bin_number).astype(np.float64)
    return (
        np.bincount(bin_number, scores) / counts,
        np.bincount(bin_number, converted) / counts,
        counts,
    )


def _inside(probabilities: Vector, rows: int) -> Vector:
    """Keep probabilities off 0 and 1: `rows` leads cannot show a rate nearer than half a lead."""
    least = 0.5 / (rows + 1)
    return np.clip(probabilities, least, 1 - least)


def _cross_fitted_log_loss(fit: Fitter, margins: Vector, converted: Flags) -> float:
    fifth = np.arange(len(margins)) * CROSS_FITS // len(margins)
    predicted = np.empty(len(margins))
    for held_out in range(CROSS_FITS):
        rest = fifth != held_out
        curve = fit(margins[rest], converted[rest])
        predicted[~rest] = curve.apply_margins(margins[~rest])
    return float(log_loss(converted, predicted, labels=[False, True]))
