"""An artifact is whole, of this format and for this software, or it does not load."""

import hashlib
import json
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from python_scoring.errors import ArtifactError
from python_scoring.model.artifact import FILES, load_artifact, write_artifact
from python_scoring.tests.support.invented_models import draft_of


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    original = next(path.parent for path in trained.glob("*/manifest.json"))
    return Path(shutil.copytree(original, tmp_path / original.name))


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def refresh(folder: Path, name: str, data: bytes) -> None:
    """Replace a file and let the manifest say so, as somebody who edits by hand would."""
    (folder / name).write_bytes(data)

    def rehash(manifest: dict[str, Any]) -> None:
        files = manifest["files"]
        files[name]["sha256"] = hashlib.sha256(data).hexdigest()
        lines = "".join(f"{files[n]['sha256']}  {n}\n" for n in sorted(files))
        content = hashlib.sha256(lines.encode()).hexdigest()[:8]
        manifest["version"] = manifest["version"][:-8] + content

    edit_manifest(folder, rehash)


def test_a_model_survives_storage(folder: Path) -> None:
    artifact = load_artifact(folder)
    assert artifact.version == folder.name
    assert artifact.sha256 == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert artifact.metadata["data_note"] == "invented"


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_byte_is_found(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(ArtifactError, match=f"{name} was altered"):
        load_artifact(folder)


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ArtifactError, match=name):
        load_artifact(folder)


def test_a_file_too_many_is_named(folder: Path) -> None:
    (folder / "model.pkl").touch()
    with pytest.raises(ArtifactError, match=r"model\.pkl does not belong here"):
        load_artifact(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.update(format=1), "has format 1; this software reads format 2"),
        (lambda m: m.pop("xgboost"), "has format 2"),
        (lambda m: m["xgboost"].update(at_least="99.0", below="100.0"), "needs XGBoost 99.0"),
        (lambda m: m["xgboost"].update(at_least="1.0", below="1.7"), "below 1.7"),
        (lambda m: m.update(version=m["version"][:-1] + "x"), "version does not belong"),
        (lambda m: m["files"].pop("calibration.json"), "calibration.json was altered"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    folder: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    edit_manifest(folder, change)
    with pytest.raises(ArtifactError, match=said):
        load_artifact(folder)


def test_a_manifest_that_is_not_json_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("format: 2")
    with pytest.raises(ArtifactError, match=r"manifest\.json is not JSON"):
        load_artifact(folder)
    (folder / "manifest.json").write_text("[2]")
    with pytest.raises(ArtifactError, match="does not hold a JSON object"):
        load_artifact(folder)


def test_features_in_another_order_are_refused_even_with_fresh_hashes(folder: Path) -> None:
    contract = json.loads((folder / "feature_contract.json").read_text())
    contract["features"].reverse()
    refresh(folder, "feature_contract.json", json.dumps(contract).encode())
    with pytest.raises(ArtifactError, match="another order"):
        load_artifact(folder)


def test_a_booster_that_xgboost_cannot_read_is_refused_even_with_fresh_hashes(
    folder: Path,
) -> None:
    refresh(folder, "model.ubj", b"not a booster")
    with pytest.raises(ArtifactError, match=r"model\.ubj cannot be loaded"):
        load_artifact(folder)


def test_training_again_finds_its_own_folder(folder: Path) -> None:
    day = folder.name.split("-")[2]
    stamps = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert folder.name == write_artifact(
        draft_of(folder), folder.parent, name="boosted", outcomes_until=day
    )
    assert stamps == {path: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_a_damaged_folder_of_the_same_version_is_not_hidden(folder: Path) -> None:
    draft = draft_of(folder)
    (folder / "calibration.json").unlink()
    with pytest.raises(ArtifactError, match=r"calibration\.json is missing"):
        write_artifact(
            draft, folder.parent, name="boosted", outcomes_until=folder.name.split("-")[2]
        )


def test_a_write_that_fails_leaves_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = draft_of(folder)
    written: list[Path] = []

    def full_disk(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) > 3:
            raise OSError("no space left")
        return path.open("wb").write(data)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_artifact(draft, tmp_path / "new", name="boosted", outcomes_until="2025-01-01")
    assert list((tmp_path / "new").iterdir()) == []


def test_the_version_range_is_the_one_of_the_installed_library(folder: Path) -> None:
    span = json.loads((folder / "manifest.json").read_text())["xgboost"]
    major, minor = version("xgboost-cpu").split(".")[:2]
    assert span == {"at_least": f"{major}.{minor}", "below": f"{int(major) + 1}.0"}
