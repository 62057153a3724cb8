"""`lead-scoring health`: each of its three answers, on the demo with evidence put into it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.tests.conftest import Dbt

VERSION = "(select max(model_version) from builds)"
EVIDENCE = f"""
insert into calibration_evidence select {VERSION}, 'all', 'fewer', date '2025-06-01', 0, 300, 2,
    {{expected}}, {{evidence}}, ln(40e0)
"""
ALERT = f"""
insert into model_alerts select {VERSION}, 'all', 'fewer', date '2025-06-01', 6.0, 0.005, 300, 2,
    14.5, 'all contacts', 'fewer calls than the scores said', 'Train and promote.', true
"""
QUESTIONS = """
update model_questions set answer = 'no', found = 'lead: rows 10, usual 20',
    what_to_do = 'Ask the vendor.' where question_order = 1
"""
MONTH = f"""
insert into model_verdicts (contact_month, model_version, population, is_ripe, ripe_count,
    call_count, expected_calls, auc, auc_low, auc_high, people_known, people_since, cause, verdict)
select date '2025-05-01', {VERSION}, 'leads', true, 300, 2, 14.5, 0.7, 0.6, 0.8, 'no',
    date '2025-03-01', 'level', 'recalibrate'
"""
EARLY = f"""
insert into early_outcomes (model_version, population, age_weeks, contact_count, observed_so_far,
    expected_so_far, expected_low, expected_high, nowcast_calls, nowcast_low, nowcast_high)
select {VERSION}, 'leads', weeks, 200, 3, 4.5, 1, 9, case when weeks > 0 then 6 end, 3, 12
from range(2) as cohorts (weeks)
"""
ANSWER = f"insert into acknowledged_alerts select {VERSION}, 'all', date '2025-06-02', 'seen'"


@pytest.fixture
def health(
    demo: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[tuple[str, ...], tuple[str, ...]], Result]:
    """Run the command on a copy of the demo, after these statements."""

    def run(statements: tuple[str, ...], words: tuple[str, ...] = ()) -> Result:
        database = tmp_path / "demo.duckdb"
        shutil.copy(demo.database, database)
        with duckdb.connect(str(database)) as connection:
            for statement in statements:
                connection.execute(statement)
        monkeypatch.setenv("LEAD_SCORING_DB", str(database))
        return CliRunner().invoke(main, ["health", *words])

    return run


def test_without_history_it_cannot_tell(health: Callable[..., Result]) -> None:
    done = health(())
    assert done.exit_code == 2
    assert "cannot tell" in done.output
    assert "No contact that had a score of this model has ripened yet" in done.output


def test_too_few_expected_calls_are_no_health(health: Callable[..., Result]) -> None:
    done = health((EVIDENCE.format(expected=9.9, evidence=-1),))
    assert done.exit_code == 2
    assert "300 ripe contacts brought 2 calls, where 9.9 were expected; below 10" in done.output


def test_healthy(health: Callable[..., Result]) -> None:
    done = health((EVIDENCE.format(expected=10, evidence=-1),), ("--json",))
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["verdict"], report["since"], report["alerts"]) == ("healthy", "2025-06-01", [])


def test_an_alert_says_what_since_when_how_sure_whose_and_what_to_do(
    health: Callable[..., Result],
) -> None:
    planted = (EVIDENCE.format(expected=14.5, evidence=6), ALERT)
    done = health(planted)
    assert done.exit_code == 1
    for words in (
        "not healthy, since 2025-06-01",
        "all contacts: fewer calls than the scores said",
        "2 calls of 300 contacts, expected 14.5",
        "a false alarm with a chance of 0.005 at most",
        "do: Train and promote.",
    ):
        assert words in done.output
    assert health(planted, ("--json",)).exit_code == 1


def test_it_asks_five_questions_and_shows_what_is_not_ripe(health: Callable[..., Result]) -> None:
    planted = (EVIDENCE.format(expected=14.5, evidence=6), ALERT, QUESTIONS, MONTH, EARLY)
    done = health(planted)
    for words in (
        "Did the sources arrive? no: lead: rows 10, usual 20\n    do: Ask the vendor.",
        "Are these the people that the model learned from? yes",
        "Were they called? unknown\n",
        "14.5   0.70 (0.60 to 0.80), recalibrate (level); people not fine since 2025-03\n",
        "1  leads          200      3  4.5 (1 to 9); nowcast 6 (3 to 12)\n",
        "0  leads          200      3  4.5 (1 to 9)\n",
    ):
        assert words in done.output
    report = json.loads(health(planted, ("--json",)).stdout)
    assert [row["answer"] for row in report["questions"]][:3] == ["no", "yes", "unknown"]
    assert [row["nowcast_calls"] for row in report["early"]] == [6.0, None]
    assert report["months"][0]["verdict"] == "recalibrate"
    assert report["months"][0]["people_since"] == "2025-03-01"


def test_what_was_answered_is_no_proof_of_health(health: Callable[..., Result]) -> None:
    """The alert is closed, and nothing has ripened since."""
    done = health((EVIDENCE.format(expected=14.5, evidence=6), ANSWER))
    assert done.exit_code == 2
    assert "cannot tell" in done.output


def test_nothing_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(tmp_path / "none.duckdb"))
    done = CliRunner().invoke(main, ["health"])
    assert done.exit_code == 2
    assert "Fix:" in done.output
