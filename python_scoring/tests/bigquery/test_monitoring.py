"""The models of after go-live on rows that they can say something of, on ZetaSQL and on DuckDB."""

import datetime as dt
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from python_scoring.tests.bigquery.conftest import BigQueryBuild
from python_scoring.tests.bigquery.warehouse import RELATION, Warehouse
from python_scoring.tests.bigquery.zetasql_engine import Table
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.monitoring.drawn_years import Draw, contacts
from python_scoring.tests.support.worlds import SCORE_DATE

# in the order in which each reads the one before; published scores are put in
MODELS = [
    *("calibration_terms", "calibration_evidence", "realised_performance", "realised_bands"),
    *("delay_curve", "early_outcomes", "drift_bins", "drift_indexes", "feature_drift"),
    *("score_drift", "realised_logits", "promised_order", "sales_work", "month_fit"),
    *("month_findings", "model_verdicts", "model_questions"),
    *("challenger_contacts", "challenger_comparison"),
]


# what they read that is put in
GIVEN = [
    *("scored_contacts", "acknowledged_alerts", "int_leads_checked", "int_lead_labels"),
    *("feature_counts", "score_counts", "source_health", "model_periods"),
    *("stg_salesforce__tasks", "challenger_scores"),
]


def scored_contacts(build: BigQueryBuild) -> Table:
    """Drawn contacts of two owners, some not ripe, some with a chance of 0 or 1."""
    columns = build.warehouse.tables["scored_contacts"].columns
    drawn = contacts(Draw(years=2, per_day=6, base_rate=0.2, odds=0.3, days=40, in_parts=True))
    rows = []
    for number, row in enumerate(drawn.to_pylist()):
        row |= {"lead_id": f"L{number}", "contacted_date": row["ripe_date"] - dt.timedelta(days=90)}
        row["owner_id"] = f"005{number % 2}" if number % 9 else None
        row["scored_lead_id"] = row["lead_id"]
        if number % 40 < 2:
            row["lead_score"] = float(number % 2)
        if number % 11 == 0:
            young = SCORE_DATE - dt.timedelta(days=number % 28)
            row |= {"is_ripe": False, "label": None, "contacted_date": young}
        rows.append(tuple(row.get(column) for column in columns))
    return Table(columns, tuple(rows))


def of_their_leads(build: BigQueryBuild, contacts: Table, name: str) -> Table:
    """The rows of int_leads_checked or int_lead_labels that belong to these contacts."""
    columns = build.warehouse.tables[name].columns
    rows = []
    for number, values in enumerate(contacts.rows):
        row: dict[str, Any] = dict(zip(contacts.columns, values, strict=True))
        days = dt.timedelta(days=number % 17 - 1)
        if row["label"] == 1 or (row["label"] is None and number % 3):
            contacted = row["contacted_date"]
            assert isinstance(contacted, dt.date)
            row["call_scheduled_date"] = contacted + days
        rows.append(tuple(row.get(column) for column in columns))
    return Table(columns, tuple(rows))


def score_counts(build: BigQueryBuild) -> Table:
    """Scores of a first day and of a later one, of which some lie beyond the first."""
    columns = build.warehouse.tables["score_counts"].columns
    rows = [
        ("v1", sample, day, f"score of {population}", (place + step) / 100, 1 + place % 7)
        for sample, day, step in (
            ("reference", dt.date(2024, 11, 1), 0),
            ("scored", SCORE_DATE, 5),
        )
        for population in ("leads", "prospects")
        for place in range(40)
    ]
    return Table(columns, tuple(rows))


def source_health(build: BigQueryBuild) -> Table:
    """Measures of two days: as usual, not, and unknown."""
    columns = build.warehouse.tables["source_health"].columns
    rows = [
        (day, subject, "rows", 7.5, 10.25, usual)
        for day, answers in ((SCORE_DATE, (False, False)), (dt.date(2024, 10, 5), (True, None)))
        for subject, usual in zip(("firm_historicals", "lead"), answers, strict=True)
    ]
    return Table(columns, tuple(rows))


