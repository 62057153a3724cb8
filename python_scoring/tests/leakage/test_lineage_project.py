"""Lineage of dbt projects, on tiny ones written here: forbidden lists, exceptions, dbt's ways."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from python_scoring.errors import InputError
from python_scoring.leakage.lineage.findings import Report
from python_scoring.leakage.lineage.graph import Influence
from python_scoring.leakage.lineage.inputs.dbt_manifest import load_manifest
from python_scoring.leakage.lineage.run import audit_project

HISTORY = {"person": {}, "began": {}, "ended": {"forbidden": "end_date"}}
TODAY = {"person": {"knowable": True}, "firm": {"knowable": True}, "active": {}}
LEADS = {"person": {}, "contacted": {}, "called": {"forbidden": "label"}}

STG_HISTORY = 'select person, began, ended from "db"."vendor"."history"'
STG_TODAY = 'select person, firm, active from "db"."vendor"."today"'
SPINE = 'select person, contacted from "db"."crm"."leads"'
CLEAN = """
select spine.person, min(stg_history.began) as first_began
from {{ ref('spine') }} as spine
left join {{ ref('stg_history') }} as stg_history on spine.person = stg_history.person
group by spine.person
"""


class Project:
    """A dbt project after `dbt compile`, as small as it can be.

    Its models are written with `{{ ref('name') }}`; the compiled form is made of that.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nodes: dict[str, dict[str, Any]] = {}
        self.sources: dict[str, dict[str, Any]] = {}
        self.macros: dict[str, dict[str, Any]] = {}
        self.source("vendor", "history", HISTORY)
        self.source("vendor", "today", TODAY, {"forbidden_by_default": "current_state"})
        self.source("crm", "leads", LEADS)
        self.model("stg_history", STG_HISTORY)
        self.model("stg_today", STG_TODAY)
        self.model("spine", SPINE)

    def source(
        self,
        schema: str,
        name: str,
        columns: dict[str, dict[str, Any]],
        meta: dict[str, Any] | None = None,
    ) -> None:
        """Declare a source table."""
        self.sources[f"source.p.{schema}.{name}"] = {
            **self._node(f"source.p.{schema}.{name}", "source", name, columns, meta),
            "source_name": schema,
            "relation_name": f'"db"."{schema}"."{name}"',
            "original_file_path": "models/sources.yml",
        }

    def model(
        self,
        name: str,
        sql: str,
        columns: dict[str, dict[str, Any]] | None = None,
        meta: dict[str, Any] | None = None,
        language: str = "sql",
        depends_on: tuple[str, ...] = (),
        **config: Any,
    ) -> None:
        """Write a model, as a file and in the manifest."""
        path = f"models/{name}.{'py' if language == 'python' else 'sql'}"
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(sql)
        compiled = sql
        for other in (*self.nodes, f"model.p.{name}"):
            label = other.rpartition(".")[2]
            compiled = compiled.replace(f"{{{{ ref('{label}') }}}}", f'"db"."main"."{label}"')
        node = self._node(f"model.p.{name}", "model", name, columns or {}, meta)
        node["config"].update({"materialized": "table", **config})
        self.nodes[f"model.p.{name}"] = {
            **node,
            "relation_name": f'"db"."main"."{name}"',
            "original_file_path": path,
            "raw_code": sql,
            "compiled_code": compiled if language == "sql" else None,
            "language": language,
            "depends_on": {"nodes": [f"model.p.{each}" for each in depends_on]},
        }

    def features(self, sql: str, *names: str, **more: Any) -> None:
        """Write the feature model with its feature columns."""
        columns = {name: {"feature": "base"} for name in names}
        self.model("features", sql, columns, **more)

    def test(self, model: str, name: str, arguments: dict[str, Any], **config: Any) -> None:
        """Attach a generic test to a model."""
        self.nodes[f"test.p.{model}.{name}"] = {
            "resource_type": "test",
            "unique_id": f"test.p.{model}.{name}",
            "test_metadata": {"name": name, "kwargs": arguments},
            "attached_node": f"model.p.{model}",
            "config": config,
        }

    def write(self, adapter: str = "duckdb") -> None:
        """Write the manifest; BigQuery quotes names with backticks."""
        for node in (*self.nodes.values(), *self.sources.values()) if adapter == "bigquery" else ():
            for key in ("relation_name", "compiled_code"):
                node[key] = (node.get(key) or "").replace('"', "`")
        manifest = {
            "metadata": {"adapter_type": adapter, "project_name": "p"},
            "nodes": self.nodes,
            "sources": self.sources,
            "macros": self.macros,
        }
        (self.folder / "target").mkdir(exist_ok=True)
        (self.folder / "target" / "manifest.json").write_text(json.dumps(manifest))

    def report(self, adapter: str = "duckdb") -> Report:
        """Audit the project."""
        self.write(adapter)
        return audit_project(load_manifest(self.folder), "features").report("features")

    def _node(
        self,
        node_id: str,
        kind: str,
        name: str,
        columns: dict[str, dict[str, Any]],
        meta: dict[str, Any] | None,
    ) -> dict[str, Any]:
        described = {key: {"name": key, "config": {"meta": each}} for key, each in columns.items()}
        return {
            "unique_id": node_id,
            "resource_type": kind,
            "name": name,
            "package_name": "p",
            "columns": described,
            "config": {"meta": meta or {}},
        }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def leaks(report: Report) -> list[tuple[str, str, tuple[str, ...]]]:
    """Source column, influence and features of each finding."""
    return [(each.source_column, str(each.influence), each.features) for each in report.findings]


