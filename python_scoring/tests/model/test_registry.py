"""The registry says which model scores, since when and why, and can go back."""

import json
import shutil
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
    draft = draft_of(next(folder.glob("v2-*")))
    for day in ("2025-07-01", "2025-08-01"):
        write_artifact(draft, folder, name="alpha", outcomes_until=day)
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
    moved = shutil.copytree(registry.folder / version, tmp_path / "elsewhere")
    assert registry.load(version).version == registry.load(str(moved)).version == version
    with pytest.raises(RegistryError, match=f"(?s)no model nonesuch.*{version}"):
        registry.load("nonesuch")


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


@pytest.mark.parametrize("content", ["not json", "[]", json.dumps({"versions": []})])
def test_a_history_that_cannot_be_read_is_no_empty_history(
    registry: Registry, content: str
) -> None:
    (registry.folder / "registry.json").write_text(content)
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
