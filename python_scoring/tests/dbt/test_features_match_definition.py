"""The features of SQL, compared with the definitions written down once more, person by person.

The SQL works with running sums and windows over millions of rows; here each feature is computed as
the specification words it, by looping over people. Worlds are drawn around the edges that matter.
"""

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given, settings

from python_scoring.tests.support.feature_engine import FeatureEngine
from python_scoring.tests.support.worlds import (
    CONTACT,
    Aftermath,
    Past,
    Registration,
    aftermaths,
    archived,
    delivered,
    known,
    pasts,
)

BASE_MONTH = dt.date(2024, 1, 1)
COMPARED = [
    "current_firm_tenure_months",
    "industry_tenure_months",
    "num_prior_firms",
    "pit_moves_3yr",
    "firm_net_change_12mo",
    "firm_rep_count_at_contact",
    "firm_aum_pit",
    "aum_growth_since_jan2024_pct",
    "pit_month",
]


def months_before(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError


def whole_months(start: dt.date, end: dt.date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day)


def changes(path: list[Registration]) -> list[tuple[int, int | None, dt.date]]:
    found: list[tuple[int, int | None, dt.date]] = []
    before: int | None = None
    for firm, start in path:
        if firm != before:
            found.append((firm, before, start))
        before = firm
    return found


def moves(path: list[Registration], as_of: dt.date) -> int:
    found = changes(path)
    real = [
        later[2]
        for earlier, later in itertools.pairwise(found)
        if (later[2] - earlier[2]).days > 30
    ]
    oldest, newest = months_before(as_of, 36), as_of - dt.timedelta(days=30)
    return sum(oldest < day <= newest for day in real)


def net_change(people: dict[int, set[Registration]], me: int, firm: int, as_of: dt.date) -> int:
    opening, net = months_before(as_of, 12), 0
    for advisor, registrations in people.items():
        if advisor == me:
            continue
        for joined, left, day in changes(known(registrations, as_of)):
            if opening < day:
                net += (joined == firm) - (left == firm)
    return net


def expected(world: Past, advisor: int, as_of: dt.date) -> dict[str, Any]:
    path = known(world.people.get(advisor, set()), as_of)
    if not path:
        return dict.fromkeys(COMPARED)
    firm, started = path[-1]
    at_firm = [known(r, as_of) for r in world.people.values()]
    month_before = months_before(as_of.replace(day=1), 1)
    months = [month for month in world.aum.get(firm, {}) if month <= month_before]
    month = max(months, default=None)
    aum = world.aum[firm][month] if month else None
    base = world.aum.get(firm, {}).get(BASE_MONTH)
    growth = None
    if month and month >= BASE_MONTH and base and aum is not None:
        growth = min(max((aum - base) / base * 100, -100), 500)
    return {
        "current_firm_tenure_months": whole_months(started, as_of),
        "industry_tenure_months": whole_months(path[0][1], as_of),
        "num_prior_firms": len({f for f, _ in path} - {firm}),
        "pit_moves_3yr": moves(path, as_of),
        "firm_net_change_12mo": net_change(world.people, advisor, firm, as_of),
        "firm_rep_count_at_contact": sum(bool(p) and p[-1][0] == firm for p in at_firm),
        "firm_aum_pit": aum,
        "aum_growth_since_jan2024_pct": growth,
        "pit_month": month,
    }


@settings(max_examples=120)
@given(past=pasts, aftermath=aftermaths)
def test_sql_computes_what_the_specification_says(
    engine: FeatureEngine, past: Past, aftermath: Aftermath
) -> None:
    table = engine.build(delivered(past, aftermath), archived(past, aftermath))
    rows = [row for row in table.to_pylist() if row["contacted_date"] == CONTACT]
    assert len(rows) == len(past.people)
    for row in rows:
        wanted = expected(past, row["advisor_crd"], CONTACT)
        found = {name: row[name] for name in wanted}
        assert found == pytest.approx(wanted), row["advisor_crd"]
