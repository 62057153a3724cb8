"""The work grows with the rows, whoever works where: no lead scans the whole history of a firm.

The counter-example is a firm with 20,000 advisors. A join of leads with colleagues would make
20,000 rows out of each lead there, and hundreds of millions in all.
"""

import json
from collections.abc import Iterator
from typing import Any

import duckdb

from python_scoring.tests.support.feature_engine import CompiledFeatures

ADVISORS, LEADS, MONTHS = 20_000, 5_000, 12

# Each advisor has a past registration at a firm and the current one at the one before it.
WORLD = {
    "ria_contacts_current": """
        select
            i as RIA_CONTACT_CRD_ID,
            i % $firms + 1 as LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID,
            date '2023-01-01' + cast(i % 600 as integer)
                as LATEST_REGISTERED_EMPLOYMENT_START_DATE,
            true as PRODUCING_ADVISOR
        from range($advisors) as advisors(i)""",
    "contact_registered_employment_history": """
        select
            i as RIA_CONTACT_CRD_ID,
            (i + 7) % $firms as PREVIOUS_REGISTRATION_COMPANY_CRD_ID,
            date '2015-01-01' + cast(i % 900 as integer)
                as PREVIOUS_REGISTRATION_COMPANY_START_DATE
        from range($advisors) as advisors(i)""",
    "firm_historicals": """
        select
            i // $months as RIA_INVESTOR_CRD_ID,
            2024 as YEAR,
            i % $months + 1 as MONTH,
            1e6 as TOTAL_AUM
        from range(($firms + 1) * $months) as firm_months(i)""",
    "lead": """
        select
            cast(i as varchar) as Id,
            cast(i as varchar) as FA_CRD__c,
            timestamp '2024-06-15' + to_days(cast(i % 150 as integer))
                as stage_entered_contacting__c
        from range($leads) as leads(i)""",
}


def largest_steps(compiled: CompiledFeatures, firms: int) -> dict[str, int]:
    """Rows that the largest step of each model made, on a world with so many firms."""
    connection = duckdb.connect()
    connection.execute(f"attach ':memory:' as {compiled.database}")
    sizes = {"firms": firms, "advisors": ADVISORS, "leads": LEADS, "months": MONTHS}
    for name, (relation, columns) in compiled.sources.items():
        query = WORLD[name]
        used = {key: value for key, value in sizes.items() if f"${key}" in query}
        declared = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        connection.execute(f"create schema if not exists {relation.rsplit('.', 1)[0]}")
        connection.execute(f"create table {relation} ({declared})")
        connection.execute(f"insert into {relation} by name {query}", used)
    steps = {}
    for relation, code in compiled.models:
        connection.execute(f"create schema if not exists {relation.rsplit('.', 1)[0]}")
        explained = connection.execute(f"explain (analyze, format json) {code}").fetchall()
        steps[relation] = max(row_counts(json.loads(explained[0][1])["operator"]))
        connection.execute(f"create table {relation} as {code}")
    return steps


def row_counts(operators: list[dict[str, Any]]) -> Iterator[int]:
    for operator in operators:
        yield operator["intermediate_rows"]
        yield from row_counts(operator.get("children", []))


def test_a_firm_of_20000_advisors_costs_no_more_than_1000_small_ones(
    compiled: CompiledFeatures,
) -> None:
    spread = largest_steps(compiled, firms=1000)
    crowded = largest_steps(compiled, firms=1)
    too_many = {r: rows for r, rows in crowded.items() if rows > 1.2 * spread[r]}
    assert too_many == {}
