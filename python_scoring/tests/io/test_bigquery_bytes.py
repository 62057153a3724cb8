"""The estimate of BigQuery's bytes: which columns are read, and how large they are."""

import json
from pathlib import Path

import duckdb
import pytest
import sqlglot
from click.testing import CliRunner

from python_scoring.cli.operations.bytes_scanned import bytes_scanned
from python_scoring.errors import WarehouseError
from python_scoring.io.database.bigquery_bytes import (
    LEAST_BYTES_OF_A_TABLE,
    columns_read,
    estimate_readings,
)
from python_scoring.tests.conftest import Dbt

SCHEMA: dict[str, object] = {
    "a": {"k": "BIGINT", "x": "VARCHAR", "y": "DATE", "unused": "DATE"},
    "b": {"k": "BIGINT", "z": "DOUBLE", "unused": "DATE"},
}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("with c as (select * from a) select x from c", {"a": {"x"}}),
        ("select * from b", {"b": {"k", "z", "unused"}}),
        ("select a.x from a join b using (k) where b.z > 0", {"a": {"k", "x"}, "b": {"k", "z"}}),
        ("select count(*) as n from a", {"a": set()}),
        (
            "select x from a where y is null union all select 'b' from b",
            {"a": {"x", "y"}, "b": set()},
        ),
    ],
)
def test_only_the_columns_that_a_statement_needs_are_read(
    sql: str, expected: dict[str, set[str]]
) -> None:
    assert columns_read(sqlglot.parse_one(sql, dialect="duckdb"), SCHEMA) == expected


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build of one table, one view of it and two models: three rows, one of them null."""
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        connection.execute("create schema source")
        connection.execute(
            "create table source.People as select * from (values (1, 'ab', true), (2, 'é', false),"
            " (null, null, null)) as people(id, name, flag)"
        )
    nodes = {
        f"model.p.{name}": {
            "unique_id": f"model.p.{name}",
            "name": name,
            "alias": name,
            "resource_type": "model",
            "language": "sql",
            "config": {"materialized": kind, "enabled": True},
            "compiled_code": code,
        }
        for name, kind, code in [
            ("staged", "view", 'select id as person, name from w.source."People"'),
            ("named", "table", "select name from w.main.staged"),
            ("flagged", "table", "select flag from w.source.people"),
        ]
    }
    # dbt lists the tests of a model that is switched off, and compiles none
    nodes["test.p.off"] = {"resource_type": "test", "config": {"enabled": False}}
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    return tmp_path


def test_sizes_are_bigquerys_and_views_are_seen_through(build: Path) -> None:
    found = estimate_readings(build / "w.duckdb", build / "manifest.json")
    sizes = {reading.name: (reading.columns, reading.bytes_read) for reading in found}
    # two texts: 2 bytes each, and 2 of UTF-8 each; two booleans of 1 byte; a null takes nothing
    assert sizes == {
        "named": ({"people": ("name",)}, 2 * (2 + 2)),
        "flagged": ({"people": ("flag",)}, 2),
    }
    assert {reading.bytes_billed for reading in found} == {LEAST_BYTES_OF_A_TABLE}


def test_every_statement_of_the_project_is_counted(demo: Dbt) -> None:
    """Views are read by whoever reads them."""
    statements = {
        node["unique_id"].split(".")[2]
        for node in demo.manifest()["nodes"].values()
        if node["resource_type"] in ("model", "test") and node["language"] == "sql"
        if node["config"]["enabled"] and node["config"]["materialized"] != "view"
    }
    counted = estimate_readings(demo.database, demo.folder / "target/manifest.json")
    assert {reading.name for reading in counted} == statements


def test_the_command_prints_a_table_with_its_sum(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(build / "w.duckdb"))
    printed = CliRunner().invoke(bytes_scanned, ["--target-path", str(build)]).output.splitlines()
    assert printed[2] == "| `flagged` | people | 0 | 10 |"
    assert printed[-1] == "| **a run** |  | 0 | 21 |"


def test_a_statement_that_was_not_compiled_is_no_free_statement(build: Path) -> None:
    manifest = json.loads((build / "manifest.json").read_text())
    del manifest["nodes"]["model.p.named"]["compiled_code"]
    (build / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(WarehouseError, match="did not compile named"):
        estimate_readings(build / "w.duckdb", build / "manifest.json")


def test_a_missing_build_is_reported(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="no finished build"):
        estimate_readings(tmp_path / "w.duckdb", tmp_path / "manifest.json")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("select x from `p`.`d`.`people`", "SQL of named is not DuckDB's"),
        ("select p.added from w.source.people as p", "build does not hold: Unknown column: added"),
    ],
)
def test_statements_that_are_not_those_of_the_build_are_told(
    build: Path, named: str, said: str
) -> None:
    manifest = json.loads((build / "manifest.json").read_text())
    manifest["nodes"]["model.p.named"]["compiled_code"] = named
    (build / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(WarehouseError, match=f"(?s){said}.*Why it matters.*Where.*Fix: Run"):
        estimate_readings(build / "w.duckdb", build / "manifest.json")


@pytest.mark.parametrize("text", [b'{"nodes": {', b"\xff", b"[]", b"{}", b'{"nodes": 1}'])
def test_a_damaged_manifest_is_told(build: Path, text: bytes) -> None:
    (build / "manifest.json").write_bytes(text)
    with pytest.raises(WarehouseError, match=r"(?s)manifest cannot be read.*Fix: Run"):
        estimate_readings(build / "w.duckdb", build / "manifest.json")
