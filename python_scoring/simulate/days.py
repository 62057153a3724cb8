"""Days and months as integers, so that a million of them are compared at once.

A day counts from 1970-01-01, a month from January 1970. `NEVER` is a day after every horizon.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

DayNumbers = NDArray[np.int32]
MonthNumbers = NDArray[np.int32]

NEVER = np.int32(2_000_000)
DAYS_PER_MONTH = 30.4375
"""Mean length of a month, in days."""


def day_of(moment: date) -> int:
    """Count the days from 1970-01-01 to a calendar day."""
    return moment.toordinal() - date(1970, 1, 1).toordinal()


def month_of(moment: date) -> int:
    """Count the months from January 1970 to the month that holds a day."""
    return (moment.year - 1970) * 12 + moment.month - 1


def months_of(days: DayNumbers) -> MonthNumbers:
    """Month numbers of days, any shape."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int32)


def first_days_of(months: MonthNumbers) -> DayNumbers:
    """First days of months, any shape."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)


def weekdays_of(days: DayNumbers) -> NDArray[np.int32]:
    """Weekdays, 0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return (days + 3) % 7


def weekdays_between(first: date, last: date) -> DayNumbers:
    """All days from Monday to Friday in [first, last]."""
    days = np.arange(day_of(first), day_of(last) + 1, dtype=np.int32)
    return days[weekdays_of(days) < 5]


def ten_years_later(days: DayNumbers) -> DayNumbers:
    """Move to the same day of the month ten years on, as a slip in the year would write it."""
    months = months_of(days)
    return first_days_of(months + 120) + (days - first_days_of(months))
