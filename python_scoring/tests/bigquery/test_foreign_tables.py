"""Tables that others put into the dataset: what is asked of them is judged by ZetaSQL."""

from pathlib import Path

import pytest

from python_scoring.forgetting.person import Person
from python_scoring.forgetting.relations import removals_of, rows_of, tables_that_name
from python_scoring.io.warehouse.current import warehouse
from python_scoring.tests.bigquery.conftest import write_profile
from python_scoring.tests.bigquery.rest_api import serving
from python_scoring.tests.bigquery.warehouse import Warehouse
from python_scoring.tests.bigquery.zetasql_engine import Table, ZetaSql
from python_scoring.tests.conftest import PROJECT


def test_columns_of_any_name_are_searched_for_a_person(
    zetasql: ZetaSql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = dict.fromkeys(("group", "First Name", "lead_id"), "STRING")
    rows = (("00Q1", None, None), ("a", "of 00Q1", "b"), ("a", "b", "00Q1"), ("a", "b", "c"))
    monkeypatch.setenv("LEAD_SCORING_TARGET", "zetasql")
    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path))
    monkeypatch.setenv("DBT_PROJECT_DIR", str(PROJECT))
    with serving(Warehouse(zetasql, {"an_analysts": Table(columns, rows)})) as address:
        write_profile(tmp_path, address)
        current, person = warehouse(), Person(None, ("00Q1",))
        [table] = current.tables()
        assert tables_that_name(current, [table], person) == {table.name: 3}
        removals = removals_of([table], person)
        assert rows_of(current, removals) == [1]
        current.remove(removals)
        assert tables_that_name(current, [table], person) == {table.name: 2}
