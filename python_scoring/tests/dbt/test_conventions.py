"""House rules that no linter sees, checked on dbt's manifest and on the built demo."""

import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from python_scoring.tests.conftest import PROJECT, Dbt
from python_scoring.tests.dbt.conftest import models
from python_scoring.tests.support.date_comparisons import (
    compared_by_hand,
    without_macros_comparisons,
)

LABELS = "model.lead_scoring.int_lead_labels"
FEATURES = "model.lead_scoring.lead_scoring_features_pit"


def described(node: dict[str, Any]) -> set[str]:
    return {name.lower() for name, column in node["columns"].items() if column["description"]}


def ancestors(manifest: dict[str, Any], node_id: str) -> set[str]:
    parents = set(manifest["parent_map"].get(node_id, []))
    return parents.union(*(ancestors(manifest, parent) for parent in parents))


def test_no_feature_descends_from_the_labels(manifest: dict[str, Any]) -> None:
    assert LABELS in manifest["nodes"], "renamed? then this test guards nothing"
    assert LABELS not in ancestors(manifest, FEATURES)


def test_every_model_states_its_grain(manifest: dict[str, Any]) -> None:
    grain = re.compile(r"\b(One|Two) rows?\b|\bOne row\b", re.IGNORECASE)
    silent = [n["name"] for n in models(manifest) if not grain.search(n["description"])]
    assert silent == []


def test_every_column_of_every_model_is_described(demo: Dbt, manifest: dict[str, Any]) -> None:
    query = "select table_name, column_name from information_schema.columns"
    built: dict[str, set[str]] = {}
    for table, column in demo.rows(f"{query} where table_schema = 'main'"):
        built.setdefault(table, set()).add(column.lower())
    contract = described(manifest["nodes"][FEATURES])
    published = {
        node["depends_on"]["nodes"][0]: described(node)
        for node in models(manifest)
        if node["config"]["materialized"] == "published"
    }
    for node in models(manifest):
        # a feature is described once, in the contract, wherever it passes through; what is built
        # to be published, where it is published
        passed_on = contract if node["path"].startswith("features/") else set()
        passed_on = passed_on | published.get(node["unique_id"], set())
        assert built[node["name"]] - described(node) - passed_on == set(), node["name"]
        assert {name.lower() for name in node["columns"]} - built[node["name"]] == set()


