"""What dbt-duckdb loads: the function for SQL, and the names that it refuses."""

import json
from pathlib import Path

import duckdb
import pytest
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

MODULE = "python_scoring.io.delivery.plugin"


def plugin(path: str) -> BasePlugin:
    return BasePlugin.create(MODULE, credentials=DuckDBCredentials("x", "main", path=path))


@pytest.mark.parametrize("name", ['a"b.duckdb', "a?b.duckdb", "a#b.duckdb"])
def test_a_database_that_cannot_be_named_in_sql_is_refused(name: str) -> None:
    with pytest.raises(DbtRuntimeError, match=r"(?s)LEAD_SCORING_DB.*Fix:"):
        plugin(f"/invented/{name}")


def test_sql_asks_python_about_a_delivery(tmp_path: Path) -> None:
    contract = [{"name": "it's", "columns": [{"name": "a", "data_type": "bigint"}]}]
    (tmp_path / "it's.csv").write_text("a\n1\n", encoding="utf-8")
    with duckdb.connect() as connection:
        plugin("memory.duckdb").configure_connection(connection)
        question = "select read_delivery(?, ?)"
        asked = [str(tmp_path), json.dumps(contract)]
        answer = json.loads(connection.execute(question, asked).fetchall()[0][0])
        assert answer["problems"] == []
        assert connection.execute(answer["sources"]["it's"]["select"]).fetchall() == [(1,)]
        refused = [str(tmp_path / "nowhere"), json.dumps(contract)]
        answer = json.loads(connection.execute(question, refused).fetchall()[0][0])
        assert "no such file" in answer["problems"][0]
        assert answer["sources"] == {}
