"""A series of monthly deliveries of one world: a folder for each day, named by it."""

import calendar
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from python_scoring.errors import InputError
from python_scoring.simulate.request import check_as_of
from python_scoring.simulate.snapshot.folder import check_folder

MOST_DELIVERIES = 60


@dataclass(frozen=True)
class SeriesRequest:
    """Which deliveries to write, and where.

    Args:
        out: Folder of the delivery; of more than one, the folder that holds theirs.
        as_of: Day of the last delivery.
        deliveries: How many, a month apart.

    Raises:
        InputError: A number or a day is out of range.

    """

    out: Path
    as_of: date
    deliveries: int = 1

    def __post_init__(self) -> None:
        """Refuse days that the world does not cover, before minutes are spent on it."""
        check_as_of(self.as_of)
        if not 1 <= self.deliveries <= MOST_DELIVERIES:
            raise InputError(
                f"--deliveries is {self.deliveries}, but must lie between 1 and {MOST_DELIVERIES}.",
                why="Each is a folder of all sources, a month before the next.",
                where="--deliveries",
                fix="Give the number of months to look back from --as-of.",
            )
        try:
            check_as_of(self.days[0])
        except InputError as error:
            raise InputError(
                f"--deliveries {self.deliveries} would begin on {self.days[0]}, before the world's "
                "first delivery.",
                why=error.why,
                where="--deliveries",
                fix="Ask for fewer, or give a later --as-of.",
            ) from error

    @property
    def days(self) -> list[date]:
        """Days of the deliveries, rising."""
        return [_months_before(self.as_of, back) for back in range(self.deliveries)][::-1]

    def folder(self, day: date) -> Path:
        """Return the folder of a day's delivery."""
        return self.out / day.isoformat() if self.deliveries > 1 else self.out


def check_series(series: SeriesRequest) -> None:
    """Refuse a place that holds anything but earlier deliveries of these days.

    Raises:
        InputError: A folder is refused by `check_folder`, or something else stands beside them.

    """
    folders = [series.folder(day) for day in series.days]
    for folder in folders:
        check_folder(folder)
    if series.deliveries == 1 or not series.out.exists():
        return
    if not series.out.is_dir():
        check_folder(series.out)
    strangers = sorted(path.name for path in series.out.glob("*") if path not in folders)
    if strangers:
        raise InputError(
            f"--out {series.out} holds what is none of these deliveries: "
            f"{', '.join(strangers[:5])}.",
            why="Who reads the series would take it for one of them.",
            where=str(series.out),
            fix="Name an empty or a new folder.",
        )


def _months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or its last day where it is shorter."""
    number = day.year * 12 + day.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
