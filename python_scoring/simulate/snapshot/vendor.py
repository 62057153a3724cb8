"""The three FINTRX tables as the vendor would have delivered them on a day, and the truth beside.

The behaviours that make models go wrong: the history holds past registrations only, the current
one stands elsewhere; an end date appears when the next registration does; whoever is between two
firms still shows at the old one; whoever left the industry is noticed months later. A late vendor
also delivers a registration days to months after its start.
"""

from datetime import date

import numpy as np
import pyarrow as pa

from python_scoring.arrays import Integers
from python_scoring.simulate.days import NEVER, DayNumbers, day_of, month_of, ten_years_later
from python_scoring.simulate.snapshot import columns
from python_scoring.simulate.world import names
from python_scoring.simulate.world.firms import FIRST_AUM_MONTH
from python_scoring.simulate.world.history import World
from python_scoring.simulate.world.registrations import Dirt, Registrations

DOUBLED_CONTACT_SHARE = 0.0005
DOUBLED_MONTH_SHARE = 0.001
MONTH_13_SHARE = 0.0005
_START_1901 = day_of(date(1901, 1, 1))
_FUTURE_FROM = day_of(date(2019, 1, 1))
"""Starts from here on, with a slip of ten years, lie after the horizon: they stay in the future."""


def deliver_contacts(world: World, as_of: date) -> pa.Table:
    """`ria_contacts_current`: one row per advisor with a registration by `as_of`."""
    registrations, people, day = world.registrations, world.people, day_of(as_of)
    rows = np.flatnonzero(registrations.latest_on(day))
    rows = rows[np.argsort(people.crd[registrations.advisor[rows]])]
    advisor, dirt = registrations.advisor[rows], registrations.dirt[rows]
    gone = registrations.exit_known[rows] <= day
    no_firm = gone | (dirt == Dirt.NULL_FIRM)
    firm = registrations.firm[rows]
    table = pa.table(
        {
            "RIA_CONTACT_CRD_ID": columns.integers(people.crd[advisor]),
            "CONTACT_FIRST_NAME": columns.picked(names.first_names(), people.first_name[advisor]),
            "CONTACT_LAST_NAME": columns.picked(names.last_names(), people.last_name[advisor]),
            "PRIMARY_FIRM_NAME": columns.picked(world.firm_names, firm, no_firm),
            "LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID": columns.integers(
                world.firms.crd[firm], no_firm
            ),
            "LATEST_REGISTERED_EMPLOYMENT_START_DATE": columns.dates(
                _typed_start(registrations, rows, day), gone | (dirt == Dirt.NULL_START)
            ),
            "PRODUCING_ADVISOR": pa.array(people.is_producing[advisor] & ~gone),
        }
    )
    doubled = world.request.stream("contact_dirt").random(people.crd.size) < DOUBLED_CONTACT_SHARE
    return columns.doubled(table, np.flatnonzero(doubled[advisor]))


def deliver_history(world: World, as_of: date) -> pa.Table:
    """`contact_registered_employment_history`: one row per advisor and past registration."""
    registrations, people, day = world.registrations, world.people, day_of(as_of)
    is_current = registrations.latest_on(day) & (registrations.exit_known > day)
    rows = np.flatnonzero(registrations.arrivals.delivered_on(day) & ~is_current)
    rows = rows[np.argsort(people.crd[registrations.advisor[rows]], kind="stable")]
    dirt, firm = registrations.dirt[rows], registrations.firm[rows]
    no_firm = dirt == Dirt.NULL_FIRM
    slipped = dirt == Dirt.END_BEFORE_START
    end = np.where(slipped, registrations.start[rows] - 60, registrations.leave[rows])
    table = pa.table(
        {
            "RIA_CONTACT_CRD_ID": columns.integers(people.crd[registrations.advisor[rows]]),
            "PREVIOUS_REGISTRATION_COMPANY_CRD_ID": columns.integers(
                world.firms.crd[firm], no_firm
            ),
            "PREVIOUS_REGISTRATION_COMPANY_NAME": columns.picked(world.firm_names, firm, no_firm),
            "PREVIOUS_REGISTRATION_COMPANY_START_DATE": columns.dates(
                _typed_start(registrations, rows, day), dirt == Dirt.NULL_START
            ),
            "PREVIOUS_REGISTRATION_COMPANY_END_DATE": columns.dates(
                end, registrations.end_known[rows] > day
            ),
        }
    )
    return columns.doubled(table, np.flatnonzero(dirt == Dirt.DUPLICATE))


