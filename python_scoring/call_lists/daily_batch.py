"""Scores the open leads of a day by running dbt, and returns what was scored.

There is one way to score, the dbt project's; this only chooses the day and how far back a contact
may lie. It is a whole build: what is published has passed every test (decision 0014).
"""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from python_scoring.errors import LeadScoringError
from python_scoring.io.builds import Build, build_of_day
from python_scoring.io.dbt import day, project_vars, run_dbt, whole_number, words_of
from python_scoring.io.warehouse.current import warehouse

SELECTION = "+builds+"
# as for deploy/daily: once an archive of arrivals is kept, a build without the day is refused
DELIVERY_DATE = "LEAD_SCORING_DELIVERY_DATE"

_ROWS = """
select * from lead_scores_daily
where score_date = ?
    and lead_id not in (select lead_id from call_exclusions where lead_id is not null)
order by call_priority
"""
_COUNTS = """
select count(*) as leads, count(contacted_date) as contacted,
    count(case when is_golden_cohort then 1 end) as golden
from lead_scores_daily where score_date = ?
"""


@dataclass(frozen=True)
class Batch:
    """The scored leads of a day.

    Args:
        days: Contacts so many days before `score_date` are in it, and leads not yet contacted.
        score_date: The day.
        build: What published it.
        leads: Leads scored.
        contacted: Those of them who were contacted.
        golden: Those in the golden cohort.
        rows: The rows of `lead_scores_daily` that may be called as of the newest published day, in
            calling order.
    """

    days: int
    score_date: date
    build: Build
    leads: int
    contacted: int
    golden: int
    rows: pa.Table


def score_batch(days: int | None, score_date: date | None) -> Batch:
    """Score a day's open leads; a day that was scored before is replaced, other days stay.

    Runs in the project's folder, as dbt does. `LEAD_SCORING_DELIVERY_DATE` is the delivery's day.

    Args:
        days: Window of contacts; the project's var batch_days where None.
        score_date: The day to rank; the project's var score_date where None.

    Raises:
        InputError: This folder is no dbt project of ours, or a var has no usable value.
        LeadScoringError: dbt could not build; its own words are quoted.
        WarehouseError: The warehouse cannot be reached or read.
    """
    current = warehouse()
    usual = project_vars(Path(), ["batch_days", "score_date"])
    days = whole_number(usual, "batch_days") if days is None else days
    score_date = score_date or day(usual, "score_date")
    delivered = os.environ.get(DELIVERY_DATE)
    given = {"delivery_date": delivered} if delivered else {}
    _build({"batch_days": days, "score_date": str(score_date)} | given)
    counts = current.query(_COUNTS, [score_date]).to_pylist()[0]
    build = build_of_day(score_date)
    return Batch(days, score_date, build, **counts, rows=current.query(_ROWS, [score_date]))


def _build(dbt_vars: dict[str, Any]) -> None:
    # unit tests judge the code, not the day: CI runs them
    chosen = ["--select", SELECTION, "--indirect-selection", "buildable"]
    done = run_dbt(["build", "--quiet", *chosen, "--exclude-resource-type", "unit_test"], dbt_vars)
    if done.returncode:
        raise LeadScoringError(
            f"The leads of {dbt_vars['score_date']} could not be scored.",
            why="Nothing was published; scores and lists are those of the last good build.",
            where=words_of(done),
            fix="Mend what dbt says; `make build` with these vars says it too.",
        )
