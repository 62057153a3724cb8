"""How strongly one column is related to the label, each figure with its 99 % interval.

Intervals matter more than figures: with two hundred positives an AUC of 0.62 may be 0.57, and of
fifty honest features one would look like a leak by chance. 99 % because so many are examined.
"""

import numpy as np

from python_scoring.arrays import Flags, Integers, Vector
from python_scoring.metrics.intervals import UNKNOWN, Z99, Interval
from python_scoring.metrics.proportions import wilson

DRAWS = 400
BINS = 10
SMALLEST_GROUP = 50
MANY_VALUES = 50
FILLER_SHARE = 0.05


def signed_auc(values: Vector, positive: Flags) -> Interval:
    """Chance that a positive has the larger value, ties counting half.

    The variance is Hanley and McNeil's (Radiology 143, 1982).

    Args:
        values: Shape (n,), unknown as NaN; those rows are left out.
        positive: Shape (n,).
    """
    known = ~np.isnan(values)
    ranks, hits = _middle_ranks(values[known]), positive[known]
    n1, n0 = int(hits.sum()), int((~hits).sum())
    if not n1 or not n0:
        return UNKNOWN
    auc = float((ranks[hits].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))
    strong = max(auc, 1 - auc)
    q1, q2 = strong / (2 - strong), 2 * strong**2 / (1 + strong)
    spread = (n1 - 1) * (q1 - strong**2) + (n0 - 1) * (q2 - strong**2)
    margin = Z99 * float(np.sqrt((strong * (1 - strong) + spread) / (n1 * n0)))
    return Interval(auc, auc - margin, auc + margin)


