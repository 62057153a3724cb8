"""Registrations as the vendor comes to know them: dual ones, delays, and dirt that stays put.

Everything here is decided once for the whole horizon. The delivery only asks which of it the
vendor has by its day, so that a later delivery shows the same world.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from python_scoring.arrays import Flags, Integers
from python_scoring.simulate.days import NEVER, DayNumbers
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.world.arrivals import Arrivals, draw_arrivals
from python_scoring.simulate.world.careers import Careers
from python_scoring.simulate.world.firms import Firms

DUAL_SHARE = 0.06
"""Of all registrations, so many are accompanied by one at a second firm."""
SAME_DAY_SHARE = 0.6
"""Of dual registrations, so many begin on the same day, the others up to 20 days before."""
FORGOTTEN_END_SHARE = 0.3
"""Of second firms, so many never get an end date."""


class Dirt(IntEnum):
    """What is wrong with a delivered registration."""

    NONE = 0
    START_1901 = 1
    FUTURE_START = 2
    NULL_START = 3
    NULL_FIRM = 4
    END_BEFORE_START = 5
    DUPLICATE = 6


DIRT_SHARES = {
    Dirt.START_1901: 0.003,
    Dirt.FUTURE_START: 0.001,
    Dirt.NULL_START: 0.001,
    Dirt.NULL_FIRM: 0.0015,
    Dirt.END_BEFORE_START: 0.002,
    Dirt.DUPLICATE: 0.003,
}


@dataclass(frozen=True)
class Registrations:
    """One row per registration, n rows by advisor, start and firm identifier.

    Args:
        advisor: Position of the advisor, shape (n,).
        firm: Position of the firm, shape (n,).
        start: Day on which it begins, shape (n,).
        leave: Last day at the firm, `NEVER` for none, shape (n,).
        end_known: Day on which the vendor fills in the end date, `NEVER` for never, shape (n,).
        exit_known: Day on which the vendor learns that the advisor left the industry, shape (n,).
        dirt: A `Dirt` each, shape (n,).
        arrivals: When it is delivered, and what changes afterwards.

    """

    advisor: Integers
    firm: Integers
    start: DayNumbers
    leave: DayNumbers
    end_known: DayNumbers
    exit_known: DayNumbers
    dirt: NDArray[np.int8]
    arrivals: Arrivals

    def latest_on(self, day: int) -> Flags:
        """Whether a row is its advisor's latest on a day: what the vendor calls current."""
        rows = np.flatnonzero(self.arrivals.delivered_on(day))
        advisor = self.advisor[rows]
        is_last = np.r_[advisor[1:] != advisor[:-1], True][: rows.size]
        latest = np.zeros(self.advisor.size, dtype=np.bool_)
        latest[rows[is_last]] = True
        return latest


def draw_registrations(request: WorldRequest, careers: Careers, firms: Firms) -> Registrations:
    """Add second firms to the careers, and decide when the vendor learns what."""
    rng = request.stream("dual")
    exit_known = _exit_known(rng, careers)
    dual, dual_firm, dual_start = _dual(rng, careers, firms)
    start = np.r_[careers.start, dual_start]
    arrivals = draw_arrivals(request, start)
    end_known = np.minimum(_next_known(careers, arrivals), exit_known)
    forgotten = rng.random(dual.size) < FORGOTTEN_END_SHARE
    columns = (
        np.r_[careers.advisor, careers.advisor[dual]],
        np.r_[careers.firm, dual_firm],
        start,
        np.r_[careers.leave, careers.leave[dual]],
        np.r_[end_known, np.where(forgotten, NEVER, end_known[dual])].astype(np.int32),
        np.r_[exit_known, exit_known[dual]],
    )
    # The vendor's order: the latest start, then the highest identifier, is the current one.
    order = np.lexsort((firms.crd[columns[1]], columns[2], columns[0]))
    advisor, firm, start, leave, end_known, exit_known = (column[order] for column in columns)
    dirt = _draw_dirt(request, start)
    return Registrations(
        advisor, firm, start, leave, end_known, exit_known, dirt, arrivals.take(order)
    )


def _next_known(careers: Careers, arrivals: Arrivals) -> DayNumbers:
    """Arrival of the same advisor's next registration, `NEVER` for none, shape (n,)."""
    following = np.r_[arrivals.known[1 : careers.start.size], NEVER]
    return np.where(careers.is_last, NEVER, following).astype(np.int32)


def _exit_known(rng: np.random.Generator, careers: Careers) -> DayNumbers:
    """Two to six months after the last day in the industry, `NEVER` for those who stay in it."""
    delay = rng.integers(60, 181, careers.leave.size)
    return np.where(careers.is_exit, careers.leave + delay, NEVER).astype(np.int32)


def _dual(
    rng: np.random.Generator, careers: Careers, firms: Firms
) -> tuple[Integers, Integers, DayNumbers]:
    """Choose rows, and for each a second firm and its start, on the same day or before.

    The career's own firm must remain the current one once both are delivered, so a second firm of
    the same day has the lower identifier.
    """
    rows = np.flatnonzero(rng.random(careers.start.size) < DUAL_SHARE)
    firm = np.searchsorted(np.cumsum(firms.share), rng.random(rows.size))
    firm = np.minimum(firm, firms.crd.size - 1)
    days_before = np.where(
        rng.random(rows.size) < SAME_DAY_SHARE, 0, rng.integers(1, 21, rows.size)
    )
    higher = firms.crd[firm] >= firms.crd[careers.firm[rows]]
    keep = (firm != careers.firm[rows]) & ~((days_before == 0) & higher)
    rows, firm, days_before = rows[keep], firm[keep], days_before[keep]
    return rows, firm, (careers.start[rows] - days_before).astype(np.int32)


def _draw_dirt(request: WorldRequest, start: DayNumbers) -> NDArray[np.int8]:
    """At most one kind of dirt for each registration, shape (n,)."""
    draw = request.stream("registration_dirt").random(start.size)
    kind = np.searchsorted(np.cumsum(list(DIRT_SHARES.values())), draw, side="right")
    kinds = np.array([*DIRT_SHARES, Dirt.NONE], dtype=np.int8)
    return np.asarray(kinds[kind])
