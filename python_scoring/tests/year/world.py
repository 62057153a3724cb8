"""One simulated world, built once by dbt at the end of its year, with what is planted in that year.

Features are point-in-time and outcomes carry their days, so the last day's tables hold what every
week before it knew: the weeks are cut out of them. The demo's model is put in force at the start of
the year; the people whom it learned from are taken to be those who were contacted before.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from python_scoring.errors import LeadScoringError
from python_scoring.features.engineered import engineered_features
from python_scoring.io.dbt import run_dbt, words_of
from python_scoring.scoring.scorer import LeadScorer
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import (
    build_world,
    deliver,
    deliver_activities,
    write_delivery,
)

START, END = date(2024, 9, 1), date(2025, 8, 31)
LEARNED, JUDGED = (date(2024, 2, 1), date(2024, 7, 31)), (date(2024, 8, 1), date(2024, 8, 31))
SILENT = (date(2024, 10, 1), date(2025, 2, 28))
STOP = (date(2024, 12, 1), date(2024, 12, 15))
DRIFT = (date(2025, 3, 1), date(2025, 3, 31))
BREAK = date(2025, 6, 1)
SILENT_OWNER = "005SIM000000003AAA"
VETERANS_FROM, VETERAN_MONTHS = date(2025, 5, 1), 400
"""Who is so long in the industry was never contacted before that day."""
KEPT_BY_VETERANS, KEPT_AFTER_BREAK = 0.25, 0.45
"""Shares of calls that stay calls, of the veterans and after the break."""
VARS = {"score_date": str(END), "analysis_date": str(END), "task_source": "present"}
_DRAW = "('0x' || left(md5(lead_id), 7))::bigint / 16 ** 7"


def make_delivery(folder: Path, advisors: int, leads: int, seed: int) -> None:
    """Write what is delivered at the end of the year, activities included."""
    world = build_world(WorldRequest(advisors=advisors, leads=leads, seed=seed))
    tables = deliver(world, END)
    write_delivery(tables | deliver_activities(world, tables, END), folder)


def build(scratch: Path, models: Sequence[str]) -> Path:
    """Build the delivery in `scratch`/world and compile models anew; return the database.

    The year's publications are put in week by week, so nothing is published here.
    """
    database = scratch / "year.duckdb"
    environment = {
        "LEAD_SCORING_DB": str(database),
        "LEAD_SCORING_DATA": str(scratch / "world"),
        "DBT_TARGET_PATH": str(scratch / "target"),
    }
    left_out = ["--exclude-resource-type", "unit_test", "test", "--exclude", "builds"]
    _run(["build", "--quiet", *left_out], environment)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "create table builds"
            " (build_id varchar, result varchar, score_date date, ended_at timestamp)"
        )
    # with builds there, source_health is compiled to read the earlier ones
    _run(["compile", "--quiet", "--select", *models], environment)
    return database


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    done = run_dbt(arguments, VARS, environment)
    if done.returncode:
        raise LeadScoringError("The year could not be built.", where=words_of(done))


def plant(database: Path) -> None:
    """Plant the year's five faults into the built tables, and score every contact."""
    with duckdb.connect(str(database)) as connection:
        _plant_people(connection)
        _score(connection)
        _plant_outcomes(connection)
        _plant_periods(connection)


def _plant_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Nobody of many years was contacted at first; in one month AUM is told three times as high."""
    connection.execute(
        "create table whole_leads as select * from lead_training_set where contacted_date >= $first"
        " and (contacted_date >= $veterans or coalesce(industry_tenure_months, 0) < $months)",
        {"first": LEARNED[0], "veterans": VETERANS_FROM, "months": VETERAN_MONTHS},
    )
    connection.execute(
        "update whole_leads set firm_aum_pit = 3 * firm_aum_pit,"
        " aum_growth_since_jan2024_pct = 3 * (100 + aum_growth_since_jan2024_pct) - 100"
        " where contacted_date between $1 and $2",
        DRIFT,
    )


def _score(connection: duckdb.DuckDBPyConnection) -> None:
    """What was published of each contact, in force on its day."""
    scorer = LeadScorer()
    frame = connection.sql("select * from whole_leads order by lead_id").df()
    features = frame[scorer.contract.base_names]
    features = features.join(engineered_features(features))
    scores = scorer.model_scores(features)[["lead_score", "model_version"]]
    scored = frame[["lead_id"]].join(scores)
    connection.register("scored", scored)
    connection.execute(
        "create table whole_contacts as select l.lead_id, i.advisor_crd, i.owner_id,"
        " l.contacted_date, l.contacted_date + 30 as ripe_date, l.label,"
        " l.contacted_date - 1 as score_date, 'leads' as population, s.model_version,"
        " s.lead_score, ntile(10) over (partition by date_trunc('month', l.contacted_date)"
        " order by s.lead_score desc, l.lead_id) as score_decile,"
        " coalesce(l.flight_risk_score > 0, false) as is_golden_cohort, 'year' as build_id,"
        " coalesce(l.industry_tenure_months, 0) >= $months as is_veteran"
        " from whole_leads as l join scored as s using (lead_id)"
        " join int_leads_checked as i on l.lead_id = i.lead_id and i.rejection_reason is null",
        {"months": VETERAN_MONTHS},
    )


def _plant_outcomes(connection: duckdb.DuckDBPyConnection) -> None:
    """Take calls away: of veterans, of whom the silent owner called nobody, and after the break."""
    connection.execute(
        "create table whole_tasks as select t.* from stg_salesforce__tasks as t"
        " join whole_contacts as c using (lead_id)"
        " where not (c.owner_id = $owner and c.contacted_date between $first and $last"
        " and t.is_call_made)",
        {"owner": SILENT_OWNER, "first": SILENT[0], "last": SILENT[1]},
    )
    # the view reads the delivery, of which a week knows a part
    connection.execute("drop view stg_salesforce__tasks")
    connection.execute("create table stg_salesforce__tasks as from whole_tasks")
    for share, condition in (
        (KEPT_BY_VETERANS, "is_veteran"),
        (0.0, f"owner_id = '{SILENT_OWNER}' and contacted_date between {_days(SILENT)}"),
        (KEPT_AFTER_BREAK, f"contacted_date >= date '{BREAK}'"),
    ):
        connection.execute(
            f"update whole_contacts set label = 0 where label = 1 and {condition}"
            f" and {_DRAW} >= {share}"
        )


def _plant_periods(connection: duckdb.DuckDBPyConnection) -> None:
    days = [*LEARNED, *JUDGED]
    names = ("learned_from", "learned_until", "judged_from", "judged_until")
    told = ", ".join(f"{n}_date = date '{d}'" for n, d in zip(names, days, strict=True))
    for table in ("model_periods", "subject_scores"):
        connection.execute(f"update {table} set {told}")


def _days(period: tuple[date, date]) -> str:
    return f"date '{period[0]}' and date '{period[1]}'"
