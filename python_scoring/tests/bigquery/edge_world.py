"""One small invented delivery whose values show where engines differ.

Contacts fall on leap days, ends of months, Sundays and Mondays; registrations on the same days, a
day beside the edges of the windows, and whole months before; and the dirt of the vendor is there.
"""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from python_scoring.tests.support.worlds import Rows

CONTACT_DAYS = [
    dt.date(*day)
    for day in [
        (2024, 2, 29), (2024, 3, 1), (2024, 3, 30), (2024, 3, 31), (2024, 4, 30), (2024, 5, 1),
        (2024, 5, 31), (2024, 6, 2), (2024, 6, 3), (2024, 6, 16), (2024, 6, 17), (2024, 6, 30),
        (2024, 7, 1), (2024, 7, 31), (2024, 8, 29), (2024, 8, 31), (2024, 9, 1), (2024, 9, 2),
        (2024, 9, 30), (2024, 10, 1), (2024, 10, 13), (2024, 10, 14), (2024, 10, 31), (2024, 11, 2),
    ]
]  # fmt: skip
DAYS_BEFORE = [0, 1, 28, 29, 30, 31, 32, 59, 60, 61, 364, 365, 366, 367, 1094, 1095, 1096, 1097]
FIXED_STARTS = [
    dt.date(1901, 1, 1), dt.date(1939, 12, 31), dt.date(1940, 1, 1), dt.date(1999, 12, 31),
    dt.date(2020, 2, 29), dt.date(2021, 2, 28), dt.date(2023, 2, 28), dt.date(2023, 12, 31),
    dt.date(2035, 1, 1),
]  # fmt: skip
TYPED_CRDS = ["CRD# {}", " {} ", "\t{}a\n", "{}", "{}.0", "Crd no.: 000{}", "CRD-{}", "\u00a0{}"]
INFINITE, NAN = float("inf"), float("nan")
UNUSABLE_CRDS = [
    *("unknown", "  ", "\t", None, "12345678901234567890", "12345678901", "0", "0.0", "-123", "+1"),
    *("CRD -123", "\u2212123", "12.7", ".5", "1,219", "1,219,717", "123 456", "CRD 123 456"),
    *("1.219717e+06", "(1234567)", "$1234567", "\u0661\u0662\u0663", "1234567.", "12/34"),
]


def edge_world() -> Rows:
    """The four sources; everything follows from counting, nothing from chance."""
    contacts, history, leads = [], [], []
    for number in range(3 * len(CONTACT_DAYS)):
        advisor, day = 1000 + number, CONTACT_DAYS[number % len(CONTACT_DAYS)]
        starts = [
            (
                1 + (number + step) % 5,
                day - dt.timedelta(days=DAYS_BEFORE[(number * 7 + step * 5) % 18]),
            )
            for step in range(number % 5)
        ]
        starts.append((1 + number % 4, FIXED_STARTS[number % len(FIXED_STARTS)]))
        *past, (firm, start) = sorted(starts, key=lambda registration: registration[1])
        contacts.append(_contact(advisor, firm, start, number))
        history += [_history(advisor, firm, start, number) for firm, start in past]
        leads.append(_lead(advisor, day, number))
    history += [history[0], history[3] | {"PREVIOUS_REGISTRATION_COMPANY_CRD_ID": None}]
    history += [history[4] | {"PREVIOUS_REGISTRATION_COMPANY_START_DATE": None}]
    history += [history[5] | {"RIA_CONTACT_CRD_ID": key} for key in (None, 0, -1, 10**10)]
    history += [history[6] | {"PREVIOUS_REGISTRATION_COMPANY_CRD_ID": -1}]
    contacts += [
        _contact(5000 + n, None if n == 3 else n, dt.date(2024, n + 1, 29), n) for n in range(5)
    ]
    leads += [leads[7] | {"FA_CRD__c": "1"}, leads[8] | {"stage_entered_contacting__c": None}]
    for typed in UNUSABLE_CRDS:
        leads.append(leads[2] | {"Id": f"typed {typed!r}", "FA_CRD__c": typed})
    leads += [leads[3] | {"Id": None}, leads[4] | {"Id": "later"} | _contacted(dt.date(2025, 3, 1))]
    leads.append(leads[5] | {"Id": "long ago"} | _contacted(dt.date(1901, 1, 1)))
    return {
        "ria_contacts_current": contacts,
        "contact_registered_employment_history": history,
        "firm_historicals": _firm_months(),
        "lead": leads,
    }


