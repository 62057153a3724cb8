"""Two canaries in every source, scored, listed, synced and reported; forgotten; delivered again."""

import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.destinations.salesforce import destination
from python_scoring.destinations.salesforce.org import Org
from python_scoring.forgetting import forget as forgetting
from python_scoring.io.warehouse.duckdb import DuckDb
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.support.canary_people import LATER_LEAD, LEAD, PROSPECT, plant
from python_scoring.tests.support.fake_salesforce import FakeOrg, serving
from python_scoring.tests.support.project_copy import allow_parts, copy_project

KEY = "a-secret-of-forty-characters-0123456789ab"
OTHER_KEY = KEY[::-1]
BOTH = (LEAD, PROSPECT)
TEXTS = tuple(text for person in BOTH for text in (*person.texts, LATER_LEAD))
FIRST_DAY, NEXT_DAY = dt.date(2025, 6, 30), dt.date(2025, 7, 1)


@dataclass
class Place:
    """A folder with a database, and all that dbt and the commands write beside it."""

    folder: Path
    project: Path
    said: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.folder / "demo.duckdb"

    @property
    def lists(self) -> Path:
        return self.folder / "lists"

    def build(
        self, delivery: Path, day: dt.date, key: str = "", select: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Build a day without tests, which would rightly find the canaries odd."""
        words = ("build", "--exclude-resource-types", "unit_test", "test", *select)
        return self.dbt(words, delivery, day, key)

    def dbt(
        self, words: Sequence[str], delivery: Path, day: dt.date, key: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt on the delivery of a day."""
        days = {name: str(day) for name in ("score_date", "analysis_date", "delivery_date")}
        done = Dbt(self.folder, self.project).run(
            *(*words, "--quiet", "--vars", json.dumps(days | {"task_source": "present"})),
            LEAD_SCORING_DATA=str(delivery),
            LEAD_SCORING_FORGET_KEY=key,
            DBT_LOG_LEVEL_FILE="debug",
        )
        self.said.append(done.stdout + done.stderr)
        return done

    def run(self, *words: str, exit_code: int = 0) -> Result:
        done = CliRunner().invoke(main, list(words))
        self.said.append(done.output)
        assert done.exit_code == exit_code, done.output
        return done

    def report(self, *words: str, exit_code: int = 0) -> dict[str, Any]:
        done = self.run("forget", *words, "--json", exit_code=exit_code)
        loaded: dict[str, Any] = json.loads(done.stdout)
        return loaded

    def files_holding(self, texts: Sequence[str]) -> set[str]:
        """Files in whose bytes one of the texts stands."""
        return {
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and any(text.encode() in path.read_bytes() for text in texts)
        }

    def tables_holding(self, texts: Sequence[str]) -> set[str]:
        """Tables with a value in which a text stands: any column but hashes and fractions."""
        found = set()
        with duckdb.connect(str(self.database), read_only=True) as connection:
            for table in tables(connection):
                described = connection.execute(f"describe {table}").fetchall()
                columns = [
                    f'"{column}"::varchar'
                    for column, kind, *_ in described
                    if kind != "DOUBLE" and column not in ("model_sha256", "content_hash")
                ]
                sql = f"select count(*) from {table} where regexp_matches(concat_ws('|', "
                sql += f"{', '.join(columns)}), ?)"
                if connection.execute(sql, ["|".join(texts)]).fetchall() != [(0,)]:
                    found.add(table)
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query).fetchall()


def tables(connection: duckdb.DuckDBPyConnection, database: str = "demo") -> list[str]:
    found = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? order by all",
        [database],
    ).fetchall()
    return [f"{schema}.{table}" for schema, table in found]


@pytest.fixture(scope="module")
def environment() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory, environment: pytest.MonkeyPatch) -> Place:
    """The canaries, scored, listed, synced and reported."""
    folder = tmp_path_factory.mktemp("forgetting")
    project = copy_project(folder / "project")
    allow_parts(project)
    delivery = plant(folder / "delivery", BOTH)
    place = Place(folder / "place", project)
    place.lists.mkdir(parents=True)
    done = place.build(delivery, FIRST_DAY)
    assert done.returncode == 0, done.stdout[-3000:]
    for name, value in {
        "LEAD_SCORING_DB": place.database,
        "LEAD_SCORING_DATA": delivery,
        "LEAD_SCORING_FORGET_KEY": KEY,
        "DBT_TARGET_PATH": place.folder / "target",
        "DBT_LOG_PATH": place.folder / "logs",
        "LEAD_SCORING_OUT": place.lists,
    }.items():
        environment.setenv(name, str(value))
    _use(place, environment)
    return place