def test_every_feature_group_carries_the_row_tests(manifest: dict[str, Any]) -> None:
    attached: dict[str, set[str]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("attached_node"):
            attached.setdefault(node["attached_node"], set()).add(node["test_metadata"]["name"])
    made = [
        node
        for node in models(manifest)
        if node["path"].startswith("features/")
        # tested before publication, as built_...
        and node["config"]["materialized"] != "published"
    ]
    predictions = [n["unique_id"] for n in made if "prediction_id" in n["columns"]]
    groups = [n["unique_id"] for n in made if "prediction_id" not in n["columns"]]
    assert len(predictions) >= 4
    assert len(groups) >= 3
    one_row = {"one_row_per_prediction", "unique_combination", "unique"}
    assert [p for p in predictions if not attached.get(p, set()) & one_row] == []
    by_key = {"one_row_per_advisor_and_day", "unique_combination"}
    assert [g for g in groups if not by_key <= attached.get(g, set())] == []
    assert "no_future_source" in attached[FEATURES]


def test_nulls_are_looked_for_by_one_test_a_model(manifest: dict[str, Any]) -> None:
    """Each test is a statement of its own, so all columns of a model share one."""
    tests = [node for node in manifest["nodes"].values() if node.get("test_metadata")]
    assert [t["name"] for t in tests if t["test_metadata"]["name"] == "not_null"] == []
    models = [t["attached_node"] for t in tests if t["test_metadata"]["name"] == "no_nulls"]
    assert len(models) == len(set(models)) > 50


def test_unit_tests_pin_the_vars_of_their_model(manifest: dict[str, Any]) -> None:
    """Else `make build VARS=...` would fail tests that have nothing to do with the data."""
    called = re.compile(r"(?:day_var|whole_number_var|share_var)\('(\w+)'\)")
    implied = {
        "known_until(": {"fintrx_lag_days"},
        "happened_by(": {"fintrx_lag_days"},
        "known_as_of(": {"fintrx_lag_days"},
        "known_within(": {"fintrx_lag_days"},
        "known_before_window(": {"fintrx_lag_days"},
        "unknown_before_window(": {"fintrx_lag_days"},
        "counted_date(": {"fintrx_lag_days"},
        "first_known_date(": {"fintrx_lag_days"},
        "delivery_day(": {"delivery_date"},
        "is_delivery_dated(": {"delivery_date"},
        "split_gap_days()": {"split_gap_days", "label_window_days"},
    }
    loose = {}
    for test in manifest["unit_tests"].values():
        node = manifest["nodes"][f"model.lead_scoring.{test['model']}"]
        used = set(called.findall(node["raw_code"]))
        used |= {v for text, names in implied.items() if text in node["raw_code"] for v in names}
        pinned = set((test["overrides"] or {}).get("vars", {}))
        if used - pinned:
            loose[test["name"]] = used - pinned
    assert loose == {}


def test_time_is_compared_only_by_the_macros(tmp_path: Path) -> None:
    """A comparison by hand would escape the vendor's lag and the windows' ends."""
    compiled = without_macros_comparisons(tmp_path, "built_scored_features")
    folders = (PROJECT / "models/features", PROJECT / "models/intermediate")
    written = {path.stem for folder in folders for path in folder.rglob("*.sql")}
    # labels look forward on purpose, and no feature is made of them; a published table is a copy
    assert written - set(compiled) == {"int_lead_labels", "scored_features"}
    assert compared_by_hand({name: compiled[name] for name in written & set(compiled)}) == {}


@pytest.mark.parametrize(
    "condition",
    [
        "moves.started_date <= cast(spine.as_of_date - interval 30 day as date)",
        "moves.started_date between opens_date and closes_date",
        "date_diff('day', moves.started_date, spine.as_of_date) < 30",
        "least(opens_date, closes_date) is not null",
        "nights > 30",
        "moves.started_date = spine.as_of_date",
    ],
)
def test_a_comparison_of_dates_by_hand_is_seen(condition: str) -> None:
    windows = """
        select prediction_id, as_of_date - interval 36 month as opens_date,
            cast(as_of_date as date) as closes_date,
            date_diff('day', contacted_date, as_of_date) as nights
        from spine"""
    moves = f"select count(*) as n from spine, moves, windows where {condition}"
    found = compared_by_hand({"windows": windows, "moves": moves})
    assert list(found) == ["moves"]
    other = "select count(*) as n from moves where moves.started_date > moves.other_date"
    assert compared_by_hand({"windows": windows, "moves": other}) == {}
    key = "select count(*) as n from spine, moves where spine.as_of_date = moves.as_of_date"
    assert compared_by_hand({"windows": windows, "moves": key}) == {}


def test_nobody_asks_the_clock() -> None:
    clock = re.compile(r"current_date|current_timestamp|now\(\)|getdate", re.IGNORECASE)
    files = [*(PROJECT / "models").rglob("*.sql"), *(PROJECT / "macros").rglob("*.sql")]
    assert len(files) > 20
    assert [p.name for p in files if clock.search(p.read_text(encoding="utf-8"))] == []


OUTER_JOIN = re.compile(
    r"\b(?:left|right|full)(?: outer)? join\b"
    r"(.*?)(?=\n\s*\n|\n\s*(?:left|right|full|inner|cross|where|group|qualify)\b|\Z)",
    re.DOTALL,
)
# same_month is a macro of three equalities
EQUALITY = re.compile(r"(?<![<>!])=(?!=)|\busing \(|\bsame_month\(")


def outer_joins_without_equality(sql: str) -> list[str]:
    return [found for found in OUTER_JOIN.findall(sql) if not EQUALITY.search(found)]


def test_an_outer_join_has_an_equality() -> None:
    """BigQuery refuses others, and ZetaSQL does not."""
    folders = ("models", "macros", "tests", "analyses")
    files = [path for folder in folders for path in (PROJECT / folder).rglob("*.sql")]
    found = {path.name: outer_joins_without_equality(path.read_text("utf-8")) for path in files}
    assert {name: joins for name, joins in found.items() if joins} == {}


@pytest.mark.parametrize(
    "condition",
    ["on true", "on a.n >= b.n and a.n < b.m", "\n on\n a.n between b.n and b.m\nwhere a.k = 1"],
)
def test_an_outer_join_without_equality_is_seen(condition: str) -> None:
    assert outer_joins_without_equality(f"select 1 from a\nleft join b {condition}")


def test_models_stay_short() -> None:
    paths = list((PROJECT / "models").rglob("*.sql"))
    assert paths
    lengths = {p.name: len(p.read_text(encoding="utf-8").splitlines()) for p in paths}
    assert {name: lines for name, lines in lengths.items() if lines > 100} == {}


def test_half_of_the_models_are_shorter_than_a_screen() -> None:
    paths = (PROJECT / "models").rglob("*.sql")
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in paths]
    assert statistics.median(lengths) <= 45


