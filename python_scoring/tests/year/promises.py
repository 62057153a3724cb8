"""Calls that were promised, and calls that came: what a fault costs while nobody mends it."""

from datetime import date
from typing import Any

from python_scoring.simulate.faults import Faults
from python_scoring.tests.year.line import Line

_CONTACTS = """
with truth as (
    select lead_id, true_probability from read_parquet($truth)
), contacts as (
    select c.*, t.true_probability, l.industry_tenure_months >= $months as is_new_kind,
        coalesce(s.support, 'unknown') as support
    from scored_contacts as c
    join truth as t using (lead_id)
    join lead_training_set as l using (lead_id)
    left join lead_scores_daily as s on c.lead_id = s.lead_id and c.score_date = s.score_date
)
"""
_FIGURES = """
select count(*) as contacts, coalesce(sum(lead_score), 0) as promised,
    coalesce(sum(true_probability), 0) as true_calls, coalesce(sum(label), 0) as came
from contacts where contacted_date between $first and $last and {condition}
"""

_BY_VERSION = """
select date_trunc('month', contacted_date) as contact_month, model_version, count(*),
    sum(lead_score), sum(true_probability), count(label), coalesce(sum(label), 0)
from contacts group by all order by all
"""


def promised(
    line: Line, faults: Faults, condition: str, first: date, last: date
) -> tuple[int, float, float, int]:
    """Contacts of some days, calls promised of them, calls by their true chances, calls ripe.

    Args:
        line: The line after its last day.
        faults: The plan, for what the new kind is.
        condition: Which contacts, as SQL of our own.
        first: First day of contact.
        last: Last day of contact.
    """
    truth = str(line.delivery / "lead_truth.parquet")
    months = faults.new_kind.industry_months if faults.new_kind else 0
    [row] = line.rows(
        _CONTACTS + _FIGURES.format(condition=condition),
        {"truth": truth, "months": months, "first": first, "last": last},
    )
    return row[0], row[1], row[2], row[3]


def by_version(line: Line, faults: Faults) -> list[tuple[Any, ...]]:
    """Month, model, contacts, calls promised, calls by true chances, ripe contacts, calls of these.

    Args:
        line: The line after its last day.
        faults: The plan, for what the new kind is.
    """
    months = faults.new_kind.industry_months if faults.new_kind else 0
    truth = str(line.delivery / "lead_truth.parquet")
    return line.rows(_CONTACTS + _BY_VERSION, {"truth": truth, "months": months})
