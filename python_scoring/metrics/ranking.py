"""Judges scores on rows that were kept for it, with bootstrap intervals.

Every figure is computed from row weights over one sorting, so that a bootstrap draw is a new set
of weights and not a new sorting; scikit-learn's functions would sort 500 times. Equal scores
share their ranks, so nothing depends on the order of ties.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_scoring.arrays import Flags, Integers, Vector
from python_scoring.metrics.intervals import Interval

DRAWS = 500
DECILES = 10


@dataclass(frozen=True)
class RankingEvaluation:
    """How well scores rank; needs no calibration.

    Args:
        rows: Number of rows.
        positives: Number of conversions.
        base_rate: Share of conversions.
        auc: Chance that a converting lead is ranked above another.
        auc_pr: Average precision, the area under precision over recall.
        top_decile_lift: Conversion rate of the best tenth, over the base rate.
        lift_by_decile: The same for each tenth, best first.
    """

    rows: int
    positives: int
    base_rate: Interval
    auc: Interval
    auc_pr: Interval
    top_decile_lift: Interval
    lift_by_decile: list[Interval]

    def to_json(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Evaluation(RankingEvaluation):
    """Figures of one set of calibrated rows.

    Args:
        brier: Mean squared error of the calibrated probability.
        ece: Mean distance of calibrated from observed rate, over ten bins of equal counts.
    """

    brier: Interval
    ece: Interval

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Evaluation":
        """Read figures that `to_json` wrote."""
        known: dict[str, Any] = {field.name: data[field.name] for field in fields(Evaluation)}
        lifts = [Interval(**lift) for lift in known.pop("lift_by_decile")]
        figures: dict[str, Any] = {
            n: Interval(**v) if isinstance(v, dict) else v for n, v in known.items()
        }
        return Evaluation(**figures, lift_by_decile=lifts)


@dataclass(frozen=True)
class _Ranking:
    """Rows sorted by raw score, best first, with the starts of runs of equal scores."""

    converted: Vector
    probabilities: Vector
    runs: Integers
    bins: Integers

    def gains(self, weights: Vector, shares: Vector) -> Vector:
        """Return the share of all conversions among the best `shares` of the rows."""
        hits = np.cumsum(np.add.reduceat(weights * self.converted, self.runs))
        called = np.cumsum(np.add.reduceat(weights, self.runs))
        return _gains(hits, called, shares)

    def figures(self, weights: Vector) -> Vector:
        """Return base rate, AUC, AUC-PR, Brier, ECE and ten lifts, with these row weights."""
        hits = weights * self.converted
        run_hits = np.add.reduceat(hits, self.runs)
        run_rows = np.add.reduceat(weights, self.runs)
        hits_so_far, called = np.cumsum(run_hits), np.cumsum(run_rows)
        total, hit_total = called[-1], hits_so_far[-1]
        pairs = (run_rows - run_hits) * (hits_so_far - run_hits / 2)
        precision = hits_so_far / np.maximum(called, 1e-12)
        gains = _gains(hits_so_far, called, np.linspace(0, 1, DECILES + 1))
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


def _gains(hits: Vector, called: Vector, shares: Vector) -> Vector:
    """Return the share of all conversions among the best `shares`, from the running counts."""
    inside = np.interp(shares * called[-1], np.append(0, called), np.append(0, hits))
    return np.asarray(inside / hits[-1])


def evaluate(
    raw: Vector,
    probabilities: Vector,
    converted: Flags,
    seed: int,
    strata: NDArray[Any] | None = None,
) -> Evaluation:
    """Judge scores by the outcomes.

    Args:
        raw: Scores that rank, shape (n,), any monotone scale.
        probabilities: Calibrated probabilities, shape (n,).
        converted: Outcomes, shape (n,), both kinds present.
        seed: Seed of the bootstrap.
        strata: Groups whose sizes every draw keeps, such as months, shape (n,); None for one.
    """
    value, boot = _figures(raw, probabilities, converted, seed, strata)
    base, auc, auc_pr, brier, ece, *lifts = _estimates(value, boot)
    positives = int(converted.sum())
    return Evaluation(len(raw), positives, base, auc, auc_pr, lifts[0], lifts, brier, ece)


def evaluate_ranking(
    ranks: Vector, converted: Flags, seed: int, strata: NDArray[Any] | None = None
) -> RankingEvaluation:
    """Judge how scores rank, whatever their scale; arguments as in `evaluate`."""
    value, boot = _figures(ranks, np.zeros(len(ranks)), converted, seed, strata)
    base, auc, auc_pr, _, _, *lifts = _estimates(value, boot)
    return RankingEvaluation(len(ranks), int(converted.sum()), base, auc, auc_pr, lifts[0], lifts)


def compare_rankings(
    ranks: Vector, other: Vector, converted: Flags, seed: int, strata: NDArray[Any] | None = None
) -> dict[str, Interval]:
    """Return first minus second of AUC, AUC-PR and top-decile lift, on the same draws of rows.

    Paired, because the errors of two rankings of the same leads are mostly shared.
    """
    none = np.zeros(len(ranks))
    value, boot = _figures(ranks, none, converted, seed, strata)
    less, less_boot = _figures(other, none, converted, seed, strata)
    low, high = np.nanpercentile(boot - less_boot, [2.5, 97.5], axis=0)
    places = {"auc": 1, "auc_pr": 2, "top_decile_lift": 5}
    gap = value - less
    return {n: Interval(float(gap[i]), float(low[i]), float(high[i])) for n, i in places.items()}


def cumulative_gains(
    ranks: Vector,
    converted: Flags,
    shares: Vector,
    seed: int,
    strata: NDArray[Any] | None = None,
) -> list[Interval]:
    """Return the share of all conversions that calling the best leads finds.

    Args:
        ranks: Scores that rank, shape (n,), any monotone scale.
        converted: Outcomes, shape (n,), both kinds present.
        shares: Shares of the leads that are called, ascending in [0, 1].
        seed: Seed of the bootstrap.
        strata: As in `evaluate`.

    Returns:
        One figure a share. Its band is pointwise, and never falls either.
    """
    order = np.argsort(-ranks, kind="stable")
    ranking = _rank(ranks[order], np.zeros(len(ranks)), converted[order])
    with np.errstate(invalid="ignore", divide="ignore"):
        draws = (draw[order] for draw in bootstrap_draws(len(ranks), seed, strata))
        boot = np.array([ranking.gains(draw, shares) for draw in draws])
    found = _estimates(ranking.gains(np.ones(len(ranks)), shares), boot)
    low, high = (
        np.maximum.accumulate([min(getattr(each, end), 1.0) for each in found])
        for end in ("low", "high")
    )
    bounds = zip(found, low, high, strict=True)
    return [Interval(each.value, float(low), float(high)) for each, low, high in bounds]


def _figures(
    raw: Vector,
    probabilities: Vector,
    converted: Flags,
    seed: int,
    strata: NDArray[Any] | None,
) -> tuple[Vector, Vector]:
    """Return the figures, and those of each bootstrap draw, shape (draws, figures)."""
    order = np.argsort(-raw, kind="stable")
    ranking = _rank(raw[order], probabilities[order], converted[order])
    draws = (draw[order] for draw in bootstrap_draws(len(raw), seed, strata))
    # a draw without a single conversion has no rates to speak of; nanpercentile passes over it
    with np.errstate(invalid="ignore", divide="ignore"):
        boot = np.array([ranking.figures(draw) for draw in draws])
    return ranking.figures(np.ones(len(raw))), boot


def bootstrap_draws(rows: int, seed: int, strata: NDArray[Any] | None) -> Iterator[Vector]:
    """Yield how often each row is drawn, with replacement inside its stratum."""
    rng = np.random.default_rng(seed)
    _, group = np.unique(np.zeros(rows) if strata is None else strata, return_inverse=True)
    members = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    for _ in range(DRAWS):
        drawn = [part[rng.integers(0, len(part), len(part))] for part in members]
        yield np.bincount(np.concatenate(drawn), minlength=rows).astype(np.float64)


def _estimates(value: Vector, boot: Vector) -> list[Interval]:
    low, middle, high = np.nanpercentile(boot, [2.5, 50, 97.5], axis=0)
    # resampling is biased upwards for figures that noise can only raise, such as the calibration
    # error
    bias = middle - value
    bounds = zip(value, np.maximum(low - bias, 0), high - bias, strict=True)
    return [Interval(*map(float, bound)) for bound in bounds]


def _rank(raw: Vector, probabilities: Vector, converted: Flags) -> _Ranking:
    """Prepare rows that are sorted by raw score, best first."""
    runs = np.flatnonzero(np.append(True, np.diff(raw) != 0))
    edges = np.quantile(probabilities, np.arange(1, DECILES) / DECILES)
    bins = np.searchsorted(edges, probabilities, side="right")
    return _Ranking(converted.astype(np.float64), probabilities, runs, bins)
