"""Drawn contacts that are not ripe, and the nowcast's own SQL over them, as dbt compiles it.

A cohort is a model version of its own, so that one statement judges hundreds of them.
"""

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from python_scoring.tests.monitoring.drawn_years import drawn_chances
from python_scoring.tests.support.feature_engine import CompiledFeatures

ANALYSIS_DATE = dt.date(2025, 6, 30)
AGES = (3, 7, 14)
WINDOW = 30
_RIPE_CALLS_FROM = ANALYSIS_DATE - dt.timedelta(days=200)
_MEAN_DELAY = 7.0

JUDGED = """
select age_days, avg(share_seen) as share_seen,
    avg(cast(observed_so_far between expected_low and expected_high as int)) as of_expected,
    avg(cast(calls between nowcast_low and nowcast_high as int)) as of_nowcast
from early_outcomes join truth using (model_version)
group by age_days order by age_days
"""


@dataclass(frozen=True)
class CohortDraw:
    """What is drawn.

    Args:
        cohorts: Number of independent cohorts of each age.
        contacts: Contacts of a cohort.
        base_rate: Mean published chance.
        odds: The true odds of a call, over the published ones.
        curve_calls: Calls of ripe contacts from which the delays are known.
        seed: Of the generator.
    """

    cohorts: int
    contacts: int
    base_rate: float
    odds: float = 1.0
    curve_calls: int = 500
    seed: int = 1


class NowcastSql:
    """The compiled models of the nowcast, in a database in memory; not safe to share."""

    def __init__(self, compiled: CompiledFeatures) -> None:
        named = {relation.split('"')[-2]: (relation, code) for relation, code in compiled.models}
        self.models = [named[name] for name in ("delay_curve", "early_outcomes")]
        self.connection = duckdb.connect()
        self.connection.execute(
            f"attach ':memory:' as {compiled.database}; use {compiled.database}"
        )

    def judge(self, draw: CohortDraw) -> list[tuple[int, float, float, float]]:
        """Return, for each age, the share seen, and in what share of cohorts each interval held."""
        for name, table in _tables(draw).items():
            self.connection.register("drawn", table)
            self.connection.execute(f"create or replace table {name} as select * from drawn")
            self.connection.unregister("drawn")
        for relation, code in self.models:
            self.connection.execute(f"create or replace table {relation} as {code}")
        return self.connection.execute(JUDGED).fetchall()


def _tables(draw: CohortDraw) -> dict[str, pa.Table]:
    """Contacts of today's age, each cohort with a curve that was drawn from the same delays."""
    generator = np.random.default_rng(draw.seed)
    cohorts = draw.cohorts * len(AGES)
    rows = cohorts * draw.contacts
    cohort = np.arange(rows) // draw.contacts
    age = np.array(AGES)[cohort % len(AGES)]
    chance = drawn_chances(generator, rows, draw.base_rate)
    true_odds = draw.odds * chance / (1 - chance)
    has_call = generator.random(rows) < true_odds / (1 + true_odds)
    delay = _delays(generator, rows)
    contacted = _day(ANALYSIS_DATE) - age
    version = [str(number) for number in range(cohorts)]
    ripe = np.full(draw.curve_calls, _day(_RIPE_CALLS_FROM))
    calls = np.bincount(cohort[has_call], minlength=cohorts)
    seen = has_call & (delay <= age)
    ids = np.arange(rows + draw.curve_calls)
    return {
        "scored_contacts": pa.table(
            {
                "lead_id": ids[:rows],
                "contacted_date": _dates(contacted),
                "is_ripe": np.zeros(rows, dtype=bool),
                "lead_score": chance,
                "population": pa.repeat("leads", rows),
                "model_version": pa.array(version).take(pa.array(cohort)),
            }
        ),
        "int_leads_checked": pa.table(
            {
                "lead_id": ids,
                "rejection_reason": pa.nulls(len(ids), pa.string()),
                "contacted_date": _dates(np.concatenate([contacted, ripe])),
                "call_scheduled_date": _dates(
                    np.concatenate([contacted + delay, ripe + _delays(generator, len(ripe))]),
                    ~np.concatenate([seen, np.ones(len(ripe), dtype=bool)]),
                ),
            }
        ),
        "int_lead_labels": pa.table(
            {
                "lead_id": ids[rows:],
                "contacted_date": _dates(ripe),
                "label": np.ones(len(ripe), dtype="int32"),
            }
        ),
        "truth": pa.table(
            {
                "model_version": version,
                "calls": calls,
                "age_days": np.array(AGES)[np.arange(cohorts) % len(AGES)],
            }
        ),
    }


def _delays(generator: np.random.Generator, rows: int) -> np.ndarray:
    """Days from a contact to its call: exponential, within the label window."""
    share = generator.random(rows) * -np.expm1(-(WINDOW + 1) / _MEAN_DELAY)
    days: np.ndarray = np.floor(-_MEAN_DELAY * np.log1p(-share)).astype(np.int64)
    return days


def _day(date: dt.date) -> int:
    return (date - dt.date(1970, 1, 1)).days


def _dates(days: np.ndarray, unknown: np.ndarray | None = None) -> pa.Array:
    return pa.array(days.astype("int32"), mask=unknown).cast(pa.date32())
