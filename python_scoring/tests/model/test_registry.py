"""The registry says which model scores, since when and why, and can go back."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from python_scoring.errors import ArtifactError, RegistryError
from python_scoring.model.artifact import load_artifact, write_artifact
from python_scoring.model.registry import PACKAGED, Registry
from python_scoring.tests.support.invented_models import draft_of


@pytest.fixture
def registry(trained: Path, tmp_path: Path) -> Registry:
    """Return a registry of three versions, none promoted."""
    folder = tmp_path / "models"
    shutil.copytree(trained, folder, ignore=shutil.ignore_patterns("registry.json"))
    first = next(folder.glob("v3-*"))
    for day in ("2025-07-01", "2025-08-01"):
        write_artifact(draft_of(first, day), folder, name="alpha")
    return Registry(folder)


def test_versions_are_listed_by_the_age_of_their_outcomes(registry: Registry) -> None:
    (registry.folder / ".123.v2-half-written").mkdir()
    (registry.folder / ".123.v2-half-written" / "manifest.json").touch()
    (registry.folder / "notes").mkdir()
    dates = [version.split("-")[2] for version in registry.versions()]
    assert len(dates) == 3
    assert dates == sorted(dates)


def test_promotions_and_rollbacks_are_recorded_in_full(registry: Registry) -> None:
    first, second, third = registry.versions()
    assert registry.promoted() is None
    for version in (first, second, third):
        registry.promote(version, f"because {version}")
    assert registry.rollback("calls fell")["version"] == second
    assert registry.rollback("still")["version"] == first
    assert registry.promoted() == first
    history = [(r["action"], r["version"], r["previous"], r["reason"]) for r in registry.history()]
    assert history == [
        ("promote", first, None, f"because {first}"),
        ("promote", second, first, f"because {second}"),
        ("promote", third, second, f"because {third}"),
        ("rollback", second, third, "calls fell"),
        ("rollback", first, second, "still"),
    ]
    with pytest.raises(RegistryError, match="no earlier promotion"):
        registry.rollback("again")


def test_the_promoted_version_is_the_default(registry: Registry) -> None:
    version = registry.versions()[1]
    with pytest.raises(RegistryError, match="No model is promoted"):
        registry.load()
    registry.promote(version, "")
    assert registry.load().version == registry.load("").version == version


def test_a_version_or_a_folder_can_be_named(registry: Registry, tmp_path: Path) -> None:
    version = registry.versions()[0]
    moved = shutil.copytree(registry.folder / version, tmp_path / "elsewhere" / version)
    assert registry.load(version).version == registry.load(str(moved)).version == version
    with pytest.raises(RegistryError, match=f"(?s)no model nonesuch.*{version}"):
        registry.load("nonesuch")


def test_a_path_is_no_version_of_the_registry(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell completes `v3-x/`: under two names a model would be compared with itself."""
    version = registry.versions()[0]
    registry.promote(version, "")
    moved = shutil.copytree(registry.folder / version, tmp_path / "elsewhere" / version)
    for path in (f"{version}/", f"./{version}", f"../models/{version}", str(moved)):
        with pytest.raises(RegistryError, match="There is no version"):
            registry.promote(path, "")
    hidden = shutil.copytree(registry.folder / version, registry.folder / f".1.{version}")
    with pytest.raises(RegistryError, match="There is no version"):
        registry.promote(hidden.name, "")
    assert [record["version"] for record in registry.history()] == [version]
    monkeypatch.chdir(registry.folder)
    assert registry.load(f"{version}/").version == version


def test_what_cannot_score_is_not_promoted(registry: Registry) -> None:
    version = registry.versions()[0]
    registry.promote(version, "")
    with pytest.raises(RegistryError, match="already the promoted version"):
        registry.promote(version, "")
    with pytest.raises(RegistryError, match="no version v9"):
        registry.promote("v9", "")
    damaged = registry.versions()[1]
    (registry.folder / damaged / "model.ubj").unlink()
    with pytest.raises(ArtifactError, match=r"model\.ubj is missing"):
        registry.promote(damaged, "")
    assert registry.promoted() == version


