"""`lead-scoring audit lineage` on loose SQL files, from the command line."""

import cProfile
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main

HIDDEN = """
-- an end date four times, each in another disguise
with spells as (
    select crd, firm, start_date as began, end_date as x1 from history
),
renamed as (
    select crd, firm, began, x1 as x2 from spells
),
again as (
    select crd, firm, began, x2 as x3 from renamed
),
newest as (
    select crd, row_number() over (partition by crd order by x3 desc) as place from again
),
kept as (
    select distinct crd, x3 as began from again
),
people as (
    select crd, began, firm from again
)
select
    people.crd,
    again.x3 as through_ctes,
    newest.place as through_window_order,
    (select max(a.began) from again as a where a.x3 < people.began) as through_scalar_subquery
from people
left join newest on people.crd = newest.crd
left join again on people.crd = again.crd
"""

HIDDEN_USING = """
with kept as (select distinct crd, end_date as began from history)
select people.firm as through_using_join from people inner join kept using (crd, began)
"""


def lineage(*arguments: object) -> Result:
    """Run the command on files."""
    return CliRunner().invoke(main, ["audit", "lineage", *map(str, arguments)])


def written(folder: Path, **files: str) -> list[Path]:
    """Write SQL files."""
    for name, sql in files.items():
        (folder / f"{name}.sql").write_text(sql)
    return [folder / f"{name}.sql" for name in files]


@pytest.mark.parametrize("dialect", ["bigquery", "duckdb"])
def test_an_end_date_is_found_through_each_disguise(tmp_path: Path, dialect: str) -> None:
    first, second = written(tmp_path, hidden=HIDDEN, using=HIDDEN_USING)
    result = lineage(
        "--sql", first, "--sql", second, "--dialect", dialect, "--forbid", "*END_DATE*", "--json"
    )
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["unfollowed"] == []

    def path(feature: str, clause: str) -> list[tuple[str, str, int]]:
        """The path of the finding that enters a feature in a clause."""
        for finding in report["findings"]:
            clauses = [step["clause"] for step in finding["path"]]
            if f"{feature}" in " ".join(finding["features"]) and clause in clauses:
                return [
                    (s["relation"].split(" > ")[-1], s["clause"], s["line"])
                    for s in finding["path"]
                ]
        return []

    assert path("through_ctes", "select") == [
        ("spells", "select", 4),
        ("renamed", "select", 7),
        ("again", "select", 10),
        ("hidden", "select", 23),
    ]
    assert path("through_window_order", "window order")[3] == ("newest", "window order", 13)
    scalar = path("through_scalar_subquery", "where")
    assert ("subquery in line 25", "where", 25) in scalar
    assert ("hidden", "scalar subquery", 25) in scalar
    using = [step[1] for step in path("through_using_join", "inner join using")]
    assert using[:2] == ["select", "inner join using"]


def test_a_clean_file_exits_with_zero(tmp_path: Path) -> None:
    (file,) = written(
        tmp_path, f="select crd, start_date from history where start_date > '2020-01-01'"
    )
    result = lineage("--sql", file, "--dialect", "bigquery", "--forbid", "*END_DATE*")
    assert result.exit_code == 0
    assert "Clean: no forbidden column influences any of 2 features." in result.stdout


@pytest.mark.parametrize(
    ("forbid", "allow", "exit_code"),
    [
        ("*end_DATE*", (), 1),
        ("history.*", (), 1),
        ("raw.history.end*", (), 1),
        ("histor?.End_Date", (), 1),
        ("today.*", (), 0),
        ("start*", (), 0),
        ("history.*", ("end_date", "history.crd"), 0),
        ("history.*", ("end_date",), 1),
    ],
)
def test_patterns(tmp_path: Path, forbid: str, allow: tuple[str, ...], exit_code: int) -> None:
    (file,) = written(tmp_path, f="select crd, End_Date as e from raw.history")
    allowed = [word for each in allow for word in ("--allow", each)]
    result = lineage("--sql", file, "--dialect", "duckdb", "--forbid", forbid, *allowed)
    assert result.exit_code == exit_code


def test_files_may_read_each_other(tmp_path: Path) -> None:
    files = written(
        tmp_path,
        last="select gap from middle",
        middle="select crd, gap from prepared.spells",
        first="create table prepared.spells as select crd, today - end_date as gap from history;\n"
        "insert into log select crd from history;",
    )
    arguments = [word for file in files for word in ("--sql", file)]
    result = lineage(*arguments, "--dialect", "bigquery", "--forbid", "end_date", "--json")
    report = json.loads(result.stdout)
    assert [each["name"] for each in report["features"]] == ["last.gap", "log.crd"]
    (finding,) = report["findings"]
    assert [step["file"] for step in finding["path"]] == [str(files[i]) for i in (2, 1, 0)]


def test_a_schema_settles_what_a_bare_name_means(tmp_path: Path) -> None:
    (file,) = written(
        tmp_path, f="select end_date from history join today on history.crd = today.crd"
    )
    (tmp_path / "schema.json").write_text(
        '{"history": ["crd"], "today": {"crd": "int", "end_date": "date"}}'
    )
    command = ["--sql", file, "--dialect", "duckdb", "--forbid", "history.end_date"]
    assert "can be a column of several tables" in lineage(*command).stdout
    assert lineage(*command, "--schema", tmp_path / "schema.json").exit_code == 0


