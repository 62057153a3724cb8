"""Every statement that a command sends is judged, and carried out, by ZetaSQL."""

import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from python_scoring.call_lists import daily_batch
from python_scoring.cli.main import main
from python_scoring.dataset.read import TRAINING_ORDER, TRAINING_RELATION, read_training_set
from python_scoring.destinations.delivery_log import KEY
from python_scoring.errors import InputError, WarehouseError
from python_scoring.explanation import score_change
from python_scoring.io.builds import failure_of_the_last_build
from python_scoring.io.warehouse import lease
from python_scoring.io.warehouse.current import read_relation, warehouse
from python_scoring.monitoring import retrospective
from python_scoring.report import judged_rows
from python_scoring.report.hypotheses import read_hypotheses
from python_scoring.tests.bigquery.conftest import BigQueryBuild, sources
from python_scoring.tests.bigquery.warehouse import Statement
from python_scoring.tests.bigquery.zetasql_engine import Table
from python_scoring.tests.conftest import PROJECT, Dbt
from python_scoring.tests.support.fake_salesforce import FakeOrg, serving
from python_scoring.tests.support.partition_filters import unfiltered
from python_scoring.tests.support.worlds import SCORE_DATE

Report = dict[str, Any]
DAILY = ("lead_scores_daily", "prospect_scores", "salesforce_leads", "prospect_call_list")
GUARDED = {"lead_scores_daily", "prospect_scores"}


@pytest.fixture
def sent(bigquery_build: BigQueryBuild, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Statements of the commands in the test; none may be refused, nor read all days."""
    monkeypatch.setenv("LEAD_SCORING_TARGET", "zetasql")
    monkeypatch.setenv("DBT_PROFILES_DIR", str(bigquery_build.dbt.folder))
    monkeypatch.setenv("DBT_PROJECT_DIR", str(bigquery_build.dbt.project))
    log, before = bigquery_build.warehouse.log, len(bigquery_build.warehouse.log)
    tables = dict(bigquery_build.warehouse.tables)
    yield
    bigquery_build.warehouse.tables.clear()
    bigquery_build.warehouse.tables.update(tables)
    statements: list[Statement] = log[before:]
    assert statements
    assert [s.refusal for s in statements if s.refusal] == []
    assert [(s.sql, unfiltered(s.sql, GUARDED, "bigquery")) for s in statements] == [
        (s.sql, []) for s in statements
    ]


def run(*words: str, exit_code: int = 0) -> Result:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == exit_code, done.output
    return done


@pytest.fixture
def both(bigquery_build: BigQueryBuild, duckdb_build: Dbt, sent: None, tmp_path: Path) -> "Both":
    return Both(duckdb_build, tmp_path)


class Both:
    """Runs a command on ZetaSQL's tables and on DuckDB's of the same delivery."""

    def __init__(self, duckdb_build: Dbt, folder: Path) -> None:
        self._duckdb, self._folder = duckdb_build, folder

    def printed(self, *words: str, exit_code: int = 0) -> Report:
        """What BigQuery's side prints, the same as DuckDB's but for the builds' ids and times."""
        out = (
            ["--out", str(self._folder / "out.csv")]
            if words[0] not in ("summary", "health")
            else []
        )
        ours = _printed(run(*words, *out, "--json", exit_code=exit_code))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LEAD_SCORING_TARGET", "duckdb")
            patch.setenv("LEAD_SCORING_DB", str(self._duckdb.database))
            assert ours == _printed(run(*words, *out, "--json", exit_code=exit_code))
        return ours


def _printed(done: Result) -> Report:
    report: Report = json.loads(done.stdout)
    return {name: value for name, value in report.items() if name not in ("build_id", "build")}


def test_summary_prospects_and_dry_sync(both: Both) -> None:
    assert len(both.printed("summary")["calls"]) == 10
    assert both.printed("prospects", "--limit", "2")["listed"] == 2
    # nothing was published before the edge world's only day
    assert both.printed("health", exit_code=2)["verdict"] == "cannot tell"
    month = both.printed("retrospective", "--month", f"{SCORE_DATE:%Y-%m}", exit_code=2)
    assert month["contacts"] == 0
    # the edge world's ids are none of Salesforce's
    assert both.printed("sync", "salesforce", exit_code=1)["totals"]["invalid"] > 10


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["prospects", "--out", "list.csv"], "Nobody is on the prospect call list"),
        (["sync", "salesforce", "--out", "payload.json"], "No lead is published for salesforce"),
    ],
    ids=["prospects", "sync"],
)
def test_tables_without_the_day(
    sent: None,
    bigquery_build: BigQueryBuild,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    said: str,
) -> None:
    """The relations are there, and hold no row of the day that the last build published."""
    monkeypatch.chdir(tmp_path)
    tables = bigquery_build.warehouse.tables
    for name in DAILY:
        tables[name] = replace(tables[name], rows=())
    told = run(*words, exit_code=2).stderr
    for part in (said, "Error: ", "Why it matters: ", "Where: ", "Fix: "):
        assert part in told
    assert list(tmp_path.iterdir()) == []


