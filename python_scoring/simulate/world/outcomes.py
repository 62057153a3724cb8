"""The truth: how likely each lead is to take a call, who does, and who then moves.

    raw   = 1.2 sweet(tenure) + 0.35 min(moves, 3) - 0.5 asinh(clip(net, -40, 20) / 5)
            - 0.12 ln(reps + 1) - 1.0 clip(growth, -0.5, 0.5) + 0.8 [moves > 0 and net < 0]
    sweet = exp(-((ln(tenure + 1) - ln 30) / 0.6)^2)
    P     = 1 / (1 + exp(-(a + signal * 0.77 * z))), z = raw, standardised over all contacts

`a` makes the mean of P the base rate. On the logit scale, a standard deviation of 0.77 gives this
skewed z an AUC near 0.72 and a top-decile lift near 3.3.
"""

from dataclasses import dataclass

import numpy as np

from python_scoring.arrays import Flags, Vector
from python_scoring.simulate.days import NEVER, DayNumbers, weekdays_of
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.world.careers import Careers, draw_gap_days, sorted_careers
from python_scoring.simulate.world.firms import Firms
from python_scoring.simulate.world.leads import Leads
from python_scoring.simulate.world.situation import Situation

BASE_RATE = 0.04
LOGIT_SPREAD = 0.77
LABEL_WINDOW_DAYS = 30
LATE_CALL_SHARE = 0.015
"""Of those who take no call within the window, so many take one later."""
RECRUITED_SHARE = 0.5
"""Of those who take a call, so many leave their firm within four months."""


@dataclass(frozen=True)
class Outcomes:
    """What becomes of each lead, n rows in the order of the leads.

    Args:
        probability: True chance of a call within 30 days of the contact, NaN for leads that are
            never contacted, shape (n,).
        is_positive: Whether that call took place, shape (n,).
        call: Day of the call, `NEVER` for none, shape (n,).

    """

    probability: Vector
    is_positive: Flags
    call: DayNumbers


def draw_outcomes(request: WorldRequest, leads: Leads, situation: Situation) -> Outcomes:
    """Draw who takes a call, and when."""
    rng = request.stream("outcomes")
    contacted = leads.is_contacted
    probability = np.full(leads.contact.size, np.nan)
    probability[contacted] = true_probability(situation, request.signal)
    positive = contacted & (rng.random(contacted.size) < np.nan_to_num(probability))
    late = contacted & ~positive & (rng.random(contacted.size) < LATE_CALL_SHARE)
    call = np.full(leads.contact.size, NEVER, dtype=np.int32)
    call[positive] = _prompt_calls(rng, leads.contact[positive])
    call[late] = leads.contact[late] + rng.integers(LABEL_WINDOW_DAYS + 1, 121, late.sum())
    return Outcomes(probability, positive, call)


def true_probability(situation: Situation, signal: float) -> Vector:
    """Chance of a call within 30 days of the contact, shape (m,), mean `BASE_RATE`."""
    score = _standardised(_raw_score(situation)) * LOGIT_SPREAD * signal
    low, high = -60.0, 60.0
    # Bisection: the mean rises with the intercept, and 60 halvings exhaust float64.
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (
            (middle, high) if _logistic(score + middle).mean() < BASE_RATE else (low, middle)
        )
    return _logistic(score + high)


def recruit(
    request: WorldRequest, careers: Careers, firms: Firms, leads: Leads, outcomes: Outcomes
) -> Careers:
    """Let some of those who took a call move soon afterwards, and return the careers with it.

    Only somebody who would have stayed past the new start is recruited; everybody else's career,
    and all that lies before the call, is unchanged.
    """
    rng = request.stream("recruits")
    won = np.flatnonzero(outcomes.is_positive & (rng.random(leads.contact.size) < RECRUITED_SHARE))
    won = won[np.unique(leads.advisor[won], return_index=True)[1]]
    advisor = leads.advisor[won]
    leave = (outcomes.call[won] + rng.integers(20, 121, won.size)).astype(np.int32)
    start = leave + draw_gap_days(rng, won.size)
    firm = np.searchsorted(np.cumsum(firms.share), rng.random(won.size)).clip(0, firms.crd.size - 1)

    row = careers.row_at(advisor, outcomes.call[won])
    stayed = (row >= 0) & (careers.leave[row] > start + 60) & (careers.firm[row] != firm)
    row, leave, start, firm, advisor = (
        column[stayed] for column in (row, leave, start, firm, advisor)
    )
    shortened = careers.leave.copy()
    shortened[row] = leave
    return sorted_careers(
        np.r_[careers.advisor, advisor],
        np.r_[careers.firm, firm],
        np.r_[careers.start, start],
        np.r_[shortened, careers.leave[row]],
    )


def _raw_score(situation: Situation) -> Vector:
    """Weighted sum of the module's formula, shape (m,)."""
    tenure, moves = situation.tenure_months, np.minimum(situation.moves_3yr, 3)
    net = np.clip(situation.net_change_12mo, -40, 20)
    sweet_spot = np.exp(-(((np.log(tenure + 1.0) - np.log(30.0)) / 0.6) ** 2))
    return np.asarray(
        1.2 * sweet_spot
        + 0.35 * moves
        - 0.5 * np.arcsinh(net / 5.0)
        - 0.12 * np.log(situation.reps + 1.0)
        - 1.0 * np.clip(situation.aum_growth, -0.5, 0.5)
        + 0.8 * ((moves > 0) & (net < 0))
    )


def _standardised(values: Vector) -> Vector:
    """Values with mean 0 and standard deviation 1; all 0 where they do not differ."""
    spread = values.std() if values.size else 0.0
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


def _logistic(logit: Vector) -> Vector:
    """Probability of a logit, any shape."""
    return np.asarray(1.0 / (1.0 + np.exp(-logit)))


def _prompt_calls(rng: np.random.Generator, contact: DayNumbers) -> DayNumbers:
    """Call days 1 to 30 days after the contact, mostly in two weeks, from Monday to Friday."""
    delay = 1 + np.minimum(rng.exponential(7.5, contact.size), LABEL_WINDOW_DAYS - 1).astype(
        np.int32
    )
    call = contact + delay
    days_past_friday = np.maximum(weekdays_of(call) - 4, 0)
    to_monday = np.where(days_past_friday > 0, 3 - days_past_friday, 0)
    fits = delay + to_monday <= LABEL_WINDOW_DAYS
    return np.asarray(call + np.where(fits, to_monday, -days_past_friday), dtype=np.int32)
