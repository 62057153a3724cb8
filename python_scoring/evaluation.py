"""Judges scores on rows that were kept for it, with bootstrap intervals.

Every figure is computed from row weights over one sorting, so that a bootstrap draw is a new set
of weights and not a new sorting; scikit-learn's functions would sort 500 times. Equal scores
share their places: nothing depends on the order in which ties happen to lie.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Labels = NDArray[np.bool_]
Positions = NDArray[np.int64]

DRAWS = 500
DECILES = 10


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Evaluation:
    """Figures of one set of scored rows.

    Args:
        rows: Number of rows.
        positives: Number of conversions.
        base_rate: Share of conversions.
        auc: Chance that a converting lead is ranked above another.
        auc_pr: Average precision, the area under precision over recall.
        top_decile_lift: Conversion rate of the best tenth, over the base rate.
        lift_by_decile: The same for each tenth, best first.
        brier: Mean squared error of the calibrated probability.
        ece: Mean distance of calibrated from observed rate, over ten bins of equal counts.
    """

    rows: int
    positives: int
    base_rate: Estimate
    auc: Estimate
    auc_pr: Estimate
    top_decile_lift: Estimate
    lift_by_decile: list[Estimate]
    brier: Estimate
    ece: Estimate

    def to_json(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class _Ranking:
    """Rows sorted by raw score, best first, with the starts of runs of equal scores."""

    converted: Vector
    probabilities: Vector
    runs: Positions
    bins: Positions

    def figures(self, weights: Vector) -> Vector:
        """Return base rate, AUC, AUC-PR, Brier, ECE and ten lifts, with these row weights."""
        hits = weights * self.converted
        run_hits = np.add.reduceat(hits, self.runs)
        run_rows = np.add.reduceat(weights, self.runs)
        found, called = np.cumsum(run_hits), np.cumsum(run_rows)
        total, hit_total = called[-1], found[-1]
        pairs = (run_rows - run_hits) * (found - run_hits / 2)
        precision = found / np.maximum(called, 1e-12)
        tenths = np.linspace(0, total, DECILES + 1)
        gains = np.interp(tenths, np.append(0, called), np.append(0, found)) / hit_total
        error = self.probabilities - self.converted
        return np.concatenate(
            [
                [
                    hit_total / total,
                    pairs.sum() / (hit_total * (total - hit_total)),
                    (run_hits * precision).sum() / hit_total,
                    (weights * error**2).sum() / total,
                    np.abs(np.bincount(self.bins, weights * error)).sum() / total,
                ],
                np.diff(gains) * DECILES,
            ]
        )


def evaluate(raw: Vector, probabilities: Vector, converted: Labels, seed: int) -> Evaluation:
    """Judge scores by the outcomes.

    Args:
        raw: Scores that rank, shape (n,), any monotone scale.
        probabilities: Calibrated probabilities, shape (n,).
        converted: Outcomes, shape (n,), both kinds present.
        seed: Seed of the bootstrap.
    """
    ranking = _rank(raw, probabilities, converted)
    rows = len(converted)
    rng = np.random.default_rng(seed)
    draws = (np.bincount(rng.integers(0, rows, rows), minlength=rows) for _ in range(DRAWS))
    # a draw without a single conversion has no rates to speak of; nanpercentile passes over it
    with np.errstate(invalid="ignore", divide="ignore"):
        boot = np.array([ranking.figures(draw.astype(np.float64)) for draw in draws])
    value = ranking.figures(np.ones(rows))
    low, middle, high = np.nanpercentile(boot, [2.5, 50, 97.5], axis=0)
    # resampling inflates figures that noise can only raise, the calibration error above all
    bias = middle - value
    bounds = zip(value, np.maximum(low - bias, 0), high - bias, strict=True)
    base, auc, auc_pr, brier, ece, *lifts = (Estimate(*map(float, e)) for e in bounds)
    positives = int(converted.sum())
    return Evaluation(rows, positives, base, auc, auc_pr, lifts[0], lifts, brier, ece)


def _rank(raw: Vector, probabilities: Vector, converted: Labels) -> _Ranking:
    order = np.argsort(-raw, kind="stable")
    runs = np.flatnonzero(np.append(True, np.diff(raw[order]) != 0))
    ranked = probabilities[order]
    edges = np.quantile(ranked, np.arange(1, DECILES) / DECILES)
    bins = np.searchsorted(edges, ranked, side="right")
    return _Ranking(converted[order].astype(np.float64), ranked, runs, bins)
