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
