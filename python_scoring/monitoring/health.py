"""Whether the model that scores is still right, since when, how sure that is, and what to do.

Read from what the last build made (models/monitoring/after_go_live); nothing is judged here.
"""

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from python_scoring.errors import WarehouseError
from python_scoring.io.builds import Build, failure_of_the_last_build, newest_build
from python_scoring.io.warehouse.current import warehouse

# fewer cannot tell a model that is half as right as it says from one that is right
ENOUGH_EXPECTED_CALLS = 10

_ALERTS = """
select process, direction, since_date, false_alarm_chance, contact_count, call_count,
    expected_calls, people, what, what_to_do
from model_alerts where model_version = ? order by since_date, process, direction
"""
_BUILD = "select model_version, analysis_date from builds where build_id = ?"
# an acknowledgement ends what was gathered before it
_SO_FAR = """
select max(ripe_date) as ripe_until, min(ripe_date) as ripe_from, max(contact_count) as contacts,
    max(call_count) as calls, max(expected_calls) as expected_calls
from calibration_evidence
where model_version = ? and process = 'all' and restart_count = (
    select count(*) from acknowledged_alerts
    where model_version = ? and process = 'all' and acknowledged_date <= ?
)
"""
_QUESTIONS = """
select question_order, question, answer, found, what_to_do
from model_questions order by question_order
"""
_MONTHS = """
select contact_month, population, is_ripe, ripe_count, call_count, expected_calls,
    auc, auc_low, auc_high, verdict, cause,
    sources_arrived, sources_since, people_known, people_since, contacts_worked, work_since
from model_verdicts where model_version = ? and ripe_count > 0
order by contact_month desc, population
"""
_EARLY = """
select population, age_weeks, contact_count, observed_so_far, expected_so_far, expected_low,
    expected_high, nowcast_calls, nowcast_low, nowcast_high
from early_outcomes where model_version = ? order by age_weeks desc, population
"""
_MONTHS_SHOWN = 6


class Verdict(StrEnum):
    """What can be said of the model."""

    HEALTHY = "healthy"
    NOT_HEALTHY = "not healthy"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Health:
    """What is known of the model that scores.

    Args:
        build: The newest published build, which names the model.
        model_version: The version that scores.
        verdict: Whether it is still right.
        since: First day of an alarm; of a healthy model, the first day that was judged; else None.
        why: How sure that is, in a sentence.
        so_far: Contacts, calls and expected calls since the evidence began, and its days.
        alerts: Rows of model_alerts that are open.
        questions: Rows of model_questions: five questions in the order of a diagnosis.
        months: Rows of model_verdicts with a ripe contact, the newest first.
        early: Rows of early_outcomes: contacts whose label window is not over, the oldest first.
    """

    build: Build
    model_version: str
    verdict: Verdict
    since: date | None
    why: str
    so_far: dict[str, Any]
    alerts: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    months: list[dict[str, Any]]
    early: list[dict[str, Any]]

    def record(self) -> dict[str, Any]:
        """Return it as JSON names it."""
        report = asdict(self) | self.build.record()
        del report["build"]
        return report


def read_health() -> Health:
    """Read what the last build says of the model of the newest published build.

    Raises:
        WarehouseError: Nothing was published yet, or the relations of monitoring are not built.
    """
    build, current = newest_build(), warehouse()
    made = current.query(_BUILD, [build.build_id or ""]).to_pylist()
    if not made:
        raise _without_record(build)
    version, known_until = made[0]["model_version"], made[0]["analysis_date"]
    alerts = current.query(_ALERTS, [version]).to_pylist()
    so_far = current.query(_SO_FAR, [version, version, known_until]).to_pylist()[0]
    questions = current.query(_QUESTIONS).to_pylist()
    months = current.query(_MONTHS, [version]).to_pylist()[:_MONTHS_SHOWN]
    early = current.query(_EARLY, [version]).to_pylist()
    verdict = _verdict(alerts, so_far)
    since = {
        Verdict.NOT_HEALTHY: alerts[0]["since_date"] if alerts else None,
        Verdict.HEALTHY: so_far["ripe_from"],
    }.get(verdict)
    why = _why(verdict, alerts, so_far)
    failed = failure_of_the_last_build()
    why = f"{why} {failed}" if failed else why
    return Health(build, version, verdict, since, why, so_far, alerts, questions, months, early)


def _without_record(build: Build) -> WarehouseError:
    return WarehouseError(
        f"{build} does not say which model scored.",
        why="Health is that of the model in use; another one's would mislead.",
        where=f"{warehouse().place}, relation builds",
        fix="Build once: `dbt build` records the model of each day.",
    )


def _verdict(alerts: list[dict[str, Any]], so_far: dict[str, Any]) -> Verdict:
    if alerts:
        return Verdict.NOT_HEALTHY
    enough = (so_far["expected_calls"] or 0) >= ENOUGH_EXPECTED_CALLS
    return Verdict.HEALTHY if enough else Verdict.CANNOT_TELL


def _why(verdict: Verdict, alerts: list[dict[str, Any]], so_far: dict[str, Any]) -> str:
    if verdict == Verdict.NOT_HEALTHY:
        chance = min(alert["false_alarm_chance"] for alert in alerts)
        return f"A right model comes so far with a chance of {chance:.2g} at most, ever."
    if not so_far["contacts"]:
        return (
            "No contact that had a score of this model has ripened yet: the label window is not "
            "over, or no day before the contacts was published."
        )
    counted = (
        f"{so_far['contacts']:,} ripe contacts brought {so_far['calls']:,} calls, where "
        f"{so_far['expected_calls']:.1f} were expected"
    )
    if verdict == Verdict.CANNOT_TELL:
        return f"{counted}; below {ENOUGH_EXPECTED_CALLS} expected calls nothing can be said."
    return f"{counted}, and nothing speaks for more than the tolerated difference."