def write_parquet(world: Rows, types: dict[str, dict[str, str]], folder: Path) -> None:
    """Write the delivery as DuckDB's target reads it.

    Args:
        world: Rows of each source.
        types: Columns of each source with the types that its yml declares.
        folder: Where the files go.

    """
    arrow = {
        "bigint": pa.int64(),
        "double": pa.float64(),
        "string": pa.string(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        "boolean": pa.bool_(),
    }
    for name, rows in world.items():
        schema = pa.schema([(column, arrow[kind]) for column, kind in types[name].items()])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")


def _contact(advisor: int, firm: int | None, start: dt.date, number: int) -> dict[str, Any]:
    return {
        "RIA_CONTACT_CRD_ID": advisor,
        "PRIMARY_FIRM_NAME": None if number % 6 == 0 else f"Firm {firm}",
        "LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID": firm,
        "LATEST_REGISTERED_EMPLOYMENT_START_DATE": start,
        "PRODUCING_ADVISOR": (True, True, None, False)[number % 4],
    }


def _history(advisor: int, firm: int, start: dt.date, number: int) -> dict[str, Any]:
    ends = [None, start - dt.timedelta(days=9), start + dt.timedelta(days=300)]
    return {
        "RIA_CONTACT_CRD_ID": advisor,
        "PREVIOUS_REGISTRATION_COMPANY_CRD_ID": firm,
        "PREVIOUS_REGISTRATION_COMPANY_START_DATE": start,
        "PREVIOUS_REGISTRATION_COMPANY_END_DATE": ends[number % 3],
    }


def _contacted(day: dt.date) -> dict[str, Any]:
    """Seconds before midnight: a day that is rounded would be the next one."""
    return {"stage_entered_contacting__c": dt.datetime.combine(day, dt.time(23, 59, 59, 600_000))}


def _lead(advisor: int, day: dt.date, number: int) -> dict[str, Any]:
    called = (0, None, 30, 31, -1, None, 5)[number % 7]
    return {
        "Id": f"L{advisor}",
        "FA_CRD__c": TYPED_CRDS[number % len(TYPED_CRDS)].format(advisor),
        **(_contacted(day) if number % 11 else {"stage_entered_contacting__c": None}),
        "Stage_Entered_Call_Scheduled__c": None
        if called is None
        else dt.datetime.combine(day + dt.timedelta(days=called), dt.time(0, 0, 1)),
        "IsConverted": (False, None, False, True)[number % 4],
        "IsDeleted": (False, False, None, False, True)[number % 5],
    }


def _firm_months() -> list[dict[str, Any]]:
    """Firms with gaps in their months; .5 and thirds in their growth; months that do not exist."""
    rows = [
        (1, 2024, 1, 200.0), (1, 2024, 2, 201.0), (1, 2024, 3, 205.5), (1, 2024, 6, 100_000.0),
        (2, 2024, 1, 0.0), (2, 2024, 2, 50.0), (2, 2024, 10, 0.25), (2, 2024, 11, 0.5),
        (3, 2024, 1, 3.0), (3, 2024, 2, 1.0), (3, 2024, 4, None), (3, 2024, 9, 2.0),
        (4, 2024, 5, 1e12), (4, 2024, 7, 7.0), (4, 2024, 7, 9.0), (4, 2024, 8, -5.0),
        (4, 2024, 9, INFINITE), (4, 2024, 9, 3.0), (4, 2024, 10, -INFINITE), (4, 2024, 11, NAN),
        (4, 2024, 12, 1e18), (5, 2024, 2, 1e-9), (0, 2024, 1, 1.0), (-7, 2024, 1, 1.0),
        (4, 2024, 13, 1.0), (5, None, 1, 1.0), (None, 2024, 1, 1.0), (5, 2023, 12, 10.0),
    ]  # fmt: skip
    names = ["RIA_INVESTOR_CRD_ID", "YEAR", "MONTH", "TOTAL_AUM"]
    return [dict(zip(names, row, strict=True)) for row in rows]