def _middle_ranks(values: Vector) -> Vector:
    """Ranks from 1, shape (n,); equal values share the middle of their ranks."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    middles: Vector = np.cumsum(counts) - (counts - 1) / 2
    return middles[where]


def unsigned(auc: Interval) -> Interval:
    """The same power whichever way it points: 0.3 ranks as well as 0.7."""
    if not auc.value < 0.5:
        return auc
    return Interval(1 - auc.value, 1 - auc.high, 1 - auc.low)


def auc_within(values: Vector, positive: Flags, folds: Integers) -> tuple[Interval, list[Interval]]:
    """AUC among rows of the same fold only, and that of each fold.

    A column that only follows the date ranks well over all rows, and not at all within a fold.

    Args:
        values: Shape (n,), unknown as NaN.
        positive: Shape (n,).
        folds: Number of each row's fold, shape (n,).

    Returns:
        The mean over folds, weighted by their pairs of one positive and one negative (so it is the
        chance for such a pair of one fold), and the folds in order. All point the way of the mean.
    """
    known, aucs, weights = ~np.isnan(values), [], []
    for fold in range(int(folds.max()) + 1):
        rows = known & (folds == fold)
        aucs.append(signed_auc(values[rows], positive[rows]))
        weights.append(float(positive[rows].sum()) * float((~positive[rows]).sum()))
    usable = [(auc, w) for auc, w in zip(aucs, weights, strict=True) if w > 0]
    total = sum(w for _, w in usable)
    if not total:
        return UNKNOWN, aucs
    mean = sum(auc.value * w for auc, w in usable) / total
    margin = sum(((auc.high - auc.value) * w / total) ** 2 for auc, w in usable) ** 0.5
    if mean < 0.5:
        aucs = [Interval(1 - auc.value, 1 - auc.high, 1 - auc.low) for auc in aucs]
        mean = 1 - mean
    return Interval(mean, mean - margin, mean + margin), aucs


def groups_of(values: Vector) -> Integers:
    """Rows in groups of like values: each value its own where there are few, else tenths.

    Unknown values are a group of their own. Shape (n,) to (n,), groups numbered from 0.
    """
    distinct = np.unique(values[~np.isnan(values)])
    edges = distinct
    if len(distinct) > BINS:
        edges = np.unique(np.nanquantile(values, np.arange(1, BINS) / BINS))
    groups = np.searchsorted(edges, values, side="right")
    groups[np.isnan(values)] = len(edges) + 1
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)


def information_value(groups: Integers, positive: Flags, folds: Integers, seed: int) -> Interval:
    """Information value: the sum over groups of (p - q) ln(p / q).

    p and q are the shares of all positives and of all negatives that fall into the group. They are
    taken in each fold of time and then averaged, so a group that only follows the date adds
    nothing; with a single fold this is the usual figure. Noise alone gives about (k -
    1)(1/positives + 1/negatives), which is taken off: once from the value, twice from the bootstrap
    draws, since they are drawn from a noisy sample.

    Args:
        groups: Number of each row's group, shape (n,).
        positive: Shape (n,).
        folds: Number of each row's fold, shape (n,).
        seed: Seed of the bootstrap.
    """
    shape = (int(folds.max()) + 1, int(groups.max()) + 1)
    cells = np.ravel_multi_index((folds, groups), shape)
    hits = np.bincount(cells[positive], minlength=shape[0] * shape[1])
    misses = np.bincount(cells[~positive], minlength=shape[0] * shape[1])
    rng = np.random.default_rng(seed)
    drawn_hits = rng.multinomial(hits.sum(), hits / hits.sum(), DRAWS).reshape(-1, *shape)
    drawn_misses = rng.multinomial(misses.sum(), misses / misses.sum(), DRAWS).reshape(-1, *shape)
    hits, misses = hits.reshape(shape), misses.reshape(shape)
    rows1, rows0 = hits.sum(axis=1), misses.sum(axis=1)
    weights = rows1 * rows0 / (rows1 * rows0).sum()
    usable = weights > 0
    sizes = [
        1 / (weights[usable] ** 2 / rows[usable]).sum() for rows in (rows1, rows0)
    ]  # effective numbers of rows
    noise = (shape[1] - 1) * float(1 / sizes[0] + 1 / sizes[1])
    value = float(_iv(_shares(hits, weights, sizes[0]), _shares(misses, weights, sizes[1])))
    drawn = _iv(_shares(drawn_hits, weights, sizes[0]), _shares(drawn_misses, weights, sizes[1]))
    low, high = np.quantile(drawn, [0.005, 0.995]) - 2 * noise
    return Interval(value - noise, float(low), float(high))


def _shares(counts: Integers, weights: Vector, size: float) -> Vector:
    """Shares by group, shape (.., k), of counts by fold and group, shape (.., folds, k).

    Half a row is added to each group, so that none is impossible.
    """
    inside = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    mean = (inside * weights[:, None]).sum(axis=-2)
    result: Vector = (mean * size + 0.5) / (size + 0.5 * counts.shape[-1])
    return result


def _iv(p: Vector, q: Vector) -> Vector:
    result: Vector = ((p - q) * np.log(p / q)).sum(axis=-1)
    return result


def best_lift(groups: Integers, positive: Flags, folds: Integers) -> Interval:
    """The largest lift that a group surely has: its rate of positives over what is expected.

    Expected is the rate of all rows of the same fold. Groups below 50 rows are passed over. The
    interval is Wilson's (1927).
    """
    rates = np.bincount(folds, positive) / np.maximum(np.bincount(folds), 1)
    expected, best = rates[folds], Interval(0.0, 0.0, 0.0)
    for group in range(int(groups.max()) + 1):
        members = groups == group
        rows, base = int(members.sum()), float(expected[members].mean()) if members.any() else 0.0
        if rows < SMALLEST_GROUP or not base:
            continue
        rate = wilson(int(positive[members].sum()), rows, confidence=0.99)
        lift = Interval(rate.value / base, rate.low / base, rate.high / base)
        best = max(best, lift, key=lambda candidate: candidate.low)
    return best


def rate_ratio(members: Flags, positive: Flags, folds: Integers) -> Interval:
    """How many times more (or less) often members are positive than other rows, at least 1.

    Both are counted against the rate of all rows of the same fold, so that members of another time
    do not stand out merely because of their date. The interval is Katz's, on the logarithm
    (Biometrics 34, 1978), with half a row added.
    """
    if not members.any() or members.all():
        return Interval(1.0, 1.0, 1.0)
    expected = (np.bincount(folds, positive) / np.maximum(np.bincount(folds), 1))[folds]
    logs, variance = [], 0.0
    for rows in (members, ~members):
        hits = float(positive[rows].sum()) + 0.5
        logs.append(np.log(hits / (float(expected[rows].sum()) + 0.5)))
        variance += 1 / hits - 1 / (int(rows.sum()) + 1)
    ratio, margin = abs(float(logs[0] - logs[1])), Z99 * max(variance, 0.0) ** 0.5
    low, high = np.exp(ratio - margin), np.exp(ratio + margin)
    return Interval(float(np.exp(ratio)), float(low), float(high))


def filler_rows(values: Vector) -> tuple[float, Flags] | None:
    """The value that many rows share in a column of otherwise many values, and those rows.

    Such a value often stands for "none" or "not filled in": 0 days, 999, -1.

    Args:
        values: Shape (n,), unknown as NaN.

    Returns:
        None where fewer than 50 values occur, or none of them in 5 % of the rows.
    """
    distinct, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    if len(distinct) < MANY_VALUES or counts.max() < FILLER_SHARE * len(values):
        return None
    value = float(distinct[counts.argmax()])
    return value, values == value
