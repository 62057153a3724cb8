"""Vars are checked in one place, before anything runs: names, kinds, ranges, days, the model."""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from python_scoring.tests.conftest import PROJECT, Dbt


def refused(dbt: Dbt, dbt_vars: str, **environment: str) -> str:
    """Return what dbt says to vars that it must refuse before it builds anything."""
    done = dbt.run("build", "--vars", dbt_vars, **environment)
    assert done.returncode == 2, done.stdout
    assert "START sql" not in done.stdout
    for part in ("Why it matters: ", "Where: ", "Fix: "):
        assert part in done.stdout
    return done.stdout


def test_all_that_is_wrong_with_vars_is_told_at_once(fresh_dbt: Callable[[], Dbt]) -> None:
    told = refused(
        fresh_dbt(),
        '{score_dat: 2025-06-30, score_date: tomorrow, analysis_date: "2025-02-30",'
        " moves_window_months: -3, batch_days: 9999999, label_window_days: 9999, test_share: 2,"
        " scoring_engine: r, call_order: random, salesforce_dataset: a`b,"
        " calibration_tolerance_odds: 0.8}",
    )
    for words in (
        "There is no var score_dat. Vars are: analysis_date, ",
        "The var score_date is 'tomorrow', which is not a day.",
        "The var analysis_date is '2025-02-30', which is not a day.",
        "The var moves_window_months is '-3', which is not a whole number, zero or more.",
        "The var batch_days is '9999999', which is not a whole number",
        "The var label_window_days is '9999', which is not between 0 and 3650.",
        "The var test_share is '2', which is not a share between 0 and 1.",
        "The var calibration_tolerance_odds is '0.8', which is not between 1 and 3.",
        "The var scoring_engine is 'r', which is not one of python, sql.",
        "The var call_order is 'random', which is not one of golden_first, score.",
        "The var salesforce_dataset is 'a`b', which is not the name of a project or dataset.",
    ):
        assert words in told


def with_garbage(folder: Path) -> Path:
    """Return a copy of the demo's delivery with a month of 2099 and a contact of 1901."""
    shutil.copytree(PROJECT / "seeds/demo", folder)
    for name, column, value in (
        ("firm_historicals", "YEAR", 2099),
        ("lead", "stage_entered_contacting__c", dt.datetime(1901, 1, 1)),
    ):
        path = folder / f"{name}.parquet"
        table = pq.read_table(path)
        place = table.schema.get_field_index(column)
        field = table.schema.field(place)
        row = table.slice(0, 1).set_column(place, field, pa.array([value], field.type))
        pq.write_table(pa.concat_tables([table, row]), path)
    return folder


@pytest.mark.parametrize("day", ["2025-09-01", "2024-01-31"])
def test_a_day_that_the_delivery_does_not_bear_is_refused(
    day: str, demo: Dbt, fresh_dbt: Callable[[], Dbt], tmp_path: Path
) -> None:
    """The demo's months end with May 2025, and its first contact is of 1 February 2024.

    Garbage beyond both ends bears no day.
    """
    dbt = fresh_dbt()
    shutil.copy(demo.database, dbt.database)
    before = dbt.rows("select * from builds")
    delivery = with_garbage(tmp_path / "garbage")
    told = refused(dbt, f"{{score_date: {day}}}", LEAD_SCORING_DATA=str(delivery))
    assert f"The var score_date is '{day}', and the delivery reaches from 2024-02-01" in told
    assert "a day up to 2025-08-31 is plausible" in told
    assert dbt.rows("select * from builds") == before


def test_0001_01_01_is_no_day(fresh_dbt: Callable[[], Dbt]) -> None:
    assert "'0001-01-01', which is not a day" in refused(fresh_dbt(), "{score_date: 0001-01-01}")
