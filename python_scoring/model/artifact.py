"""A trained model on disk: a folder of plain files whose every byte is accounted for.

    model.ubj               the booster, in XGBoost's own format
    calibration.json        the curve from raw score to probability, and the base rate
    calibration_lookup.csv  the same curve as a table of 100 bins, for readers without Python
    feature_contract.json   names in order, with words and grouping
    training_metadata.json  metrics with intervals, periods, counts, settings, warnings
    manifest.json           format, version, and the sha256 of each file above

Nothing in it depends on the clock: the same rows and settings give the same bytes, and the last
eight characters of the version are a hash of the content.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xgboost as xgb

from python_scoring.errors import ArtifactError
from python_scoring.features.contract import FeatureContract
from python_scoring.io.atomic import atomic_folder
from python_scoring.model.calibration_curve import CalibrationCurve

FORMAT_MAJOR = 2
MODEL, CURVE, LOOKUP = "model.ubj", "calibration.json", "calibration_lookup.csv"
CONTRACT, METADATA, MANIFEST = "feature_contract.json", "training_metadata.json", "manifest.json"
FILES = (MODEL, CURVE, LOOKUP, CONTRACT, METADATA)


@dataclass(frozen=True)
class Artifact:
    """A model that was loaded, and found whole.

    Args:
        version: Its id, such as v2-boosted-20251221-b796831a.
        sha256: Hash of its manifest, and through it of every byte.
        booster: The trees.
        contract: Its features.
        curve: Its calibration.
        metadata: How it was trained and how it did.
    """

    version: str
    sha256: str
    booster: xgb.Booster
    contract: FeatureContract
    curve: CalibrationCurve
    metadata: dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """What a training run made, before it has a version."""

    booster: xgb.Booster
    contract: FeatureContract
    curve: CalibrationCurve
    lookup: str
    metadata: dict[str, Any]


def write_artifact(draft: Draft, registry: Path, *, name: str, outcomes_until: str) -> str:
    """Write a draft as a folder of the registry, whole or not at all; return its version.

    Training that is repeated finds its own folder and leaves it as it is.

    Args:
        draft: The model and all that belongs to it.
        registry: Folder to write into; made where absent.
        name: Family name in the version.
        outcomes_until: Newest contact date whose outcome was used, YYYY-MM-DD.

    Raises:
        ArtifactError: A damaged folder of this version stands in the way.
    """
    contents = {
        MODEL: bytes(draft.booster.save_raw("ubj")),
        CURVE: _json_bytes(draft.curve.to_json()),
        LOOKUP: draft.lookup.encode(),
        CONTRACT: _json_bytes(draft.contract.to_json()),
        METADATA: _json_bytes(draft.metadata),
    }
    files = {n: {"sha256": _sha256(b), "bytes": len(b)} for n, b in contents.items()}
    day = outcomes_until.replace("-", "")
    version = f"v{FORMAT_MAJOR}-{name}-{day}-{_content_hash(files)}"
    if (registry / version).exists():
        load_artifact(registry / version)
        return version
    manifest = {
        "format": FORMAT_MAJOR,
        "version": version,
        "xgboost": _version_range(),
        "files": files,
    }
    with atomic_folder(registry / version) as folder:
        for file, data in (contents | {MANIFEST: _json_bytes(manifest)}).items():
            (folder / file).write_bytes(data)
    return version


def load_artifact(folder: Path) -> Artifact:
    """Load a model and check every byte of it.

    Raises:
        ArtifactError: A missing, extra or altered file, another format, a version of XGBoost
            outside the stated range, or features that are not the booster's.
    """
    manifest_bytes = _read(folder, MANIFEST)
    manifest = _parse(manifest_bytes, folder, MANIFEST)
    _check_format(manifest, folder)
    _check_xgboost(manifest, folder)
    contents = _checked_contents(manifest, folder)
    contract = FeatureContract.from_json(_parse(contents[CONTRACT], folder, CONTRACT))
    return Artifact(
        manifest["version"],
        _sha256(manifest_bytes),
        _load_booster(contents[MODEL], contract, folder),
        contract,
        CalibrationCurve.from_json(_parse(contents[CURVE], folder, CURVE)),
        _parse(contents[METADATA], folder, METADATA),
    )


def _check_format(manifest: dict[str, Any], folder: Path) -> None:
    found = manifest.get("format")
    if found != FORMAT_MAJOR or set(manifest) != {"format", "version", "xgboost", "files"}:
        raise ArtifactError(
            f"The artifact has format {found!r}; this software reads format {FORMAT_MAJOR}.",
            why="Files of another format could be read, and mean something else.",
            where=str(folder / MANIFEST),
            fix="Train again with this version of the software.",
        )


def _check_xgboost(manifest: dict[str, Any], folder: Path) -> None:
    span = manifest["xgboost"]
    if not _parts(span["at_least"]) <= _parts(xgb.__version__) < _parts(span["below"]):
        raise ArtifactError(
            f"The model needs XGBoost {span['at_least']} or later, below {span['below']}; "
            f"{xgb.__version__} is installed.",
            why="Another version may read the trees and score differently.",
            where=str(folder),
            fix="Install a version in that range, or train again.",
        )


def _checked_contents(manifest: dict[str, Any], folder: Path) -> dict[str, bytes]:
    """Read the files that the manifest names, and refuse any difference."""
    present = {path.name for path in folder.iterdir()} - {MANIFEST}
    expected = set(FILES) | set(manifest["files"])
    findings = [f"{name} is missing" for name in sorted(expected - present)]
    findings += [f"{name} does not belong here" for name in sorted(present - expected)]
    contents = {name: _read(folder, name) for name in sorted(expected & present)}
    findings += [
        f"{name} was altered"
        for name, data in contents.items()
        if _sha256(data) != manifest["files"].get(name, {}).get("sha256")
    ]
    if not findings and not manifest["version"].endswith(_content_hash(manifest["files"])):
        findings = ["the version does not belong to this content"]
    if findings:
        raise ArtifactError(
            f"The artifact is not what was written: {'; '.join(findings)}.",
            why="Scores from an altered model cannot be traced to the training that stands for it.",
            where=str(folder),
            fix="Restore the folder from where it was published, or train again.",
        )
    return contents


def _load_booster(data: bytes, contract: FeatureContract, folder: Path) -> xgb.Booster:
    booster = xgb.Booster()
    try:
        booster.load_model(bytearray(data))
    except xgb.core.XGBoostError as error:
        raise ArtifactError(f"{MODEL} cannot be loaded: {error}", where=str(folder)) from error
    if booster.feature_names != contract.names:
        raise ArtifactError(
            "The booster's features are not those of the contract, or stand in another order.",
            why="Each value would be read as another feature.",
            where=f"{folder}: booster {booster.feature_names}, contract {contract.names}",
            fix="Train again.",
        )
    return booster


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise ArtifactError(
            f"The artifact has no readable {name}.",
            where=str(folder),
            fix="Name a folder that `lead-scoring train` wrote, or restore the file.",
        ) from error


def _parse(data: bytes, folder: Path, name: str) -> dict[str, Any]:
    try:
        parsed = json.loads(data)
    except ValueError as error:
        raise ArtifactError(f"{name} is not JSON: {error}", where=str(folder)) from error
    if not isinstance(parsed, dict):
        raise ArtifactError(f"{name} does not hold a JSON object.", where=str(folder))
    return parsed


def _json_bytes(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _content_hash(files: dict[str, Any]) -> str:
    lines = "".join(f"{files[name]['sha256']}  {name}\n" for name in sorted(files))
    return _sha256(lines.encode())[:8]


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _version_range() -> dict[str, str]:
    major, minor = _parts(xgb.__version__)
    return {"at_least": f"{major}.{minor}", "below": f"{major + 1}.0"}
