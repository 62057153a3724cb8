"""What `make test` draws is the same every time (decision 0012)."""

import importlib
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.tests.conftest import PROJECT

TESTS = PROJECT / "python_scoring/tests"


def drawn() -> list[int]:
    values: list[int] = []

    @settings(max_examples=500)
    @given(st.integers())
    def collect(value: int) -> None:
        values.append(value)

    collect()
    return values


def test_the_same_examples_are_drawn_whatever_was_imported_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawn()
    (tmp_path / "full_of_constants.py").write_text(f"CONSTANTS = {list(range(1000, 1500))}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "full_of_constants", raising=False)
    importlib.import_module("full_of_constants")
    assert drawn() == before


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (
            r"@settings\([^)]*(derandomize|deadline|database|phases|suppress_health_check)=",
            "a profile of conftest",
        ),
        (
            r"(default_rng|RandomState|Random)\(\)|(?<!\.)\brandom\.[a-z]+\(|from random import",
            "a generator with a seed",
        ),
    ],
)
def test_no_test_says_for_itself_how_it_draws(pattern: str, instead: str) -> None:
    files = [path for path in TESTS.rglob("*.py") if path != Path(__file__).resolve()]
    assert len(files) > 50
    offenders = [path.name for path in files if re.search(pattern, path.read_text(), re.MULTILINE)]
    assert offenders == [], f"use {instead}"
