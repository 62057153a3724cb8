"""What the rule "golden cohort first" costs or gains against calling by score alone.

Both orders of the var `call_order` call a tenth of the leads of each month. Compared are the
conversions that the scores expect of those called, and those that came.
"""

from dataclasses import dataclass

import numpy as np

from python_scoring.arrays import Days, Flags, Integers, Vector
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.ranking import bootstrap_draws

CALLED = 10
"""One lead in so many is called."""


@dataclass(frozen=True)
class CalledFirst:
    """The first tenth of each month under one order.

    Args:
        leads: How many.
        golden: Of the golden cohort.
        expected: Conversions that their scores add up to.
        realised: Conversions that came.
    """

    leads: int
    golden: int
    expected: float
    realised: int


@dataclass(frozen=True)
class OrdersCompared:
    """Both orders on the same leads.

    Args:
        golden_first: The golden cohort before everybody else.
        score: By score alone.
        expected_gain: Expected conversions of `golden_first` less those of `score`.
        realised_gain: Likewise of those that came; 95 % bootstrap over the rows of each month, both
            orders on the same draws.
    """

    golden_first: CalledFirst
    score: CalledFirst
    expected_gain: Interval
    realised_gain: Interval


def compare_orders(
    raw: Vector,
    probabilities: Vector,
    golden: Flags,
    converted: Flags,
    months: Days,
    seed: int,
) -> OrdersCompared:
    """Call the first tenth of each month under both orders.

    Args:
        raw: Raw scores, which rank where probabilities tie, shape (n,).
        probabilities: Calibrated, shape (n,).
        golden: Who is of the golden cohort, shape (n,).
        converted: Outcomes, shape (n,).
        months: Month of each lead, shape (n,).
        seed: Seed of the bootstrap.
    """
    by_score = np.lexsort((-raw, -probabilities, months))
    by_rule = np.lexsort((-raw, -probabilities, ~golden, months))
    outcomes = np.column_stack([probabilities, converted, golden])
    once = np.ones(len(raw))
    rule, score = (_sums(order, once, months, outcomes) for order in (by_rule, by_score))
    gains = np.array(
        [
            _sums(by_rule, draw, months, outcomes) - _sums(by_score, draw, months, outcomes)
            for draw in bootstrap_draws(len(raw), seed, months)
        ]
    )
    low, high = np.percentile(gains, [2.5, 97.5], axis=0)
    expected, realised = (
        Interval(float(rule[i] - score[i]), float(low[i]), float(high[i])) for i in (0, 1)
    )
    leads = int(_taken(by_score, once, months).sum())
    called = [CalledFirst(leads, round(s[2]), float(s[0]), round(s[1])) for s in (rule, score)]
    return OrdersCompared(called[0], called[1], expected, realised)


def _sums(order: Integers, draw: Vector, months: Days, values: Vector) -> Vector:
    """Return the sum of each column over those who are called."""
    return np.asarray(_taken(order, draw, months) @ values[order])


def _taken(order: Integers, draw: Vector, months: Days) -> Vector:
    """Return how often each row of an order is called, where it was drawn so often.

    Args:
        order: Rows by month, and within a month in the order of the calls.
        draw: How often each row was drawn, shape (n,); each month keeps its size.
        months: Month of each row, shape (n,).
    """
    drawn = draw[order]
    _, first, sizes = np.unique(months[order], return_index=True, return_counts=True)
    before = np.cumsum(drawn) - drawn
    before -= np.repeat(before[first], sizes)
    return np.clip(np.repeat(sizes // CALLED, sizes) - before, 0, drawn)
