"""What the translator makes of fields and filters, and what it refuses."""

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner

from python_scoring.cli.looker import generate as command
from python_scoring.errors import InputError
from python_scoring.looker.contracts import Column, Contract, Relation, contracts_of
from python_scoring.looker.data_tests import _expression
from python_scoring.looker.fields import Field, RefusedError
from python_scoring.looker.filters import condition
from python_scoring.looker.project import Project, read_project
from python_scoring.looker.query import Query, Translator
from python_scoring.looker.views import HEADER, NAMES_GRANT, generate, stale, view_text
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.looker.conftest import DAY, LOOKML


@pytest.fixture(scope="module")
def project(contracts: dict[str, Contract]) -> Project:
    return read_project(LOOKML, contracts)


def sql(project: Project, query: Query, grants: frozenset[str] = frozenset()) -> str:
    return Translator(project, DAY, grants).sql(query)


def test_a_query_is_what_looker_would_send(project: Project) -> None:
    query = Query(
        "leads",
        ("lead_scores_daily.score_bucket", "lead_scores_daily.golden_count"),
        {"lead_scores_daily.is_newest_day": "yes", "salesforce_leads.owner_id": "a'b,c"},
        ("lead_scores_daily.golden_count desc",),
        7,
    )
    assert sql(project, query).splitlines() == [
        "select",
        "  lead_scores_daily.score_bucket as lead_scores_daily_score_bucket,",
        "  count(case when lead_scores_daily.is_golden_cohort then 1 end)"
        " as lead_scores_daily_golden_count",
        "from lead_scores_daily as lead_scores_daily",
        "left join salesforce_leads as salesforce_leads on lead_scores_daily.lead_id ="
        " salesforce_leads.lead_id and lead_scores_daily.score_date = salesforce_leads.score_date",
        "where lead_scores_daily.score_date >= date '2025-06-24' and lead_scores_daily.score_date"
        " <= date '2025-06-30' and (lead_scores_daily.score_date = (select max(score_date) from"
        " builds where result = 'published')) and salesforce_leads.owner_id in ('a\\'b', 'c')",
        "group by lead_scores_daily.score_bucket",
        "order by lead_scores_daily_golden_count desc",
        "limit 7",
    ]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (Query("nowhere", ("builds.build_count",)), "no explore nowhere"),
        (Query("builds", ("builds.gone",)), "no field gone"),
        (Query("builds", ("nobody.x",)), "no view nobody"),
        (Query("builds", ("builds.result",)), "no sorts"),
        (Query("builds", ("builds.build_count",), sorts=("builds.result",)), "is not by one of"),
        (Query("builds", ("builds.build_count", "builds.build_count")), "twice"),
        (Query("builds", ()), "no fields"),
        (Query("builds", ("model_alerts.alert_count",)), "would count rows"),
        (Query("build_metrics", ("builds.build_count",)), "would count rows that the join repeats"),
        (Query("builds", ("builds.build_count",), {"builds.result": "%x"}), "not understood"),
        (Query("builds", ("builds.build_count",), {"builds.score_date": "last week"}), "last week"),
        (Query("builds", ("builds.build_count",), {"builds.score_month": "1 days"}), "the month"),
        (Query("prospects", ("prospect_call_list.full_name",)), "access grant can_see_names"),
    ],
)
def test_what_it_does_not_know_is_refused(project: Project, query: Query, told: str) -> None:
    with pytest.raises(RefusedError, match=told):
        sql(project, query)


def test_names_are_for_those_with_the_grant(project: Project) -> None:
    query = Query(
        "prospects",
        ("prospect_call_list.full_name",),
        sorts=("prospect_call_list.full_name",),
    )
    assert "last_name" in sql(project, query, frozenset({NAMES_GRANT}))


FIELDS = {
    "text": Field("v", "text", False, "string", "", "", {}, frozenset(), {}),
    "number": Field("v", "number", False, "number", "", "", {}, frozenset(), {}),
    "flag": Field("v", "flag", False, "yesno", "", "", {}, frozenset(), {}),
    "day": Field("v", "day", False, "date", "", "date", {}, frozenset(), {}),
}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("text", "", ""),
        ("text", "Hot,Very Hot", "x in ('Hot', 'Very Hot')"),
        ("text", "-NULL", "x is not null"),
        ("number", "1, 2.5", "x in (1, 2.5)"),
        ("number", ">=3", "x >= 3"),
        ("number", "NOT NULL", "x is not null"),
        ("flag", "Yes", "x"),
        ("flag", "no", "not coalesce(x, false)"),
        ("day", "1 days", "x >= date '2025-06-30' and x <= date '2025-06-30'"),
        ("day", "2025-02-28", "x = date '2025-02-28'"),
    ],
)
def test_filters(name: str, value: str, expected: str) -> None:
    assert condition(FIELDS[name], "x", value, DAY) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("text", v) for v in ("Hot%", "-Hot", "a,,b", '"a"', "a_b")),
        *(("number", v) for v in ("NULL", "[1,5]", "1 to 5", "one", "NOT 5")),
        *(("flag", v) for v in ("maybe", "true", "1")),
        *(("day", v) for v in ("yesterday", "2025-02-30", "7 weeks", "after 2025-01-01")),
    ],
)
def test_other_filters_are_refused(name: str, value: str) -> None:
    with pytest.raises(RefusedError, match="not understood here"):
        condition(FIELDS[name], "x", value, DAY)


