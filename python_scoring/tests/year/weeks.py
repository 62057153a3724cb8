"""The year week by week: what the models of after go-live say on each Sunday."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from python_scoring.tests.year.world import END, START, STOP

# in the order in which each reads the one before
MODELS = (
    *("source_health", "feature_counts", "drift_bins", "drift_indexes", "feature_drift"),
    *("calibration_terms", "calibration_evidence", "model_alerts", "realised_performance"),
    *("realised_logits", "promised_order", "sales_work", "month_fit", "month_findings"),
    "model_verdicts",
)
_METRICS = """
insert into collapse_metrics
select 'ria_contacts_current', 'days since the newest start',
    date_diff('day', max(started_date), $day)
from int_registrations where started_date <= $delivered
union all
select 'ria_contacts_current', 'starts in the last 30 days', count(*)
from int_registrations where started_date > $day - 30 and started_date <= $delivered
"""


@dataclass(frozen=True)
class Week:
    """What is said on a day.

    Args:
        day: The last day of the week.
        sources: Measures of the delivery that are not as usual.
        features: Features that drift, each with the month of contact.
        owners: Owners who called too few, each with the month.
        alerts: Processes whose chances are wrong.
        verdicts: Cause and verdict of each ripe month with one, by month.
    """

    day: date
    sources: list[str]
    features: list[tuple[str, date]]
    owners: list[tuple[str, date]]
    alerts: list[str]
    verdicts: dict[date, tuple[str | None, str]]


def compiled(manifest: Path, models: Sequence[str]) -> dict[str, str]:
    """The SQL of models as dbt compiled it, by name."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    return {name: nodes[f"model.lead_scoring.{name}"]["compiled_code"] for name in models}


def weeks(connection: duckdb.DuckDBPyConnection, manifest: Path) -> Iterator[Week]:
    """Yield each week of the year; the tables hold what was known on its last day."""
    code = compiled(manifest, MODELS)
    connection.execute("delete from lead_scoring_features")
    day = START + timedelta(days=6)
    while day <= END:
        _know(connection, day)
        for name in MODELS:
            connection.execute(f"delete from {name}")
            today = code[name].replace(f"'{END}'", f"'{day}'")
            connection.execute(f"insert into {name} by name {today}")
        yield _said(connection, day)
        _publish(connection, day)
        day += timedelta(days=7)


def _know(connection: duckdb.DuckDBPyConnection, day: date) -> None:
    """Cut the tables down to a day. While the vendor stops, its newest delivery is an old one."""
    delivered = STOP[0] if STOP[0] <= day <= STOP[1] else day
    for table in (
        "scored_contacts",
        "lead_training_set",
        "stg_salesforce__tasks",
        "collapse_metrics",
    ):
        connection.execute(f"delete from {table}")
    connection.execute(
        "insert into scored_contacts by name select * exclude (label, is_veteran),"
        " ripe_date <= $day as is_ripe, case when ripe_date <= $day then label end as label"
        " from whole_contacts where contacted_date between $start and $day",
        {"day": day, "start": START},
    )
    connection.execute(
        "insert into lead_training_set by name"
        " select * from whole_leads where contacted_date <= $1",
        [day],
    )
    connection.execute(
        "insert into stg_salesforce__tasks by name"
        " select * from whole_tasks where created_date <= $1",
        [day],
    )
    connection.execute(_METRICS, {"day": day, "delivered": delivered})


def _publish(connection: duckdb.DuckDBPyConnection, day: date) -> None:
    """Keep the week's measures, as a build does."""
    connection.execute(
        "insert into builds by name select $day as build_id, 'published' as result,"
        " $day::date as score_date, $day::timestamp as ended_at",
        {"day": str(day)},
    )
    connection.execute(
        "insert into build_metrics by name select *, $day as build_id from collapse_metrics",
        {"day": str(day)},
    )


def _said(connection: duckdb.DuckDBPyConnection, day: date) -> Week:
    def rows(query: str) -> list[tuple[Any, ...]]:
        return connection.execute(query).fetchall()

    sources = rows(
        f"select metric from source_health where score_date = date '{day}' and not is_usual"
    )
    verdicts = rows(
        "select contact_month, cause, verdict from model_verdicts where is_ripe order by 1"
    )
    return Week(
        day,
        [metric for (metric,) in sources],
        rows(
            "select feature, sample_date from feature_drift"
            " where sample = 'contacts' and is_drifted order by 2, 1"
        ),
        rows("select owner_id, contact_month from sales_work where not is_worked order by 2, 1"),
        [p for (p,) in rows("select process || ', ' || direction from model_alerts order by 1")],
        {month: (cause, verdict) for month, cause, verdict in verdicts},
    )