def _use(place: Place, environment: pytest.MonkeyPatch) -> None:
    """Do what a day does, and leave behind what accidents leave."""
    target = place.folder / "target"
    environment.setattr(destination, "Org", partial(Org, sleep=lambda seconds: None))
    with serving(FakeOrg(), place.folder / "certificate.pem") as org:
        environment.setenv("REQUESTS_CA_BUNDLE", str(place.folder / "certificate.pem"))
        environment.setenv("SALESFORCE_INSTANCE_URL", org.url)
        environment.setenv("SALESFORCE_SESSION_ID", "session-0")
        place.run("sync", "salesforce", "--execute", "--out", str(target / "payload.json"))
        assert set(LEAD.leads) <= set(org.leads)
    place.run("prospects", "--out", str(place.lists / "prospects.csv"))
    place.run("dashboard", "--names", "--out", str(place.lists / "day.html"))
    summary = place.run("summary").output
    (place.folder / "logs/summary.txt").write_text(f"{summary}\nlead {LEAD.leads[0]}")
    place.said.clear()
    left_by_a_kill = place.folder / f".{'0' * 32}.{place.database.name}"
    left_by_a_kill.write_text(" ".join(PROSPECT.texts))
    with duckdb.connect(str(place.database)) as connection:
        connection.execute(f"copy lead_scores_daily to '{place.lists / 'scores.parquet'}'")
        connection.execute("create schema main_failed_tests")
        connection.execute(
            f"create table main_failed_tests.odd as select 'lead:{LEAD.leads[0]}' as from_field"
        )


@pytest.fixture(scope="module")
def forgotten(used: Place) -> Place:
    """The canaries, forgotten; the folder as it was is kept beside."""
    shutil.copytree(used.folder, used.folder.parent / "before")
    for person in BOTH:
        assert used.report("--crd", str(person.crd), "--apply")["left"] == []
    used.said.clear()
    return used


@pytest.fixture(scope="module")
def delivered_again(forgotten: Place) -> Place:
    """The next day's delivery still holds them, and a new lead of one."""
    delivery = plant(forgotten.folder.parent / "again", BOTH, (LATER_LEAD,))
    done = forgotten.build(delivery, NEXT_DAY, KEY)
    assert done.returncode == 0, done.stdout[-3000:]
    return forgotten


def test_everything_holds_the_canaries_first(used: Place) -> None:
    """Whoever finds nothing afterwards must be known to find."""
    held = used.files_holding(TEXTS)
    assert {"demo.duckdb", "lists/prospects.csv", "lists/day.html", "logs/summary.txt"} <= held
    assert "target/payload.json" in held
    assert used.files_holding([LEAD.leads[0]]) & used.files_holding([PROSPECT.last])
    in_tables = used.tables_holding(TEXTS)
    assert {
        *("main.lead_scores_daily", "main.prospect_scores", "main.prospect_call_list"),
        *("main.salesforce_delivery_log", "main.registration_arrivals", "main.build_findings"),
        *("main.rejected_source_rows", "main.subject_scores", "main_failed_tests.odd"),
    } <= in_tables
    assert len(in_tables) > 30


def test_a_dry_run_lists_all_and_changes_nothing(used: Place) -> None:
    before = used.database.read_bytes()
    report = used.report("--lead", LEAD.leads[1])
    assert (report["advisor_crd"], report["lead_ids"]) == (LEAD.crd, list(LEAD.leads))
    assert not report["applied"]
    names = {held["table"].replace('"', "") for held in report["tables"]}
    assert names == used.tables_holding(LEAD.texts)
    files = {str(Path(path).relative_to(used.folder)) for path in report["files"]}
    assert files == {
        *("lists/day.html", "lists/scores.parquet", "logs/summary.txt", "target/payload.json"),
    }
    assert used.database.read_bytes() == before
    assert all(Path(path).exists() for path in report["files"])
    told = used.run("forget", "--lead", LEAD.leads[1]).output
    assert "Nothing was changed" in told
    assert "FINTRX" in told
    assert "Salesforce, lead" in told
    assert not {LEAD.first, LEAD.last} & set(told.split())


def test_nothing_names_them_afterwards(forgotten: Place) -> None:
    assert forgotten.files_holding(TEXTS) == set()
    assert forgotten.tables_holding(TEXTS) == set()
    again = forgotten.report("--crd", str(LEAD.crd), "--apply")
    assert (again["tables"], again["files"], again["left"]) == ([], [], [])


def test_nobody_elses_row_changed(forgotten: Place) -> None:
    with duckdb.connect() as connection:
        for name in ("before", "place"):
            path = forgotten.folder.parent / name / "demo.duckdb"
            connection.execute(f"attach '{path}' as {name} (read_only)")
        old = tables(connection, "before")
        assert old == tables(connection, "place")
        removed = {}
        for table in set(old) - {"main.forgotten_people", "main_failed_tests.odd"}:
            columns = "* exclude (example_key)" if _has_example(connection, table) else "*"
            new, gone = (
                connection.execute(
                    f"select {columns} from {one}.{table} except all "
                    f"select {columns} from {other}.{table}"
                ).fetchall()
                for one, other in (("place", "before"), ("before", "place"))
            )
            assert new == [], table
            removed[table] = gone
        assert removed["main.build_findings"] == []
        keys = {LEAD.crd, PROSPECT.crd, *LEAD.leads}
        keys |= {f"lead:{lead}" for lead in LEAD.leads} | {f"prospect:{PROSPECT.crd}"}
        for table, rows in removed.items():
            if table not in ("main.rejected_source_rows", "main.odd_source_rows"):
                assert all(keys & set(row) for row in rows), table
        assert removed["main.lead_scores_daily"]