def test_html_is_one_page_that_loads_nothing(tmp_path: Path) -> None:
    (file,) = written(tmp_path, f="select '</script>' as a, end_date as b from history")
    out = tmp_path / "reports" / "lineage.html"
    result = lineage(
        "--sql",
        file,
        "--dialect",
        "duckdb",
        "--forbid",
        "end_date",
        "--format",
        "html",
        "--out",
        out,
    )
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Not clean" in result.stderr
    page = out.read_text()
    assert not re.search(r"https?://|src=|<link|@import|url\(", page)
    assert page.count("</script>") == 1
    data = json.loads(re.search(r"const DATA = (.*);\n", page).group(1))  # type: ignore[union-attr]
    assert data["report"]["findings"][0]["source_column"] == "history.end_date"
    names = {node["name"]: node for node in data["graph"]["nodes"]}
    assert names["end_date"]["taint"] == 2
    assert list(tmp_path.joinpath("reports").iterdir()) == [out]


def test_the_same_input_gives_the_same_report(tmp_path: Path) -> None:
    (file,) = written(tmp_path, hidden=HIDDEN)
    command = ["--sql", file, "--dialect", "duckdb", "--forbid", "end_date", "--format", "html"]
    assert lineage(*command).stdout == lineage(*command).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sql", "no.sql", "--dialect", "duckdb", "--forbid", "x"], "cannot be read"),
        (["--sql", "f.sql", "--dialect", "oracle", "--forbid", "x"], "oracle"),
        (["--sql", "f.sql", "--forbid", "x"], "--sql needs --dialect"),
        (["--sql", "f.sql", "--dialect", "duckdb"], "No column is forbidden"),
        (["--forbid", "x"], "go with --sql"),
        (["--sql", "empty.sql", "--dialect", "duckdb", "--forbid", "x"], "makes no column"),
        (["--sql", "latin.sql", "--dialect", "duckdb", "--forbid", "x"], "cannot be read"),
        (["--sql", "f.sql", "--dialect", "duckdb", "--forbid", "x", "--schema", "f.sql"], "schema"),
        (["--project-dir", "."], "The project was not compiled"),
    ],
)
def test_what_cannot_run_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    written(tmp_path, f="select a from t", empty="-- nothing\n")
    (tmp_path / "latin.sql").write_bytes("select 'é' as a".encode("latin-1"))
    monkeypatch.chdir(tmp_path)
    result = lineage(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_text_report_separates_reads_and_rows(tmp_path: Path) -> None:
    (file,) = written(tmp_path, f="select a, b + c as e from t where d > 0")
    out = lineage("--sql", file, "--dialect", "duckdb", "--forbid", "z").stdout
    assert "Behind every column (values or rows): t.d" in out
    assert re.search(r"e\n    reads:      t\.b, t\.c\n    rows by:    -", out)


def calls_for(columns: int, folder: Path) -> int:
    """Return how many function calls an audit of a select of so many columns takes."""
    file = folder / f"{columns}.sql"
    told = ",\n".join(f"coalesce(a{i}, b{i}) + {i} as c{i}" for i in range(columns))
    file.write_text(f"select {told} from t")
    profile = cProfile.Profile()
    done = profile.runcall(
        lineage, "--sql", file, "--dialect", "duckdb", "--forbid", "*end*", "--json"
    )
    assert done.exit_code == 0, done.output
    return sum(entry.callcount for entry in profile.getstats())


def test_the_work_grows_with_the_length_of_the_sql(tmp_path: Path) -> None:
    calls_for(10, tmp_path)  # what the first call sets up
    assert calls_for(800, tmp_path) < 5 * calls_for(200, tmp_path)


def test_five_thousand_unions_are_followed(tmp_path: Path) -> None:
    sides = [f"select a{i} as x from t" for i in range(4999)]
    file = tmp_path / "long.sql"
    file.write_text(" union all ".join([*sides, "select END_DATE as x from t"]))
    done = lineage("--sql", file, "--dialect", "duckdb", "--forbid", "*END_DATE*")
    assert done.exit_code == 1, done.output
    assert "t.END_DATE" in done.output
    assert "not followed" not in done.output


def test_unions_of_two_kinds_in_a_row_are_followed(tmp_path: Path) -> None:
    file = tmp_path / "mixed.sql"
    file.write_text(
        "select a as x from t union all select END_DATE from u union select b from v "
        "except select c from w union all select d from y"
    )
    told = lineage("--sql", file, "--dialect", "duckdb", "--forbid", "*END_DATE*", "--json")
    [feature] = json.loads(told.stdout)["features"]
    names = {column["name"] for column in feature["values"]}
    assert {"t.a", "u.END_DATE", "v.b", "y.d"} <= names
    assert told.exit_code == 1


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select a from t -- " + "x" * 1_000_000, "up to 1,000,000 are read"),
        ("select " + "+".join(f"a{i}" for i in range(3000)) + " as s from t", "nested too deeply"),
        ("select " + "(" * 2000 + "a" + ")" * 2000 + " from t", "cannot be read as duckdb"),
    ],
)
def test_sql_that_is_too_long_or_too_deep_is_a_finding(tmp_path: Path, sql: str, said: str) -> None:
    file = tmp_path / "odd.sql"
    file.write_text(sql)
    done = lineage("--sql", file, "--dialect", "duckdb", "--forbid", "*END_DATE*")
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output