def test_the_page_and_every_tile_read_days_that_are_named(
    both: Both, bigquery_build: BigQueryBuild, tmp_path: Path
) -> None:
    page = str(tmp_path / "page.html")
    counts = [
        json.loads(run("dashboard", "--names", "--out", page, "--json").stdout)[name]
        for name in ("leads", "prospects")
    ]
    assert min(counts) > 0
    target = str(bigquery_build.dbt.folder / "target")
    checked = run("looker", "check", "--folder", str(PROJECT / "looker"), "--target-path", target)
    assert "0 findings" in checked.stderr


def test_batch_reads_what_its_build_has_published(
    sent: None, bigquery_build: BigQueryBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bigquery_build.dbt.project)
    monkeypatch.setattr(daily_batch, "_build", lambda dbt_vars: None)
    report = json.loads(run("batch", "--score-date", str(SCORE_DATE), "--json").stdout)
    assert 0 < report["contacted"] < report["leads"]
    assert report["callable"] <= report["leads"]


def test_what_learning_and_the_report_read(sent: None, duckdb_build: Dbt) -> None:
    [(rows,)] = duckdb_build.rows("select count(*) from lead_training_set")
    columns = ["lead_id", "label"]
    table = read_relation(TRAINING_RELATION, columns, order_by=TRAINING_ORDER)
    assert table.num_rows == rows
    with suppress(InputError):  # too few leads to learn from, once they are read
        read_training_set()
    assert read_hypotheses()
    sources = judged_rows._lead_sources(np.arange(rows))
    assert len(sources) == rows
    assert failure_of_the_last_build() == ""


def test_what_a_ripe_month_in_review_reads(sent: None) -> None:
    first = SCORE_DATE.replace(day=1)
    after = (first + dt.timedelta(days=32)).replace(day=1)
    assert warehouse().query(retrospective._LISTS, [first]).num_rows == 0
    [counts] = warehouse().query(retrospective._ORDER, [first, after]).to_pylist()
    assert counts["contacts"] == 0


def test_explain_change_names_the_days_and_reads_the_facts(sent: None) -> None:
    lead = warehouse().query("select min(lead_id) as lead_id from salesforce_leads")
    lead_id = lead["lead_id"][0].as_py()
    told = run("explain-change", "--lead", lead_id, exit_code=2).stderr
    assert f"scored on: {SCORE_DATE}" in told
    assert "scored on: never" in run("explain-change", "--prospect", "1", exit_code=2).stderr
    facts = warehouse().query(score_change._FEATURES, [f"lead:{lead_id}", SCORE_DATE])
    assert facts.num_rows == 1


def with_ids_of_salesforce(table: Table) -> Table:
    """The same rows with such ids as Salesforce gives, in the first column."""
    rows = enumerate(sorted(table.rows, key=lambda row: str(row[0])))
    return replace(table, rows=tuple((f"00QINV{n:09}AAA", *row[1:]) for n, row in rows))


