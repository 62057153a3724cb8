"""Small invented worlds, drawn around the edges that matter, as the vendor would deliver them.

A world has a past, what had happened and was known by the day of the contact, and an aftermath:
what happened later, or was only later written down. No feature of the contact may depend on the
aftermath.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

CONTACT = dt.date(2024, 6, 15)
SCORE_DATE = dt.date(2024, 12, 1)

Registration = tuple[int, dt.date]
Rows = dict[str, list[dict[str, Any]]]

PAST_DAYS = [
    *(
        CONTACT - dt.timedelta(days=days)
        for days in (5000, 1900, 1827, 400, 300, 60, 45, 31, 30, 29, 1, 0)
    ),
    *(dt.date(2021, 6, day) for day in (14, 15, 16)),
    *(dt.date(2023, 6, day) for day in (15, 16)),
    dt.date(1901, 1, 1),
]
LATER_DAYS = [
    *(CONTACT + dt.timedelta(days=days) for days in (1, 15, 30, 120)),
    dt.date(2035, 1, 1),
]
FIRMS = st.integers(1, 4)
ADVISORS = st.integers(1, 6)


@dataclass(frozen=True)
class Past:
    """What had happened, and was known, on the day of the contact.

    Args:
        people: Registrations, firm and start, of each advisor; each is a lead of that day.
        aum: Assets of each firm by first day of the month.
        delays: Days from start to delivery, dealt out to the registrations in turn; all came by
            the contact.

    """

    people: dict[int, set[Registration]]
    aum: dict[int, dict[dt.date, int | None]]
    delays: list[int] = field(default_factory=lambda: [0])


@dataclass(frozen=True)
class Aftermath:
    """What came later than the contact, or was only then written down.

    Args:
        starts: Later registrations of known advisors and of newcomers.
        aum: Figures of the month of the contact and of later ones.
        ends: End dates, dealt out to the history in turn: any may be written back later.
        days_to_call: When the leads' calls were scheduled, dealt out in turn.
        flags: Converted, deleted and producing, dealt out in turn.
        late: Registrations that had begun by the contact, and were delivered after it.
        delays: Days from start, or from the contact where late, to delivery; dealt out in turn.
        late_aum: Figures of months that were over by the contact, and were delivered after it.

    """

    starts: dict[int, set[Registration]] = field(default_factory=dict)
    aum: dict[int, dict[dt.date, int | None]] = field(default_factory=dict)
    ends: list[dt.date | None] = field(default_factory=lambda: [None])
    days_to_call: list[int | None] = field(default_factory=lambda: [None])
    flags: list[bool] = field(default_factory=lambda: [False])
    late: dict[int, set[Registration]] = field(default_factory=dict)
    delays: list[int] = field(default_factory=lambda: [1])
    late_aum: dict[int, dict[dt.date, int | None]] = field(default_factory=dict)

    def figures(self, firm: int) -> dict[dt.date, int | None]:
        """Return what was only delivered after the contact, by first day of the month."""
        return self.late_aum.get(firm, {}) | self.aum.get(firm, {})


def _figures(months: list[dt.date]) -> st.SearchStrategy[dict[dt.date, int | None]]:
    return st.dictionaries(
        st.sampled_from(months), st.one_of(st.none(), st.integers(0, 1000)), max_size=5
    )


def _month(month: int, year: int = 2024) -> dt.date:
    return dt.date(year, month, 1)


MONTHS = [_month(12, 2023), _month(1), _month(3), _month(4), _month(5)]
histories = st.sets(st.tuples(FIRMS, st.sampled_from(PAST_DAYS)), max_size=6)
pasts = st.builds(
    Past,
    st.dictionaries(ADVISORS, histories, min_size=1, max_size=6),
    st.dictionaries(FIRMS, _figures(MONTHS), max_size=4),
    st.lists(st.sampled_from([0, 1, 29, 60, 340, 400, 900]), min_size=1, max_size=5),
)
aftermaths = st.builds(
    Aftermath,
    st.dictionaries(
        st.integers(1, 9),
        st.sets(st.tuples(FIRMS, st.sampled_from(LATER_DAYS)), max_size=3),
        max_size=9,
    ),
    st.dictionaries(FIRMS, _figures([_month(6), _month(7), _month(11)]), max_size=4),
    st.lists(
        st.one_of(st.none(), st.sampled_from([*PAST_DAYS[:-1], *LATER_DAYS])),
        min_size=1,
        max_size=7,
    ),
    st.lists(st.one_of(st.none(), st.integers(-5, 90)), min_size=1, max_size=5),
    st.lists(st.booleans(), min_size=1, max_size=5),
    st.dictionaries(ADVISORS, histories, max_size=6),
    st.lists(st.sampled_from([1, 2, 30, 120]), min_size=1, max_size=5),
    st.dictionaries(FIRMS, _figures(MONTHS), max_size=4),
)


def known(registrations: set[Registration], as_of: dt.date) -> list[Registration]:
    """Return the usable registrations up to a day, oldest first, two of one day by firm."""
    usable = [r for r in registrations if dt.date(1940, 1, 1) <= r[1] <= as_of]
    return sorted(usable, key=lambda r: (r[1], r[0]))


def delivered(past: Past, aftermath: Aftermath | None = None, *, shift: int = 0) -> Rows:
    """Return the four sources: the latest registration is current, the others are history.

    Args:
        past: What had happened by the contact.
        aftermath: What came later; nothing where None.
        shift: Added to all keys, so that worlds can stand side by side in one delivery.

    """
    aftermath = aftermath or Aftermath()
    rows: Rows = {name: [] for name in _SOURCES}
    for advisor in sorted(past.people | aftermath.starts | aftermath.late):
        registrations = set().union(
            *(each.get(advisor, set()) for each in (past.people, aftermath.starts, aftermath.late))
        )
        path = sorted(registrations, key=lambda r: (r[1], r[0]))
        current = path.pop() if path else None
        rows["ria_contacts_current"].append(_contact(advisor, current, aftermath, shift))
        for firm, start in path:
            position = len(rows["contact_registered_employment_history"])
            end = aftermath.ends[position % len(aftermath.ends)]
            rows["contact_registered_employment_history"].append(
                _history(advisor, firm, start, end, shift)
            )
        rows["lead"].append(_lead(advisor, advisor in past.people, aftermath, shift))
    for firm in sorted(past.aum | aftermath.aum | aftermath.late_aum):
        figures = aftermath.figures(firm) | past.aum.get(firm, {})
        rows["firm_historicals"] += [
            {
                "RIA_INVESTOR_CRD_ID": firm + shift,
                "YEAR": month.year,
                "MONTH": month.month,
                "TOTAL_AUM": aum,
            }
            for month, aum in sorted(figures.items())
        ]
    return rows


def archived(past: Past, aftermath: Aftermath, *, shift: int = 0) -> Rows:
    """Return the archives for what `delivered` returns: the day on which each row came.

    What came by the contact came on the same day in every aftermath. The first archived delivery
    says nothing of when its rows came: it holds one that is nobody's.
    """
    return {
        "registration_arrivals": _archived_registrations(past, aftermath, shift),
        "firm_month_arrivals": _archived_months(past, aftermath, shift),
    }


def _archived_months(past: Past, aftermath: Aftermath, shift: int) -> list[dict[str, Any]]:
    """What came by the contact came when its month was over, or some days later."""
    came = {}
    for firm in sorted(past.aum | aftermath.aum | aftermath.late_aum):
        for i, month in enumerate(sorted(past.aum.get(firm, {}))):
            over = (month + dt.timedelta(days=31)).replace(day=1)
            delay = dt.timedelta(past.delays[i % len(past.delays)])
            came[firm, month] = max(over, min(over + delay, CONTACT))
        for i, month in enumerate(sorted(aftermath.figures(firm))):
            delay = dt.timedelta(aftermath.delays[i % len(aftermath.delays)])
            came.setdefault((firm, month), CONTACT + delay)
    came[9000, dt.date(1950, 1, 1)] = dt.date(1950, 1, 1)
    names = ("firm_crd", "month_start_date", "first_delivered_date")
    return [
        dict(zip(names, (firm + shift, month, day), strict=True))
        for (firm, month), day in came.items()
    ]


def _archived_registrations(past: Past, aftermath: Aftermath, shift: int) -> list[dict[str, Any]]:
    known_rows = sorted((a, *r) for a, rows in past.people.items() for r in rows)
    later = aftermath.starts, aftermath.late
    unknown = sorted({(a, *r) for each in later for a, rows in each.items() for r in rows})
    came = {
        row: max(row[2], min(row[2] + dt.timedelta(past.delays[i % len(past.delays)]), CONTACT))
        for i, row in enumerate(known_rows)
    }
    for i, row in enumerate(unknown):
        delay = dt.timedelta(aftermath.delays[i % len(aftermath.delays)])
        came.setdefault(row, max(row[2], CONTACT) + delay)
    came[9000, 1, dt.date(1950, 1, 1)] = dt.date(1950, 1, 1)
    names = ("advisor_crd", "firm_crd", "started_date", "first_delivered_date")
    return [
        dict(zip(names, (advisor + shift, firm + shift, start, day), strict=True))
        for (advisor, firm, start), day in came.items()
    ]


def side_by_side(*parts: Rows) -> Rows:
    """Return one delivery, or the archives of one, from several that differ in `shift`."""
    return {name: [row for rows in parts for row in rows[name]] for name in parts[0]}


_SOURCES = (
    "ria_contacts_current",
    "contact_registered_employment_history",
    "firm_historicals",
    "lead",
)


def _contact(
    advisor: int, current: Registration | None, aftermath: Aftermath, shift: int
) -> dict[str, Any]:
    firm, start = current or (None, None)
    return {
        "RIA_CONTACT_CRD_ID": advisor + shift,
        "PRIMARY_FIRM_NAME": f"Firm {firm}",
        "LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID": None if firm is None else firm + shift,
        "LATEST_REGISTERED_EMPLOYMENT_START_DATE": start,
        "PRODUCING_ADVISOR": aftermath.flags[advisor % len(aftermath.flags)],
    }


def _history(
    advisor: int, firm: int, start: dt.date, end: dt.date | None, shift: int
) -> dict[str, Any]:
    return {
        "RIA_CONTACT_CRD_ID": advisor + shift,
        "PREVIOUS_REGISTRATION_COMPANY_CRD_ID": firm + shift,
        "PREVIOUS_REGISTRATION_COMPANY_START_DATE": start,
        "PREVIOUS_REGISTRATION_COMPANY_END_DATE": end,
    }


def _lead(advisor: int, contacted: bool, aftermath: Aftermath, shift: int) -> dict[str, Any]:
    """A lead of the contact day, or of later: newcomers are contacted afterwards."""
    day = CONTACT if contacted else CONTACT + dt.timedelta(days=90)
    wait = aftermath.days_to_call[advisor % len(aftermath.days_to_call)]
    return {
        "Id": f"L{advisor + shift}",
        "FA_CRD__c": f"CRD {advisor + shift}",
        "stage_entered_contacting__c": day,
        "Stage_Entered_Call_Scheduled__c": None if wait is None else day + dt.timedelta(days=wait),
        "IsConverted": aftermath.flags[(advisor + 1) % len(aftermath.flags)],
        "IsDeleted": aftermath.flags[(advisor + 2) % len(aftermath.flags)],
    }
