"""`lead-scoring dashboard`: who is on it, who is not, what it says, and that it asks nobody."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.metrics.intervals import Interval
from python_scoring.report.dashboard.pictures import Point, dots, lines
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.report.dashboard_pages import Page
from python_scoring.tests.support.published_history import with_history

CANARY = "</script><b>Canary"


def written(database: Path, folder: Path, *words: str) -> tuple[Page, dict[str, Any]]:
    """The page of a database, and what the command prints."""
    out = folder / "dashboard.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_SCORING_DB", str(database))
        done = CliRunner().invoke(main, ["dashboard", "--json", "--out", str(out), *words])
    assert done.exit_code == 0, done.output
    return Page(out.read_text(encoding="utf-8")), json.loads(done.stdout)


@pytest.fixture(scope="module")
def history(demo: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with a history of too few calls, and prospects of another name."""
    database = with_history(demo, tmp_path_factory.mktemp("history"), odds=0.3)
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"update prospect_call_list set last_name = '{CANARY}'")
        connection.execute(
            "update prospect_call_list set firm_name = '=cmd' where list_position = 1"
        )
        suppressed = "(select lead_id from lead_scores_daily where call_priority = 1)"
        connection.execute(
            f"update salesforce_leads set is_suppressed = true where lead_id = {suppressed}"
        )
    return database


@pytest.fixture(scope="module")
def page(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return written(history, tmp_path_factory.mktemp("page"))[0]


def test_it_holds_the_leads_that_may_be_called_in_order(history: Path, page: Page) -> None:
    leads, texts = page.data["leads"], page.data["texts"]
    with duckdb.connect(str(history), read_only=True) as connection:
        rows = connection.execute(
            "select s.call_priority, lead_id, round(s.lead_score * 10000), s.score_bucket,"
            " owner_id, support_leads, support = 'unfamiliar'"
            " from lead_scores_daily as s join salesforce_leads using (lead_id)"
            " where not is_suppressed and not is_closed order by 1"
        ).fetchall()
    shown = zip(
        leads["order"],
        leads["lead_id"],
        leads["chance"],
        (page.data["buckets"][number] for number in leads["bucket"]),
        (texts[number] if number >= 0 else None for number in leads["owner_id"]),
        leads["support"],
        (number >= 0 for number in leads["unfamiliar"]),
        strict=True,
    )
    # a difference of ten thousand rows would be told for minutes
    assert [(one, other) for one, other in zip(shown, rows, strict=False) if one != other][:3] == []
    assert len(leads["order"]) == len(rows)
    assert leads["order"][0] == 2, "the first lead is suppressed"
    assert len(leads["why"]) == 6 * len(rows)


def test_reasons_are_those_of_the_summary(history: Path, page: Page) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_SCORING_DB", str(history))
        summary = json.loads(CliRunner().invoke(main, ["summary", "--json"]).stdout)
    leads = page.data["leads"]
    for call in summary["calls"][1:]:
        row = leads["lead_id"].index(call["lead_id"])
        why = leads["why"][6 * row : 6 * row + 6]
        told = [
            f"{page.data['reasons'][why[at]]} ({why[at + 1] / 100:+.1f} points)"
            for at in (0, 2, 4)
            if why[at] >= 0
        ]
        words = [reason.split(" (")[0] for reason in call["reasons"]]
        assert [each.split(" (")[0] for each in told] == words


def test_names_are_not_in_it_unless_asked_for(history: Path, page: Page, tmp_path: Path) -> None:
    assert "Canary" not in page.text
    assert not {"first_name", "last_name"} & set(page.data["prospects"])
    named, told = written(history, tmp_path, "--names")
    assert told["names"] is True
    assert "It holds names" not in named.said
    assert "This file holds names" in named.said
    prospects = named.data["prospects"]
    assert {named.data["texts"][number] for number in prospects["last_name"]} == {CANARY}
    # and what a vendor writes is text, not markup
    assert "<b>Canary" not in named.text


def test_it_loads_nothing_and_says_so(page: Page) -> None:
    assert page.loads == []
    assert not re.search(r"https?://|//[a-z]+\.|@import|url\(", page.text)
    policy = next(a["content"] for t, a in page.elements if "http-equiv" in a)
    assert str(policy).startswith("default-src 'none'")


def test_it_says_what_health_says(history: Path, page: Page) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_SCORING_DB", str(history))
        health = json.loads(CliRunner().invoke(main, ["health", "--json"]).stdout)
    assert health["verdict"] == "not healthy"
    assert f"Model health: not healthy, since {health['since']}" in page.said
    assert health["why"] in page.said
    verdicts = {month["verdict"] for month in health["months"]}
    assert verdicts
    assert all(f"{verdict}" in page.said for verdict in verdicts)
    for alert in health["alerts"]:
        assert alert["what_to_do"] in page.said
        assert f"{alert['people'].capitalize()}: {alert['what']}" in page.said


def test_the_funnel_adds_up(history: Path, page: Page) -> None:
    with duckdb.connect(str(history), read_only=True) as connection:
        counts = "select count(*), count(case when is_ripe then 1 end), sum(label)"
        (contacts, ripe, calls), *_ = connection.execute(
            f"{counts} from scored_contacts"
        ).fetchall()
    told = f"{contacts:,} contacts with a score {ripe:,} of them ripe"
    assert told in page.said
    assert f"{calls:,} became a call" in page.said
    assert "2025-06" in page.said
    assert "not yet ripe" in page.said, "of the newest month"


def test_without_history_it_does_not_guess(demo: Dbt, tmp_path: Path) -> None:
    page, _ = written(demo.database, tmp_path)
    assert "cannot tell" in page.said
    assert "No contact had a score in force" in page.said
    assert "svg" not in {tag for tag, _ in page.elements}


def test_everything_has_a_name_for_a_screen_reader(page: Page) -> None:
    assert len(set(page.ids)) == len(page.ids)
    for tag, given in page.elements:
        if tag == "svg":
            assert given["role"] == "img"
            assert given["aria-label"]
        if tag == "th":
            assert given["scope"] in ("col", "row")
        if tag == "section":
            assert given["aria-labelledby"] in page.ids
        if tag == "a":
            assert str(given["href"])[1:] in page.ids
    assert dict(page.elements)["html"] == {"lang": "en"}


def test_the_same_warehouse_gives_the_same_page(history: Path, page: Page, tmp_path: Path) -> None:
    assert written(history, tmp_path)[0].text == page.text


def test_twenty_thousand_leads_stay_below_three_megabytes(demo: Dbt, tmp_path: Path) -> None:
    database = twenty_thousand(demo, tmp_path)
    page, told = written(database, tmp_path, "--names")
    assert told["leads"] == 20_000
    assert told["bytes"] == len(page.text.encode()) < 3_000_000


def twenty_thousand(demo: Dbt, folder: Path) -> Path:
    """The demo with leads put in once more under other keys, until there are so many."""
    database = folder / "many.duckdb"
    shutil.copy(demo.database, database)
    with duckdb.connect(str(database)) as connection:
        for mark in "123":
            count = connection.execute("select count(*) from lead_scores_daily").fetchall()[0][0]
            for table in ("lead_scores_daily", "salesforce_leads"):
                connection.execute(
                    f"insert into {table} select * replace ('{mark}' || lead_id[2:] as lead_id)"
                    f" from {table} where lead_id[1] = '0' order by lead_id limit {20_000 - count}"
                )
        connection.execute("update salesforce_leads set is_closed = false, is_suppressed = false")
    return database


def test_nothing_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(tmp_path / "none.duckdb"))
    done = CliRunner().invoke(main, ["dashboard", "--out", str(tmp_path / "x.html")])
    assert done.exit_code == 2
    assert "Fix:" in done.output
    assert not (tmp_path / "x.html").exists()