def tasks(build: BigQueryBuild, contacts: Table) -> Table:
    """Activities of two owners, of whom one calls nobody; some come before the contact or late."""
    columns = build.warehouse.tables["stg_salesforce__tasks"].columns
    place = [*contacts.columns].index("contacted_date")

    def late(number: int) -> dt.timedelta:
        return dt.timedelta(days=number % 40 - 2)

    rows = [
        (f"T{number}", f"L{number}", f"005{number % 2}", day + late(number), call)
        for number, day in enumerate(row[place] for row in contacts.rows)
        for call in (False, bool(number % 2))
        if number % 5 and isinstance(day, dt.date)
    ]
    return Table(columns, tuple(rows))


def challenger_scores(build: BigQueryBuild, contacts: Table) -> Table:
    """What a challenger said of two contacts in three, on the day of the score in force."""
    columns = build.warehouse.tables["challenger_scores"].columns
    rows = []
    for number, values in enumerate(contacts.rows):
        row: dict[str, Any] = dict(zip(contacts.columns, values, strict=True))
        if number % 3:
            row |= {"lead_score": row["lead_score"] ** 1.25, "score_decile": 1 + number % 10}
            row |= {"model_version": "challenger"}
            rows.append(tuple(row.get(column) for column in columns))
    return Table(columns, tuple(rows))


def test_both_engines_give_the_same_figures(
    bigquery_build: BigQueryBuild, duckdb_build: Dbt
) -> None:
    tables = bigquery_build.warehouse.tables
    drawn = scored_contacts(bigquery_build)
    answered = [("0", "all", dt.date(2025, 1, 20), "looked at")]
    acknowledged = replace(tables["acknowledged_alerts"], rows=tuple(answered))
    zetasql = Warehouse(bigquery_build.warehouse.engine, dict(tables))
    zetasql.tables |= {"scored_contacts": drawn, "acknowledged_alerts": acknowledged}
    for name in ("int_leads_checked", "int_lead_labels"):
        zetasql.tables[name] = of_their_leads(bigquery_build, drawn, name)
    zetasql.tables["challenger_scores"] = challenger_scores(bigquery_build, drawn)
    zetasql.tables["score_counts"] = score_counts(bigquery_build)
    zetasql.tables["source_health"] = source_health(bigquery_build)
    zetasql.tables["stg_salesforce__tasks"] = tasks(bigquery_build, drawn)
    theirs = duckdb_build.manifest()["nodes"]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{duckdb_build.database}' as demo (read_only)")
        for name in GIVEN:
            connection.execute(f"create table {name} as from demo.main.{name} limit 0")
            places = ", ".join("?" for _ in zetasql.tables[name].columns)
            rows = zetasql.tables[name].rows
            connection.executemany(f"insert into {name} values ({places})", rows)
        for name in MODELS:
            key = f"model.lead_scoring.{name}"
            ours = RELATION.sub(r"`\1`", bigquery_build.manifest["nodes"][key]["compiled_code"])
            zetasql.tables[name] = zetasql.engine.evaluate(ours, zetasql.reads(ours))
            code = theirs[key]["compiled_code"].replace('"demo"."main".', "")
            connection.execute(f"create table {name} as {code}")
            found = connection.execute(f"from {name}").fetchall()
            assert _ordered(zetasql.tables[name].rows) == _close(_ordered(found)), name
    evidence = zetasql.tables["calibration_evidence"]
    position = [*evidence.columns].index("restart_count")
    assert {row[position] for row in evidence.rows} == {0, 1}
    assert len(zetasql.tables["early_outcomes"].rows) >= 10
    assert len(zetasql.tables["score_drift"].rows) == 2
    assert len(zetasql.tables["sales_work"].rows) >= 8


def _ordered(rows: Any) -> list[tuple[Any, ...]]:
    # a float's last digits follow the order of its sum, so they must not order the rows
    def key(row: tuple[Any, ...]) -> list[str]:
        return [str(v) if not isinstance(v, float) else f"{v:.6f}" for v in row]

    return sorted((tuple(row) for row in rows), key=key)


def _close(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The same rows, with numbers that equal others to a billionth of themselves."""
    return [
        tuple(
            pytest.approx(v, rel=1e-9, abs=1e-12)
            if isinstance(v, float | int) and not isinstance(v, bool)
            else v
            for v in row
        )
        for row in rows
    ]
