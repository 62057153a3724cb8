"""Shapley's rule: the change of a prediction divided among groups of features."""

from collections.abc import Callable
from math import factorial

import numpy as np

from python_scoring.arrays import Matrix, Vector


def shapley(
    predict: Callable[[Matrix], Vector], before: Matrix, after: Matrix, groups: list[list[int]]
) -> Matrix:
    """Divide the change of a prediction among groups of features, exactly.

    Shapley, "A value for n-person games" (1953), with the facts of `before` as the ones that stand
    where a group has not changed yet.

    Args:
        predict: Predictions, shape (n,), of features, shape (n, features).
        before: Features then, NaN where unknown.
        after: Features now.
        groups: Positions of the features of each group. 2 ** (groups that changed) predictions are
            made of each row.

    Returns:
        Shape (n, groups); each row sums to `predict(after) - predict(before)`.
    """
    differs = (before != after) & ~(np.isnan(before) & np.isnan(after))
    changed = [position for position, members in enumerate(groups) if differs[:, members].any()]
    values = []
    for subset in range(2 ** len(changed)):
        mixed = before.copy()
        for bit, position in enumerate(changed):
            if subset >> bit & 1:
                mixed[:, groups[position]] = after[:, groups[position]]
        values.append(predict(mixed))
    parts = np.zeros((len(before), len(groups)))
    for bit, position in enumerate(changed):
        for subset in range(2 ** len(changed)):
            if not subset >> bit & 1:
                size = subset.bit_count()
                weight = factorial(size) * factorial(len(changed) - size - 1)
                step = values[subset | 1 << bit] - values[subset]
                parts[:, position] += weight / factorial(len(changed)) * step
    return parts