def problems(report: Report) -> str:
    """All that could not be followed."""
    return "\n".join(each.what for each in report.unfollowed)


def test_clean_project_says_what_its_features_are_made_of(project: Project) -> None:
    project.features(CLEAN, "first_began")
    report = project.report()
    assert report.is_clean
    (feature,) = report.features
    assert [each.name for each in feature.values] == ["vendor.history.began"]
    assert [each.name for each in feature.rows] == ["crm.leads.person", "vendor.history.person"]
    assert feature.tables == ("crm.leads", "vendor.history")


def test_a_project_on_bigquery(project: Project) -> None:
    project.model("spells", "select *, ended as x from {{ ref('stg_history') }}")
    project.features(
        "select array_agg(began order by x limit 1)[safe_offset(0)] as first_began\n"
        "from {{ ref('spells') }} group by person",
        "first_began",
    )
    report = project.report("bigquery")
    assert leaks(report) == [("vendor.history.ended", "rows", ("first_began",))]
    assert report.findings[0].path[-1].clause == "aggregate order"


def test_a_value_is_found_under_another_name_through_models_and_ctes(project: Project) -> None:
    project.model(
        "spells",
        "with a as (select person, ended as z from {{ ref('stg_history') }}),\n"
        "b as (select person, z as y from a),\n"
        "c as (select person, y as x from b)\n"
        "select person, x as free_since from c\n",
    )
    project.features(
        "{#- a comment\n   of Jinja -#}\nselect\n    person,\n    2 * free_since as gap\n"
        "from {{ ref('spells') }}\n",
        "gap",
    )
    report = project.report()
    assert leaks(report) == [("vendor.history.ended", "value", ("gap",))]
    path = report.findings[0].path
    assert [(step.relation, step.column) for step in path] == [
        ("stg_history", "ended"),
        ("spells > a", "z"),
        ("spells > b", "y"),
        ("spells > c", "x"),
        ("spells", "free_since"),
        ("features", "gap"),
    ]
    assert [f"{step.file}:{step.line}" for step in path[1:]] == [
        "models/spells.sql:1",
        "models/spells.sql:2",
        "models/spells.sql:3",
        "models/spells.sql:4",
        "models/features.sql:5",
    ]
    assert path[-1].text == "2 * free_since as gap"


def test_lines_are_those_of_the_file_although_jinja_made_others(project: Project) -> None:
    written = "{% set days = 30 %}\n{% set more = 1 %}\nselect\n    person,\n    ended as gap\n"
    project.features(written + "from {{ ref('stg_history') }}\n", "gap")
    node = project.nodes["model.p.features"]
    node["compiled_code"] = "\n\n".join(
        ["select", "    person,", "    ended as gap", 'from "db"."main"."stg_history"']
    )
    (finding,) = project.report().findings
    assert (finding.path[-1].line, finding.path[-1].text) == (5, "ended as gap")