def deliver_firm_months(world: World, as_of: date) -> pa.Table:
    """`firm_historicals`: one row per firm and complete month before `as_of`, by firm and month."""
    firms = world.firms
    months = month_of(as_of) - FIRST_AUM_MONTH
    by_crd = np.argsort(firms.crd)
    position, month = np.nonzero(firms.is_reported[:months, by_crd].T)
    firm = by_crd[position]

    draw = world.request.stream("month_dirt").random(firms.aum.shape)[month, firm]
    twice = np.flatnonzero(draw < DOUBLED_MONTH_SHARE)
    slips = np.flatnonzero(draw > 1.0 - MONTH_13_SHARE)
    row = np.r_[np.arange(firm.size), twice, slips]
    is_slip = np.arange(row.size) >= firm.size + twice.size
    # Half of the doubled months contradict each other, by one per cent.
    is_revised = (np.arange(row.size) >= firm.size) & (draw[row] < DOUBLED_MONTH_SHARE / 2)
    order = np.argsort(row, kind="stable")
    row, is_slip, is_revised = row[order], is_slip[order], is_revised[order]

    aum = np.round(firms.aum[month[row], firm[row]] * np.where(is_revised, 1.01, 1.0))
    if wrong := world.request.faults.wrong_aum:
        told = month[row] + FIRST_AUM_MONTH
        is_wrong = (told >= month_of(wrong.first)) & (told <= month_of(wrong.last))
        aum = np.where(is_wrong, np.round(wrong.factor * aum), aum)
    return pa.table(
        {
            "RIA_INVESTOR_CRD_ID": columns.integers(firms.crd[firm[row]]),
            "YEAR": columns.integers(2024 + month[row] // 12),
            "MONTH": columns.integers(np.where(is_slip, 13, month[row] % 12 + 1)),
            "QUARTER": columns.integers(month[row] % 12 // 3 + 1),
            "TOTAL_AUM": columns.integers(aum, firms.aum_missing[month[row], firm[row]]),
        }
    )


def deliver_registration_truth(world: World) -> pa.Table:
    """`registration_truth`: every registration of the horizon, and when the vendor knows what.

    Starts are the true ones, without dirt; `corrected_date` and `withdrawn_date` are null where
    the vendor changes nothing. It is the same for every day of delivery.
    """
    registrations, arrivals = world.registrations, world.registrations.arrivals
    everywhere = np.zeros(registrations.start.size, dtype=np.bool_)
    return pa.table(
        {
            "advisor_crd": columns.integers(world.people.crd[registrations.advisor]),
            "firm_crd": columns.integers(world.firms.crd[registrations.firm]),
            "started_date": columns.dates(registrations.start, everywhere),
            "arrived_date": columns.dates(arrivals.known, everywhere),
            "first_started_date": columns.dates(arrivals.first_start, everywhere),
            "corrected_date": columns.dates(arrivals.corrected, arrivals.corrected == NEVER),
            "withdrawn_date": columns.dates(arrivals.withdrawn, arrivals.withdrawn == NEVER),
        }
    )


def _typed_start(registrations: Registrations, rows: Integers, day: int) -> DayNumbers:
    """Start dates as somebody typed them into the vendor's system, shape of `rows`."""
    start = registrations.arrivals.start_on(day, registrations.start)[rows]
    dirt = registrations.dirt[rows]
    start = np.where(dirt == Dirt.START_1901, _START_1901, start)
    slipped = (dirt == Dirt.FUTURE_START) & (start >= _FUTURE_FROM)
    return np.where(slipped, ten_years_later(start), start).astype(np.int32)
