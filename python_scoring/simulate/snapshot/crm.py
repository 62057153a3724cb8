"""The Salesforce lead table as it stood on a day, and the truth beside it."""

from datetime import date
from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_scoring.arrays import Integers
from python_scoring.simulate.days import NEVER, DayNumbers, day_of
from python_scoring.simulate.snapshot import columns
from python_scoring.simulate.world.history import World
from python_scoring.simulate.world.leads import IMPORT_DAY

SOURCES = ["Conference", "LinkedIn", "Purchased list", "Referral", "Webinar"]
LEADS_PER_OWNER = 1_000
DOUBLED_LEAD_SHARE = 0.003
EARLY_CALL_SHARE = 0.002
"""Of contacted leads without a call, so many carry a call dated before the contact."""


class CrdFormat(IntEnum):
    """How somebody typed the advisor's identifier into the CRM."""

    PLAIN = 0
    DASHED = 1
    BLANKS = 2
    HASH = 3
    UNKNOWN_WORD = 4
    EMPTY = 5
    NULL = 6
    UNKNOWN_TO_VENDOR = 7


CRD_FORMAT_SHARES = {
    CrdFormat.PLAIN: 0.80,
    CrdFormat.DASHED: 0.08,
    CrdFormat.BLANKS: 0.05,
    CrdFormat.HASH: 0.05,
    CrdFormat.UNKNOWN_WORD: 0.004,
    CrdFormat.EMPTY: 0.003,
    CrdFormat.NULL: 0.008,
    CrdFormat.UNKNOWN_TO_VENDOR: 0.005,
}


def deliver_leads(world: World, as_of: date) -> pa.Table:
    """`lead`: every lead, with the contacts and calls up to `as_of`."""
    rng = world.request.stream("crm")
    count, day = world.leads.contact.size, day_of(as_of)
    contact, call = world.leads.contact, _recorded_calls(world, rng)
    contact_second, call_second, owner = _seconds_and_owners(rng, count)
    # A call is entered on the lead's page, so never before the contact is.
    is_contacted = contact <= day
    has_call = is_contacted & (call <= day)
    created = (day_of(IMPORT_DAY) - rng.integers(0, 300, count)).astype(np.int32)
    table = pa.table(
        {
            "Id": lead_ids(count),
            "FA_CRD__c": _typed_crds(world, rng),
            "stage_entered_contacting__c": columns.timestamps(
                contact, contact_second, ~is_contacted
            ),
            "Stage_Entered_Call_Scheduled__c": columns.timestamps(call, call_second, ~has_call),
            "Company": _companies(world, rng),
            "LeadSource": columns.picked(SOURCES, rng.integers(0, len(SOURCES), count)),
            "IsConverted": pa.array(has_call & (rng.random(count) < 0.85)),
            "IsDeleted": pa.array(rng.random(count) < 0.004),
            "Status": columns.picked(
                ["New", "Contacting", "Call Scheduled"], is_contacted.astype(np.int64) + has_call
            ),
            "OwnerId": columns.picked(owner_ids(count), owner),
            "CreatedDate": columns.timestamps(
                created, rng.integers(0, 86_400, count), np.zeros(count, dtype=np.bool_)
            ),
        }
    )
    return columns.doubled(table, np.flatnonzero(rng.random(count) < DOUBLED_LEAD_SHARE))


def owner_ids(leads: int) -> list[str]:
    """Salesforce ids of the owners of so many leads."""
    return [f"005SIM{n:09d}AAA" for n in range(max(1, leads // LEADS_PER_OWNER))]


def recorded_calls(world: World) -> DayNumbers:
    """Day of each lead's call as it will be recorded, `NEVER` for none, shape (leads,)."""
    return _recorded_calls(world, world.request.stream("crm"))


def lead_owners(world: World) -> Integers:
    """Position of each lead's owner in `owner_ids`, shape (leads,)."""
    rng = world.request.stream("crm")
    _recorded_calls(world, rng)
    return _seconds_and_owners(rng, world.leads.contact.size)[2]


def _seconds_and_owners(
    rng: np.random.Generator, count: int
) -> tuple[Integers, Integers, Integers]:
    """Seconds of the day of contact and call, and owner of each lead."""
    contact_second, call_second = (rng.integers(13 * 3600, 23 * 3600, count) for _ in range(2))
    return contact_second, call_second, rng.integers(0, len(owner_ids(count)), count)


def deliver_truth(world: World) -> pa.Table:
    """`lead_truth`: lead id, contact day over the whole horizon, and the true probability."""
    leads = world.leads
    never = ~leads.is_contacted
    return pa.table(
        {
            "lead_id": lead_ids(leads.contact.size),
            "contacted_date": columns.dates(leads.contact, never),
            "true_probability": pa.array(world.outcomes.probability, mask=never),
        }
    )


def lead_ids(count: int) -> pa.Array:
    """Salesforce-like identifiers of 18 characters, in rising order."""
    digits = pc.utf8_lpad(pa.array(np.arange(count)).cast(pa.string()), 9, "0")
    return pc.binary_join_element_wise("00QSIM", digits, "AAA", "")


def _recorded_calls(world: World, rng: np.random.Generator) -> DayNumbers:
    """Call days as recorded: a few leads without a call carry one dated before the contact."""
    call = world.outcomes.call
    is_early = rng.random(call.size) < EARLY_CALL_SHARE
    is_early &= world.leads.is_contacted & (call == NEVER)
    return np.where(is_early, world.leads.contact - rng.integers(3, 90, call.size), call)


def _typed_crds(world: World, rng: np.random.Generator) -> pa.Array:
    """Advisor identifiers as typed: with prefixes and blanks, unreadable, missing, or unknown."""
    count = world.leads.advisor.size
    formats = rng.choice(np.array([*CRD_FORMAT_SHARES]), count, p=[*CRD_FORMAT_SHARES.values()])
    crd = world.people.crd[world.leads.advisor]
    unknown = 1_000_000 + 8 * world.request.advisors + rng.integers(0, 100_000, count)
    crd = np.where(formats == CrdFormat.UNKNOWN_TO_VENDOR, unknown, crd)
    digits = columns.integers(crd).cast(pa.string())
    before = columns.picked(["", "CRD-", " ", "CRD# ", "", "", "", ""], formats)
    after = columns.picked(["", " "], (formats == CrdFormat.BLANKS).astype(np.int64))
    typed = pc.binary_join_element_wise(before, digits, after, "")
    typed = pc.if_else(formats == CrdFormat.UNKNOWN_WORD, "unknown", typed)
    typed = pc.if_else(formats == CrdFormat.EMPTY, "", typed)
    return pc.if_else(formats == CrdFormat.NULL, pa.scalar(None, pa.string()), typed)


def _companies(world: World, rng: np.random.Generator) -> pa.Array:
    """Name of the firm at import, missing for one lead in fifty."""
    registrations, advisor = world.registrations, world.leads.advisor
    at_import = registrations.latest_on(day_of(IMPORT_DAY))
    firm = np.full(world.people.crd.size, -1, dtype=np.int64)
    firm[registrations.advisor[at_import]] = registrations.firm[at_import]
    is_missing = (rng.random(advisor.size) < 0.02) | (firm[advisor] < 0)
    return columns.picked(world.firm_names, firm[advisor], is_missing)