ROWS_OF_TODAY = "select person, 1 as n from {{ ref('stg_today') }} where active"
ACCEPTED = {
    "accepted_row_influence": [{"source_column": "vendor.today.ACTIVE", "reason": "only prospects"}]
}


def test_a_forbidden_column_that_decides_rows_is_found_where_it_enters(project: Project) -> None:
    project.model("chosen", ROWS_OF_TODAY)
    project.features("select person, n from {{ ref('chosen') }}", "n", "person")
    report = project.report()
    assert leaks(report) == [("vendor.today.active", "rows", ("n", "person"))]
    assert [step.clause for step in report.findings[0].path] == ["select", "where", "from"]


def test_every_place_where_it_enters_is_a_finding(project: Project) -> None:
    project.model("chosen", ROWS_OF_TODAY)
    project.model("again", "select person, n from {{ ref('chosen') }} qualify n = 1")
    project.features(
        "select person, n from {{ ref('again') }}\n"
        "where person in (select person from {{ ref('stg_today') }} where not active)",
        "n",
    )
    units = [each.path[1].unit for each in project.report().findings]
    assert sorted(units) == ["chosen", "features"]


def test_an_exception_excuses_rows_in_its_model(project: Project) -> None:
    project.model("chosen", ROWS_OF_TODAY, meta=ACCEPTED)
    project.features("select person, n from {{ ref('chosen') }}", "n")
    report = project.report()
    assert report.is_clean
    assert "vendor.today.active" not in [each.name for each in report.features[0].rows]
    (accepted,) = report.accepted
    assert (accepted.model, accepted.reason) == ("chosen", "only prospects")
    assert accepted.path[-1].clause == "where"


def test_an_exception_excuses_no_other_model(project: Project) -> None:
    project.model("chosen", "select person, active from {{ ref('stg_today') }}", meta=ACCEPTED)
    project.features("select person from {{ ref('chosen') }} where active", "person")
    report = project.report()
    assert leaks(report) == [("vendor.today.active", "rows", ("person",))]
    assert report.accepted[0].path == ()


def test_an_exception_excuses_no_value(project: Project) -> None:
    project.features(
        "select active as is_active from {{ ref('stg_today') }} where active",
        "is_active",
        meta=ACCEPTED,
    )
    assert leaks(project.report()) == [("vendor.today.active", "value", ("is_active",))]


def test_every_column_of_a_table_of_today_is_forbidden_unless_knowable(project: Project) -> None:
    project.features(
        'select person as a, firm as b, active as c, title as d from "db"."vendor"."today"',
        *"abcd",
    )
    report = project.report()
    assert leaks(report) == [
        ("vendor.today.active", "value", ("c",)),
        ("vendor.today.title", "value", ("d",)),
    ]


def test_a_column_that_no_yml_declares_is_forbidden(project: Project) -> None:
    project.features('select salary as a from "db"."vendor"."history"', "a")
    (finding,) = project.report().findings
    assert (finding.source_column, finding.forbidden) == ("vendor.history.salary", "undeclared")


def test_star_over_a_source_does_not_forbid_by_itself(project: Project) -> None:
    project.features(
        'with s as (select * from "db"."vendor"."history") select s.began as a from s', "a"
    )
    assert project.report().is_clean


def test_a_bare_outer_column_is_not_sought_among_undeclared_ones(project: Project) -> None:
    project.features(
        "select contacted from {{ ref('spine') }} as spine where exists (\n"
        '    select 1 from "db"."vendor"."history" as h where h.began < contacted\n)',
        "contacted",
    )
    assert project.report().is_clean


def test_distinct_star_over_a_source_depends_on_undeclared_columns(project: Project) -> None:
    project.features(
        'with s as (select distinct * from "db"."crm"."leads") select contacted as a from s', "a"
    )
    report = project.report()
    assert ("crm.leads.(unknown columns)", "rows", ("a",)) in leaks(report)
    assert ("crm.leads.called", "rows", ("a",)) in leaks(report)


def test_the_label_is_forbidden(project: Project) -> None:
    project.features('select called is not null as a from "db"."crm"."leads"', "a")
    assert leaks(project.report()) == [("crm.leads.called", "value", ("a",))]


