"""Leads: which advisor, and the day on which the sales team contacts the lead, if ever."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from python_scoring.arrays import Flags, Integers
from python_scoring.simulate.days import NEVER, DayNumbers, day_of, weekdays_between
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.world.careers import Careers

IMPORT_DAY = date(2024, 1, 31)
"""By this day the leads are in the CRM, and their advisors registered."""
CAMPAIGN = (date(2024, 2, 1), date(2025, 8, 31))
"""When most leads are contacted."""
AFTERMATH = (date(2025, 9, 1), date(2028, 6, 30))
CAMPAIGN_SHARE, AFTERMATH_SHARE = 0.80, 0.15
"""Of all leads; the rest are never contacted."""
SECOND_LEAD_SHARE = 0.02
"""So many leads stand for an advisor who has another lead as well."""


@dataclass(frozen=True)
class Leads:
    """All leads of a world, n rows.

    Args:
        advisor: Position of the advisor, shape (n,).
        contact: Day of the contact, a weekday, `NEVER` for none, shape (n,).

    """

    advisor: Integers
    contact: DayNumbers

    @property
    def is_contacted(self) -> Flags:
        """Whether a lead is ever contacted, shape (n,)."""
        return self.contact < NEVER


def draw_leads(request: WorldRequest, careers: Careers) -> Leads:
    """Draw the leads and their contact days; few advisors repeat unless leads outnumber them."""
    rng = request.stream("leads")
    pool = _registered_by(careers, day_of(IMPORT_DAY))
    advisor = np.resize(rng.permutation(pool), request.leads)
    is_second = rng.random(request.leads) < SECOND_LEAD_SHARE
    advisor = np.where(is_second, rng.permutation(advisor), advisor)
    draw = rng.random(request.leads)
    campaign = rng.choice(weekdays_between(*CAMPAIGN), request.leads)
    aftermath = rng.choice(weekdays_between(*AFTERMATH), request.leads)
    contact = np.where(
        draw < CAMPAIGN_SHARE,
        campaign,
        np.where(draw < CAMPAIGN_SHARE + AFTERMATH_SHARE, aftermath, NEVER),
    )
    return Leads(advisor, contact.astype(np.int32))


def _registered_by(careers: Careers, day: int) -> Integers:
    """Advisors with a registration by a day who had not left the industry; if none, everybody."""
    registered = careers.is_first & (careers.start <= day)
    gone = np.unique(careers.advisor[careers.is_exit & (careers.leave <= day)])
    pool = np.setdiff1d(careers.advisor[registered], gone, assume_unique=True)
    return pool if pool.size else np.unique(careers.advisor)