def test_every_generic_test_is_explained() -> None:
    written = {path.stem for path in (PROJECT / "tests/generic").glob("*.sql")}
    readme = (PROJECT / "tests/README.md").read_text(encoding="utf-8")
    explained = re.findall(r"^### (\w+)$", readme, re.MULTILINE)
    assert sorted(explained) == sorted(written)
    for name in explained:
        entry = readme.split(f"### {name}\n")[1].split("\n### ")[0]
        missing = [w for w in ("Shows", "Example", "Why", "Mend") if f"**{w}**" not in entry]
        assert missing == [], name


BUILDS = "model.lead_scoring.builds"
PERSONAL = {"first_name", "last_name"}


def error_tests(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node["config"]["severity"].lower() == "error":
            yield node


def test_every_test_of_severity_error_stands_before_publication(manifest: dict[str, Any]) -> None:
    """A failed test keeps dbt from `builds` where all relations that it reads are ancestors."""
    before = ancestors(manifest, BUILDS)
    late = [t["name"] for t in error_tests(manifest) if set(t["depends_on"]["nodes"]) - before]
    assert late == []
    assert len(list(error_tests(manifest))) > 150


def test_every_published_relation_is_published_by_builds_from_one_relation(
    manifest: dict[str, Any],
) -> None:
    published = {
        n["unique_id"]: n for n in models(manifest) if n["config"]["materialized"] == "published"
    }
    assert set(published) <= set(manifest["nodes"][BUILDS]["depends_on"]["nodes"])
    assert len(published) >= 9
    for node in published.values():
        assert len(node["depends_on"]["nodes"]) == 1, node["name"]
        assert node["config"]["meta"]["replaces"] in {"its day", "the newest day", "nothing"}
        assert "build_id" in node["columns"], node["name"]


def test_no_published_relation_is_tested_too_late(manifest: dict[str, Any]) -> None:
    tables = {
        n["unique_id"] for n in models(manifest) if n["config"]["materialized"] == "published"
    }
    assert [
        t["name"] for t in error_tests(manifest) if tables & set(t["depends_on"]["nodes"])
    ] == []


def test_the_rules_of_vars_are_those_of_the_project() -> None:
    declared = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    rules = re.findall(
        r"^        '(\w+)': \[", (PROJECT / "macros/vars.sql").read_text(), re.MULTILINE
    )
    assert rules == list(declared)


def test_no_data_test_selects_a_persons_name(demo: Dbt, manifest: dict[str, Any]) -> None:
    """What a failed test selects is kept: `_failed_rows` leaves names out of whole rows only."""
    with duckdb.connect(str(demo.database), read_only=True) as connection:
        for test in manifest["nodes"].values():
            if test["resource_type"] == "test" and test["config"]["enabled"]:
                described_rows = connection.execute(f"describe {test['compiled_code']}").fetchall()
                assert not PERSONAL & {row[0] for row in described_rows}, test["name"]