def test_the_clock_is_forbidden(project: Project) -> None:
    project.features("select current_date - began as a from {{ ref('stg_history') }}", "a")
    assert leaks(project.report()) == [("runtime.clock", "value", ("a",))]


def test_meta_beside_config_counts_as_well(project: Project) -> None:
    column = project.sources["source.p.vendor.history"]["columns"]["began"]
    column["meta"], column["config"] = {"forbidden": "end_date"}, {}
    project.features(CLEAN, "first_began")
    assert leaks(project.report()) == [("vendor.history.began", "value", ("first_began",))]


def test_a_python_model_passes_all_to_all(project: Project) -> None:
    project.model(
        "scores", "def model(..)", {"s": {}}, language="python", depends_on=("stg_history",)
    )
    project.features("select s as a from {{ ref('scores') }}", "a")
    assert leaks(project.report()) == [
        ("vendor.history.ended", "value", ("a",)),
        ("vendor.history.ended", "rows", ("a",)),
    ]


def test_a_python_model_can_declare_less(project: Project) -> None:
    project.model(
        "scores",
        "def model(..)",
        {"s": {"reads": ["stg_history.began"]}},
        meta={"rows_from": ["stg_history"]},
        language="python",
        depends_on=("stg_history",),
    )
    project.features("select s as a from {{ ref('scores') }}", "a")
    report = project.report()
    assert report.is_clean
    assert [each.name for each in report.features[0].values] == ["vendor.history.began"]
    assert any("scores reads only stg_history.began" in each for each in report.trusted)


def test_a_declaration_of_what_is_no_input_is_refused(project: Project) -> None:
    columns = {"s": {"reads": ["spine.person"]}}
    project.model("scores", "..", columns, language="python", depends_on=("stg_history",))
    project.features("select s as a from {{ ref('scores') }}", "a")
    with pytest.raises(InputError, match=r"spine\.person, which is none of its inputs"):
        project.report()


def test_an_incremental_model_may_read_itself(project: Project) -> None:
    project.features(
        "select began, ended from {{ ref('stg_history') }}\n"
        "union all select began, ended from {{ ref('features') }}",
        "began",
        materialized="incremental",
    )
    assert project.report().is_clean


WIDE = """
select spine.person, spine.contacted as day, stg_history.began
from {{ ref('spine') }} as spine
left join {{ ref('one') }} as stg_history on spine.person = stg_history.person
"""


@pytest.mark.parametrize(
    ("test", "findings"),
    [
        (("unique", {"column_name": "person"}), 0),
        (("unique_combination", {"columns": ["person"]}), 0),
        (("unique_combination", {"columns": ["person", "began"]}), 1),
        (("not_null", {"column_name": "person"}), 1),
    ],
)
def test_a_tested_key_keeps_a_left_join_from_deciding_rows(
    project: Project, test: tuple[str, dict[str, Any]], findings: int
) -> None:
    project.model("one", "select person, began from {{ ref('stg_history') }} where ended is null")
    project.test("one", *test)
    project.features(WIDE, "day")
    assert len(project.report().findings) == findings


def test_a_key_that_is_tested_on_some_rows_only_is_not_trusted(project: Project) -> None:
    project.model("one", "select person, began from {{ ref('stg_history') }} where ended is null")
    project.test("one", "unique", {"column_name": "person"}, where="began > '2024-01-01'")
    project.features(WIDE, "day")
    assert len(project.report().findings) == 1


@pytest.mark.parametrize(
    ("sql", "config", "message"),
    [
        ("select began from where", {}, "cannot be read as duckdb"),
        ("select 1 as began; select 2 as began", {}, "more than one query"),
        ('select began from "db"."other"."history"', {}, "no source, seed or model"),
        (STG_HISTORY, {"post-hook": [{"sql": "update .."}]}, "post-hook"),
        (STG_HISTORY, {"sql_header": "create temp macro .."}, "sql_header"),
        (STG_HISTORY, {"materialized": "my_own"}, "my_own"),
        ("select ended as x from {{ ref('stg_history') }}", {}, "began is declared"),
    ],
)
def test_what_cannot_be_followed_is_a_finding(
    project: Project, sql: str, config: dict[str, Any], message: str
) -> None:
    project.features(sql, "began", **config)
    report = project.report()
    assert message in problems(report)
    assert not report.is_clean
    assert report.unfollowed[0].file == "models/features.sql"


