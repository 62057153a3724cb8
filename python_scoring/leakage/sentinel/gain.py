"""How much of a model's gain one feature holds: with a leak, hardly any is left for the others."""

import numpy as np

from python_scoring.arrays import Flags, Vector
from python_scoring.metrics.intervals import Interval
from python_scoring.model.margin.exact_margin import within_float32
from python_scoring.model.xgboost_alone import xgb

FITS = 5
MOST_ROWS = 10_000
ROUNDS = 40
PARAMETERS = {
    "objective": "binary:logistic",
    "tree_method": "hist",
    "max_bin": 64,
    "max_depth": 3,
    "eta": 0.1,
    "min_child_weight": 5,
    "nthread": 1,
}


def gain_shares(columns: dict[str, Vector], positive: Flags, seed: int) -> dict[str, Interval]:
    """Each feature's share of the total gain of a small booster.

    Args:
        columns: Each feature's values, shape (n,), unknown as NaN.
        positive: Shape (n,).
        seed: Seed of the draws.

    Returns:
        Mean, smallest and largest share over five fits on bootstrap draws of at most 10,000 rows.
        All shares are 0 where the booster found nothing to split on.
    """
    matrix = within_float32(np.column_stack(list(columns.values())))
    rng = np.random.default_rng(seed)
    size = min(len(positive), MOST_ROWS)
    draws = [rng.integers(0, len(positive), size) for _ in range(FITS)]
    shares = np.array([_shares(matrix[rows], positive[rows]) for rows in draws])
    bounds = zip(columns, shares.mean(0), shares.min(0), shares.max(0), strict=True)
    return {
        name: Interval(float(mean), float(low), float(high)) for name, mean, low, high in bounds
    }


def _shares(matrix: Vector, positive: Flags) -> Vector:
    booster = xgb.train({**PARAMETERS, "seed": 0}, xgb.DMatrix(matrix, positive), ROUNDS)
    gains = booster.get_score(importance_type="total_gain")
    gain = np.array([gains.get(f"f{i}", 0.0) for i in range(matrix.shape[1])], dtype=np.float64)
    total = gain.sum()
    return gain / total if total else gain