def test_pictures_keep_their_marks_inside() -> None:
    points = [
        Point(f"2025-{m:02d}", Interval(0.1 * m, 0.0, 0.1 * m + 0.2), 0.3) for m in range(1, 9)
    ]
    drawn = dots(points, "Rates & more", percent=True, line=1.0)
    drawn += lines(["a", "b"], {"fewer": [-3.0, 9.9], "limit": [3.7, 3.7]}, "Evidence")
    assert "Rates &amp; more" in drawn
    ys = [float(y) for y in re.findall(r'cy="([\d.-]+)"', drawn)]
    ys += [float(pair.split(",")[1]) for pair in re.findall(r"[\d.]+,[\d.-]+", drawn)]
    assert len(ys) == 12
    assert all(0 <= y <= 260 for y in ys)
    assert 'points="' in lines([], {"limit": []}, "None")


def test_health_shows_drift_of_features_and_scores(history: Path, tmp_path: Path) -> None:
    database = tmp_path / history.name
    shutil.copy(history, database)
    with duckdb.connect(str(database)) as connection:
        [(version,)] = connection.execute("select max(model_version) from model_periods").fetchall()
        connection.execute(
            "update feature_drift set is_drifted = feature = 'firm_aum_pit', stability_index = 0.77"
            " where sample = 'scored leads'"
        )
        connection.execute("delete from score_drift")
        connection.execute(
            "insert into score_drift"
            " values (?, 'leads', '2025-06-02', 900, 800, 0.31, 0.1, true, 0.04)",
            [version],
        )
    parts = written(database, tmp_path)[0].text.split('aria-label="Drift of ')[1:]
    text = "".join(part.split("</table>")[0] for part in parts)
    rows = re.findall(r"<tr><th scope=\"row\">(scored leads|leads)</th>(.*?)</tr>", text)
    told = [re.findall(r"<td[^>]*>(.*?)</td>", cells) for _, cells in rows]
    drifted = [cells for cells in told if cells[-1] == "drifted"]
    assert [cells[2] for cells in drifted] == ["0.77", "0.31"]
    assert drifted[1][:2] == ["2025-06-02", "800"]
    assert len(told) > 10
    assert {cells[-1] for cells in told} == {"drifted", "as&nbsp;usual"}


def test_drift_is_unknown_without_the_leads_of_training(history: Path, tmp_path: Path) -> None:
    database = tmp_path / history.name
    shutil.copy(history, database)
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from feature_drift")
    assert "no longer delivered" in written(database, tmp_path)[0].text
