"""Features by known day are those of each day's own delivery, on a vendor who is late.

Monthly deliveries of one world are archived as they come. The features that the last one gives, by
the days of the archive, are compared with those of the delivery in force at each contact.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from python_scoring.features.contract import project_contract
from python_scoring.simulate.lateness import Lateness, parse_curve
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world, deliver
from python_scoring.tests.support.feature_engine import FeatureEngine

# the figures of a month are delivered ten days after it
DAYS = [dt.date(2024, month, 11) for month in (4, 5, 6, 7, 8, 9)]
LATE = Lateness(parse_curve("30:0.25,60:0.5,90:0.75,120:0.9,240:1"))
FEATURES = project_contract().names
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def deliveries() -> dict[dt.date, Rows]:
    world = build_world(WorldRequest(advisors=2500, leads=2500, seed=8, late=LATE))
    return {day: with_late_figures(rows_of(deliver(world, day)), day) for day in DAYS}


def rows_of(tables: dict[str, pa.Table]) -> Rows:
    return {name: table.to_pylist() for name, table in tables.items()}


def with_late_figures(delivery: Rows, day: dt.date) -> Rows:
    """Of every fifth firm the newest month comes without its figure: the next delivery has it."""
    newest = day.replace(day=1) - dt.timedelta(days=1)
    for row in delivery["firm_historicals"]:
        is_newest = (row["YEAR"], row["MONTH"]) == (newest.year, newest.month)
        if is_newest and row["RIA_INVESTOR_CRD_ID"] % 5 == 0:
            row["TOTAL_AUM"] = None
    return delivery


def registrations(delivery: Rows) -> Iterator[tuple[Any, ...]]:
    current = "LATEST_REGISTERED_EMPLOYMENT"
    past = "PREVIOUS_REGISTRATION_COMPANY"
    sources = {
        "ria_contacts_current": (f"{current}_COMPANY_CRD_ID", f"{current}_START_DATE"),
        "contact_registered_employment_history": (f"{past}_CRD_ID", f"{past}_START_DATE"),
    }
    for name, columns in sources.items():
        for row in delivery[name]:
            values = tuple(row[column] for column in ("RIA_CONTACT_CRD_ID", *columns))
            if None not in values:
                yield values


def firm_months(delivery: Rows) -> Iterator[tuple[Any, ...]]:
    for row in delivery["firm_historicals"]:
        yield row["RIA_INVESTOR_CRD_ID"], dt.date(row["YEAR"], row["MONTH"], 1)


def firm_figures(delivery: Rows) -> Iterator[tuple[Any, ...]]:
    known = [row for row in delivery["firm_historicals"] if row["TOTAL_AUM"] is not None]
    return firm_months({"firm_historicals": known})


def archives_of(deliveries: dict[dt.date, Rows]) -> Rows:
    return {
        "registration_arrivals": archive_of(
            deliveries, registrations, "advisor_crd", "firm_crd", "started_date"
        ),
        "firm_month_arrivals": archive_of(deliveries, firm_months, "firm_crd", "month_start_date"),
        "firm_figure_arrivals": archive_of(
            deliveries, firm_figures, "firm_crd", "month_start_date"
        ),
    }


def archive_of(
    deliveries: dict[dt.date, Rows],
    keys_of: Callable[[Rows], Iterator[tuple[Any, ...]]],
    *names: str,
) -> list[dict[str, Any]]:
    first: dict[tuple[Any, ...], dt.date] = {}
    for day, delivery in deliveries.items():
        for key in keys_of(delivery):
            first.setdefault(key, day)
    columns = (*names, "first_delivered_date")
    return [dict(zip(columns, (*key, day), strict=True)) for key, day in first.items()]


def contacts(
    rows: Iterable[dict[str, Any]], since: dt.date, until: dt.date
) -> dict[str, dict[str, Any]]:
    return {
        row["prediction_id"]: {name: row[name] for name in FEATURES}
        for row in rows
        if row["contacted_date"] and since <= row["contacted_date"] < until
    }


def test_features_are_those_of_the_delivery_in_force(
    engine: FeatureEngine, deliveries: dict[dt.date, Rows]
) -> None:
    final = deliveries[DAYS[-1]]
    by_known_day = engine.build(final, archives_of(deliveries)).to_pylist()
    completed = engine.build(final).to_pylist()
    compared, naive = 0, set()
    for since, until in itertools.pairwise(DAYS):
        in_force = engine.build(deliveries[since] | {"lead": final["lead"]}).to_pylist()
        wanted = contacts(in_force, since, until)
        assert contacts(by_known_day, since, until) == wanted
        compared += len(wanted)
        naive |= {
            name
            for key, row in contacts(completed, since, until).items()
            for name in FEATURES
            if row[name] != wanted[key][name]
        }
    assert compared > 300
    late = {"firm_net_change_12mo", "firm_rep_count_at_contact", "firm_aum_pit"}
    assert naive >= late, "nothing was late"
