"""Call lists on the demo: who is on them, who is left out and why, the commands that make them."""

import csv
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from pyarrow import parquet

from python_scoring.cli.main import main
from python_scoring.errors import InputError
from python_scoring.io.spreadsheet import without_formulas, write_call_file
from python_scoring.io.table_files import TableWriter
from python_scoring.tests.conftest import PROJECT, Dbt
from python_scoring.tests.support.project_copy import allow_parts, copy_project

# the first prospect of each firm, so that a firm that may not be called takes no other case along
FIRSTS = """
select calls.advisor_crd, row_number() over (order by min(calls.list_position)) as place
from (
    select list.advisor_crd, list.list_position, subjects.firm_crd
    from prospect_call_list as list
    join lead_scoring_features as subjects
        on subjects.prediction_id = concat('prospect:', list.advisor_crd)
    qualify row_number() over (partition by subjects.firm_crd order by list.list_position) = 1
) as calls
group by calls.advisor_crd
"""
MAY = f"select advisor_crd from ({FIRSTS}) where place = "


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def suppressed(demo: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dbt]:
    """The demo after sales named the best prospect, the firm of another, and the best lead.

    A third prospect was contacted, and that lead has vanished from Salesforce since.
    """
    folder = tmp_path_factory.mktemp("suppressed")
    dbt = Dbt(folder, copy_project(folder / "project"))
    # the suppressions are put into the table of the seed, and the lists made of it anew
    allow_parts(dbt.project)
    shutil.copy(demo.database, dbt.database)
    with duckdb.connect(str(dbt.database)) as connection:
        connection.execute(f"""
            insert into contact_suppressions
            select ({MAY} 1), null, 'asked us not to call', null
            union all select null, (select firm_crd from lead_scoring_features
                where prediction_id = concat('prospect:', ({MAY} 2))), 'partner', date '2025-12-31'
            union all select (select advisor_crd from lead_scores_daily where call_priority = 1),
                null, 'a client', null
            union all select ({MAY} 5), null, 'over', date '2025-06-29';
            insert into lead_scores_daily by name
            select * replace ('vanished' as lead_id, ({MAY} 3) as advisor_crd,
                date '2025-06-01' as contacted_date, date '2025-06-02' as score_date)
            from lead_scores_daily where call_priority = 1""")
    chosen = ["--select", "active_suppressions+", "recent_contacts+"]
    done = dbt.run("build", "--quiet", *chosen, "--exclude-resource-type", "unit_test")
    assert done.returncode == 0, done.stdout
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_SCORING_DB", str(dbt.database))
        yield dbt


def test_whom_one_may_not_call_is_on_no_list(demo: Dbt, suppressed: Dbt) -> None:
    before = [crd for (crd,) in demo.rows("select advisor_crd from prospect_call_list order by 1")]
    best = [demo.rows(f"{MAY} {place}")[0][0] for place in (1, 2, 3, 4, 5)]
    query = "select list_position, advisor_crd from prospect_call_list order by 1"
    after = suppressed.rows(query)
    assert [position for position, _ in after] == list(range(1, len(before) + 1)), "no gap"
    listed = {crd for _, crd in after}
    assert listed.isdisjoint(best[:3])
    assert listed.issuperset(best[3:]), "what is over does not hold"
    reasons = dict(
        suppressed.rows("select advisor_crd, exclusion from call_exclusions where lead_id is null")
    )
    wanted = ("advisor suppressed", "firm suppressed", "contacted recently")
    assert tuple(reasons[crd] for crd in best[:3]) == wanted
    lead = suppressed.rows(
        "select lead_id from lead_scores_daily"
        " where call_priority = 1 and score_date = '2025-06-30'"
    )[0][0]
    exported = "select count(*) from salesforce_lead_scores where Id = "
    assert demo.rows(f"{exported} '{lead}'") == [(1,)]
    assert suppressed.rows(f"{exported} '{lead}'") == [(0,)]
    assert lead not in [
        call["lead_id"] for call in json.loads(run("summary", "--json").stdout)["calls"]
    ]


def test_whoever_is_left_out_is_counted(suppressed: Dbt) -> None:
    counts = dict(
        suppressed.rows(
            "select stage, row_count from build_counts join builds using (build_id)"
            " order by started_at"
        )
    )
    told = json.loads(run("prospects", "--json", "--limit", "9999").stdout)
    assert told["left_out"].keys() == {
        "advisor suppressed",
        "contacted recently",
        "firm suppressed",
        "no current registration",
    }
    for reason, count in told["left_out"].items():
        assert counts[f"call list: left out, {reason}"] == count > 0
    assert counts["export: leads left out, advisor suppressed"] == 1
    assert told["scored"] - told["callable"] == sum(told["left_out"].values())
    assert told["listed"] == counts["call list: prospects"] == 5000


@pytest.mark.parametrize(
    "row",
    ["1, 2, 'both', null", "null, null, 'neither', null", "1, null, ' ', null"],
)
def test_an_unclear_suppression_is_refused(row: str) -> None:
    sql = (PROJECT / "tests/exports/a_suppression_names_an_advisor_or_a_firm.sql").read_text()
    sql = sql.replace("{{ ref('contact_suppressions') }}", "suppressions")
    columns = "suppressions(advisor_crd, firm_crd, reason, until_date)"
    clear = "(1, null, 'asked us', null), (null, 2, 'partner', null)"
    with duckdb.connect() as connection:
        assert not connection.sql(f"with {columns} as (values {clear}) from ({sql})").fetchall()
        found = connection.sql(f"with {columns} as (values {clear}, ({row})) from ({sql})")
        assert len(found.fetchall()) == 1


