"""`lead-scoring retrospective`: a ripe month, one that is not, one without contacts."""

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.support.published_history import with_history


@pytest.fixture(scope="module")
def history(demo: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with a history, and a day of March 2025 with ten leads of the best tenth."""
    database = with_history(demo, tmp_path_factory.mktemp("history"))
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into lead_scores_daily select s.* replace (date '2025-03-03' as score_date,"
            " 1 as score_decile, null as contacted_date, m.id as lead_id)"
            " from (select * from lead_scores_daily order by lead_id limit 10) as s"
            " positional join (select lead_id as id from scored_contacts"
            " where contacted_date between '2025-03-05' and '2025-04-10'"
            " order by contacted_date limit 10) as m"
        )
        connection.execute(
            "update lead_scores_daily set lead_id = 'waiting' || call_priority"
            " where score_date = '2025-03-03' and lead_id in"
            " (select max(lead_id) from lead_scores_daily where score_date = '2025-03-03')"
        )
    return database


def run(database: Path, *words: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_SCORING_DB", str(database))
        return CliRunner().invoke(main, ["retrospective", *words])


def test_a_ripe_month(history: Path, tmp_path: Path) -> None:
    out = tmp_path / "march.md"
    done = run(history, "--month", "2025-03", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert out.read_text(encoding="utf-8") == done.stdout
    report = json.loads(run(history, "--month", "2025-03", "--json").stdout)
    with duckdb.connect(str(history), read_only=True) as connection:
        month = "contacted_date between '2025-03-01' and '2025-03-31'"
        [(contacts, calls, first, first_calls)] = connection.execute(
            "select count(*), sum(label), count(case when score_decile <= 3 then 1 end),"
            f" sum(case when score_decile <= 3 then label end) from scored_contacts where {month}"
        ).fetchall()
    assert report["is_ripe"]
    assert (report["contacts"], report["ripe"]) == (contacts, contacts)
    assert sum(row["call_count"] for row in report["lists"]) == calls
    assert {row["population"] for row in report["lists"]} == {"leads", "prospects"}
    order = report["order"]
    assert (order["first_contacts"], order["first_calls"]) == (first, first_calls)
    assert order["share_of_calls"]["low"] < first_calls / calls < order["share_of_calls"]["high"]
    assert report["best_tenth"] == {"listed": 10, "worked": 9}
    assert report["next_action"] == "None: go on as before."
    for words in ("What was promised", "What the score changed", "9 had it within the month"):
        assert words in done.stdout


def test_what_is_promised_and_does_not_come_is_said(demo: Dbt, tmp_path: Path) -> None:
    database = with_history(demo, tmp_path, odds=0.0)
    report = json.loads(run(database, "--month", "2025-03", "--json").stdout)
    assert "outside the interval of what came: leads" in report["verdict"]
    assert not all(row["held"] for row in report["lists"])
    assert report["order"]["share_of_calls"] is None
    assert report["next_action"] == report["alerts"][0]["what_to_do"]


def test_a_month_that_is_not_ripe_says_when_it_will_be(history: Path) -> None:
    done = run(history, "--month", "2025-06")
    assert done.exit_code == 2
    assert "Not yet ripe: the last label window is over on 2025-07-19." in done.stdout
    assert "calls promised" not in done.stdout
    assert "%" not in done.stdout.split("Intervals hold 95 %")[1]


def test_a_month_without_contacts(history: Path) -> None:
    done = run(history, "--month", "2030-12")
    assert done.exit_code == 2
    assert "nothing can be said of it" in done.stdout


def test_a_best_tenth_that_waits_is_the_next_action(history: Path) -> None:
    """The newest day's best tenth: nobody of it is in the history."""
    report = json.loads(run(history, "--month", "2025-06", "--json").stdout)
    assert report["best_tenth"]["worked"] == 0
    assert report["best_tenth"]["listed"] > 0
    assert report["next_action"].startswith("Call the best tenth first")


@pytest.mark.parametrize("month", ["2025-13", "2025", "May", "2025-5-1", "9999-12"])
def test_what_is_no_month(history: Path, month: str) -> None:
    done = run(history, "--month", month)
    assert done.exit_code == 2
    assert "is no month" in done.output
    assert "Fix:" in done.output