def _has_example(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    described = connection.execute(f"describe before.{table}").fetchall()
    return "example_key" in {column for column, *_ in described}


def test_views_and_descriptions_are_kept(forgotten: Place) -> None:
    assert forgotten.rows("select count(*) from salesforce_delivery_status") > [(9000,)]
    with duckdb.connect() as connection:
        for name in ("before", "place"):
            path = forgotten.folder.parent / name / "demo.duckdb"
            connection.execute(f"attach '{path}' as {name} (read_only)")
        for kind in ("tables", "columns", "views", "constraints"):
            counts = {
                name: connection.execute(
                    f"select count(*){', count(comment)' if kind != 'constraints' else ''} "
                    f"from duckdb_{kind}() where database_name = '{name}'"
                ).fetchall()
                for name in ("before", "place")
            }
            assert counts["before"] == counts["place"], kind


@pytest.mark.parametrize("key", ["", OTHER_KEY])
def test_a_build_without_the_key_is_refused(key: str, forgotten: Place) -> None:
    done = forgotten.build(forgotten.folder.parent / "delivery", NEXT_DAY, key)
    assert done.returncode != 0
    for part in ("would bring these people back", "Why it matters: ", "Where: ", "Fix: "):
        assert part in done.stdout
    assert forgotten.tables_holding(TEXTS) == set()


def test_the_next_delivery_does_not_bring_them_back(delivered_again: Place) -> None:
    assert delivered_again.rows("select max(score_date) from lead_scores_daily") == [(NEXT_DAY,)]
    assert delivered_again.tables_holding(TEXTS) == set()
    assert delivered_again.files_holding(TEXTS) == set()
    assert delivered_again.files_holding([KEY]) == set()


def test_a_forgotten_lead_that_is_delivered_still_is_not_lost(delivered_again: Place) -> None:
    """The data test of lost leads would stop each full build from the day of forgetting on."""
    words = ("test", "--select", "leads_are_all_accounted_for")
    delivery = delivered_again.folder.parent / "again"
    done = delivered_again.dbt(words, delivery, NEXT_DAY, KEY)
    assert done.returncode == 0, done.stdout[-3000:]
    path = delivered_again.folder / "target/run_results.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    statuses = {result["unique_id"].split(".")[2]: result["status"] for result in results}
    assert statuses["leads_are_all_accounted_for"] == "pass"


def test_a_build_is_that_of_a_delivery_without_them(delivered_again: Place, tmp_path: Path) -> None:
    """Also what is counted of their firms: see decision 0026."""
    other = Place(tmp_path / "without", delivered_again.project)
    other.folder.mkdir()
    only = ["--select", "+built_scored_features", "+lead_training_set"]
    done = other.build(plant(tmp_path / "delivery", ()), NEXT_DAY, select=only)
    assert done.returncode == 0, done.stdout[-3000:]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{delivered_again.database}' as place (read_only)")
        connection.execute(f"attach '{other.database}' as without (read_only)")
        compared = 0
        for table in tables(connection, "without"):
            name = table.split(".")[1]
            if name.startswith(("int_", "feat_", "lead_", "built_scored")):
                for one, another in (("place", "without"), ("without", "place")):
                    sql = f"from {one}.{table} except all from {another}.{table}"
                    assert connection.execute(sql).fetchall() == [], table
                compared += 1
        assert compared > 20


def test_a_run_that_was_cut_off_is_ended_by_the_next(
    used: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = used.folder.parent / "before"
    place = Place(tmp_path / "cut", used.project)
    shutil.copytree(before if before.exists() else used.folder, place.folder)
    monkeypatch.setenv("LEAD_SCORING_DB", str(place.database))
    monkeypatch.setenv("DBT_TARGET_PATH", str(place.folder / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(place.folder / "logs"))
    monkeypatch.setenv("LEAD_SCORING_OUT", str(place.lists))

    def cut(*arguments: Any) -> None:
        raise KeyboardInterrupt

    steps: list[tuple[Any, str]] = [
        (forgetting, "remove_files"),
        (forgetting, "_remember"),
        (DuckDb, "remove"),
        (forgetting, "_after"),
    ]
    for owner, name in steps:
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, cut)
            place.run("forget", "--crd", str(LEAD.crd), "--apply", exit_code=2)
    done: Callable[..., dict[str, Any]] = place.report
    assert done("--crd", str(LEAD.crd), "--apply")["left"] == []
    assert place.files_holding([LEAD.last, *LEAD.leads]) == set()
    assert place.tables_holding(LEAD.texts) == set()
    assert place.rows("select count(*) from forgotten_people") == [(3,)]
