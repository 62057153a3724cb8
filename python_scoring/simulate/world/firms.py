"""Invented firms: heavy-tailed sizes, health that persists, months in which they bleed."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from python_scoring.arrays import Flags, Integers, Vector
from python_scoring.simulate.days import month_of
from python_scoring.simulate.request import HORIZON_END, WorldRequest

FIRST_MONTH = month_of(date(1978, 1, 1))
"""First month in which anybody works."""
FIRST_AUM_MONTH = month_of(date(2024, 1, 1))
MONTHS = month_of(HORIZON_END) - FIRST_MONTH + 1
AUM_MONTHS = month_of(HORIZON_END) - FIRST_AUM_MONTH + 1

ADVISORS_PER_FIRM = 40
LARGEST_SHARE = 0.025
HEALTH_PERSISTENCE = 0.97
"""Month-to-month; half of a firm's health is still there after two years."""
BLEEDING_STARTS_PER_MONTH = 0.005
AUM_PER_ADVISOR = 60e6
"""US dollars, median."""


@dataclass(frozen=True)
class Firms:
    """All firms of a world; n firms, `MONTHS` months from `FIRST_MONTH`.

    Args:
        crd: Identifier, shape (n,).
        share: Long-run share of all advisors, sums to 1, shape (n,).
        health: Mean 0, standard deviation 1, shape (MONTHS, n).
        bleeding: Whether people leave in a cluster, shape (MONTHS, n).
        aum: US dollars, shape (AUM_MONTHS, n), months from `FIRST_AUM_MONTH`.
        aum_missing: Months for which the vendor never learns the AUM, shape (AUM_MONTHS, n).
        is_reported: Months for which the vendor has a row at all, shape (AUM_MONTHS, n).

    """

    crd: Integers
    share: Vector
    health: NDArray[np.float32]
    bleeding: Flags
    aum: Vector
    aum_missing: Flags
    is_reported: Flags

    def pull(self, month: int) -> Vector:
        """Cumulative chance of each firm to be chosen by somebody who moves, shape (n,)."""
        row = month - FIRST_MONTH
        mood = 0.8 * self.health[row] - 1.2 * self.bleeding[row]
        weight = self.share * np.exp(self._swing * mood)
        return np.asarray(np.cumsum(weight) / weight.sum(), dtype=np.float64)

    def push(self, month: int) -> NDArray[np.float32]:
        """Factor on the chance of leaving each firm in a month, shape (n,)."""
        row = month - FIRST_MONTH
        mood = -0.5 * self.health[row] + 1.4 * self.bleeding[row]
        return np.asarray(np.exp(self._swing * mood), dtype=np.float32)

    @property
    def _swing(self) -> Vector:
        """How strongly its health moves a firm, at most 1: less for larger firms, shape (n,)."""
        return 1.0 / (1.0 + self.share / 0.01)


def draw_firms(request: WorldRequest) -> Firms:
    """Invent all firms of a world, over its whole horizon."""
    rng = request.stream("firms")
    count = max(20, request.advisors // ADVISORS_PER_FIRM)
    crd = 100_000 + rng.permutation(count) * 4 + rng.integers(0, 4, count)
    share = _shares(rng.lognormal(0.0, 1.5, count))
    health = _health(rng, count)
    bleeding = _bleeding(rng, count)
    aum = _aum(rng, share * request.advisors, health, bleeding)
    never_disclosed = rng.random(count) < 0.04
    return Firms(
        crd=crd.astype(np.int64),
        share=share,
        health=health,
        bleeding=bleeding,
        aum=aum,
        aum_missing=never_disclosed | (rng.random(aum.shape) < 0.037),
        is_reported=_reported(rng, count),
    )


def _reported(rng: np.random.Generator, count: int) -> Flags:
    """Months with a row: most firms have all, some none, some begin late, stop, or skip one."""
    month = np.arange(AUM_MONTHS)[:, np.newaxis]
    first = np.where(rng.random(count) < 0.05, rng.integers(1, AUM_MONTHS, count), 0)
    last = np.where(rng.random(count) < 0.02, rng.integers(1, AUM_MONTHS, count), AUM_MONTHS)
    is_known = rng.random(count) >= 0.03
    is_skipped = rng.random((AUM_MONTHS, count)) < 0.005
    return is_known & (month >= first) & (month <= last) & ~is_skipped


def _shares(weight: Vector) -> Vector:
    """Normalise weights; the largest firm holds `LARGEST_SHARE` (more where firms are few)."""
    largest = max(LARGEST_SHARE, 2.0 / weight.size)
    share = weight / weight.sum()
    rest = np.argmax(share) != np.arange(share.size)
    share[rest] = np.minimum(share[rest], 0.6 * largest)
    share[rest] *= (1.0 - largest) / share[rest].sum()
    share[~rest] = largest
    return np.asarray(share)


def _health(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Stationary first-order autoregression, shape (MONTHS, count)."""
    health = rng.standard_normal((MONTHS, count), dtype=np.float32)
    shock = np.float32(np.sqrt(1.0 - HEALTH_PERSISTENCE**2))
    for month in range(1, MONTHS):
        health[month] = np.float32(HEALTH_PERSISTENCE) * health[month - 1] + shock * health[month]
    return health


def _bleeding(rng: np.random.Generator, count: int) -> Flags:
    """Episodes of 4 to 12 months that begin at random, shape (MONTHS, count)."""
    starts = np.argwhere(rng.random((MONTHS, count), dtype=np.float32) < BLEEDING_STARTS_PER_MONTH)
    ends = np.minimum(starts[:, 0] + rng.integers(4, 13, len(starts)), MONTHS)
    change = np.zeros((MONTHS + 1, count), dtype=np.int16)
    np.add.at(change, (starts[:, 0], starts[:, 1]), 1)
    np.add.at(change, (ends, starts[:, 1]), -1)
    return np.asarray(np.cumsum(change, axis=0)[:MONTHS] > 0)


def _aum(
    rng: np.random.Generator, advisors: Vector, health: NDArray[np.float32], bleeding: Flags
) -> Vector:
    """Whole dollars by month: healthy firms grow, bleeding ones shrink, all with the market."""
    start = AUM_PER_ADVISOR * np.maximum(advisors, 1.0) * rng.lognormal(0.0, 0.7, advisors.size)
    growth = 0.004 + 0.012 * health[-AUM_MONTHS:] - 0.03 * bleeding[-AUM_MONTHS:]
    growth = growth + 0.015 * rng.standard_normal(growth.shape)
    growth[0] = 0.0
    return np.asarray(np.round(start * np.exp(np.cumsum(growth, axis=0))))
