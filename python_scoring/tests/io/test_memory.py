"""DuckDB takes no more memory than LEAD_SCORING_MEMORY, spills the rest, and nonsense is named."""

from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from dbt_common.exceptions import DbtRuntimeError

from python_scoring.errors import InputError
from python_scoring.io.database.dbt_plugin import Plugin
from python_scoring.io.database.locks import open_database
from python_scoring.io.database.memory import memory_limit

FOUR_GB = "3.7 GiB"
# a temporary table is held in memory: this one is 800 MB
LARGE = "create temporary table large as select repeat('0123456789', 80) from range(1000000)"


def setting(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    found = connection.execute("select value from duckdb_settings() where name = ?", [name])
    return str(found.fetchall()[0][0])


def test_the_limit_holds_where_commands_open_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_MEMORY", "4GB")
    with open_database(tmp_path / "new.duckdb", read_only=False) as connection:
        assert setting(connection, "memory_limit") == FOUR_GB


def test_the_limit_holds_in_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_SCORING_MEMORY", "4GB")
    plugin = Plugin("dbt_plugin", {}, SimpleNamespace(path=":memory:"))  # type: ignore[arg-type]
    with duckdb.connect() as connection:
        plugin.configure_connection(connection)
        assert setting(connection, "memory_limit") == FOUR_GB


def test_what_needs_more_is_spilled_beside_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_MEMORY", "500MB")
    path = tmp_path / "new.duckdb"
    with open_database(path, read_only=False) as connection:
        assert setting(connection, "temp_directory") == f"{path}.tmp"
        connection.execute("set max_temp_directory_size = '0KB'")
        with pytest.raises(duckdb.OutOfMemoryException):
            connection.execute(LARGE)
        connection.execute("reset max_temp_directory_size")
        connection.execute(LARGE)
    assert not path.with_name("new.duckdb.tmp").exists()


def test_without_the_variable_it_is_a_share_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_SCORING_MEMORY", "")
    assert memory_limit() == "60%"


@pytest.mark.parametrize("text", ["500MB", "1GB", "100%", "1%"])
def test_sizes_and_shares_are_taken(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_SCORING_MEMORY", text)
    assert memory_limit() == text


@pytest.mark.parametrize(
    "text",
    [
        "lots",
        "4",
        "4gb",
        "-4GB",
        "0GB",
        "499MB",
        "101%",
        "0%",
        "4GB'",
        "1.5GB",
        " 4GB",
        "9999999GB",
    ],
)
def test_nonsense_is_named_in_four_parts(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_SCORING_MEMORY", text)
    with pytest.raises(InputError) as told:
        memory_limit()
    for part in (repr(text), "Why it matters:", "Where:", "LEAD_SCORING_MEMORY", "Fix:"):
        assert part in str(told.value)
    with pytest.raises(DbtRuntimeError, match="Fix: Give at least 500MB"):
        Plugin("dbt_plugin", {}, SimpleNamespace(path=":memory:"))  # type: ignore[arg-type]
