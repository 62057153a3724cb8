"""What is published has passed: a failed build, a part, a cut and an old database leave no mix."""

import datetime as dt
import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.errors import WarehouseError
from python_scoring.io.builds import build_of_day, newest_build
from python_scoring.io.database.locks import open_database
from python_scoring.io.warehouse import duckdb as duckdb_warehouse
from python_scoring.io.warehouse.current import warehouse
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.faults.publication import (
    DAY_TABLES,
    NEW,
    NEWEST_ONLY,
    OLD,
    kill_publications,
    prepare,
)
from python_scoring.tests.support.project_copy import copy_project

DAY, NEXT_DAY = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
PUBLISHED = (*DAY_TABLES, *NEWEST_ONLY, "call_exclusions")
NO_UNIT_TESTS = ("--quiet", "--exclude-resource-type", "unit_test")


def vars_of(day: dt.date) -> list[str]:
    return ["--vars", f"{{score_date: {day}, analysis_date: {day}}}"]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def published(dbt: Dbt) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the published relations, in an order of their own."""
    return {name: dbt.rows(f"select * from {name} order by all") for name in PUBLISHED}


@pytest.fixture(scope="module")
def failed(demo: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dbt]:
    """The demo after a build without the bucket Cold: most leads have no bucket, so it fails."""
    folder = tmp_path_factory.mktemp("failed")
    dbt = Dbt(folder, copy_project(folder / "project"))
    shutil.copy(demo.database, dbt.database)
    buckets = dbt.project / "seeds/mappings/score_buckets.csv"
    kept = [line for line in buckets.read_text().splitlines() if not line.startswith("Cold")]
    buckets.write_text("\n".join(kept) + "\n")
    done = dbt.run("build", *NO_UNIT_TESTS)
    assert done.returncode == 1
    (folder / "told.txt").write_text(done.stdout)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_SCORING_DB", str(dbt.database))
        yield dbt


def test_a_build_whose_tests_fail_publishes_nothing(demo: Dbt, failed: Dbt) -> None:
    assert published(failed) == published(demo)
    results = failed.rows("select result, failed_nodes from builds order by started_at")
    assert [result for result, _ in results] == ["published", "failed"]
    assert "no_nulls_built_lead_scores_" in results[1][1]
    for table in ("build_counts", "build_findings", "build_sources"):
        assert failed.rows(f"select count(distinct build_id) from {table}") == [(1,)]


def test_commands_say_which_build_they_read_and_that_a_later_one_failed(
    failed: Dbt, tmp_path: Path
) -> None:
    (build_id,) = failed.rows("select build_id from builds where result = 'published'")[0]
    for words in (
        ("sync", "salesforce", "--out", str(tmp_path / "payload.json")),
        ("summary",),
        ("prospects",),
    ):
        page, told = run(*words), json.loads(run(*words, "--json").stdout)
        assert page.exit_code == 0
        assert page.stdout.startswith(f"From build {build_id[:8]} of 2025-06-30, published 20")
        assert "failed and published nothing: no_nulls_built_" in page.stdout
        assert told["build_id"] == build_id
        assert len(told["build_notes"]) == 1
    records = json.loads((tmp_path / "payload.json").read_text())["records"]
    assert len(records) > 1000
    assert all(record["Lead_Score_Bucket__c"] for record in records)


def test_the_rows_that_failed_are_kept_and_named(failed: Dbt) -> None:
    told = (failed.folder / "told.txt").read_text()
    named = re.search(
        r"select [*] from (main_failed_tests.no_nulls_built_lead_scores_\w+)"
        r"\n  never null: lead_id, .*score_bucket",
        told,
    )
    assert named
    rows = failed.rows(f"select lead_id, score_bucket from {named[1]}")
    assert len(rows) == 1000
    assert all(lead_id and bucket is None for lead_id, bucket in rows)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "--select", "builds"], "Nothing was published: `dbt run` runs no tests."),
        (
            ["build", "--select", "builds", "--exclude-resource-type", "unit_test"],
            "of what a build makes and tests was left out, such as",
        ),
    ],
)
def test_a_part_is_not_published(
    arguments: list[str], told: str, demo: Dbt, tmp_path: Path
) -> None:
    dbt = Dbt(tmp_path)
    shutil.copy(demo.database, dbt.database)
    done = dbt.run(*arguments)
    assert done.returncode == 1
    assert told in done.stdout
    assert published(dbt) == published(demo)


@pytest.fixture(scope="module")
def widened(demo: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """A database of before builds were recorded, in which the next day was built."""
    dbt = Dbt(tmp_path_factory.mktemp("widened"))
    shutil.copy(demo.database, dbt.database)
    with duckdb.connect(str(dbt.database)) as connection:
        for relation in PUBLISHED:
            connection.execute(f"alter table {relation} drop column build_id")
        for relation in ("lead_scores_daily", "prospect_scores"):
            connection.execute(f"alter table {relation} drop column as_of_date")
        for relation in ("builds", "build_counts", "build_findings", "build_sources"):
            connection.execute(f"drop table {relation}")
    done = dbt.run("build", *NO_UNIT_TESTS, "--full-refresh", *vars_of(NEXT_DAY))
    assert done.returncode == 0, done.stdout
    return dbt


def test_an_old_database_is_widened_and_keeps_its_days(
    widened: Dbt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(widened.database))
    [(build_id,)] = widened.rows("select build_id from builds")
    for name in DAY_TABLES:
        days = f"select distinct score_date, build_id from {name} order by 1"
        assert widened.rows(days) == [(DAY, None), (NEXT_DAY, build_id)]
    for name in NEWEST_ONLY:
        days = f"select distinct score_date, build_id from {name}"
        assert widened.rows(days) == [(NEXT_DAY, build_id)]
    known = "select count(as_of_date) from lead_scores_daily where score_date ="
    assert widened.rows(f"{known} '{DAY}'") == [(0,)]
    assert widened.rows(f"{known} '{NEXT_DAY}'")[0][0] > 1000
    assert newest_build().build_id == build_id
    assert "before builds were recorded" in str(build_of_day(DAY))


def test_an_earlier_day_is_replaced_by_itself_and_leaves_the_lists_alone(
    demo: Dbt, widened: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day that is built again gives the same rows; lists and export keep the newest day."""
    dbt = Dbt(tmp_path)
    shutil.copy(widened.database, dbt.database)
    monkeypatch.setenv("LEAD_SCORING_DB", str(dbt.database))
    done = dbt.run("build", *NO_UNIT_TESTS)
    assert done.returncode == 0, done.stdout
    newest = f"where score_date = '{NEXT_DAY}' order by all"
    for name in DAY_TABLES:
        # a column that was added later stands last: the order of columns is no difference
        columns = sorted(column for column, *_ in demo.rows(f"describe {name}"))
        told = ", ".join(c for c in columns if c not in ("build_id", "scoring_timestamp"))
        day = f"select {told} from {name} where score_date = '{DAY}' order by all"
        assert dbt.rows(day) == demo.rows(day), name
        everything = f"select * from {name} {newest}"
        assert dbt.rows(everything) == widened.rows(everything), name
    for name in NEWEST_ONLY:
        everything = f"select * from {name} order by all"
        assert dbt.rows(everything) == widened.rows(everything), name
    assert "published another day" in newest_build().notes[0]