def test_the_list_is_in_the_order_of_the_specification(demo: Dbt) -> None:
    """Golden cohort first, then the score; where it ties, the booster's raw score decides."""
    rows = demo.rows(
        "select is_golden_cohort, lead_score from prospect_call_list order by list_position"
    )
    keys = [(golden, score) for golden, score in rows]
    assert keys == sorted(keys, reverse=True)


def test_prospects_writes_the_list_and_keeps_names_off_the_terminal(
    suppressed: Dbt, tmp_path: Path
) -> None:
    target = tmp_path / "calls.csv"
    done = run("prospects", "--limit", "30", "--out", target)
    assert done.exit_code == 0, done.output
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["list_position"]) for row in rows] == list(range(1, 31))
    names = suppressed.rows(
        "select last_name from prospect_call_list where list_position <= 30 order by list_position"
    )
    assert [(row["last_name"],) for row in rows] == names
    assert not any(name in done.output for (name,) in names)
    for row in rows:
        assert float(row["flight_risk_score"]) > 0
        assert float(row["firm_net_change_12mo"]) < 0, "a number is no formula"
    assert "30  on this list" in done.output
    assert "100.0 %  flight risk above 0" in done.output


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\t1", "\r1", "\uff1d1"])
def test_a_name_never_becomes_a_formula(text: str, tmp_path: Path) -> None:
    table = pa.table({"name": [text, "Ann = Bob", None, ""], "number": [-1, 2, None, 0]})
    safe = without_formulas(table)
    assert safe["name"].to_pylist() == [f"'{text}", "Ann = Bob", None, ""]
    assert safe["number"].to_pylist() == [-1, 2, None, 0]
    write_call_file(table, tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["name"] == f"'{text}"
    write_call_file(table, tmp_path / "list.parquet")
    assert parquet.read_table(tmp_path / "list.parquet") == table


def test_a_list_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "list.csv"
    target.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(TableWriter, "write", full)
    with pytest.raises(InputError, match="No space left"):
        write_call_file(pa.table({"name": ["Ann"]}), target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_without_a_build_there_is_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(tmp_path / "none.duckdb"))
    done = run("prospects")
    assert done.exit_code == 2
    assert "no database" in done.stderr


def test_batch_is_run_in_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("batch", "--days", "30")
    assert done.exit_code == 2
    assert "no dbt project" in done.stderr
    monkeypatch.setenv("LEAD_SCORING_TARGET", "bigquery")
    assert "target bigquery" in run("batch").stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vars: {batch_days: 90, score_date: 30.06.2025}", "var score_date is '30.06.2025'"),
        ("vars: {batch_days: ninety, score_date: 2025-06-30}", "var batch_days is 'ninety'"),
        ("vars: {score_date: 2025-13-30}", "dbt_project.yml cannot be read: month must be"),
        ("vars: {a: [", "dbt_project.yml cannot be read: while parsing"),
        ("name: other", "has no var batch_days, score_date"),
        ("vars: none", "has no var batch_days, score_date"),
        ("- a list", "has no var batch_days, score_date"),
        ("", "has no var batch_days, score_date"),
    ],
)
def test_batch_says_what_is_wrong_with_the_vars_of_the_project(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dbt_project.yml").write_text(text)
    monkeypatch.chdir(tmp_path)
    done = run("batch")
    assert (done.exit_code, "Traceback" in done.stderr) == (2, False), done.stderr
    for part in (said, "Why it matters:", "Where:", "Fix:"):
        assert part in done.stderr


def test_batch_passes_the_day_of_the_delivery_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def build(_: list[str], dbt_vars: dict[str, object]) -> subprocess.CompletedProcess[str]:
        asked.append(dbt_vars)
        return subprocess.CompletedProcess([], 1, "", "refused")

    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr("python_scoring.call_lists.daily_batch.run_dbt", build)
    words = ("batch", "--days", "30", "--score-date", "2025-06-30")
    assert run(*words).exit_code == 2
    monkeypatch.setenv("LEAD_SCORING_DELIVERY_DATE", "2025-06-28")
    assert run(*words).exit_code == 2
    plain = {"batch_days": 30, "score_date": "2025-06-30"}
    assert asked == [plain, plain | {"delivery_date": "2025-06-28"}]


def test_batch_says_what_dbt_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dbt = Dbt(tmp_path)
    settings = {
        "LEAD_SCORING_DB": dbt.database,
        "LEAD_SCORING_DATA": tmp_path / "nothing",
        "DBT_PROFILES_DIR": tmp_path,
        "DBT_TARGET_PATH": tmp_path / "target",
        "DBT_LOG_PATH": tmp_path / "logs",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(PROJECT)
    done = run("batch", "--score-date", "2025-06-30")
    assert done.exit_code == 2
    assert "The leads of 2025-06-30 could not be scored" in done.stderr
    assert "lead.parquet (or .csv): no such file" in done.stderr
