"""What the vendor and the CRM deliver of the world on a day, and what they keep back."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.errors import InputError
from python_scoring.simulate.days import NEVER, day_of
from python_scoring.simulate.request import FIRST_AS_OF, HORIZON_END, WorldRequest
from python_scoring.simulate.simulation import World, build_world, deliver
from python_scoring.simulate.world.registrations import Dirt

AS_OF = date(2025, 6, 30)
HISTORY = "contact_registered_employment_history"
CURRENT = "ria_contacts_current"
Row = dict[str, Any]
Tables = dict[str, pa.Table]

SCHEMAS = {
    CURRENT: {
        "RIA_CONTACT_CRD_ID": pa.int64(),
        "CONTACT_FIRST_NAME": pa.string(),
        "CONTACT_LAST_NAME": pa.string(),
        "PRIMARY_FIRM_NAME": pa.string(),
        "LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID": pa.int64(),
        "LATEST_REGISTERED_EMPLOYMENT_START_DATE": pa.date32(),
        "PRODUCING_ADVISOR": pa.bool_(),
    },
    HISTORY: {
        "RIA_CONTACT_CRD_ID": pa.int64(),
        "PREVIOUS_REGISTRATION_COMPANY_CRD_ID": pa.int64(),
        "PREVIOUS_REGISTRATION_COMPANY_NAME": pa.string(),
        "PREVIOUS_REGISTRATION_COMPANY_START_DATE": pa.date32(),
        "PREVIOUS_REGISTRATION_COMPANY_END_DATE": pa.date32(),
    },
    "firm_historicals": {
        "RIA_INVESTOR_CRD_ID": pa.int64(),
        "YEAR": pa.int64(),
        "MONTH": pa.int64(),
        "QUARTER": pa.int64(),
        "TOTAL_AUM": pa.int64(),
    },
    "lead": {
        "Id": pa.string(),
        "FA_CRD__c": pa.string(),
        "stage_entered_contacting__c": pa.timestamp("us"),
        "Stage_Entered_Call_Scheduled__c": pa.timestamp("us"),
        "Company": pa.string(),
        "LeadSource": pa.string(),
        "IsConverted": pa.bool_(),
        "IsDeleted": pa.bool_(),
        "Status": pa.string(),
        "OwnerId": pa.string(),
        "CreatedDate": pa.timestamp("us"),
    },
    "lead_truth": {
        "lead_id": pa.string(),
        "contacted_date": pa.date32(),
        "true_probability": pa.float64(),
    },
}


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(WorldRequest(advisors=20_000, leads=15_000, seed=8))


@pytest.fixture(scope="module")
def small() -> World:
    """For tests that deliver on many days."""
    return build_world(WorldRequest(advisors=2_000, leads=500, seed=8))


@pytest.fixture(scope="module")
def delivered(world: World) -> Tables:
    return deliver(world, AS_OF)


def history_keys(tables: Tables) -> Counter[tuple[Any, ...]]:
    return Counter(
        (
            row["RIA_CONTACT_CRD_ID"],
            row["PREVIOUS_REGISTRATION_COMPANY_CRD_ID"],
            row["PREVIOUS_REGISTRATION_COMPANY_START_DATE"],
        )
        for row in tables[HISTORY].to_pylist()
    )


def current_keys(tables: Tables) -> set[tuple[Any, ...]]:
    return {
        (
            row["RIA_CONTACT_CRD_ID"],
            row["LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID"],
            row["LATEST_REGISTERED_EMPLOYMENT_START_DATE"],
        )
        for row in tables[CURRENT].to_pylist()
        if row["PRIMARY_FIRM_NAME"] or row["LATEST_REGISTERED_EMPLOYMENT_START_DATE"]
    }


def known_ends(tables: Tables) -> set[tuple[Any, ...]]:
    return {
        tuple(row.values())
        for row in tables[HISTORY].to_pylist()
        if row["PREVIOUS_REGISTRATION_COMPANY_END_DATE"]
    }


def on_lead(tables: Tables, column: str, until: date) -> dict[str, Any]:
    """Values of a timestamp column up to a day, by lead."""
    return {
        row["Id"]: row[column]
        for row in tables["lead"].to_pylist()
        if row[column] and row[column].date() <= until
    }


@pytest.mark.parametrize("table", SCHEMAS)
def test_columns_and_types_are_the_contract(delivered: Tables, table: str) -> None:
    schema = delivered[table].schema
    assert dict(zip(schema.names, schema.types, strict=True)) == SCHEMAS[table]


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    days=st.tuples(st.dates(FIRST_AS_OF, HORIZON_END), st.dates(FIRST_AS_OF, HORIZON_END)),
)
def test_a_later_delivery_is_the_same_world_later(seed: int, days: tuple[date, date]) -> None:
    world = build_world(WorldRequest(advisors=150, leads=60, seed=seed))
    first, last = sorted(days)
    earlier, later = deliver(world, first), deliver(world, last)

    for column in ("stage_entered_contacting__c", "Stage_Entered_Call_Scheduled__c"):
        before = on_lead(earlier, column, first)
        assert before.items() <= on_lead(later, column, last).items()
        assert before == on_lead(earlier, column, HORIZON_END), "nothing after the delivery"
    contacts_then = on_lead(earlier, "stage_entered_contacting__c", first)
    assert contacts_then == on_lead(later, "stage_entered_contacting__c", first)

    was_known = set(history_keys(earlier)) | current_keys(earlier)
    assert was_known <= set(history_keys(later)) | current_keys(later)
    assert not history_keys(earlier) - history_keys(later)
    assert known_ends(earlier) <= known_ends(later)

    months = [Counter(map(tuple, map(dict.values, t["firm_historicals"].to_pylist())))
              for t in (earlier, later)]  # fmt: skip
    assert not months[0] - months[1]
    assert earlier["lead_truth"].equals(later["lead_truth"])
    static = ["Id", "FA_CRD__c", "Company", "LeadSource", "IsDeleted", "OwnerId", "CreatedDate"]
    assert earlier["lead"].select(static).equals(later["lead"].select(static))


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), as_of=st.dates(FIRST_AS_OF, HORIZON_END))
def test_nothing_from_the_future_is_delivered(seed: int, as_of: date) -> None:
    world = build_world(WorldRequest(advisors=150, leads=60, seed=seed))
    tables = deliver(world, as_of)
    latest = max(
        date(row["YEAR"], min(row["MONTH"], 12), 1)
        for row in tables["firm_historicals"].to_pylist()
        if row["MONTH"] <= 12
    )
    assert (latest.year, latest.month) == last_complete_month(as_of)
    ends = [row["PREVIOUS_REGISTRATION_COMPANY_END_DATE"] for row in tables[HISTORY].to_pylist()]
    assert max((end for end in ends if end), default=date.min) <= as_of
    # A slip of ten years is dirt, not knowledge of the future; it lies after the horizon.
    starts = [key[2] for key in set(history_keys(tables)) | current_keys(tables) if key[2]]
    assert all(start <= as_of or start > HORIZON_END for start in starts)


def last_complete_month(as_of: date) -> tuple[int, int]:
    day = as_of.replace(day=1) - timedelta(days=1)
    return day.year, day.month


def test_the_current_registration_stands_outside_the_history(delivered: Tables) -> None:
    assert not current_keys(delivered) & {k for k in history_keys(delivered) if k[1] and k[2]}


def test_current_is_the_latest_start_then_the_highest_firm(world: World, delivered: Tables) -> None:
    """Read back from both tables, without the rows that carry wrong or missing values."""
    clean = [
        key
        for key in set(history_keys(delivered))
        if key[1] and key[2] and date(1902, 1, 1) < key[2] <= AS_OF
    ]
    best: dict[int, tuple[date, int]] = {}
    for crd, firm, start in clean:
        best[crd] = max(best.get(crd, (date.min, 0)), (start, firm))
    compared = 0
    for crd, firm, start in current_keys(delivered):
        if firm and start and crd in best and date(1902, 1, 1) < start:
            compared += 1
            assert (start, firm) > best[crd]
    assert compared > 5_000


def test_an_end_appears_only_with_the_next_registration(small: World) -> None:
    """Between two firms the advisor still shows at the old one, without an end."""
    registrations, crd = small.registrations, small.people.crd
    gone = np.flatnonzero(
        (registrations.leave > day_of(AS_OF))
        & (registrations.end_known - registrations.leave > 20)
        & (registrations.end_known < day_of(HORIZON_END))
        & (registrations.exit_known == NEVER)
        & (registrations.dirt == Dirt.NONE)
        & ~has_company(small)
    )[:5]
    assert gone.size == 5
    for row in gone:
        person, firm = crd[registrations.advisor[row]], small.firms.crd[registrations.firm[row]]
        start = as_date(registrations.start[row])
        during = deliver(small, as_date(registrations.end_known[row] - 1))
        after = deliver(small, as_date(registrations.end_known[row]))
        assert (person, firm, start) in current_keys(during)
        assert (person, firm, start) not in history_keys(during)
        assert (person, firm, start) in history_keys(after)
        assert (
            person,
            firm,
            small.firm_names[registrations.firm[row]],
            start,
            as_date(registrations.leave[row]),
        ) in known_ends(after)


def has_company(small: World) -> np.typing.NDArray[np.bool_]:
    """Whether the neighbouring row starts within 30 days: dual registration, shape (n,)."""
    registrations = small.registrations
    near = (np.diff(registrations.start) <= 30) & (np.diff(registrations.advisor) == 0)
    either: np.typing.NDArray[np.bool_] = np.r_[near, False] | np.r_[False, near]
    return either


def as_date(day: int | np.integer[Any]) -> date:
    return date(1970, 1, 1) + timedelta(days=int(day))


def test_leavers_of_the_industry_are_emptied_after_a_delay(small: World) -> None:
    registrations = small.registrations
    row = np.flatnonzero(
        (registrations.exit_known < day_of(HORIZON_END))
        & (registrations.leave > day_of(AS_OF))
        & (registrations.dirt == Dirt.NONE)
        & ~has_company(small)
    )[0]
    assert registrations.exit_known[row] - registrations.leave[row] >= 60
    person = int(small.people.crd[registrations.advisor[row]])

    def shown(day: int) -> tuple[Row, int]:
        tables = deliver(small, as_date(day))
        rows = [r for r in tables[CURRENT].to_pylist() if r["RIA_CONTACT_CRD_ID"] == person]
        return rows[0], sum(n for key, n in history_keys(tables).items() if key[0] == person)

    before, past_before = shown(registrations.exit_known[row] - 1)
    after, past_after = shown(registrations.exit_known[row])
    assert before["PRIMARY_FIRM_NAME"] is not None
    assert after["PRIMARY_FIRM_NAME"] is None
    assert after["LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID"] is None
    assert after["LATEST_REGISTERED_EMPLOYMENT_START_DATE"] is None
    assert after["PRODUCING_ADVISOR"] is False
    assert past_after == past_before + 1


def test_dual_registrations_and_returns_occur(delivered: Tables) -> None:
    past = set(history_keys(delivered))
    open_ended = {
        (*tuple(row.values())[:2], row["PREVIOUS_REGISTRATION_COMPANY_START_DATE"])
        for row in delivered[HISTORY].to_pylist()
        if row["PREVIOUS_REGISTRATION_COMPANY_END_DATE"] is None
    }
    starts = {(crd, start) for crd, _, start in current_keys(delivered) if start}
    beside_current = [key for key in open_ended if (key[0], key[2]) in starts]
    assert len(beside_current) > 100, "same-day dual: the other firm stands open in the history"
    latest = {crd: start for crd, _, start in current_keys(delivered) if start}
    left = [k for k in open_ended if k[2] and latest.get(k[0], k[2]) > k[2] + timedelta(days=60)]
    assert len(left) > 100, "a second firm whose end the vendor never learned"
    firms = Counter((crd, firm) for crd, firm, _ in past | current_keys(delivered) if firm)
    assert sum(n > 1 for n in firms.values()) > 100, "returns to the same firm"


@pytest.mark.parametrize("as_of", [date(2024, 2, 29), date(2029, 1, 1)])
def test_days_outside_the_world_are_refused(world: World, as_of: date) -> None:
    with pytest.raises(InputError, match=r"2024-03-01\s+to 2028-12-31"):
        deliver(world, as_of)
