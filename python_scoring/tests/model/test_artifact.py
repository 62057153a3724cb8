"""An artifact is whole, of this format and for this software, or it does not load."""

import errno
import hashlib
import json
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import xgboost as xgb

from python_scoring.errors import ArtifactError, InputError
from python_scoring.model.artifact import FILES, load_artifact, write_artifact
from python_scoring.model.manifest import KEY, SIGNATURE, read_manifest, sign
from python_scoring.tests.support.invented_models import draft_of


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    original = next(path.parent for path in trained.glob("*/manifest.json"))
    return Path(shutil.copytree(original, tmp_path / original.name))


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def refresh(folder: Path, name: str, data: bytes) -> Path:
    """Replace a file; let manifest and folder name say so, as somebody who edits by hand would."""
    (folder / name).write_bytes(data)

    def rehash(manifest: dict[str, Any]) -> None:
        files = manifest["files"]
        files[name]["sha256"] = hashlib.sha256(data).hexdigest()
        lines = "".join(f"{files[n]['sha256']}  {n}\n" for n in sorted(files))
        content = hashlib.sha256(lines.encode()).hexdigest()[:8]
        manifest["version"] = manifest["version"][:-8] + content

    edit_manifest(folder, rehash)
    return renamed(folder)


def renamed(folder: Path) -> Path:
    """Give a folder the name that its manifest says."""
    version = json.loads((folder / "manifest.json").read_text())["version"]
    return folder.rename(folder.with_name(version))


def test_a_model_survives_storage(folder: Path) -> None:
    artifact = load_artifact(folder)
    assert artifact.version == folder.name
    assert artifact.sha256 == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert artifact.metadata["data_note"] == "invented"


