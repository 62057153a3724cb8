"""A warm start of dbt does what a cold one does (decision 0030)."""

import re
import subprocess
from collections.abc import Callable

import pytest

from python_scoring.io import dbt as dbt_process
from python_scoring.tests.conftest import Dbt

Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "--quiet", "--select", "+int_registrations_checked"], 0),
        (["run", "--quiet", "--select", "calibration_evidence"], 1),
        (["run", "--no-such-option"], 2),
    ],
    ids=["tables", "a model that fails", "a mistake of the caller"],
)
def test_both_give_the_same(
    demo: Dbt,
    fresh_dbt: Callable[[], Dbt],
    cold_start: Start,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    code: int,
) -> None:
    warm = fresh_dbt()
    said_warm = warm.run(*words)
    monkeypatch.setattr(dbt_process, "_run", cold_start)
    cold = fresh_dbt()
    said_cold = cold.run(*words)
    assert said_warm.returncode == said_cold.returncode == code
    assert _words(said_warm.stdout) == _words(said_cold.stdout)
    assert said_warm.stderr == said_cold.stderr
    files = [sorted(p.name for p in dbt.folder.iterdir()) for dbt in (warm, cold)]
    assert files[0] == files[1]
    if code == 0:
        tables = "select table_name, estimated_size, column_count from duckdb_tables() order by all"
        assert warm.rows(tables) == cold.rows(tables) != []


def _words(said: str) -> str:
    return re.sub(r"dbt\d/|\d\d:\d\d:\d\d|in [\d.]+s", "", said)