def test_a_sync_logs_each_batch_before_and_after(
    sent: None,
    bigquery_build: BigQueryBuild,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    tables = bigquery_build.warehouse.tables
    for name in ("salesforce_lead_scores", "salesforce_delivery_status"):
        tables[name] = with_ids_of_salesforce(tables[name])
    with serving(FakeOrg(), tmp_path / "certificate.pem") as org:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
        monkeypatch.setenv("SALESFORCE_INSTANCE_URL", org.url)
        monkeypatch.setenv("SALESFORCE_SESSION_ID", "session-0")
        words = ["sync", "salesforce", "--execute", "--out", str(tmp_path / "payload.json")]
        with warehouse().only_sync():
            told = run(*words, exit_code=2).stderr
            assert "Another sync of this warehouse is running" in told
            assert org.requests == []
        report = json.loads(run(*words, "--json").stdout)
    assert report["delivered"]["accepted"] == len(org.leads) > 10
    rows = warehouse().query("select * from salesforce_delivery_log").to_pylist()
    results = Counter(row["delivery_result"] for row in rows)
    assert results == {"sent": len(org.leads), "accepted": len(org.leads)}
    assert {row["lead_score"] for row in rows} == {
        row["Lead_Score__c"] for row in org.leads.values()
    }


def test_a_person_is_removed_from_every_table(
    sent: None,
    bigquery_build: BigQueryBuild,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEAD_SCORING_FORGET_KEY", "a-secret-of-forty-characters-0123456789ab")
    tables = bigquery_build.warehouse.tables
    # this small BigQuery lists the sources, which lie in other datasets, and views as tables
    elsewhere = [source.get("identifier", source["name"]) for source in sources()]
    for name in [*elsewhere, "salesforce_lead_scores"]:
        del tables[name]
    person = "select advisor_crd from lead_scores_daily where score_date = ? group by advisor_crd"
    once = f"{person} having count(*) = 1 and advisor_crd is not null order by advisor_crd"
    crd = warehouse().query(once, [SCORE_DATE])["advisor_crd"][0].as_py()
    findings = tables["build_findings"]
    example = (f"advisor {crd}, firm 1, start unknown", "advisor 1")
    place = list(findings.columns).index("example_key")
    rows = zip(example, findings.rows, strict=False)
    planted = tuple((*row[:place], text, *row[place + 1 :]) for text, row in rows)
    tables["build_findings"] = replace(findings, rows=planted)
    before = {name: len(table.rows) for name, table in tables.items()}
    found = json.loads(run("forget", "--crd", str(crd), "--json").stdout)
    assert {name: len(table.rows) for name, table in tables.items()} == before
    done = json.loads(run("forget", "--crd", str(crd), "--apply", "--json").stdout)
    assert (done["tables"], done["left"]) == (found["tables"], [])
    removed = {
        held["table"].rpartition("`.`")[2].rstrip("`"): held["rows"]
        for held in done["tables"]
        if held["treatment"] == "rows removed"
    }
    assert removed["lead_scores_daily"] == 1
    assert len(removed) > 15
    after = {name: len(tables[name].rows) for name in before}
    after["forgotten_people"] -= 1 + len(done["lead_ids"])
    assert {name: before[name] - n for name, n in after.items() if n != before[name]} == removed
    assert [row[place] for row in tables["build_findings"].rows] == [None, "advisor 1"]
    again = json.loads(run("forget", "--crd", str(crd), "--apply", "--json").stdout)
    assert again["tables"] == []
    assert any("time travel" in line for line in done["to_ask"])


def test_rows_are_appended_once_however_often(sent: None) -> None:
    row = {"batch_id": "b", "lead_id": "l", "delivery_result": "sent", "send_method": "bulk"}
    row |= {"logged_at": dt.datetime(2025, 7, 1, 6, 0, 0, 250)}  # type: ignore[dict-item]
    for _ in range(2):
        warehouse().append("salesforce_delivery_log", [row], KEY)
    found = warehouse().query("select * from salesforce_delivery_log where batch_id = ?", ["b"])
    assert found.num_rows == 1
    assert row.items() <= found.to_pylist()[0].items()
    assert found["lead_score"].to_pylist() == [None]


def test_a_lease_grows_stale_and_its_holder_stops_before(
    sent: None, bigquery_build: BigQueryBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = bigquery_build.warehouse.tables
    with warehouse().only_sync() as require:
        require()
        with pytest.raises(WarehouseError, match="Another sync") as told, warehouse().only_sync():
            pass
        assert told.value.why
        assert told.value.where
        assert str(lease.STALE_SECONDS) in told.value.fix
        [(number, holder, renewed)] = tables["sync_lease"].rows
        assert isinstance(renewed, dt.datetime)
        long_ago = renewed - dt.timedelta(seconds=lease.STALE_SECONDS + 5)
        tables["sync_lease"] = replace(tables["sync_lease"], rows=((number, holder, long_ago),))
        with warehouse().only_sync():
            pass
        later = time.monotonic() + lease.STALE_SECONDS
        monkeypatch.setattr(time, "monotonic", lambda: later)
        with pytest.raises(WarehouseError, match="could not be renewed"):
            require()
