"""What was knowable about a lead on the contact day: from starts up to it, never from end dates.

The truth is made from these numbers, so that an honest model can find it. They are computed here
in plain numpy, apart from the SQL that they will one day judge.
"""

from dataclasses import dataclass

import numpy as np

from python_scoring.arrays import Integers, Vector
from python_scoring.simulate.days import DAYS_PER_MONTH, DayNumbers, months_of
from python_scoring.simulate.world.careers import Careers
from python_scoring.simulate.world.firms import AUM_MONTHS, FIRST_AUM_MONTH, Firms
from python_scoring.simulate.world.leads import Leads

_DAY_SPAN = 100_000
"""Wider than any day number, so that firm and day fit one sorted key."""


@dataclass(frozen=True)
class Situation:
    """One row per lead that is contacted; all arrays have shape (m,).

    Args:
        tenure_months: Months since the latest start on or before the contact.
        moves_3yr: Starts at another firm, 36 months back, the last 30 days left out.
        net_change_12mo: Arrivals minus departures of other advisors at the firm in the 365 days
            before. A departure is dated by the next start elsewhere.
        reps: Advisors whose latest start is at the firm.
        aum_growth: Share by which the firm's AUM grew from January 2024 to the month before.

    """

    tenure_months: Vector
    moves_3yr: Integers
    net_change_12mo: Integers
    reps: Integers
    aum_growth: Vector


def situation_at_contact(careers: Careers, firms: Firms, leads: Leads) -> Situation:
    """Describe every contacted lead, in the order of `leads`, on its contact day."""
    advisor, day = leads.advisor[leads.is_contacted], leads.contact[leads.is_contacted]
    # A lead whose advisor registers only later (worlds of a handful of people) counts as new.
    row = careers.row_at(advisor, day)
    row = np.where(row < 0, np.searchsorted(careers.advisor, advisor), row)
    firm = careers.firm[row]
    net_change, reps = _firm_movements(careers, firm, day)
    return Situation(
        tenure_months=np.maximum(day - careers.start[row], 0) / DAYS_PER_MONTH,
        moves_3yr=_moves_3yr(careers, advisor, day),
        net_change_12mo=net_change - _own_net_change(careers, row, day),
        reps=reps,
        aum_growth=_aum_growth(firms, firm, day),
    )


def _moves_3yr(careers: Careers, advisor: Integers, day: DayNumbers) -> Integers:
    """Count moves in [day - 1096, day - 30), shape of `day`."""
    moves_before = np.r_[0, np.cumsum(careers.is_move)]
    first = np.searchsorted(careers.advisor, advisor)
    until = np.maximum(careers.row_at(advisor, day - 31) + 1, first)
    since = np.maximum(careers.row_at(advisor, day - 1097) + 1, first)
    return np.asarray(moves_before[until] - moves_before[since])


def _firm_movements(careers: Careers, firm: Integers, day: DayNumbers) -> tuple[Integers, Integers]:
    """Net change of each firm in the 365 days before each day, and its people on that day."""
    joins = careers.is_move | careers.is_first
    came = np.sort(careers.firm[joins] * _DAY_SPAN + careers.start[joins])
    moves = np.flatnonzero(careers.is_move)
    went = np.sort(careers.firm[moves - 1] * _DAY_SPAN + careers.start[moves])

    def heads(until: DayNumbers) -> Integers:
        """Count who came minus who went, before a day, plus a constant of the firm."""
        keys = firm * _DAY_SPAN + until
        return np.asarray(np.searchsorted(came, keys) - np.searchsorted(went, keys))

    beginning = np.full_like(day, -_DAY_SPAN // 4)
    return heads(day) - heads(day - 365), heads(day + 1) - heads(beginning)


def _own_net_change(careers: Careers, row: Integers, day: DayNumbers) -> Integers:
    """Count the advisor's own part in the net change of the firm, usually a recent arrival."""
    firm, own = careers.firm[row], np.zeros(row.size, dtype=np.int64)
    joins, moves = careers.is_move | careers.is_first, careers.is_move
    recent = careers.start[row] >= day - 365
    while recent.any():
        counts = recent & (careers.start[row] < day)
        own += counts & joins[row] & (careers.firm[row] == firm)
        own -= counts & moves[row] & (careers.firm[row - 1] == firm)
        recent &= ~careers.is_first[row] & (careers.start[row - 1] >= day - 365)
        row = np.maximum(row - 1, 0)
    return own


def _aum_growth(firms: Firms, firm: Integers, day: DayNumbers) -> Vector:
    """Growth since January 2024 of each firm's AUM, as it stood the month before each day."""
    row = np.clip(months_of(day) - 1 - FIRST_AUM_MONTH, 0, AUM_MONTHS - 1)
    return np.asarray(firms.aum[row, firm] / firms.aum[0, firm] - 1.0)