def test_no_rollback_to_a_damaged_version(registry: Registry) -> None:
    first, second, _ = registry.versions()
    registry.promote(first, "")
    registry.promote(second, "")
    (registry.folder / first / "model.ubj").unlink()
    with pytest.raises(ArtifactError, match=r"model\.ubj is missing"):
        registry.rollback("")
    assert registry.promoted() == second


HISTORIES_OF_WRONG_SHAPE = [
    "not json",
    "[]",
    "[" * 100_000,
    '{"promotions": [], "promotions": []}',
    json.dumps({"versions": []}),
    json.dumps({"promotions": {}}),
    json.dumps({"promotions": "none"}),
    json.dumps({"promotions": [7]}),
    json.dumps({"promotions": [{"version": "v2"}]}),
    json.dumps({"promotions": [{"action": "promote", "version": None}]}),
    json.dumps({"promotions": [{"action": "rollback", "version": "v2"}]}),
    "\xff",
]


@pytest.mark.parametrize("content", HISTORIES_OF_WRONG_SHAPE)
def test_a_history_that_cannot_be_read_is_no_empty_history(
    registry: Registry, content: str
) -> None:
    (registry.folder / "registry.json").write_text(content, encoding="latin-1")
    with pytest.raises(RegistryError, match="history cannot be read"):
        registry.promoted()


def test_the_folder_is_the_argument_else_the_environment_else_the_repository(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_MODELS", str(registry.folder))
    assert Registry().folder == registry.folder
    assert Registry("other").folder == Path("other")
    monkeypatch.delenv("LEAD_SCORING_MODELS")
    assert Registry().folder == PACKAGED


def test_what_is_loaded_is_checked(registry: Registry) -> None:
    version = registry.versions()[0]
    (registry.folder / version / "extra.txt").touch()
    with pytest.raises(ArtifactError, match=r"extra\.txt does not belong"):
        registry.load(version)
    with pytest.raises(ArtifactError):
        load_artifact(registry.folder / version)


def test_a_promotion_that_the_gates_did_not_see_refuses_the_next(registry: Registry) -> None:
    first, second, third = registry.versions()
    registry.promote(first, "", compared_with=[None])
    registry.promote(second, "", compared_with=[first])
    with pytest.raises(RegistryError, match=f"{second} was promoted while the gates were asked"):
        registry.promote(third, "", compared_with=[first])
    assert registry.promoted() == second


PROMOTE = """
import sys
from python_scoring.model.registry import Registry
registry = Registry(sys.argv[1])
for line in sys.stdin:
    print(registry.promote(line.strip(), "race")["version"], flush=True)
"""


def test_of_promotions_at_once_none_is_lost(registry: Registry) -> None:
    """Two processes promote at the same moment, 30 times, each time two other versions."""
    first = registry.folder / registry.versions()[0]
    days = [f"2025-{month:02}-{day:02}" for month in (9, 10) for day in range(1, 31)]
    versions = [write_artifact(draft_of(first, d), registry.folder, name="race") for d in days]
    command = [sys.executable, "-c", PROMOTE, str(registry.folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        subprocess.Popen(command, **pipes) as one,  # type: ignore[call-overload]
        subprocess.Popen(command, **pipes) as other,  # type: ignore[call-overload]
    ):
        for mine, yours in zip(versions[::2], versions[1::2], strict=True):
            for process, version in ((one, mine), (other, yours)):
                process.stdin.write(f"{version}\n")
                process.stdin.flush()
            said = [one.stdout.readline().strip(), other.stdout.readline().strip()]
            assert said == [mine, yours]
        one.stdin.close()
        other.stdin.close()
    history = registry.history()
    assert sorted(record["version"] for record in history) == sorted(versions)
    assert [r["previous"] for r in history] == [None, *(r["version"] for r in history[:-1])]
