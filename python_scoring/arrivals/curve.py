"""The curve of arrivals: which share of starts a vendor has delivered, by their age.

Of the starts that the later of two deliveries, D days apart, shows with age a on the earlier day,
the earlier one held C(a) = F(a) / F(a + D) on average, where F(a) is the share that has arrived by
age a. So F(a) = C(a) C(a + D) C(a + 2D) …, the chain ladder of insurers (Mack 1993), until an age
at which everything has arrived. Ages are taken in bins of 30 days: F of a bin is the mean over it.

Var ln F = sum of (1 - C) / (n C) where starts arrive one by one (Greenwood 1926). Vendors load
whole firms at once, so the variance is also taken by firm: the sum over firms of
(sum over the chain of held/H - n/N)^2, with the totals H and N of each link. That is what a
bootstrap of firms converges to (the infinitesimal jackknife, Efron 1982), without its draws; the
larger of the two counts. C is taken as (H + 1/2) / (N + 1) in the first, so that a share of 0 or 1
has an interval too.
"""

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sklearn.isotonic import isotonic_regression

from python_scoring.arrays import Vector
from python_scoring.arrivals.deliveries import DeliveryPair, HeldCounts
from python_scoring.metrics.intervals import Z95, Interval

BIN_DAYS = 30
BINS = 24
LAST_AGE_DAYS = BIN_DAYS * BINS
"""From this age on, starts count as arrived."""


@dataclass(frozen=True)
class CurvePoint:
    """The share of starts of one bin of ages that has arrived.

    Args:
        age_days: Last age of the bin, which begins after the one before.
        share: Share with its 95 % interval; NaN where a link of its chain has no starts.
        starts: Registrations of this age in the later delivery.

    """

    age_days: int
    share: Interval
    starts: int


@dataclass(frozen=True)
class ArrivalCurve:
    """What two deliveries show of a vendor's lateness.

    Args:
        earlier_day: Day of the earlier delivery.
        later_day: Day of the later one.
        points: One for each bin, by age; shares and their bounds do not fall.
        corrected: Starts that the later one has otherwise.
        withdrawn: Registrations that the later one lacks.
        very_late: Starts of `LAST_AGE_DAYS` or more that only the later one has.

    """

    earlier_day: date
    later_day: date
    points: tuple[CurvePoint, ...]
    corrected: int
    withdrawn: int
    very_late: int

    @property
    def is_known(self) -> bool:
        """Whether every bin has a share."""
        return not any(np.isnan(point.share.value) for point in self.points)

    @property
    def is_prompt(self) -> bool:
        """Whether the earlier delivery held everything that it could."""
        return all(point.share.value == 1.0 for point in self.points)

    @property
    def is_late(self) -> bool:
        """Whether the interval of a bin lies below 1."""
        return any(point.share.high < 1.0 for point in self.points)

    def age_at(self, share: float) -> Interval:
        """Age in days by which a share has arrived, with the ages of the curve's bounds.

        Between the middles of two bins the share rises evenly; 0 where the first bin has more,
        infinite where no bin has as much.
        """
        bounds = zip(
            *((p.share.value, p.share.high, p.share.low) for p in self.points), strict=True
        )
        return Interval(*(_crossing(np.array(values), share) for values in bounds))

    def known_share(self, days: int) -> Interval:
        """Share of the starts of the last `days` that a delivery holds, if they come evenly."""
        older = max(days // BIN_DAYS - BINS, 0)
        shares = [point.share for point in self.points[: days // BIN_DAYS]]
        shares += [Interval(1.0, 1.0, 1.0)] * older
        columns = zip(*((s.value, s.low, s.high) for s in shares), strict=True)
        return Interval(*(float(np.mean(column)) for column in columns))

    def to_json(self) -> dict[str, Any]:
        """Return the curve as plain data."""
        return {
            "earlier_day": self.earlier_day.isoformat(),
            "later_day": self.later_day.isoformat(),
            "is_prompt": self.is_prompt,
            "is_late": self.is_late,
            "points": [
                {
                    "age_days": point.age_days,
                    "share_arrived": _plain(point.share.value),
                    "share_lower": _plain(point.share.low),
                    "share_upper": _plain(point.share.high),
                    "n": point.starts,
                }
                for point in self.points
            ],
            "corrected": self.corrected,
            "withdrawn": self.withdrawn,
            "very_late": self.very_late,
        }


def estimate_curve(pair: DeliveryPair) -> ArrivalCurve:
    """Estimate the curve of arrivals from two deliveries."""
    counts, gap = pair.counts, pair.gap_days
    shares = [_chain(counts, first, gap) for first in range(0, LAST_AGE_DAYS, BIN_DAYS)]
    edges = np.searchsorted(counts.age, np.arange(BINS + 1) * BIN_DAYS)
    starts = [int(counts.starts[a:b].sum()) for a, b in itertools.pairwise(edges)]
    old = counts.age >= LAST_AGE_DAYS
    return ArrivalCurve(
        pair.earlier.day,
        pair.later.day,
        tuple(
            CurvePoint(number * BIN_DAYS - 1, share, n)
            for number, (share, n) in enumerate(
                zip(_rising(shares, starts), starts, strict=True), 1
            )
        ),
        pair.corrected,
        pair.withdrawn,
        int((counts.starts - counts.held)[old].sum()),
    )


def _chain(counts: HeldCounts, first: int, gap: int) -> Interval:
    """Share arrived of the starts of ages from `first` to the end of the bin."""
    influence = np.zeros(int(counts.firm.max(initial=0)) + 1)
    logarithm, variance, is_none = 0.0, 0.0, False
    for age in range(first, LAST_AGE_DAYS, gap):
        rows = slice(*np.searchsorted(counts.age, (age, age + BIN_DAYS)))
        starts, held = counts.starts[rows], counts.held[rows]
        total, total_held = int(starts.sum()), int(held.sum())
        if not total:
            return Interval(np.nan, np.nan, np.nan)
        share = (total_held + 0.5) / (total + 1.0)
        variance += (1.0 - share) / (total * share)
        is_none |= not total_held
        least = max(float(total_held), 0.5)
        logarithm += np.log(least / total)
        part = held / least - starts / total
        np.add.at(influence, counts.firm[rows], part)
    error = float(np.sqrt(max(variance, np.sum(influence**2))))
    low, value, high = np.exp(logarithm + np.array([-1.0, 0.0, 1.0]) * Z95 * error)
    if is_none:
        low = value = 0.0
    return Interval(float(value), float(low), float(min(high, 1.0)))


def _rising(shares: list[Interval], starts: list[int]) -> list[Interval]:
    """Shares that do not fall with age, nearest to those given, weighted by their starts.

    The same is done to the bounds; one regression keeps their order.
    """
    values = np.array([(s.value, s.low, s.high) for s in shares])
    if np.isnan(values).any():
        return shares
    weights = np.array(starts, dtype=np.float64)
    fitted = [isotonic_regression(column, sample_weight=weights) for column in values.T]
    return [Interval(*(float(column[n]) for column in fitted)) for n in range(len(shares))]


def _crossing(values: Vector, share: float) -> float:
    """Age at which values, one for each bin, reach a share."""
    if values[0] >= share:
        return 0.0
    reached = np.flatnonzero(values >= share)
    if not reached.size:
        return float("inf")
    after = int(reached[0])
    part = (share - values[after - 1]) / (values[after] - values[after - 1])
    return float((after - 0.5 + part) * BIN_DAYS)


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
