"""Net 4: whatever comes after the contact, the features of the contact stay as they were.

Two worlds with one past and two aftermaths stand side by side in one delivery, under shifted keys.
The aftermath holds later starts and figures, earlier ones that were delivered later, end dates
(which are written back, so any of them may appear), calls, and today's flags.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from python_scoring.features.contract import project_contract
from python_scoring.tests.support.feature_engine import FeatureEngine
from python_scoring.tests.support.worlds import (
    CONTACT,
    Aftermath,
    Past,
    Registration,
    aftermaths,
    archived,
    delivered,
    histories,
    known,
    pasts,
    side_by_side,
)

SHIFT = 1000
FEATURES = project_contract().names


def features_of_the_contact(rows: list[dict[str, Any]], shift: int) -> dict[int, list[Any]]:
    """Features of each advisor contacted that day, of the world with this shift."""
    return {
        row["advisor_crd"] - shift: [row[name] for name in FEATURES]
        for row in rows
        if row["contacted_date"] == CONTACT and row["advisor_crd"] // SHIFT == shift // SHIFT
    }


@settings(max_examples=150)
@given(past=pasts, one=aftermaths, other=aftermaths)
def test_no_feature_depends_on_what_came_later(
    engine: FeatureEngine, past: Past, one: Aftermath, other: Aftermath
) -> None:
    """Neither on what happened later, nor on what was delivered later.

    The third world is the delivery of the contact's day, before there was any archive: features by
    known day are those that this delivery gives. So are those of the fourth, a later delivery of a
    prompt vendor that nobody archived.
    """
    aftermaths_of = {0: one, SHIFT: other}
    worlds = [delivered(past, after, shift=shift) for shift, after in aftermaths_of.items()]
    archives = [archived(past, after, shift=shift) for shift, after in aftermaths_of.items()]
    worlds.append(delivered(past, shift=2 * SHIFT))
    worlds.append(delivered(past, replace(one, late={}, late_aum={}), shift=3 * SHIFT))
    rows = engine.build(side_by_side(*worlds), side_by_side(*archives)).to_pylist()
    built = [features_of_the_contact(rows, shift) for shift in range(0, 4 * SHIFT, SHIFT)]
    assert [set(each) for each in built] == [set(past.people)] * 4, "a row was lost"
    for advisor, values in built[0].items():
        for world in built[1:]:
            differing = [
                (name, a, b)
                for name, a, b in zip(FEATURES, values, world[advisor], strict=True)
                if a != b
            ]
            assert differing == [], f"advisor {advisor}"


# The at-contact firm stays the same even where two registrations start on the day of the contact.
@example(past=Past({1: {(1, CONTACT), (2, CONTACT)}}, {}), history=set(), days=0)
@settings(max_examples=60)
@given(past=pasts, history=histories, days=st.integers(0, 900))
def test_the_firms_net_change_leaves_the_lead_out(
    engine: FeatureEngine, past: Past, history: set[Registration], days: int
) -> None:
    """Any other history of the lead that ends at the same firm gives the same net change."""
    lead = max(past.people)
    registrations = known(past.people[lead], CONTACT)
    assume(registrations)
    firm, joined = registrations[-1][0], CONTACT - dt.timedelta(days=days)
    earlier = {registration for registration in history if registration[1] < joined}
    other = Past(past.people | {lead: earlier | {(firm, joined)}}, past.aum)
    rows = engine.build(side_by_side(delivered(past), delivered(other, shift=SHIFT))).to_pylist()
    position = FEATURES.index("firm_net_change_12mo")
    first, second = (features_of_the_contact(rows, shift)[lead][position] for shift in (0, SHIFT))
    assert first is not None
    assert first == second


moved_by_the_past: set[str] = set()


@settings(max_examples=60)
@given(one=pasts, other=pasts)
def collect_what_the_past_moves(engine: FeatureEngine, one: Past, other: Past) -> None:
    worlds = side_by_side(delivered(one), delivered(other, shift=SHIFT))
    rows = engine.build(worlds).to_pylist()
    first, second = features_of_the_contact(rows, 0), features_of_the_contact(rows, SHIFT)
    for advisor in set(first) & set(second):
        pairs = zip(FEATURES, first[advisor], second[advisor], strict=True)
        moved_by_the_past.update(name for name, a, b in pairs if a != b)


def test_every_feature_hears_the_past(engine: FeatureEngine) -> None:
    """A feature that never changes would pass the test above."""
    collect_what_the_past_moves(engine)
    assert set(FEATURES) - moved_by_the_past == set()
