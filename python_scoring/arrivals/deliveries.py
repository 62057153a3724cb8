"""Counts, of two deliveries of one vendor, what the earlier held of the later one's registrations.

Everything that is large stays in DuckDB, in a file of a temporary folder: only counts by firm and
day of the last two years come back.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from python_scoring.arrays import Integers
from python_scoring.arrivals.registrations import registrations_of
from python_scoring.errors import InputError
from python_scoring.io.delivery.contract import SourceTable, tables_from_yml
from python_scoring.io.delivery.reading import read_delivery
from python_scoring.io.delivery.sql_text import literal

SOURCES_YML = "models/staging/fintrx/sources.yml"
MOST_VANISHED = 0.2
"""Where more of the earlier registrations are gone, they are not deliveries of one vendor."""
LONGEST_CAREER_DAYS = 30_000
MEMORY_LIMIT = "1GB"
_CURRENT, _PAST = "ria_contacts_current", "contact_registered_employment_history"
_DAY_NAME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_USABLE = """
create table {side} as
select distinct advisor, firm, started from ({registrations})
where advisor > 0 and firm > 0 and started <= {day} and started > {day} - {career}
"""
# A key that vanished is a corrected start where the same advisor and firm have a new one.
_CHANGES = """
create table vanished as select * from earlier anti join later using (advisor, firm, started);
create table fresh as select * from later anti join earlier using (advisor, firm, started);
"""
_APART = """
select
    (select count(*) from earlier),
    (select count(*) from vanished semi join fresh using (advisor, firm)),
    (select count(*) from vanished anti join fresh using (advisor, firm))
"""
_HELD = """
select
    firm,
    date_diff('day', started, {day}) as age,
    count(*) as starts,
    count(*) filter (was_there or was_corrected) as held
from (
    select
        later.firm,
        later.started,
        fresh.advisor is null as was_there,
        (later.advisor, later.firm) in (select (advisor, firm) from vanished) as was_corrected
    from later
    left join fresh using (advisor, firm, started)
    where later.started <= {day}
)
group by all
order by age, firm
"""


@dataclass(frozen=True)
class Delivery:
    """A folder of source files, and the day on which the vendor sent it."""

    folder: Path
    day: date


@dataclass(frozen=True)
class HeldCounts:
    """Starts of the later delivery by firm and age, and how many the earlier one held.

    Rows are in the order of age and firm; arrays have shape (n,).

    Args:
        firm: Position of the firm, from 0.
        age: Days from the start to the earlier delivery, from 0.
        starts: Registrations of the later delivery.
        held: Those of them that the earlier delivery held, also under another start.

    """

    firm: Integers
    age: Integers
    starts: Integers
    held: Integers


@dataclass(frozen=True)
class DeliveryPair:
    """Two deliveries compared.

    Args:
        earlier: The earlier delivery.
        later: The later one.
        counts: Starts on or before the earlier day.
        corrected: Registrations of the earlier one that the later one has with another start.
        withdrawn: Registrations of the earlier one that the later one lacks.

    """

    earlier: Delivery
    later: Delivery
    counts: HeldCounts
    corrected: int
    withdrawn: int

    @property
    def gap_days(self) -> int:
        """Days between the two."""
        return (self.later.day - self.earlier.day).days


def dated(folder: Path, day: date | None, option: str) -> Delivery:
    """Return a delivery with its day, which is the folder's name where none is given.

    Raises:
        InputError: No day is given, and the folder's name is none.

    """
    if day is None and _DAY_NAME.fullmatch(folder.resolve().name):
        try:
            day = date.fromisoformat(folder.resolve().name)
        except ValueError:
            day = None
    if day is None:
        raise InputError(
            f"The day of the delivery {folder} is not known.",
            why="Ages are counted to that day. A file's own date or today would be a guess.",
            where=str(folder),
            fix=f"Name the folder by it, such as 2025-06-30, or give {option} YYYY-MM-DD.",
        )
    return Delivery(folder, day)


def compare(project: Path, earlier: Delivery, later: Delivery) -> DeliveryPair:
    """Compare two deliveries of one vendor.

    Args:
        project: Folder of the dbt project; its sources' yml says what a delivery holds.
        earlier: The earlier delivery; only the two tables of registrations are read.
        later: The later one.

    Raises:
        InputError: A file cannot be used, the days do not rise, or they share too little.

    """
    if earlier.day >= later.day:
        raise InputError(
            f"The earlier delivery is of {earlier.day}, the later one of {later.day}.",
            why="What arrived between two deliveries can be counted only forwards.",
            where=f"{earlier.folder}, {later.folder}",
            fix="Exchange them, or mend their days.",
        )
    with _database() as connection:
        _load(connection, project, "earlier", earlier)
        _load(connection, project, "later", later)
        connection.execute(_CHANGES)
        known, corrected, withdrawn = connection.execute(_APART).fetchall()[0]
        if corrected + withdrawn > MOST_VANISHED * known:
            raise _unlike(earlier, later, known, corrected + withdrawn)
        counts = _held_counts(connection, earlier.day)
    return DeliveryPair(earlier, later, counts, corrected, withdrawn)


def starts_by_age(project: Path, delivery: Delivery) -> HeldCounts:
    """Count the starts of one delivery by firm and age; all of them are held.

    Raises:
        InputError: A file cannot be used.

    """
    with _database() as connection:
        _load(connection, project, "later", delivery)
        connection.execute("create table earlier as from later")
        connection.execute(_CHANGES)
        return _held_counts(connection, delivery.day)


@contextmanager
def _database() -> Iterator[duckdb.DuckDBPyConnection]:
    with (
        tempfile.TemporaryDirectory(prefix="arrivals-") as scratch,
        duckdb.connect(str(Path(scratch) / "arrivals.duckdb")) as connection,
    ):
        connection.execute(f"set memory_limit = {literal(MEMORY_LIMIT)}")
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set threads = 2")
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def _load(
    connection: duckdb.DuckDBPyConnection, project: Path, side: str, delivery: Delivery
) -> None:
    """Make the table of a delivery's usable registrations; a row counts once."""
    sources = read_delivery(delivery.folder, _contract(project))
    problems = [problem for source in sources.values() for problem in source.problems]
    if problems:
        raise problems[0]
    statement = _USABLE.format(
        side=side,
        registrations=registrations_of(
            f"({sources[_CURRENT].select})", f"({sources[_PAST].select})"
        ),
        day=_literal_day(delivery.day),
        career=LONGEST_CAREER_DAYS,
    )
    connection.execute(statement)


def _contract(project: Path) -> tuple[SourceTable, ...]:
    return tables_from_yml(project / SOURCES_YML, (_CURRENT, _PAST))


def _held_counts(connection: duckdb.DuckDBPyConnection, day: date) -> HeldCounts:
    found = connection.execute(_HELD.format(day=_literal_day(day))).fetchnumpy()
    firm = np.unique(np.asarray(found["firm"]), return_inverse=True)[1]
    age, starts, held = (np.asarray(found[name], np.int64) for name in ("age", "starts", "held"))
    return HeldCounts(firm, age, starts, held)


def _literal_day(day: date) -> str:
    return f"date {literal(day.isoformat())}"


def _unlike(earlier: Delivery, later: Delivery, known: int, vanished: int) -> InputError:
    return InputError(
        f"{vanished:,} of the {known:,} registrations of {earlier.folder} are not in "
        f"{later.folder}.",
        why="Vendors correct a few starts; these are not two deliveries of one vendor, or one of "
        "them was cut.",
        where=f"{earlier.folder}, {later.folder}",
        fix="Give two whole deliveries of the same vendor.",
    )