def test_relations_of_different_builds_are_refused(
    demo: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dbt = Dbt(tmp_path)
    shutil.copy(demo.database, dbt.database)
    monkeypatch.setenv("LEAD_SCORING_DB", str(dbt.database))
    with duckdb.connect(str(dbt.database)) as connection:
        connection.execute("update prospect_call_list set build_id = 'another'")
    for words in (("summary",), ("prospects",), ("sync", "salesforce")):
        done = run(*words)
        assert done.exit_code == 2
        assert "of more than one build" in done.stderr
        assert "prospect_call_list: another" in done.stderr


@pytest.mark.parametrize(
    ("words", "first_read"),
    [
        (("prospects",), "prospect_call_list"),
        (("sync", "salesforce"), "salesforce_lead_scores"),
    ],
    ids=["prospects", "sync"],
)
def test_a_build_that_is_published_between_two_reads_is_told(
    demo: Dbt,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    first_read: str,
) -> None:
    dbt = Dbt(tmp_path)
    shutil.copy(demo.database, dbt.database)
    monkeypatch.setenv("LEAD_SCORING_DB", str(dbt.database))
    monkeypatch.chdir(tmp_path)
    query = duckdb_warehouse.DuckDb.query

    def query_and_publish(self: duckdb_warehouse.DuckDb, sql: str, *more: Any) -> Any:
        found = query(self, sql, *more)
        if sql.startswith(f"select * from {first_read}"):
            with duckdb.connect(str(dbt.database)) as connection:
                for name in PUBLISHED:
                    connection.execute(f"update {name} set build_id = 'another'")
                another = "select * replace ('another' as build_id) from builds"
                connection.execute(f"insert into builds {another}")
        return found

    monkeypatch.setattr(duckdb_warehouse.DuckDb, "query", query_and_publish)
    done = run(*words)
    assert done.exit_code == 2, done.output
    assert "A build was published while the" in done.stderr
    for part in ("Why it matters: ", "Where: ", "Fix: Run the same command again."):
        assert part in done.stderr
    assert not (tmp_path / "target").exists(), "nothing is written"


def test_killed_publications_leave_the_old_build_or_the_new(demo: Dbt, tmp_path: Path) -> None:
    """`make test-faults` kills fifty times."""
    prepared = prepare(demo.database, tmp_path)
    outcomes = list(kill_publications(prepared, tmp_path, kills=2, seed=2))
    assert set(outcomes) <= {OLD, NEW}, outcomes


HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def writing(path: Path) -> Iterator[Popen[str]]:
    """Another program writes the database, until its input ends."""
    with Popen([sys.executable, "-c", HOLD, str(path)], stdin=-1, stdout=-1, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        yield other


@pytest.fixture
def held(demo: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Popen[str]]:
    """Another program that writes the commands' database."""
    path = tmp_path / "demo.duckdb"
    shutil.copy(demo.database, path)
    monkeypatch.setenv("LEAD_SCORING_DB", str(path))
    with writing(path) as other:
        yield other


def test_readers_wait_while_a_build_runs(
    held: Popen[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    # the other program ends when the reader first waits
    monkeypatch.setattr("python_scoring.io.database.locks.time.sleep", lambda _: held.communicate())
    found = warehouse().query("select count(*) > 0 as found from builds")
    assert found.to_pylist() == [{"found": True}]
    told = capfd.readouterr().err
    assert told.startswith("demo.duckdb is in use by process ")
    assert "waiting for it, at most 300 s" in told


@pytest.mark.usefixtures("held")
def test_a_reader_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        duckdb_warehouse,
        "open_database",
        lambda path, read_only: open_database(path, read_only=read_only, wait_seconds=0.1),
    )
    with pytest.raises(WarehouseError, match="still in use by process") as told:
        warehouse().query("select 1")
    assert told.value.why
    assert told.value.fix


def test_a_second_build_waits_and_then_says_why_it_cannot_run(demo: Dbt, tmp_path: Path) -> None:
    dbt = Dbt(tmp_path)
    shutil.copy(demo.database, dbt.database)
    example = (dbt.project / "profiles.yml.example").read_text()
    (tmp_path / "profiles.yml").write_text(example.replace("wait_seconds: 300", "wait_seconds: 1"))
    with writing(dbt.database):
        done = dbt.run("build", "--quiet")
    assert done.returncode == 2
    told = done.stdout + done.stderr
    assert "demo.duckdb is in use by process" in told
    for part in ("demo.duckdb is still in use by process", "Why it matters", "Where:", "Fix:"):
        assert part in told
    assert "Traceback" not in told