@pytest.mark.parametrize("name", sorted(FILES[3]))
def test_a_wrong_byte_is_found(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(ArtifactError, match=f"{name} was altered"):
        load_artifact(folder)


@pytest.mark.parametrize("name", [*sorted(FILES[3]), "manifest.json"])
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
        (lambda m: m.update(format=1), "has format 1; this software reads formats 2 and 3"),
        (lambda m: m.pop("xgboost"), "has format 3"),
        (lambda m: m["xgboost"].update(at_least="99.0", below="100.0"), "needs XGBoost 99.0"),
        (lambda m: m["xgboost"].update(at_least="1.0", below="1.7"), "below 1.7"),
        (lambda m: m.update(version=m["version"][:-1] + "x"), "none that training writes"),
        (lambda m: m.update(version=m["version"][:-8] + "0" * 8), "version does not belong"),
        (lambda m: m.update(version=m["version"].replace("boosted", "b")), "the folder is called"),
        (lambda m: m.update(version=7), "none that training writes"),
        (lambda m: m["files"].pop("calibration.json"), "version does not belong"),
        (lambda m: m["files"].update({"../x": {"sha256": "0" * 64}}), r"names \.\./x"),
        (lambda m: m["files"].update({"model.ubj": []}), "has another shape"),
        (lambda m: m["files"]["model.ubj"].update(sha256=1), "version does not belong"),
        (lambda m: m.update(files=[]), "has another shape"),
        (lambda m: m.update(xgboost="3"), "has another shape"),
        (lambda m: m["xgboost"].update(below=4), "has another shape"),
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
    edited = refresh(folder, "feature_contract.json", json.dumps(contract).encode())
    with pytest.raises(ArtifactError, match="another order"):
        load_artifact(edited)


def test_a_booster_that_xgboost_cannot_read_is_refused_even_with_fresh_hashes(
    folder: Path,
) -> None:
    edited = refresh(folder, "model.ubj", b"not a booster")
    with pytest.raises(ArtifactError, match=r"model\.ubj cannot be loaded"):
        load_artifact(edited)


def test_training_again_finds_its_own_folder(folder: Path) -> None:
    stamps = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert folder.name == write_artifact(draft_of(folder), folder.parent, name="boosted")
    assert stamps == {path: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_a_damaged_folder_of_the_same_version_is_not_hidden(folder: Path) -> None:
    draft = draft_of(folder)
    (folder / "calibration.json").unlink()
    with pytest.raises(ArtifactError, match=r"calibration\.json is missing"):
        write_artifact(draft, folder.parent, name="boosted")


def test_a_write_that_fails_leaves_nothing_behind(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = draft_of(folder)
    written: list[Path] = []

    def full_disk(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) > 3:
            raise OSError(errno.ENOSPC, "")
        return path.open("wb").write(data)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(InputError, match=r"cannot be written: No space left on device"):
        write_artifact(draft, tmp_path / "new", name="boosted")
    assert list((tmp_path / "new").iterdir()) == []


def test_the_version_range_is_the_one_of_the_installed_library(folder: Path) -> None:
    span = json.loads((folder / "manifest.json").read_text())["xgboost"]
    major, minor = version("xgboost-cpu").split(".")[:2]
    assert span == {"at_least": f"{major}.{minor}", "below": f"{int(major) + 1}.0"}


def test_a_bit_that_flips_in_the_version_is_found(folder: Path) -> None:
    manifest = (folder / "manifest.json").read_bytes()
    start = manifest.index(b"v3-boosted")
    end = manifest.index(b'"', start)
    for place in range(start, end):
        for bit in range(8):
            flipped = bytearray(manifest)
            flipped[place] ^= 1 << bit
            (folder / "manifest.json").write_bytes(flipped)
            with pytest.raises(ArtifactError):
                read_manifest(folder, FILES)
    (folder / "manifest.json").write_bytes(manifest)
    load_artifact(folder)


def test_folders_that_change_their_names_do_not_load(folder: Path) -> None:
    other = write_artifact(draft_of(folder, "2026-01-01"), folder.parent, name="boosted")
    aside = folder.rename(folder.with_name("aside"))
    (folder.parent / other).rename(folder)
    aside.rename(folder.parent / other)
    for each in (folder, folder.parent / other):
        with pytest.raises(ArtifactError, match="the folder is called"):
            load_artifact(each)


def test_another_day_in_folder_and_manifest_is_refused(folder: Path) -> None:
    day = folder.name.split("-")[2]
    edit_manifest(folder, lambda m: m.update(version=m["version"].replace(day, "20990101")))
    with pytest.raises(ArtifactError, match=f"day is not {day}"):
        load_artifact(renamed(folder))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.update(base_rate=float("nan")), "not JSON: NaN"),
        (lambda c: c.update(base_rate=5), "a base rate that is no rate"),
        (lambda c: c.update(base_rate=0), "a base rate that is no rate"),
        (lambda c: c.update(base_rate=None), "cannot be read"),
        (lambda c: c["points"].__setitem__(0, [0.1, -0.1]), "outside 0 to 1"),
        (lambda c: c["points"].__setitem__(-1, [2, 0.5]), "outside 0 to 1"),
        (lambda c: c["points"].__setitem__(0, c["points"][-1]), "does not rise"),
        (lambda c: c.update(points=[]), "does not rise"),
        (lambda c: c.update(points=[["a", "b"]]), "cannot be read"),
    ],
)
def test_a_curve_outside_its_range_is_refused_even_with_fresh_hashes(
    folder: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    curve = json.loads((folder / "calibration.json").read_text())
    change(curve)
    edited = refresh(folder, "calibration.json", json.dumps(curve).encode())
    with pytest.raises(ArtifactError, match=said):
        load_artifact(edited)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.pop("periods"), "KeyError 'periods'"),
        (lambda m: m["periods"]["test"].update(to=7), "cannot be used"),
        (lambda m: m["periods"]["test"].update(positives=-1), "the counts of test"),
        (lambda m: m["metrics"].update(auc=0.7), "cannot be used"),
        (lambda m: m["metrics"]["auc"].update(low=0.9, high=0.1), "the interval of auc"),
        (lambda m: m.update(suspects=["a"]), "cannot be used"),
        (lambda m: m.update(settings={"seed": "1"}), "the seed cannot be"),
        (lambda m: m.update(source=None), "source and note"),
    ],
)
def test_metadata_that_gates_cannot_read_is_refused_even_with_fresh_hashes(
    folder: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    metadata = json.loads((folder / "training_metadata.json").read_text())
    change(metadata)
    edited = refresh(folder, "training_metadata.json", json.dumps(metadata).encode())
    with pytest.raises(ArtifactError, match=said):
        load_artifact(edited)


@pytest.mark.parametrize("place", ["base_weights", "split_conditions"])
def test_a_tree_without_finite_numbers_is_refused_even_with_fresh_hashes(
    folder: Path, place: str
) -> None:
    booster = load_artifact(folder).model.booster
    model = json.loads(booster.save_raw("json"))
    model["learner"]["gradient_booster"]["model"]["trees"][3][place][0] = float("inf")
    text = json.dumps(model).replace("Infinity", "1e39")
    broken = xgb.Booster()
    broken.load_model(bytearray(text.encode()))
    edited = refresh(folder, "model.ubj", bytes(broken.save_raw("ubj")))
    with pytest.raises(ArtifactError, match="Tree 3 of the model"):
        load_artifact(edited)


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(KEY, "0123456789abcdef" * 4)
    return KEY


def test_where_a_key_is_set_only_what_it_signed_is_loaded(
    folder: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ArtifactError, match=f"is not signed, and {key} is set"):
        load_artifact(folder)
    sign(folder)
    signed = load_artifact(folder)
    monkeypatch.setenv(key, "another secret of thirty-two bytes")
    with pytest.raises(ArtifactError, match="is not signed with the key"):
        load_artifact(folder)
    monkeypatch.delenv(key)
    assert load_artifact(folder).sha256 == signed.sha256


def test_an_edited_manifest_loses_its_signature(folder: Path, key: str) -> None:
    sign(folder)
    edit_manifest(folder, lambda m: m.update(version=m["version"].replace("boosted", "mine")))
    with pytest.raises(ArtifactError, match="is not signed with the key"):
        load_artifact(renamed(folder))


def test_training_signs_where_a_key_is_set(folder: Path, tmp_path: Path, key: str) -> None:
    sign(folder)
    version = write_artifact(draft_of(folder), tmp_path / "new", name="boosted")
    assert load_artifact(tmp_path / "new" / version).version == version


def test_no_key_or_a_short_one_signs_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    with pytest.raises(InputError, match="no key to sign with"):
        sign(folder)
    monkeypatch.setenv(KEY, "short")
    with pytest.raises(InputError, match="shorter than 32") as told:
        sign(folder)
    assert "short " not in str(told.value).replace("A short key", "")
    assert not (folder / SIGNATURE).exists()
