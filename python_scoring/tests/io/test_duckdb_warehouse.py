"""The DuckDB file as a warehouse: rows are appended once, all or none; what is wrong is told."""

from pathlib import Path

import duckdb
import pytest

from python_scoring.errors import WarehouseError
from python_scoring.io.warehouse.current import read_relation, warehouse
from python_scoring.io.warehouse.duckdb import database_path
from python_scoring.io.warehouse.protocol import Row

KEY = ("batch_id", "lead_id")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "built.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table log (batch_id text, lead_id text not null, error_code text)"
        )
    monkeypatch.setenv("LEAD_SCORING_DB", str(path))
    return path


def test_rows_are_appended_once_however_often(log: Path) -> None:
    rows = [{"batch_id": "b", "lead_id": lead} for lead in ("x", "y")]
    for _ in range(2):
        warehouse().append("log", rows, KEY)
    warehouse().append("log", [*rows, {"batch_id": "b", "lead_id": "z"}], KEY)
    kept = read_relation("log", ["lead_id", "error_code"], order_by=["lead_id"]).to_pylist()
    assert kept == [{"lead_id": lead, "error_code": None} for lead in ("x", "y", "z")]


def test_a_row_that_cannot_be_kept_keeps_the_others_out(log: Path) -> None:
    rows: list[Row] = [{"batch_id": "b", "lead_id": lead} for lead in ("x", None)]
    with pytest.raises(WarehouseError, match="cannot be written"):
        warehouse().append("log", rows, KEY)
    assert warehouse().query("select * from log").num_rows == 0


def test_a_relation_that_is_not_there_is_named(log: Path) -> None:
    with pytest.raises(WarehouseError, match=r"(?s)holds no finished build.*absent.*make build"):
        warehouse().append("absent", [{"batch_id": "b", "lead_id": "x"}], KEY)


def test_an_empty_name_of_the_database_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", "")
    assert database_path() == Path("lead_scoring.duckdb")
