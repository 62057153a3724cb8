"""Careers, month by month: who works where since when, who leaves, who joins whom.

One row is one registration. People leave more often after two to four years than before, more
often with a high personal rate of moving, and most of all where the firm is losing people; weeks to
months later they register elsewhere, rather at large and healthy firms.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from python_scoring.arrays import Flags, Integers, Vector
from python_scoring.simulate.days import NEVER, DayNumbers, MonthNumbers, first_days_of, months_of
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.world.firms import FIRST_MONTH, MONTHS, Firms

LEAVING_PER_MONTH = 0.014
SAME_FIRM_SHARE = 0.04
"""Of those who leave, so many come back to the firm they left."""
LAST_EXIT_SHARE = 0.06
"""Of those who leave, so many leave the industry; many more after 32 years in it."""


@dataclass(frozen=True)
class Careers:
    """Registrations in order of advisor and start, n rows; each advisor has at least one.

    Args:
        advisor: Position of the advisor, shape (n,).
        firm: Position of the firm, shape (n,).
        start: Day of the registration, may lie after the horizon, shape (n,).
        leave: Last day at the firm, `NEVER` if none within the horizon, shape (n,).

    """

    advisor: Integers
    firm: Integers
    start: DayNumbers
    leave: DayNumbers

    @property
    def is_first(self) -> Flags:
        """Whether a row is its advisor's first, shape (n,)."""
        return np.asarray(np.r_[True, self.advisor[1:] != self.advisor[:-1]])

    @property
    def is_last(self) -> Flags:
        """Whether a row is its advisor's last, shape (n,)."""
        return np.asarray(np.r_[self.advisor[1:] != self.advisor[:-1], True])

    @property
    def is_exit(self) -> Flags:
        """Whether the advisor left the industry with this row, shape (n,)."""
        return self.is_last & (self.leave < NEVER)

    @property
    def is_move(self) -> Flags:
        """Whether the row began at another firm than the one before, shape (n,)."""
        return np.asarray(~self.is_first & (self.firm != np.r_[-1, self.firm[:-1]]))

    def row_at(self, advisor: Integers, day: DayNumbers) -> Integers:
        """Row of the latest start on or before a day, shape (m,); -1 where there is none."""
        span = int(NEVER)
        keys = self.advisor * span + self.start
        row = np.searchsorted(keys, advisor * span + day, side="right") - 1
        return np.where((row >= 0) & (self.advisor[row] == advisor), row, -1)


def sorted_careers(
    advisor: Integers, firm: Integers, start: DayNumbers, leave: DayNumbers
) -> Careers:
    """Put registrations, in any order, into the order that `Careers` promises."""
    order = np.lexsort((start, advisor))
    return Careers(advisor[order], firm[order], start[order], leave[order])


def simulate_careers(request: WorldRequest, firms: Firms, advance: Callable[[], None]) -> Careers:
    """Live all careers from 1978 to the horizon; `advance` is called once a simulated year."""
    workforce = _Workforce(request, firms)
    for month in range(FIRST_MONTH, FIRST_MONTH + MONTHS):
        workforce.live(month)
        if month % 12 == 11:
            advance()
    return workforce.careers()


def draw_gap_days(rng: np.random.Generator, count: int) -> DayNumbers:
    """Days between leaving and the next start, weeks to months, shape (count,)."""
    return np.clip(rng.lognormal(np.log(40), 0.6, count), 10, 240).astype(np.int32)


