"""Tells what a vendor delivered late from what leaks.

The later delivery is built as the next one of the warehouse that was built from the earlier one:
what it holds for the first time is archived as known from its own day on, and so hidden from the
past that is compared. What differs all the same did not come late. Nor did what stands in the
earlier delivery and was not read from it: then nothing is hidden.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa

from python_scoring.arrivals.registrations import registrations_of

AGES = (30, 60, 90, 120, 180, 240, 365, 730)
Select = Callable[[str], pa.Table]
# in a warehouse that has seen the earlier delivery only, the archive says a day of the later one
_IS_LATE = "known_date_source = 'archive'"


@dataclass(frozen=True)
class AgeShare:
    """How much of an age the earlier delivery held.

    Args:
        up_to_days: Greatest age, in days before the earlier delivery; it begins after the age
            before.
        begun: Registrations of the later delivery that were so old.
        arrived: Those of them that the earlier one held.
    """

    up_to_days: int
    begun: int
    arrived: int


@dataclass(frozen=True)
class LateArrival:
    """What the earlier delivery lacked of the past, and what that does.

    Args:
        late: Registrations that began before the earlier delivery, and only the later one holds.
        vanished: Registrations of the earlier delivery that the later one lacks, such as corrected
            starts.
        ages: Shares by age.
        differing: Subjects by feature that differ where features are built from the later delivery
            alone; empty
            where nothing was late.
        lag_days: The var fintrx_lag_days of the builds.
        unread: Those of the late ones that the earlier delivery holds: the SQL did not read them.
        late_months: Firm months that were over by the earlier delivery, and only the later one
            holds.
        unread_months: Those of them whose figure stands in the earlier delivery.
    """

    late: int
    vanished: int
    ages: list[AgeShare]
    differing: dict[str, int] = field(default_factory=dict)
    lag_days: int = 0
    unread: int = 0
    late_months: int = 0
    unread_months: int = 0

    @property
    def anything(self) -> bool:
        """Whether something came late."""
        return bool(self.late or self.late_months)

    @property
    def hides_nothing(self) -> bool:
        """Whether something only seems late, so that nothing may be hidden from the comparison."""
        return bool(self.unread or self.unread_months)

    @property
    def hidden_by_lag(self) -> bool:
        """Whether starts were late, and no feature shows it because of a constant lag."""
        return bool(self.late and self.lag_days and not any(self.differing.values()))


def count_late(select: Select, earlier: str, later: str, before: dt.date) -> tuple[int, int]:
    """Count the registrations that came late, and those that are gone.

    Args:
        select: Runs a select where both builds can be read.
        earlier: Relation int_registrations of the earlier delivery's build.
        later: That of the later delivery's build, made in the same warehouse.
        before: Day of the earlier delivery.
    """
    keys = "advisor_crd, firm_crd, started_date"
    row = select(
        f"select (select count(*) from {later} where {_IS_LATE} and started_date < date "
        f"'{before}') as late,"
        f" (select count(*) from (select {keys} from {earlier} except distinct select {keys} from "
        f"{later}))"
        " as vanished"
    ).to_pylist()[0]
    return row["late"], row["vanished"]


def count_unread(select: Select, current: str, past: str, later: str, before: dt.date) -> int:
    """Count what seems late, and stands in the sources of the earlier delivery all the same.

    Args:
        select: Runs a select where both builds can be read.
        current: Source ria_contacts_current of the earlier delivery.
        past: Its source contact_registered_employment_history.
        later: As in `count_late`.
        before: Day of the earlier delivery.
    """
    found = select(
        f"select count(*) as unread from {later} as late inner join (select distinct advisor, firm,"
        f" started from ({registrations_of(current, past)}) as delivered) as held"
        " on late.advisor_crd = held.advisor and late.firm_crd = held.firm"
        " and late.started_date = held.started"
        f" where {_IS_LATE} and started_date < date '{before}'"
    )
    return int(found["unread"][0].as_py())


def shares_by_age(select: Select, later: str, before: dt.date) -> list[AgeShare]:
    """Count, by age on the day of the earlier delivery, what began and what had arrived."""
    # by days and not by a difference of days, which the engines write in different ways
    since = {days: before - dt.timedelta(days=days) for days in AGES}
    bins = " ".join(f"when started_date >= date '{day}' then {days}" for days, day in since.items())
    rows = select(
        f"select case {bins} end as up_to_days, count(*) as begun,"
        f" count(case when not ({_IS_LATE}) then 1 end) as arrived from {later}"
        f" where started_date < date '{before}' and started_date >= date '{min(since.values())}'"
        " group by up_to_days order by up_to_days"
    ).to_pylist()
    return [AgeShare(**row) for row in rows]


def count_late_months(select: Select, figures: str, later: str, before: dt.date) -> tuple[int, int]:
    """Count the firm months that came late, and those whose figure stands in the earlier delivery.

    A figure that was corrected is another one: it was not there to be read.

    Args:
        select: Runs a select where both builds can be read.
        figures: Source Firm_historicals of the earlier delivery.
        later: Relation int_firm_months of the later delivery's build.
        before: Day of the earlier delivery.
    """
    month = "extract({0} from month_start_date) as {0}_of"
    row = select(
        "select count(*) as late, count(case when held.firm is not null then 1 end) as unread"
        f" from (select *, {month.format('year')}, {month.format('month')} from {later}) as late"
        " left join (select distinct RIA_INVESTOR_CRD_ID as firm, YEAR as year_of, MONTH as"
        f" month_of, TOTAL_AUM as aum from {figures}) as held"
        " on late.firm_crd = held.firm and late.year_of = held.year_of"
        " and late.month_of = held.month_of and late.total_aum_usd = held.aum"
        f" where {_IS_LATE} and late.month_start_date < date '{before.replace(day=1)}'"
    ).to_pylist()[0]
    return row["late"], row["unread"]
