"""What the line says on a day of the simulated year."""

from dataclasses import dataclass
from datetime import date

from python_scoring.tests.year.line import Line

Named = list[tuple[str, date]]


@dataclass(frozen=True)
class Week:
    """What is said on a day.

    Args:
        day: The day, the last of a week.
        refused: Why nothing was published; empty where it was.
        health: healthy, not healthy or cannot tell.
        level_lost: First day of the first month in which the level in force did not hold.
        sources: Measures of the delivery that are not as usual.
        features: Features that drift, each with the month of contact.
        owners: Owners who called too few, each with the month.
        alerts: Processes whose chances are wrong, of the model in force.
        verdicts: Version, cause and verdict of each ripe month with one, by month.
    """

    day: date
    refused: str
    health: str
    level_lost: date | None
    sources: list[str]
    features: Named
    owners: Named
    alerts: list[str]
    verdicts: dict[tuple[date, str], tuple[str | None, str]]


def week(line: Line, day: date) -> Week:
    """Build a day, and read what is said."""
    refused = line.build(day)
    health = line.health()
    return Week(
        day,
        refused,
        health.get("verdict", "nothing published"),
        line.rows(
            "select min(contact_month) from month_fit where model_version = $1 and is_ripe"
            " and population = 'leads' and level_holds = 'no'",
            [health.get("model_version")],
        )[0][0],
        [
            f"{subject}: {metric}"
            for subject, metric in line.rows(
                "select subject, metric from source_health"
                " where score_date = $1 and not is_usual order by all",
                [day],
            )
        ],
        _named(
            line,
            "select feature, sample_date from feature_drift"
            " where sample = 'contacts' and is_drifted order by 2, 1",
        ),
        _named(
            line,
            "select owner_id, contact_month from sales_work where not is_worked order by 2, 1",
        ),
        [f"{alert['process']}, {alert['direction']}" for alert in health.get("alerts", [])],
        {
            (month, version): (cause, verdict)
            for month, version, cause, verdict in line.rows(
                "select contact_month, model_version, cause, verdict from model_verdicts"
                " where is_ripe and population = 'leads' order by all"
            )
        },
    )


def _named(line: Line, query: str) -> Named:
    return [(name, month) for name, month in line.rows(query)]
