"""`.ci/python`: which interpreter make takes, and what it says where none will do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / ".ci" / "python"
TOOLS = ("bash", "cut", "dirname", "env", "grep", "head", "sed", "seq", "sort", "tail")
BROKEN_SHIM = "echo 'pyenv: command not found' >&2; exit 127"

Search = Callable[..., subprocess.CompletedProcess[str]]


def interpreter(path: Path, version: str) -> Path:
    """Write an interpreter that runs what it is given as if it were of another version."""
    made = f"sys.version_info = ({version.replace('.', ', ')}, 0); sys.executable = '{path}'"
    run = f"import sys; {made}; code = sys.argv.pop(1); exec(code)"
    return script(path, f'exec {sys.executable} -I -c "{run}" "${{@:3}}"')


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{shutil.which('bash')}\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def search(tmp_path: Path) -> Search:
    """Return a search on a PATH that holds only what the test puts into tmp_path/bin."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        alone = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), "LC_ALL": "C"}
        command = [str(SCRIPT), *arguments]
        return subprocess.run(
            command, env=alone | environment, capture_output=True, text=True, check=False
        )

    return run


def test_the_newest_that_runs_is_taken_and_the_oldest_where_asked(
    search: Search, tmp_path: Path
) -> None:
    script(tmp_path / "bin/python3.13", BROKEN_SHIM)
    interpreter(tmp_path / "bin/python3.11", "3.11")
    interpreter(tmp_path / "bin/python3", "3.14")
    middle = interpreter(tmp_path / ".pyenv/versions/3.12.9/bin/python3.12", "3.12")
    assert search().stdout == f"{middle}\n"
    assert search("--oldest").stdout == f"{tmp_path}/bin/python3.11\n"
    each = search("--each").stdout.splitlines()
    assert each == ["3.13 absent", f"3.12 {middle}", f"3.11 {tmp_path}/bin/python3.11"]


def test_python3_will_do_where_it_is_of_a_supported_version(search: Search, tmp_path: Path) -> None:
    plain = interpreter(tmp_path / "bin/python3", "3.13")
    assert search().stdout == f"{plain}\n"


def test_where_none_will_do_the_versions_that_would_and_what_was_seen_are_named(
    search: Search, tmp_path: Path
) -> None:
    nothing = search()
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "3.11, 3.12, 3.13" in nothing.stderr
    assert "nothing: there is no python3" in nothing.stderr
    script(tmp_path / "bin/python3.13", BROKEN_SHIM)
    interpreter(tmp_path / "bin/python3", "3.10")
    refused = search("--oldest")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"{tmp_path}/bin/python3: is Python 3.10\n" in refused.stderr
    assert f"{tmp_path}/bin/python3.13: pyenv: command not found\n" in refused.stderr


def test_the_variable_python_overrides_the_search_and_is_judged(
    search: Search, tmp_path: Path
) -> None:
    interpreter(tmp_path / "bin/python3.13", "3.13")
    asked = interpreter(tmp_path / "elsewhere/python", "3.12")
    assert search(PYTHON=str(asked)).stdout == f"{asked}\n"
    old = search(PYTHON=str(interpreter(tmp_path / "old", "3.9")))
    assert old.returncode == 1
    assert "old: is Python 3.9" in old.stderr
    assert "nowhere: not there" in search(PYTHON="nowhere").stderr


def test_an_environment_of_another_python_is_named_and_not_used(
    search: Search, tmp_path: Path
) -> None:
    assert search("--venv", "absent").returncode == 0
    good = interpreter(tmp_path / "good/bin/python", "3.12")
    assert search("--venv", str(tmp_path / "good")).returncode == 0
    assert search("--venv", str(tmp_path / "good"), PYTHON=str(good)).returncode == 0
    other = interpreter(tmp_path / "bin/python3.13", "3.13")
    differs = search("--venv", str(tmp_path / "good"), PYTHON=str(other))
    assert differs.returncode == 1
    assert "asks for Python 3.13, but the environment" in differs.stderr
    interpreter(tmp_path / "old/bin/python", "3.10")
    old = search("--venv", str(tmp_path / "old"))
    assert old.returncode == 1
    assert f"rm -r {tmp_path}/old" in old.stderr
    (tmp_path / "gone/bin").mkdir(parents=True)
    os.symlink(tmp_path / "uninstalled", tmp_path / "gone/bin/python")
    assert "gone/bin/python: not there" in search("--venv", str(tmp_path / "gone")).stderr


def test_an_interpreter_without_venv_says_which_package_brings_it(
    search: Search, tmp_path: Path
) -> None:
    bare = f"exec {sys.executable} -I -c \"import sys; sys.modules['ensurepip'] = None"
    bare += '; code = sys.argv.pop(1); exec(code)" "${@:3}"'
    script(tmp_path / "bin/python3", bare)
    assert "apt install python3.1" in search().stderr


def test_a_wrong_argument_prints_the_usage(search: Search) -> None:
    wrong = search("--newest")
    assert wrong.returncode == 2
    assert ".ci/python --oldest" in wrong.stderr