class _Workforce:
    """Everybody's present registration, and the record of all past ones."""

    def __init__(self, request: WorldRequest, firms: Firms) -> None:
        count = request.advisors
        self.rng = request.stream("careers")
        self.firms = firms
        # Entries grow over the decades. Advisors are numbered by entry, so those who have
        # entered are always a prefix; identifiers are drawn elsewhere and do not show it.
        self.entry: MonthNumbers = np.sort(
            FIRST_MONTH + MONTHS * self.rng.random(count) ** 0.7
        ).astype(np.int32)
        # float32 throughout: the monthly product over all people is the simulation's main cost.
        self.restlessness = self.rng.gamma(2.0, 0.5, count).astype(np.float32)
        self.firm = np.zeros(count, dtype=np.int64)
        self.start_month: MonthNumbers = np.zeros(count, dtype=np.int32)
        self.row = np.zeros(count, dtype=np.int64)
        self.record: list[tuple[Integers, Integers, DayNumbers]] = []
        self.departures: list[tuple[Integers, DayNumbers]] = []
        self.rows = 0
        self.entered = 0

    def live(self, month: int) -> None:
        """Let one month pass."""
        pull = self.firms.pull(month)
        first_day = int(first_days_of(np.array([month], dtype=np.int32))[0])
        self._depart(month, first_day, pull)
        self._enter(month, first_day, pull)

    def careers(self) -> Careers:
        """All registrations so far."""
        advisor, firm, start = (np.concatenate(column) for column in zip(*self.record, strict=True))
        leave: DayNumbers = np.full(advisor.size, NEVER, dtype=np.int32)
        for rows, days in self.departures:
            leave[rows] = days
        return sorted_careers(advisor, firm, start, leave)

    def _depart(self, month: int, first_day: int, pull: Vector) -> None:
        """Draw who leaves; those who stay in the industry register anew after their gap."""
        known = slice(0, self.entered)
        chance = _TENURE_FACTOR[np.clip(month - self.start_month[known], 0, _LONGEST)]
        chance = chance * self.firms.push(month)[self.firm[known]] * self.restlessness[known]
        draw = self.rng.random(self.entered, dtype=np.float32)
        leavers = np.flatnonzero(draw < LEAVING_PER_MONTH * chance)
        leave = (first_day + self.rng.integers(0, 28, leavers.size)).astype(np.int32)
        self.departures.append((self.row[leavers], leave))

        worked_months = month - self.entry[leavers]
        exit_chance = np.where(worked_months > 32 * 12, 0.5, LAST_EXIT_SHARE)
        exits = self.rng.random(leavers.size) < exit_chance
        self.restlessness[leavers[exits]] = 0.0

        movers, last_day = leavers[~exits], leave[~exits]
        stays = self.rng.random(movers.size) < SAME_FIRM_SHARE
        chosen = np.searchsorted(pull, self.rng.random(movers.size))
        start = last_day + draw_gap_days(self.rng, movers.size)
        self._register(movers, np.where(stays, self.firm[movers], chosen), start)

    def _enter(self, month: int, first_day: int, pull: Vector) -> None:
        """Register those whose career begins this month."""
        entered = int(np.searchsorted(self.entry, month, side="right"))
        novices = np.arange(self.entered, entered)
        start = (first_day + self.rng.integers(0, 28, novices.size)).astype(np.int32)
        self._register(novices, np.searchsorted(pull, self.rng.random(novices.size)), start)
        self.entered = entered

    def _register(self, advisors: Integers, firm: Integers, start: DayNumbers) -> None:
        """Record new registrations and make them the present ones."""
        self.record.append((advisors, firm, start))
        self.firm[advisors] = firm
        self.start_month[advisors] = months_of(start)
        self.row[advisors] = self.rows + np.arange(advisors.size)
        self.rows += advisors.size


def _tenure_factor(longest: int) -> NDArray[np.float32]:
    """Factor on the chance of leaving, by months since the start: a hump at about three years.

    Nobody leaves in the month of the start, nor before it (a registration still to come counts
    as month 0), which also keeps one registration at a time pending.
    """
    months = np.arange(longest + 1)
    hump = np.exp(-(((np.log(months + 1) - np.log(36)) / 0.8) ** 2))
    factor = 0.4 + 1.4 * hump
    factor[0] = 0.0
    return np.asarray(factor, dtype=np.float32)


_LONGEST = MONTHS
_TENURE_FACTOR = _tenure_factor(_LONGEST)
