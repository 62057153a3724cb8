"""A command that was stopped, lost its reader or crashed gives no exit code that is an answer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.model.registry import Registry

COMMAND = [sys.executable, "-c", "from python_scoring.cli.main import main; main()"]


def test_an_interruption_exits_with_2(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Registry, "promoted", stop)
    done = CliRunner().invoke(main, ["models", "list", "--registry", str(tmp_path)])
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", "\nAborted!\n")


@pytest.mark.parametrize("both", [False, True])
def test_a_reader_that_leaves_gets_no_traceback(tmp_path: Path, both: bool) -> None:
    """As `| head -1` does, and `2>&1 | head -1`."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*COMMAND, "models", "list", "--json", "--registry", str(tmp_path)],
        stdout=write,
        stderr=write if both else subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr or "") == (2, "")


def test_a_crash_exits_with_2_and_never_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """1 is an answer: a leak, a refusal. Planted leaks count as found by it."""

    def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(Registry, "promoted", fail)
    done = CliRunner().invoke(main, ["models", "list", "--registry", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "RuntimeError: a defect"
