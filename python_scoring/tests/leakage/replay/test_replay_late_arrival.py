"""Net 3 on a vendor who is late: that is told as such, and is no leak.

That a leak in SQL is found between such deliveries is shown by `make test-leaks`.
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from click.testing import CliRunner

from python_scoring.cli.audit.replay import as_text
from python_scoring.cli.main import main
from python_scoring.errors import InputError
from python_scoring.features.contract import FEATURE_MODEL, project_contract
from python_scoring.leakage.replay import run
from python_scoring.leakage.replay.compare import Build, Comparison, FeatureDifference
from python_scoring.leakage.replay.late_arrival import AgeShare, LateArrival, count_unread
from python_scoring.simulate.lateness import Lateness, parse_curve
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world, deliver
from python_scoring.simulate.snapshot.folder import write_delivery
from python_scoring.tests.conftest import PROJECT

EARLIER, LATER = dt.date(2025, 1, 2), dt.date(2025, 7, 1)
LATE = Lateness(parse_curve("30:0.25,60:0.5,90:0.75,120:0.9,240:1"))


def test_a_late_vendor_is_no_leak(tmp_path: Path) -> None:
    """One world, delivered twice: with --strict it exits with 1, and still names no leak."""
    world = build_world(WorldRequest(advisors=3000, leads=1500, seed=4, late=LATE))
    for name, day in (("earlier", EARLIER), ("later", LATER)):
        write_delivery(deliver(world, day), tmp_path / name)
    words = ["--earlier", str(tmp_path / "earlier"), "--later", str(tmp_path / "later")]
    words += ["--project-dir", str(PROJECT), "--json", "--strict"]
    done = CliRunner().invoke(main, ["audit", "replay", *words])
    assert done.exit_code == 1, done.output
    found = json.loads(done.stdout)
    assert found["equal"]
    assert [feature["differing"] for feature in found["features"]] == [0] * 14
    late = found["late"]
    assert late["late"] > 20
    assert late["vanished"] == 0
    assert set(late["differing"]) == set(project_contract().names)
    assert sum(count > 0 for count in late["differing"].values()) >= 5
    shares = {age["up_to_days"]: age["arrived"] / age["begun"] for age in late["ages"]}
    assert shares[30] < 0.6 < 0.95 < shares[365]
    assert not found["hidden_by_lag"]


def compared(late: LateArrival, differing: int = 0) -> Comparison:
    features = [FeatureDifference("tenure", differing, [])]
    return Comparison(EARLIER, 100, 0, 0, features, late)


def test_a_lag_that_hides_the_difference_is_named() -> None:
    ages = [AgeShare(30, 20, 5)]
    hidden = LateArrival(15, 0, ages, {"tenure": 0}, lag_days=240)
    assert hidden.hidden_by_lag
    words = as_text(compared(hidden), "")
    assert "HIDDEN BY A LAG: fintrx_lag_days is 240" in words
    assert "25.0% of      20 up to 30 days" in words
    for shown in (
        LateArrival(15, 0, ages, {"tenure": 7}, lag_days=20),
        LateArrival(15, 0, ages, {"tenure": 0}, lag_days=0),
    ):
        assert not shown.hidden_by_lag
        assert "HIDDEN" not in as_text(compared(shown), "")


@pytest.mark.parametrize(("differing", "verdict"), [(0, "Equal"), (3, "DIFFERENT: a leak.")])
def test_what_remains_is_a_leak(differing: int, verdict: str) -> None:
    late = LateArrival(15, 4, [AgeShare(30, 20, 5)], {"tenure": 9}, lag_days=0)
    words = as_text(compared(late, differing), "a note")
    assert words.splitlines()[-1].startswith(verdict)
    assert "LATE ARRIVAL: 15 registrations" in words
    assert "REWRITTEN: 4 registrations" in words
    assert "1 of 1 features differ, in up to 9 subjects" in words
    assert "a note" in words


def test_what_the_earlier_build_did_not_read_is_not_late() -> None:
    """Advisor 1's start is new; those of 2 and 3 stand in a table of the earlier delivery."""
    rows = "(values (1, 10, date '2024-12-01'), (2, 20, date '2024-11-01'),"
    rows += " (3, 30, date '2024-10-01'), (4, 40, date '2025-02-01')) as t(a, f, s)"
    with duckdb.connect() as connection:
        connection.execute(
            "create table later as select a as advisor_crd, f as firm_crd, s as started_date,"
            f" 'archive' as known_date_source from {rows}"
        )
        for table, firm, start, advisor in (
            ("current", "LATEST_REGISTERED_EMPLOYMENT_COMPANY", "LATEST_REGISTERED_EMPLOYMENT", 2),
            ("past", "PREVIOUS_REGISTRATION_COMPANY", "PREVIOUS_REGISTRATION_COMPANY", 3),
        ):
            connection.execute(
                f"create table {table}_rows as select a as RIA_CONTACT_CRD_ID,"
                f" f as {firm}_CRD_ID, s as {start}_START_DATE, null::date as {start}_END_DATE"
                f" from {rows} where a in ({advisor}, 4)"
            )

        def select(sql: str) -> pa.Table:
            return connection.sql(sql).to_arrow_table()

        assert count_unread(select, "current_rows", "past_rows", "later", EARLIER) == 2
    words = as_text(compared(LateArrival(3, 0, [], {"tenure": 7}, unread=2), 7), "")
    assert "NOT READ: 2 of 3 registrations" in words
    assert "LATE ARRIVAL" not in words


