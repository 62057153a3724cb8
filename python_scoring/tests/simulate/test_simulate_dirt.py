"""The dirt of a delivery, and the leads: every kind occurs, and none is frequent."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from python_scoring.simulate.days import day_of
from python_scoring.simulate.request import HORIZON_END, WorldRequest
from python_scoring.simulate.simulation import World, build_world, deliver

AS_OF = date(2025, 6, 30)
HISTORY = "contact_registered_employment_history"
CURRENT = "ria_contacts_current"
Row = dict[str, Any]
Tables = dict[str, pa.Table]


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(WorldRequest(advisors=20_000, leads=12_000, seed=8))


@pytest.fixture(scope="module")
def delivered(world: World) -> Tables:
    return deliver(world, AS_OF)


def test_every_kind_of_dirt_is_there_and_stays_rare(delivered: Tables) -> None:
    past, leads = delivered[HISTORY].to_pylist(), delivered["lead"].to_pylist()
    months = delivered["firm_historicals"].to_pylist()
    start = "PREVIOUS_REGISTRATION_COMPANY_START_DATE"
    firms = {row["RIA_INVESTOR_CRD_ID"] for row in months}
    advisors = {row["RIA_CONTACT_CRD_ID"] for row in delivered[CURRENT].to_pylist()}
    typed = [row["FA_CRD__c"] for row in leads]
    digits = ["".join(c for c in crd or "" if c.isdigit()) for crd in typed]
    shares = {
        "1901": np.mean([row[start] == date(1901, 1, 1) for row in past]),
        "future": np.mean([bool(row[start]) and row[start] > HORIZON_END for row in past]),
        "no start": np.mean([row[start] is None for row in past]),
        "no firm": np.mean([row["PREVIOUS_REGISTRATION_COMPANY_CRD_ID"] is None for row in past]),
        "end first": np.mean([ended_before_start(row) for row in past]),
        "double": 1 - len({tuple(row.values()) for row in past}) / len(past),
        "double person": 1 - len(advisors) / delivered[CURRENT].num_rows,
        "double month": 1
        - len({(r["RIA_INVESTOR_CRD_ID"], r["YEAR"], r["MONTH"]) for r in months}) / len(months),
        "month 13": np.mean([row["MONTH"] == 13 for row in months]),
        "double lead": 1 - len({row["Id"] for row in leads}) / len(leads),
        "early call": np.mean([called_before_contact(row) for row in leads]),
        "deleted": np.mean([row["IsDeleted"] for row in leads]),
        "word": np.mean([crd == "unknown" for crd in typed]),
        "empty": np.mean([crd == "" for crd in typed]),
        "no crd": np.mean([crd is None for crd in typed]),
        "stranger": np.mean([bool(d) and int(d) not in advisors for d in digits]),
    }  # fmt: skip
    assert {name for name, share in shares.items() if share == 0} == set()
    assert {name: share for name, share in shares.items() if share > 0.02} == {}
    prefixed = {"dash": "CRD-", "hash": "CRD# ", "blank": " "}
    for name, prefix in prefixed.items():
        share = np.mean([(crd or "").startswith(prefix) for crd in typed])
        assert 0.03 < share < 0.10, name
    unknown = {r["PREVIOUS_REGISTRATION_COMPANY_CRD_ID"] for r in past} - firms - {None}
    assert 0 < len(unknown) < 0.2 * len(firms)
    missing = np.mean([row["TOTAL_AUM"] is None for row in months])
    assert 0.06 < missing < 0.09


def ended_before_start(row: Row) -> bool:
    start = row["PREVIOUS_REGISTRATION_COMPANY_START_DATE"]
    end = row["PREVIOUS_REGISTRATION_COMPANY_END_DATE"]
    return bool(start and end) and end < start <= AS_OF


def called_before_contact(row: Row) -> bool:
    call, contact = row["Stage_Entered_Call_Scheduled__c"], row["stage_entered_contacting__c"]
    return bool(call and contact) and call < contact


def test_doubled_months_agree_or_contradict(delivered: Tables) -> None:
    by_month: dict[tuple[int, int, int], list[int | None]] = {}
    for row in delivered["firm_historicals"].to_pylist():
        key = (row["RIA_INVESTOR_CRD_ID"], row["YEAR"], row["MONTH"])
        by_month.setdefault(key, []).append(row["TOTAL_AUM"])
    doubled = [values for values in by_month.values() if len(values) > 1]
    assert any(values[0] == values[1] for values in doubled)
    assert any(values[0] != values[1] for values in doubled)


def test_leads_are_as_many_as_asked_and_carry_the_outcomes(world: World, delivered: Tables) -> None:
    rows = {row["Id"]: row for row in delivered["lead"].to_pylist()}
    assert len(rows) == 12_000
    truth = delivered["lead_truth"].to_pylist()
    assert [row["lead_id"] for row in truth] == sorted(rows)
    positives = 0
    for lead, row in zip(truth, world.outcomes.is_positive.tolist(), strict=True):
        shown = rows[lead["lead_id"]]
        contact, call = (
            shown["stage_entered_contacting__c"],
            shown["Stage_Entered_Call_Scheduled__c"],
        )
        if contact is None:
            assert call is None
            continue
        assert contact.date() == lead["contacted_date"]
        if contact.date() <= AS_OF - timedelta(days=30):
            called = call is not None and 0 <= (call.date() - contact.date()).days <= 30
            assert called == row
            positives += called
    assert positives > 200
    assert all(row["CreatedDate"].date() <= date(2024, 1, 31) for row in rows.values())
    assert all(not row["IsConverted"] or row["Status"] == "Call Scheduled" for row in rows.values())


def test_leads_stand_for_advisors_registered_by_the_import(world: World) -> None:
    registrations, advisors = world.registrations, world.leads.advisor
    first = registrations.start[np.searchsorted(registrations.advisor, advisors)]
    assert first.max() <= day_of(date(2024, 1, 31))
    repeated = advisors.size - np.unique(advisors).size
    assert 0 < repeated < 0.05 * advisors.size
