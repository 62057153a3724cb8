"""Years of drawn contacts, and the alarm's own SQL over them, as dbt compiles it.

A year is a model version of its own, so that one statement judges hundreds of them.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from python_scoring.arrays import Vector
from python_scoring.tests.support.feature_engine import CompiledFeatures

FIRST_DAY = dt.date(2025, 1, 1)
DAYS = 365
_ROWS_AT_ONCE = 4_000_000
_YEARS_AT_ONCE = 25
"""A bet a month makes two hundred rows of each day and process: more years need gigabytes."""
_MODELS = ("calibration_terms", "calibration_evidence")
_GOLDEN_SHARE, _PROSPECT_SHARE, _SPREAD = 0.1, 0.15, 0.8

# the first day of an alarm of each process, counted from 1
ALARMS = """
select model_version, process, direction,
    1 + min(date_diff('day', date '2025-01-01', ripe_date)) as alarm_day
from calibration_evidence where log_evidence >= log_evidence_limit
group by all order by all
"""
# what is usual: a look at each month's calls, by an interval, and by a rule of thumb
MONTHLY = """
with months as (
    select model_version, date_trunc('month', ripe_date) as month_start, count(*) as contacts,
        sum(label) as calls, sum(lead_score) as expected,
        sqrt(sum(lead_score * (1 - lead_score))) as deviation
    from scored_contacts group by all
)
select model_version,
    bool_or(abs(calls - expected) > 1.96 * deviation) as by_interval,
    bool_or(contacts >= 10 and calls < 0.8 * expected) as by_rule_of_thumb
from months group by all order by all
"""


@dataclass(frozen=True)
class Draw:
    """What is drawn.

    Args:
        years: Number of independent years.
        per_day: Contacts that ripen on each day.
        base_rate: Mean published chance.
        odds: The true odds of a call, over the published ones.
        healthy_days: So many days at the beginning of a year have the published odds.
        seed: Of the generator.
        days: Length of a year.
        in_parts: Whether contacts belong to different parts; else all to the same, which is
            several times as fast and the same to the process over all contacts.
    """

    years: int
    per_day: int
    base_rate: float
    odds: float = 1.0
    seed: int = 1
    days: int = DAYS
    in_parts: bool = False
    healthy_days: int = 0


def contacts(draw: Draw) -> pa.Table:
    """Return ripe rows of scored_contacts, in the columns that the alarm reads."""
    generator = np.random.default_rng(draw.seed)
    rows = draw.years * draw.days * draw.per_day
    chance = drawn_chances(generator, rows, draw.base_rate)
    number = np.arange(rows)
    day = number // draw.per_day % draw.days
    true_odds = np.where(day < draw.healthy_days, 1.0, draw.odds) * chance / (1 - chance)
    return pa.table(
        {
            "model_version": _years(number // (draw.per_day * draw.days)),
            "ripe_date": pa.array(
                (day + (FIRST_DAY - dt.date(1970, 1, 1)).days).astype("int32")
            ).cast(pa.date32()),
            "is_ripe": pa.array(np.ones(rows, dtype=bool)),
            "label": pa.array(
                (generator.random(rows) < true_odds / (1 + true_odds)).astype("int32")
            ),
            "lead_score": pa.array(chance),
            "score_decile": pa.array(_deciles(chance) if draw.in_parts else np.zeros(rows, "int8")),
            "population": pc.if_else(
                pa.array(generator.random(rows) < draw.in_parts * _PROSPECT_SHARE),
                "prospects",
                "leads",
            ),
            "is_golden_cohort": pa.array(generator.random(rows) < draw.in_parts * _GOLDEN_SHARE),
        }
    )


def drawn_chances(generator: np.random.Generator, rows: int, base_rate: float) -> Vector:
    """Chances whose odds spread log-normally; their mean is base_rate to a hundredth of it."""
    odds = base_rate / (1 - base_rate) * np.exp(_SPREAD * generator.standard_normal(rows))
    chance: Vector = odds / (1 + odds)
    scaled: Vector = np.minimum(chance * (base_rate / chance.mean()), 0.99)
    return scaled


def _deciles(chance: Vector) -> NDArray[np.int64]:
    cuts = np.quantile(chance[:100_000], np.arange(0.1, 0.95, 0.1))
    return 10 - np.searchsorted(cuts, chance).astype(np.int64)


def _years(numbers: NDArray[np.int64]) -> pa.Array:
    return pa.array(numbers.astype("int32")).cast(pa.string())


class AlarmSql:
    """The compiled models of the alarm, in a database in memory; not safe to share."""

    def __init__(self, compiled: CompiledFeatures) -> None:
        named = {relation.split('"')[-2]: (relation, code) for relation, code in compiled.models}
        self.models = [named[name] for name in _MODELS]
        self.connection = duckdb.connect()
        self.connection.execute(
            f"attach ':memory:' as {compiled.database}; use {compiled.database}"
        )
        self.connection.execute(
            "create table acknowledged_alerts (model_version varchar, process varchar,"
            " acknowledged_date date, reason varchar)"
        )

    def judge(self, drawn: pa.Table) -> None:
        """Make calibration_terms and calibration_evidence of these contacts."""
        self.connection.register("drawn", drawn)
        self.connection.execute("create or replace table scored_contacts as select * from drawn")
        self.connection.unregister("drawn")
        for relation, code in self.models:
            self.connection.execute(f"create or replace table {relation} as {code}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query over these relations."""
        return self.connection.execute(sql).fetchall()


def parts(draw: Draw) -> Iterator[Draw]:
    """Split a draw into some that fit into memory, each with a seed of its own."""
    at_once = max(1, _ROWS_AT_ONCE // (draw.days * draw.per_day))
    for number, first in enumerate(range(0, draw.years, at_once)):
        years = min(at_once, draw.years - first)
        yield replace(draw, years=years, seed=draw.seed * 100_003 + number)


def slices(drawn: pa.Table, draw: Draw) -> Iterator[pa.Table]:
    """Split the contacts of a draw into some that the alarm can judge at once."""
    rows = _YEARS_AT_ONCE * draw.days * draw.per_day
    for first in range(0, drawn.num_rows, rows):
        yield drawn.slice(first, rows)


@dataclass(frozen=True)
class Outcome:
    """What the alarms of drawn years were.

    Args:
        years: How many were drawn.
        alarm_days: Day of the first alarm over all contacts, of each year that had one.
        any_alarms: Years in which any process alarmed, the parts included.
        by_interval: Years in which a monthly 95 % interval missed the calls.
        by_rule_of_thumb: Years in which a month brought less than 80 % of the calls expected.
    """

    years: int
    alarm_days: tuple[int, ...]
    any_alarms: int
    by_interval: int
    by_rule_of_thumb: int


def judged(sql: AlarmSql, draw: Draw) -> Outcome:
    """Draw the years, and count what each way of looking at them says."""
    alarm_days: list[int] = []
    any_alarms = by_interval = by_rule = 0
    for drawn in (few for part in parts(draw) for few in slices(contacts(part), part)):
        sql.judge(drawn)
        alarms = sql.rows(ALARMS)
        first: dict[str, int] = {}
        for version, process, _, day in alarms:
            if process == "all":
                first[version] = min(day, first.get(version, day))
        alarm_days += first.values()
        any_alarms += len({version for version, *_ in alarms})
        looks = sql.rows(MONTHLY)
        by_interval += sum(look[1] for look in looks)
        by_rule += sum(look[2] for look in looks)
    return Outcome(draw.years, tuple(sorted(alarm_days)), any_alarms, by_interval, by_rule)
