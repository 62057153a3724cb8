"""The features of SQL, compared with the definitions written down once more, person by person.

The SQL works with running sums and windows over millions of rows; here each feature is computed as
the specification words it, by looping over people. Worlds are drawn around the edges that matter.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from python_scoring.leakage.feature_sql import FeatureEngine, compile_features

CONTACT = dt.date(2024, 6, 15)
SCORE_DATE = dt.date(2024, 12, 1)
BASE_MONTH = dt.date(2024, 1, 1)
Registration = tuple[int, dt.date]

EDGES = [
    CONTACT + dt.timedelta(days=days)
    for days in (-5000, -1900, -1827, -400, -300, -60, -45, -31, -30, -29, -1, 0, 1, 30, 200)
] + [
    dt.date(2021, 6, 14),
    dt.date(2021, 6, 15),
    dt.date(2021, 6, 16),
    dt.date(2023, 6, 15),
    dt.date(2023, 6, 16),
    dt.date(1901, 1, 1),
    dt.date(2035, 1, 1),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FeatureEngine]:
    scratch: Path = tmp_path_factory.mktemp("compiled")
    dbt_vars = {"score_date": str(SCORE_DATE), "analysis_date": str(SCORE_DATE)}
    yield FeatureEngine(compile_features(scratch, dbt_vars))


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


def known(registrations: set[Registration], as_of: dt.date) -> list[Registration]:
    usable = [r for r in registrations if dt.date(1940, 1, 1) <= r[1] <= as_of]
    return sorted(usable, key=lambda r: (r[1], r[0]))


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
        for earlier, later in zip(found, found[1:], strict=False)
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


def expected(world: "World", advisor: int, as_of: dt.date) -> dict[str, Any]:
    path = known(world.people.get(advisor, set()), as_of)
    if not path:
        names = ("current_firm_tenure_months", "industry_tenure_months", "num_prior_firms")
        names += ("pit_moves_3yr", "firm_net_change_12mo", "firm_rep_count_at_contact")
        return dict.fromkeys((*names, "firm_aum_pit", "aum_growth_since_jan2024_pct", "pit_month"))
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


class World:
    """People with their registrations, firms with their months, one lead per person."""

    def __init__(self, people: dict[int, set[Registration]], aum: dict[int, Any]) -> None:
        self.people, self.aum = people, aum

    def sources(self) -> dict[str, list[dict[str, Any]]]:
        """As the vendor delivers it: the latest registration current, the others as history."""
        contacts, history, leads = [], [], []
        for advisor, registrations in self.people.items():
            path = sorted(registrations, key=lambda r: (r[1], r[0]))
            current = path.pop() if path else (None, None)
            contacts.append(
                {
                    "RIA_CONTACT_CRD_ID": advisor,
                    "LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID": current[0],
                    "LATEST_REGISTERED_EMPLOYMENT_START_DATE": current[1],
                    "PRODUCING_ADVISOR": True,
                }
            )
            history += [
                {
                    "RIA_CONTACT_CRD_ID": advisor,
                    "PREVIOUS_REGISTRATION_COMPANY_CRD_ID": firm,
                    "PREVIOUS_REGISTRATION_COMPANY_START_DATE": start,
                    "PREVIOUS_REGISTRATION_COMPANY_END_DATE": start + dt.timedelta(days=9),
                }
                for firm, start in path
            ]
            leads.append(
                {
                    "Id": f"L{advisor}",
                    "FA_CRD__c": f"CRD {advisor}",
                    "stage_entered_contacting__c": CONTACT,
                }
            )
        months = [
            {"RIA_INVESTOR_CRD_ID": firm, "YEAR": m.year, "MONTH": m.month, "TOTAL_AUM": aum}
            for firm, figures in self.aum.items()
            for m, aum in figures.items()
        ]
        return {
            "ria_contacts_current": contacts,
            "contact_registered_employment_history": history,
            "firm_historicals": months,
            "lead": leads,
        }


registrations = st.sets(st.tuples(st.integers(1, 4), st.sampled_from(EDGES)), max_size=6)
months = st.sampled_from([dt.date(2024, m, 1) for m in (1, 3, 4, 5, 6)] + [dt.date(2023, 12, 1)])
figures = st.dictionaries(months, st.one_of(st.none(), st.integers(0, 1000)), max_size=5)
worlds = st.builds(
    World,
    st.dictionaries(st.integers(1, 9), registrations, min_size=1, max_size=6),
    st.dictionaries(st.integers(1, 4), figures, max_size=4),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds)
def test_sql_computes_what_the_specification_says(engine: FeatureEngine, world: World) -> None:
    rows = engine.build(world.sources()).to_pylist()
    assert len(rows) == len(world.people)
    for row in rows:
        wanted = expected(world, row["advisor_crd"], CONTACT)
        found = {name: row[name] for name in wanted}
        assert found == pytest.approx(wanted), row["advisor_crd"]