def test_months_that_came_late_are_told_and_those_not_read_hide_nothing() -> None:
    words = as_text(compared(LateArrival(0, 0, [], {"tenure": 9}, late_months=12)), "")
    assert "LATE ARRIVAL: the figures of 12 firm months that were over by 2025-01-02" in words
    assert "1 of 1 features differ, in up to 9 subjects" in words
    assert "registrations" not in words
    found = LateArrival(0, 0, [], {"tenure": 9}, late_months=12, unread_months=5)
    words = as_text(compared(found, 9), "")
    assert "NOT READ: 5 of 12 firm months" in words
    assert "LATE ARRIVAL" not in words


def test_a_prompt_vendor_gets_no_notice() -> None:
    words = as_text(compared(LateArrival(0, 0, [], {}, lag_days=30)), "")
    assert "LATE" not in words
    assert "REWRITTEN" not in words


def test_the_later_delivery_is_archived_on_a_day_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both deliveries hold the same newest contact, as where only the vendor has sent again."""
    built: dict[str, tuple[dt.date, bool, str | None]] = {}

    class Unbuilt:
        def newest_contact(self, side: str) -> dt.date:
            return EARLIER

        def build(
            self, side: str, day: dt.date, *, archived: bool = False, after: str | None = None
        ) -> Build:
            built[side] = (day, archived, after)
            return Build(side, *["not read"] * 5)

        def select(self, sql: str) -> pa.Table:
            raise AssertionError(sql)

    same = compared(LateArrival(0, 0, []))
    monkeypatch.setattr(run, "_came_late", lambda *_: LateArrival(0, 0, []))
    monkeypatch.setattr(run, "compare_builds", lambda *_: same)
    run.compare_past(Unbuilt(), ["tenure"], None, 0, lambda _: None)
    assert built == {
        "earlier": (EARLIER, True, None),
        "later": (EARLIER + dt.timedelta(days=1), True, "earlier"),
    }


def test_one_day_for_both_is_refused(tmp_path: Path) -> None:
    shared: dict[str, Any] = {"before": None, "model": FEATURE_MODEL, "progress": print}
    shared["dbt_vars"] = {"delivery_date": "2025-01-02"}
    with pytest.raises(InputError, match="a replay builds two deliveries"):
        run.replay_folders(PROJECT, tmp_path, tmp_path, **shared)
    with pytest.raises(InputError, match="a replay builds two deliveries"):
        run.replay_datasets(PROJECT, "a", "b", **shared)