def test_compiled_files_stand_in_for_a_manifest_without_sql(project: Project) -> None:
    project.features(CLEAN, "first_began")
    for node in project.nodes.values():
        file = project.folder / "target" / "compiled" / "p" / node["original_file_path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(node.pop("compiled_code"))
    assert project.report().is_clean


def broken(project: Project, change: str) -> None:
    """Break a clean project in one way."""
    if change == "not compiled":
        project.nodes["model.p.features"]["compiled_code"] = None
    elif change == "changed since":
        (project.folder / "models" / "features.sql").write_text("select 1")
    elif change == "no features":
        project.nodes["model.p.features"]["columns"] = {}
    elif change == "nothing forbidden":
        for source in project.sources.values():
            source["config"], source["columns"] = {}, {}
    elif change == "both":
        project.source("vendor", "history", {"ended": {"forbidden": "label", "knowable": True}})
    elif change == "unknown reason":
        project.source("vendor", "history", {"ended": {"forbidden": "because"}})
    elif change == "exception without reason":
        entry = {"source_column": "vendor.today.active"}
        project.model("stg_today", STG_TODAY, meta={"accepted_row_influence": [entry]})
    elif change == "exception for nothing":
        entry = {"source_column": "vendor.yesterday.active", "reason": "none"}
        project.model("stg_today", STG_TODAY, meta={"accepted_row_influence": [entry]})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("not compiled", "features was not compiled"),
        ("changed since", r"features\.sql was changed after the project was compiled"),
        ("no features", "No column of features is marked"),
        ("nothing forbidden", "No source column is forbidden"),
        ("both", "both forbidden and knowable"),
        ("unknown reason", "`because` is no reason"),
        ("exception without reason", "has no reason"),
        ("exception for nothing", "no column of a source"),
    ],
)
def test_a_project_that_cannot_be_audited(project: Project, change: str, message: str) -> None:
    project.features(CLEAN, "first_began")
    broken(project, change)
    with pytest.raises(InputError, match=message):
        project.report()


@pytest.mark.parametrize("path", ["macros/time.sql", "models/features.yml", "models/sources.yml"])
def test_macros_and_lists_that_are_newer_than_the_manifest(project: Project, path: str) -> None:
    project.features(CLEAN, "first_began")
    project.nodes["model.p.features"]["patch_path"] = "p://models/features.yml"
    project.macros["macro.p.known"] = {
        "package_name": "p",
        "original_file_path": "macros/time.sql",
    }
    file = project.folder / path
    file.parent.mkdir(exist_ok=True)
    file.write_text("changed")
    os.utime(file, (1, 1))
    assert project.report().is_clean
    os.utime(file, (2**32, 2**32))
    with pytest.raises(InputError, match=f"{path} was changed"):
        project.report()


def test_compiled_files_that_are_older_than_their_model(project: Project) -> None:
    project.features(CLEAN, "first_began")
    project.nodes["model.p.features"]["compiled_code"] = None
    file = project.folder / "target" / "compiled" / "p" / "models" / "features.sql"
    file.parent.mkdir(parents=True)
    file.write_text("select 1")
    os.utime(file, (1, 1))
    with pytest.raises(InputError, match=r"models/features\.sql was changed"):
        project.report()


def test_a_warehouse_whose_sql_is_not_known_is_refused(project: Project) -> None:
    project.features(CLEAN, "first_began")
    project.write(adapter="oracle")
    with pytest.raises(InputError, match="dialect oracle"):
        audit_project(load_manifest(project.folder), "features")


def test_no_manifest_and_a_broken_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not compiled"):
        load_manifest(tmp_path)
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text('{"nodes": 3}')
    with pytest.raises(InputError, match="manifest cannot be read"):
        load_manifest(tmp_path)


def test_value_and_row_findings_are_separate(project: Project) -> None:
    project.features(
        "select ended as a, row_number() over (partition by person order by ended) as b\n"
        "from {{ ref('stg_history') }}",
        "a",
        "b",
    )
    found = [(each.influence, each.features) for each in project.report().findings]
    assert found == [(Influence.VALUE, ("a",)), (Influence.ROWS, ("b",))]
