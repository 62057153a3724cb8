"""A month in review: what was promised and what came, what the score changed, what was not worked.

Read from what the last build made (models/monitoring/after_go_live); nothing is judged anew.
"""

import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from python_scoring.errors import InputError
from python_scoring.io.builds import Build, newest_build
from python_scoring.io.warehouse.current import warehouse
from python_scoring.metrics.proportions import wilson

# the part of the ranking that the score would have had called first
FIRST_TENTHS = 3
_MONTH = re.compile(r"((?:19|2[0-9])[0-9]{2})-(0[1-9]|1[0-2])")
_LISTS = """
select model_version, population, contact_count, ripe_count, call_count, expected_calls,
    call_rate, call_rate_low, call_rate_high, auc, auc_low, auc_high
from realised_performance where contact_month = ? order by population, model_version
"""
_LAST = """
select count(*) as contacts, count(case when is_ripe then 1 end) as ripe,
    max(ripe_date) as ripe_until
from scored_contacts where contacted_date >= ? and contacted_date < ?
"""
_ORDER = f"""
select count(*) as contacts, sum(label) as calls,
    count(case when score_decile <= {FIRST_TENTHS} then 1 end) as first_contacts,
    sum(case when score_decile <= {FIRST_TENTHS} then label else 0 end) as first_calls
from scored_contacts where contacted_date >= ? and contacted_date < ?
"""  # noqa: S608 - a number of our own
_WORKED = """
select count(distinct listed.lead_id) as listed, count(distinct worked.lead_id) as worked
from (
    select lead_id from lead_scores_daily
    where score_date >= ? and score_date < ? and score_decile = 1 and contacted_date is null
) as listed
left join (
    select lead_id from scored_contacts where contacted_date >= ? and contacted_date < ?
) as worked on listed.lead_id = worked.lead_id
"""
_ALERTS = """
select people, what, since_date, false_alarm_chance, what_to_do
from model_alerts where is_in_force order by since_date, people, what
"""


@dataclass(frozen=True)
class Retrospective:
    """What can be said of a month.

    Args:
        build: The newest published build.
        month: Its first day.
        ripe_until: Day on which its last contact is ripe; None without contacts.
        contacts: Contacts with a score in force.
        ripe: Those whose label window is over.
        lists: Of a ripe month, a row per list and model version: calls, promised and come.
        order: Of a ripe month: contacts and calls of the best tenths, beside those of all.
        best_tenth: Leads of the best tenth on a published day of the month that waited for their
            first contact, and how many of them had it within the month.
        alerts: Open alerts of the version that scores now.
        verdict: In a sentence.
        next_action: In a sentence.
    """

    build: Build
    month: date
    ripe_until: date | None
    contacts: int
    ripe: int
    lists: list[dict[str, Any]]
    order: dict[str, Any] | None
    best_tenth: dict[str, Any]
    alerts: list[dict[str, Any]]
    verdict: str
    next_action: str

    @property
    def is_ripe(self) -> bool:
        """Whether every contact of the month is ripe, and there is one."""
        return 0 < self.contacts == self.ripe

    def record(self) -> dict[str, Any]:
        """Return it as JSON names it."""
        report = asdict(self) | self.build.record() | {"is_ripe": self.is_ripe}
        del report["build"]
        return report


def month_of(text: str) -> date:
    """Return the first day of a month.

    Raises:
        InputError: It is not written as YYYY-MM.
    """
    found = _MONTH.fullmatch(text)
    if found is None:
        raise InputError(
            f"{text!r} is no month.",
            why="A month in review begins and ends with whole days.",
            where="--month",
            fix="Write it as YYYY-MM, such as 2025-06.",
        )
    return date(int(found[1]), int(found[2]), 1)


def read_retrospective(month: date) -> Retrospective:
    """Read what became of the contacts of a month.

    Args:
        month: Its first day.

    Raises:
        WarehouseError: Nothing was published yet.
    """
    build, current = newest_build(), warehouse()
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    days = [month, after]
    last = current.query(_LAST, days).to_pylist()[0]
    is_ripe = 0 < last["contacts"] == last["ripe"]
    lists = current.query(_LISTS, [month]).to_pylist() if is_ripe else []
    order = _order(current.query(_ORDER, days).to_pylist()[0]) if is_ripe else None
    best_tenth = current.query(_WORKED, [*days, *days]).to_pylist()[0]
    alerts = current.query(_ALERTS).to_pylist()
    return Retrospective(
        build=build,
        month=month,
        ripe_until=last["ripe_until"],
        contacts=last["contacts"],
        ripe=last["ripe"],
        lists=[row | {"held": _held(row)} for row in lists],
        order=order,
        best_tenth=best_tenth,
        alerts=alerts,
        verdict=_verdict(last, lists),
        next_action=_next_action(last, alerts, best_tenth),
    )


def _order(row: dict[str, Any]) -> dict[str, Any]:
    """Add what share of the calls the best tenths brought, with its interval."""
    counts = {name: int(value or 0) for name, value in row.items()}
    calls = counts["calls"]
    share = asdict(wilson(counts["first_calls"], calls)) if calls else None
    return counts | {
        "share_of_calls": share,
        "share_of_contacts": counts["first_contacts"] / counts["contacts"],
    }


def _held(row: dict[str, Any]) -> bool:
    promised = row["expected_calls"] / row["ripe_count"]
    return bool(row["call_rate_low"] <= promised <= row["call_rate_high"])


def _verdict(last: dict[str, Any], lists: list[dict[str, Any]]) -> str:
    if not last["contacts"]:
        return "No contact of this month had a score in force: nothing can be said of it."
    if not lists:
        return f"Not yet ripe: the last label window is over on {last['ripe_until']}."
    missed = [row["population"] for row in lists if not _held(row)]
    if not missed:
        return "What was promised lies in the interval of what came, in every list."
    return (
        f"What was promised lies outside the interval of what came: {', '.join(missed)}. Of a "
        "right model one interval in twenty misses; the alerts decide."
    )


def _next_action(
    last: dict[str, Any], alerts: list[dict[str, Any]], best_tenth: dict[str, Any]
) -> str:
    if alerts:
        return str(alerts[0]["what_to_do"])
    waiting = best_tenth["listed"] - best_tenth["worked"]
    if 2 * waiting > best_tenth["listed"]:
        return (
            f"Call the best tenth first: {waiting:,} of its {best_tenth['listed']:,} leads that "
            "waited for a first contact had none in the month."
        )
    if 0 < last["contacts"] == last["ripe"]:
        return "None: go on as before."
    if last["contacts"]:
        return f"Read it again after {last['ripe_until']}."
    return "See that days are published before their contacts, and contacts recorded."
