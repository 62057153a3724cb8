"""make explore, on a project of one property."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from python_scoring.tests.conftest import PROJECT

HEAD = """
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

@pytest.fixture(scope="session")
def setting():
    return object()
"""
HOLDS = """
@settings(max_examples=5)
@given(st.integers())
def test_holds(value):
    with open("drawn.txt", "a") as file:
        file.write(f"{value}\\n")
"""
FAILS = """
@given(first=st.integers(), second=st.lists(st.integers(0, 9)))
def test_fails(setting, first, second):
    assert first < 1000 or sum(second) < 7
"""
SLOW = HOLDS.replace("max_examples=5", "max_examples=1000").replace(
    "    with", "    time.sleep(0.1)\n    with"
)
CANNOT_START = """
@pytest.fixture
def broken():
    raise OSError

@given(value=st.integers())
def test_cannot_start(broken, value):
    pass
"""


def explore(folder: Path, tests: str, seconds: float = 3) -> subprocess.CompletedProcess[str]:
    shutil.copy(PROJECT / "pyproject.toml", folder)
    (folder / "conftest.py").write_text('pytest_plugins = ["python_scoring.tests.conftest"]\n')
    (folder / "test_properties.py").write_text(HEAD + tests)
    command = [sys.executable, "-m", "python_scoring.tests.support.explore"]
    command += ["--minutes", str(seconds / 60)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_it_draws_anew_each_time_until_the_time_is_over(tmp_path: Path) -> None:
    drawn = []
    for _ in range(2):
        done = explore(tmp_path, HOLDS + HOLDS.replace("_holds", "_also_holds"))
        assert done.returncode == 0, done.stdout
        assert done.stdout.splitlines()[-1].startswith("No property failed: ")
        assert done.stderr.count("test_holds") > 1, "round and round"
        drawn.append((tmp_path / "drawn.txt").read_text())
        (tmp_path / "drawn.txt").unlink()
    assert drawn[0][:1000] != drawn[1][:1000]


def test_it_ends_with_the_smallest_example_and_how_to_keep_it(tmp_path: Path) -> None:
    done = explore(tmp_path, FAILS + HOLDS)
    assert done.returncode == 1
    told = done.stdout[done.stdout.rindex("1 of the properties failed") :]
    assert "Test: test_properties.py::test_fails\n" in told
    assert "    @example(\n        first=1000,\n        second=[7],\n    )\n" in told
    assert "@reproduce_failure(" in told
    assert "To keep an example, paste its @example(...)" in told
    assert done.stderr.count(": test_fails") == 1, "what has failed is not run again"
    again = explore(tmp_path, FAILS.replace("st.integers()", "st.integers(max_value=1000)"), 60)
    assert again.returncode == 1, "the next run begins with it"


def test_a_slow_property_is_left_when_the_time_is_over(tmp_path: Path) -> None:
    done = explore(tmp_path, SLOW)
    assert done.returncode == 0
    assert 0 < len((tmp_path / "drawn.txt").read_text().splitlines()) <= 31


@pytest.mark.parametrize("tests", [CANNOT_START, "import nothing_of_this_name"])
def test_what_cannot_be_run_is_not_called_holding(tests: str, tmp_path: Path) -> None:
    done = explore(tmp_path, tests)
    assert (done.returncode, "No property failed" in done.stdout) == (2, False)
    assert "could not be run" in done.stderr
