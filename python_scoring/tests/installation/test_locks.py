"""What is installed: hashed, from no named host, one version for every supported Python."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

PROJECT = Path(__file__).resolve().parents[3]
LOCKS = [
    *sorted((PROJECT / "requirements").glob("*.txt")),
    PROJECT / "cloud_function/requirements.txt",
]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHONS = re.findall(r"Python :: (3\.\d+)", "\n".join(PYPROJECT["project"]["classifiers"]))


def entries(lock: Path) -> dict[str, list[str]]:
    """Return the hashes of each requirement of a lock."""
    text = re.sub(r"^\s*#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    logical = text.replace("\\\n", " ").splitlines()
    parts = [line.split(" --hash=") for line in logical if line.strip()]
    return {requirement.strip(): hashes for requirement, *hashes in parts}


def versions(lock: Path, python: str) -> dict[str, str]:
    """Return name and version of what a lock installs on Linux under one Python."""
    environment = {"python_version": python, "python_full_version": python + ".0"}
    required = [Requirement(line) for line in entries(lock)]
    wanted = [r for r in required if not r.marker or r.marker.evaluate(environment)]
    found = {r.name: str(r.specifier).removeprefix("==") for r in wanted}
    assert len(found) == len(wanted), "a package in two versions"
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_pins_and_hashes_each_package_and_names_no_host(lock: Path) -> None:
    for requirement, hashes in entries(lock).items():
        assert re.match(r"[a-z0-9._-]+==[^*\s]+( ; |$)", requirement)
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", value) for value in hashes)
    assert "://" not in lock.read_text(encoding="utf-8")
    assert "--index" not in lock.read_text(encoding="utf-8")


@pytest.mark.parametrize("python", PYTHONS)
def test_the_tools_that_check_run_beside_the_very_packages_that_score(python: str) -> None:
    run, dev = (versions(PROJECT / f"requirements/{name}.txt", python) for name in ("run", "dev"))
    assert run.items() <= dev.items()
    assert {"dbt-core", "duckdb", "xgboost-cpu"} <= run.keys()


def test_what_computes_scores_is_of_one_version_on_every_python() -> None:
    names = ("duckdb", "numpy", "pandas", "pyarrow", "scipy", "xgboost-cpu")
    by_python = [versions(PROJECT / "requirements/run.txt", python) for python in PYTHONS]
    assert len({tuple(found[name] for name in names) for found in by_python}) == 1


def test_the_supported_pythons_are_said_alike_everywhere() -> None:
    required = SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert list(required.filter(f"3.{minor}" for minor in range(30))) == PYTHONS
    oldest = PYTHONS[0]
    assert PYPROJECT["tool"]["mypy"]["python_version"] == oldest
    assert PYPROJECT["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert f"--universal --python-version {oldest} " in makefile
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert f"Python {', '.join(PYTHONS[:-1])} or {PYTHONS[-1]}" in readme
