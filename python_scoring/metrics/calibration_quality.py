"""Judges probabilities: whether a predicted 10 % converts in ten cases of a hundred."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from python_scoring.arrays import Flags, Integers, Vector
from python_scoring.metrics.intervals import Interval, wald
from python_scoring.metrics.proportions import wilson

BANDS = 10
# log-odds; far enough to bring any probabilities to any rate
FARTHEST_SHIFT = 30.0


@dataclass(frozen=True)
class ReliabilityBand:
    """Rows of like probability.

    Args:
        rows: Number of rows.
        conversions: How many of them converted.
        predicted: Their mean probability.
        observed: The rate at which they converted.
    """

    rows: int
    conversions: int
    predicted: float
    observed: Interval


@dataclass(frozen=True)
class BrierParts:
    """Murphy's parts of the Brier score (1973), over bands.

    brier = reliability - resolution + uncertainty + within_bands, exactly. The last is what bands
    hide (Stephenson, Coelho and Jolliffe 2008): probabilities vary inside a band, and are better
    for it where the outcomes vary with them.

    Args:
        brier: Mean squared error of the probability.
        reliability: Mean squared distance of predicted and observed rate; less is better.
        resolution: Mean squared distance of observed and base rate; more is better.
        uncertainty: What the base rate alone would score.
        within_bands: Variance inside the bands less twice the covariance with the outcomes.
    """

    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    within_bands: float


@dataclass(frozen=True)
class CalibrationLine:
    """Log-odds of conversion on log-odds of the probability (Cox 1958), Wald intervals.

    Args:
        slope: 1 is right; below, the probabilities are too extreme. None where they do not vary.
        intercept: Shift in log-odds that brings the mean right, slope held at 1; 0 is right.
    """

    slope: Interval | None
    intercept: Interval


def reliability_bands(probabilities: Vector, converted: Flags) -> list[ReliabilityBand]:
    """Compare predicted with observed rates, in ten bands of equal counts, lowest first.

    Equal probabilities share a band, so there may be fewer.
    """
    band = _bands(probabilities)
    rows, hits = np.bincount(band), np.bincount(band, converted).astype(int)
    means = np.bincount(band, probabilities) / rows
    return [
        ReliabilityBand(int(n), int(k), float(mean), wilson(int(k), int(n)))
        for n, k, mean in zip(rows, hits, means, strict=True)
    ]


def brier_parts(probabilities: Vector, converted: Flags) -> BrierParts:
    """Take the Brier score apart over the bands of `reliability_bands`."""
    band = _bands(probabilities)
    rows = np.bincount(band)
    weights = rows / rows.sum()
    predicted = np.bincount(band, probabilities) / rows
    observed = np.bincount(band, converted) / rows
    base = float(converted.mean())
    spread = probabilities - predicted[band]
    return BrierParts(
        brier=float(((probabilities - converted) ** 2).mean()),
        reliability=float(weights @ (predicted - observed) ** 2),
        resolution=float(weights @ (observed - base) ** 2),
        uncertainty=base * (1 - base),
        within_bands=float((spread**2 - 2 * spread * (converted - observed[band])).mean()),
    )


def calibration_line(probabilities: Vector, converted: Flags) -> CalibrationLine:
    """Fit slope and intercept on rows that were not calibrated on, both outcomes present."""
    odds = logit(probabilities)

    def excess(shift: float) -> float:
        return float(expit(odds + shift).mean() - converted.mean())

    shift = float(brentq(excess, -FARTHEST_SHIFT, FARTHEST_SHIFT))
    fitted = expit(odds + shift)
    error = float((fitted * (1 - fitted)).sum()) ** -0.5
    return CalibrationLine(_slope(odds, converted), wald(shift, error))


def _slope(odds: Vector, converted: Flags) -> Interval | None:
    if np.ptp(odds) < 1e-9:
        return None
    fit = LogisticRegression(C=np.inf, tol=1e-8).fit(odds.reshape(-1, 1), converted)
    fitted = fit.predict_proba(odds.reshape(-1, 1))[:, 1]
    design = np.column_stack([np.ones(len(odds)), odds])
    information = design.T @ (design * (fitted * (1 - fitted))[:, None])
    return wald(float(fit.coef_[0, 0]), float(np.linalg.inv(information)[1, 1]) ** 0.5)


def _bands(probabilities: Vector) -> Integers:
    """Number each row's band from 0, none of them empty."""
    edges = np.quantile(probabilities, np.arange(1, BANDS) / BANDS)
    band = np.searchsorted(edges, probabilities, side="right")
    return np.unique(band, return_inverse=True)[1].astype(np.int64)
