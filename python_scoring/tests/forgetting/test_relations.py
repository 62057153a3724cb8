"""Every relation to which a person's key is passed on is covered: lineage knows them."""

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from python_scoring.forgetting.person import Person
from python_scoring.forgetting.relations import (
    EXAMPLE_COLUMNS,
    KEY_COLUMNS,
    removals_of,
    rows_of,
    tables_that_name,
)
from python_scoring.io.warehouse.current import warehouse
from python_scoring.io.warehouse.protocol import HeldTable
from python_scoring.leakage.lineage.graph import Influence, Node, State, trace
from python_scoring.leakage.lineage.inputs.dbt_manifest import load_manifest
from python_scoring.leakage.lineage.inputs.dbt_project import ProjectReader
from python_scoring.tests.conftest import PROJECT, Dbt

NAMES_A_PERSON = {
    "ria_contacts_current": ("ria_contact_crd_id", "contact_first_name", "contact_last_name"),
    "contact_registered_employment_history": ("ria_contact_crd_id",),
    "lead": ("id", "fa_crd__c"),
}
GUIDE = PROJECT / "docs/operations/forget.md"


def reached(project: Path, target: Path) -> dict[str, set[str]]:
    """Columns, by table, that a column which names a person makes the value of."""
    manifest = load_manifest(project, target)
    reader = ProjectReader(manifest)
    models = {node.id: node for node in manifest.nodes.values() if node.kind == "model"}
    for node_id in models:
        reader.relation(node_id)
    found: dict[str, set[str]] = {}
    for node in manifest.nodes.values():
        table = node.label.rpartition(".")[2]
        for column in NAMES_A_PERSON.get(table, ()) if node.kind == "source" else ():
            start = State(Node(node.id, column), Influence.VALUE)
            for state in trace(reader.workspace.graph, start):
                model = models.get(state.node.relation)
                is_value = state.influence is Influence.VALUE
                if model and is_value and model.config["materialized"] != "view":
                    found.setdefault(model.label, set()).add(state.node.column)
    return found


def test_a_table_with_a_persons_key_is_covered_or_is_a_sum(demo: Dbt) -> None:
    """A new relation with a person in it gets a column of keys; sums are named in the guide."""
    found = reached(PROJECT, demo.folder / "target")
    covered = {*KEY_COLUMNS, *EXAMPLE_COLUMNS}
    assert len([table for table, columns in found.items() if columns & covered]) > 35
    sums = {table for table, columns in found.items() if not columns & covered}
    section = GUIDE.read_text(encoding="utf-8").split("\n## What stays\n")[1].split("\n\n")[0]
    named = set(re.findall(r"`([a-z_]+)`", section))
    assert sums - named == set()
    assert named <= {node["name"] for node in demo.manifest()["nodes"].values()}


PERSON = Person(7, ("00Q1",))


def held(name: str, *columns: str, schema: str = "main") -> HeldTable:
    return HeldTable(name, schema, dict.fromkeys(columns, True))


@pytest.mark.parametrize(
    ("columns", "condition", "parameters"),
    [
        (("advisor_crd", "firm_crd"), "(advisor_crd = ?)", (7,)),
        (("lead_id",), "(lead_id in (?))", ("00Q1",)),
        (("prediction_id",), "(prediction_id in (?, ?))", ("lead:00Q1", "prospect:7")),
        (
            ("source_key",),
            "(source_key in (?, ?, ?) or starts_with(source_key, ?))",
            ("00Q1", "lead 00Q1", "advisor 7", "advisor 7, "),
        ),
        (("lead_id", "advisor_crd"), "(advisor_crd = ? or lead_id in (?))", (7, "00Q1")),
    ],
)
def test_rows_are_named_by_their_keys(
    columns: tuple[str, ...], condition: str, parameters: tuple[Any, ...]
) -> None:
    [removal] = removals_of([held("t", *columns)], PERSON)
    assert (removal.condition, removal.parameters, removal.blanked) == (condition, parameters, ())


def test_an_example_is_emptied_and_its_row_stays() -> None:
    [removal] = removals_of([held("build_findings", "finding", "example_key")], PERSON)
    assert removal.blanked == ("example_key",)


def test_what_failed_tests_kept_goes_as_a_whole() -> None:
    [removal] = removals_of([held("odd", "n_records", schema="main_failed_tests")], PERSON)
    assert (removal.condition, removal.blanked) == ("true", ())


def test_a_table_without_keys_is_left_alone() -> None:
    assert removals_of([held("builds", "build_id", "firm_crd")], PERSON) == []


def test_a_lead_without_a_crd_number_is_found_by_its_id_alone() -> None:
    lead = Person(None, ("00Q1",))
    assert removals_of([held("t", "advisor_crd")], lead) == []
    [removal] = removals_of([held("t", "source_key")], lead)
    assert removal.parameters == ("00Q1", "lead 00Q1")


def test_tables_that_tie_leads_to_an_advisor_come_last() -> None:
    """A run that was cut off finds the leads of the advisor by these."""
    tables = [
        held("scores", "lead_id", "advisor_crd"),
        held("log", "lead_id"),
        held("z", "lead_id"),
    ]
    assert [each.table.name for each in removals_of(tables, PERSON)] == ["log", "z", "scores"]


def test_a_table_of_somebody_else_may_call_its_columns_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was removed is looked for in each column of texts, also of tables dbt never made."""
    path = tmp_path / "built.duckdb"
    with duckdb.connect(str(path)) as connection:
        columns = '"group" text, "First Name" text, "5 ""o\'clock""" text, lead_id text'
        connection.execute(f'create table "an analyst\'s" ({columns})')
        rows = [("00Q1", None, None, None), ("a", "of 00Q1", "b", "c"), ("a", "b", "c", "00Q1")]
        connection.executemany('insert into "an analyst\'s" values (?, ?, ?, ?)', rows)
    monkeypatch.setenv("LEAD_SCORING_DB", str(path))
    current = warehouse()
    [table] = current.tables()
    assert tables_that_name(current, [table], PERSON) == {table.name: 3}
    removals = removals_of([table], PERSON)
    assert rows_of(current, removals) == [1]
    current.remove(removals)
    assert tables_that_name(current, [table], PERSON) == {table.name: 2}
