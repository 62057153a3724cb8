"""Net 4: whatever comes after the contact, the features of the contact stay as they were.

Two worlds with one past and two aftermaths stand side by side in one delivery, under shifted keys.
The aftermath holds later starts, figures of the contact's month and later, end dates (which are
written back, so any of them may appear), calls, and today's flags.
"""

import datetime as dt
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from python_scoring.features.contract import project_contract
from python_scoring.tests.support.feature_engine import PROJECT, FeatureEngine
from python_scoring.tests.worlds import (
    CONTACT,
    Aftermath,
    Past,
    aftermaths,
    delivered,
    pasts,
    side_by_side,
)

SHIFT = 1000
FEATURES = project_contract(PROJECT / "models/features/lead_scoring_features_pit.yml").names


def features_of_the_contact(rows: list[dict[str, Any]], shift: int) -> dict[int, list[Any]]:
    """Features of each advisor contacted that day, of the world with this shift."""
    return {
        row["advisor_crd"] - shift: [row[name] for name in FEATURES]
        for row in rows
        if row["contacted_date"] == CONTACT and row["advisor_crd"] // SHIFT == shift // SHIFT
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(past=pasts, one=aftermaths, other=aftermaths)
def test_no_feature_depends_on_what_came_later(
    engine: FeatureEngine, past: Past, one: Aftermath, other: Aftermath
) -> None:
    worlds = side_by_side(delivered(past, one), delivered(past, other, shift=SHIFT))
    rows = engine.build(worlds).to_pylist()
    first, second = features_of_the_contact(rows, 0), features_of_the_contact(rows, SHIFT)
    assert set(first) == set(second) == set(past.people), "a row was lost"
    for advisor, values in first.items():
        differing = [
            (name, a, b)
            for name, a, b in zip(FEATURES, values, second[advisor], strict=True)
            if a != b
        ]
        assert differing == [], f"advisor {advisor}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(past=pasts, days=st.integers(0, 900))
def test_the_firms_net_change_never_counts_the_lead_herself(
    engine: FeatureEngine, past: Past, days: int
) -> None:
    """When she joined her firm changes her own features, but not how the others came and went."""
    advisor = max(past.people)
    own = sorted(past.people[advisor], key=lambda r: (r[1], r[0]))
    moved = own
    if own:
        earliest = own[-2][1] if len(own) > 1 else own[-1][1]
        start = max(earliest + dt.timedelta(days=1), CONTACT - dt.timedelta(days=days))
        moved = [*own[:-1], (own[-1][0], start)]
    other = Past(past.people | {advisor: set(moved)}, past.aum)
    rows = engine.build(side_by_side(delivered(past), delivered(other, shift=SHIFT))).to_pylist()
    place = FEATURES.index("firm_net_change_12mo")
    found = [features_of_the_contact(rows, shift)[advisor] for shift in (0, SHIFT)]
    tenure = FEATURES.index("current_firm_tenure_months")
    if all(values[tenure] is not None for values in found):
        assert found[0][place] == found[1][place]


moved_by_the_past: set[str] = set()


# Always the same worlds: that each feature is moved by one of them is a fact, not a chance.
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(one=pasts, other=pasts)
def collect_what_the_past_moves(engine: FeatureEngine, one: Past, other: Past) -> None:
    worlds = side_by_side(delivered(one), delivered(other, shift=SHIFT))
    rows = engine.build(worlds).to_pylist()
    first, second = features_of_the_contact(rows, 0), features_of_the_contact(rows, SHIFT)
    for advisor in set(first) & set(second):
        pairs = zip(FEATURES, first[advisor], second[advisor], strict=True)
        moved_by_the_past.update(name for name, a, b in pairs if a != b)


def test_every_feature_hears_the_past(engine: FeatureEngine) -> None:
    """A feature that nothing moves would pass the test above, and be worth nothing."""
    collect_what_the_past_moves(engine)
    assert set(FEATURES) - moved_by_the_past == set()