@pytest.mark.parametrize(
    "text", ["${a.b} ~ 1", "drop table x", "${a.c} = 1", "'x' = ${a.b}", "now() > 1"]
)
def test_other_expressions_are_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        _expression(text, Query("e", ("a.b",)))


def test_an_expression_becomes_sql() -> None:
    text = '(${a.b} >= 1.5 AND NOT ${a.c} = "x y") OR ${a.d} = yes'
    expected = "( a_b >= 1.5 and not a_c = 'x y' ) or a_d = true"
    assert _expression(text, Query("e", ("a.b", "a.c", "a.d"))) == expected


# the generator


def contract(*columns: Column, key: tuple[str, ...] = ("id",)) -> Contract:
    return Contract(Relation("r", key), "Rows.", columns)


ID = Column("id", "string", "The key.", False)


def test_the_view_of_a_contract() -> None:
    day, name = Column("a_date", "date", 'A "day".', False), Column("n", "string", "Name.", True)
    assert view_text(contract(day, ID, name)).split("\n")[1:-1] == [
        "view: r {",
        "  sql_table_name: `@{PROJECT}.@{DATASET}.r` ;;",
        "",
        "  dimension: id {",
        "    primary_key: yes",
        "    type: string",
        '    description: "The key."',
        "    sql: ${TABLE}.id ;;",
        "  }",
        "",
        "  dimension_group: a {",
        '    description: "A \\"day\\"."',
        "    type: time",
        "    timeframes: [raw, date, week, month]",
        "    datatype: date",
        "    convert_tz: no",
        "    sql: ${TABLE}.a_date ;;",
        "  }",
        "",
        "  dimension: n {",
        "    type: string",
        '    description: "Name."',
        "    required_access_grants: [can_see_names]",
        "    sql: ${TABLE}.n ;;",
        "  }",
        "}",
    ]


def test_two_columns_of_one_name_are_refused() -> None:
    two = [Column("a_date", "date", "A.", False), Column("a_at", "timestamp", "B.", False)]
    with pytest.raises(InputError, match="are both a_raw"):
        view_text(contract(ID, *two))


def test_what_is_stale_is_written_and_what_is_gone_removed(tmp_path: Path) -> None:
    made = {"r": contract(ID)}
    (tmp_path / "views").mkdir()
    (tmp_path / "views/gone.view.lkml").write_text(HEADER.format("gone") + "\nview: gone {}")
    assert stale(made, tmp_path) == ["gone", "r"]
    assert generate(made, tmp_path) == ["gone", "r"]
    assert stale(made, tmp_path) == []
    assert [path.name for path in (tmp_path / "views").iterdir()] == ["r.view.lkml"]


def test_views_by_hand_stay_as_they_are(tmp_path: Path) -> None:
    made, views = {"r": contract(ID)}, tmp_path / "views"
    views.mkdir()
    by_hand = {
        "orders.view.lkml": b"view: orders {}",
        "r.more.view.lkml": b"view: more {} # \xe9, no UTF-8",
        "copied.view.lkml": view_text(made["r"]).encode(),
    }
    for name, content in by_hand.items():
        (views / name).write_bytes(content)
    assert generate(made, tmp_path) == ["r"]
    assert {name: (views / name).read_bytes() for name in by_hand} == by_hand


def test_a_view_by_hand_of_the_name_of_a_relation_is_not_overwritten(tmp_path: Path) -> None:
    made = {name: Contract(Relation(name, ("id",)), "Rows.", (ID,)) for name in ("a", "r")}
    (tmp_path / "views").mkdir()
    (tmp_path / "views/r.view.lkml").write_text("view: r {}")
    assert stale(made, tmp_path) == ["a", "r"]
    with pytest.raises(InputError, match=r"(?s)r\.view\.lkml was not written by.*Fix: Rename it"):
        generate(made, tmp_path)
    assert [path.read_text() for path in (tmp_path / "views").iterdir()] == ["view: r {}"]


def test_the_command_says_what_it_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "read_contracts", lambda _: {"r": contract(ID)})
    (tmp_path / "views").mkdir()
    (tmp_path / "views/gone.view.lkml").write_text(HEADER.format("gone"))
    done = CliRunner().invoke(command.generate_, ["--folder", str(tmp_path)])
    views = tmp_path / "views"
    assert done.stdout.splitlines() == [
        f"{views / 'gone.view.lkml'}: removed",
        f"{views / 'r.view.lkml'}: written",
    ]


def test_a_relation_that_is_not_public_is_refused(demo: Dbt) -> None:
    manifest = demo.manifest()
    manifest["nodes"]["model.lead_scoring.builds"]["access"] = "protected"
    with pytest.raises(InputError, match="builds is no public relation"):
        contracts_of(manifest)


def test_columns_that_hold_names_are_marked(contracts: dict[str, Contract]) -> None:
    """By the look of their names, too: a new one must be marked in its yml, or be listed here."""
    of_things = {"firm_name", "source_name"}
    columns = [column for each in contracts.values() for column in each.columns]
    looks_so = {column.name for column in columns if column.name.endswith("name")} - of_things
    assert {column.name for column in columns if column.is_name} == looks_so
    assert looks_so == {"first_name", "last_name"}


def test_today_is_the_last_day_of_a_relative_filter() -> None:
    later = condition(FIELDS["day"], "x", "7 days", dt.date(2025, 7, 2))
    assert later == "x >= date '2025-06-26' and x <= date '2025-07-02'"
