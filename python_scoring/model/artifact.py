"""A trained model on disk: a folder of plain files whose every byte is accounted for.

    model.ubj               the trees, in XGBoost's own format
    linear_part.json        what they start from: terms, knots, centres, scales, unknown values
    calibration.json        the curve from raw score to probability, and the base rate
    calibration_lookup.csv  the same curve as a table of 100 bins, for readers without Python
    feature_contract.json   names in order, with words and grouping
    training_metadata.json  metrics with intervals, periods, counts, settings, warnings
    manifest.json           format, version, and the sha256 of each file above

Nothing in it depends on the clock: the same rows and settings give the same bytes, and the last
eight characters of the version are a hash of the content. Artifacts of format 2, which have no
linear part, load and score as they always did.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from python_scoring.errors import ArtifactError
from python_scoring.features.contract import FeatureContract
from python_scoring.io.atomic import atomic_folder
from python_scoring.model.calibration_curve import CalibrationCurve
from python_scoring.model.manifest import (
    MANIFEST,
    SIGNATURE,
    Manifest,
    altered,
    json_bytes,
    new_manifest,
    parse_object,
    read_bytes,
    read_manifest,
    sha256,
    sign,
    signing_key,
)
from python_scoring.model.margin.exact_margin import learner_of
from python_scoring.model.margin.linear_part import LinearPart
from python_scoring.model.margin.ranking_model import RankingModel
from python_scoring.model.margin.strength import STRONGEST, strongest_features
from python_scoring.model.xgboost_alone import xgb

MODEL, CURVE, LOOKUP = "model.ubj", "calibration.json", "calibration_lookup.csv"
CONTRACT, METADATA = "feature_contract.json", "training_metadata.json"
LINEAR = "linear_part.json"
# what an artifact of each format holds
FILES = {
    2: frozenset((MODEL, CURVE, LOOKUP, CONTRACT, METADATA)),
    3: frozenset((MODEL, LINEAR, CURVE, LOOKUP, CONTRACT, METADATA)),
}
PARTS = ("train", "calibration", "test")
FIGURES = ("auc", "auc_pr", "top_decile_lift", "brier")


@dataclass(frozen=True)
class Artifact:
    """A model that was loaded, and found whole.

    Args:
        version: Its id, such as v3-boosted-20251221-b796831a.
        sha256: Hash of its manifest, and through it of every byte.
        model: What gives the margin: the linear part, and the trees.
        contract: Its features.
        curve: Its calibration.
        metadata: How it was trained and how it did.
    """

    version: str
    sha256: str
    model: RankingModel
    contract: FeatureContract
    curve: CalibrationCurve
    metadata: dict[str, Any]

    @property
    def periods(self) -> dict[str, date]:
        """First and last day of contact of the leads that it learned from and was judged on."""
        periods = self.metadata["periods"]
        return {
            f"{word}_{end}_date": date.fromisoformat(periods[part][key])
            for word, part in (("learned", "train"), ("judged", "test"))
            for end, key in (("from", "from"), ("until", "to"))
        }

    @property
    def strongest_features(self) -> dict[str, str | None]:
        """What moves its scores most, over all leads; None where fewer groups move anything."""
        found: list[str | None] = [*strongest_features(self.model, self.contract)]
        found += [None] * (STRONGEST - len(found))
        return {f"strongest_{place}_feature": name for place, name in enumerate(found, 1)}


@dataclass(frozen=True)
class Draft:
    """What a training run made, before it has a version."""

    model: RankingModel
    contract: FeatureContract
    curve: CalibrationCurve
    lookup: str
    metadata: dict[str, Any]


def write_artifact(draft: Draft, registry: Path, *, name: str) -> str:
    """Write a draft as a folder of the registry, whole or not at all; return its version.

    Training that is repeated finds its own folder and leaves it as it is. Where a signing key is
    set, the artifact is signed.

    Args:
        draft: The model and all that belongs to it.
        registry: Folder to write into; made where absent.
        name: Family name in the version; its day is the last of the test period.

    Raises:
        ArtifactError: A damaged folder of this version stands in the way.
        InputError: The folder cannot be written.
    """
    contents = {
        MODEL: bytes(draft.model.booster.save_raw("ubj")),
        CURVE: json_bytes(draft.curve.to_json()),
        LOOKUP: draft.lookup.encode(),
        CONTRACT: json_bytes(draft.contract.to_json()),
        METADATA: json_bytes(draft.metadata),
    }
    if draft.model.linear:
        contents[LINEAR] = json_bytes(draft.model.linear.to_json())
    written = next(number for number, files in FILES.items() if files == contents.keys())
    manifest = new_manifest(contents, written, name, draft.metadata["periods"]["test"]["to"])
    version = str(manifest["version"])
    if (registry / version).exists():
        load_artifact(registry / version)
        return version
    with atomic_folder(registry / version) as folder:
        for file, data in (contents | {MANIFEST: json_bytes(manifest)}).items():
            (folder / file).write_bytes(data)
        if signing_key():
            sign(folder)
    return version


def load_artifact(folder: Path) -> Artifact:
    """Load a model and check every byte of it, and every number in it that scoring relies on.

    Raises:
        ArtifactError: A missing, extra or altered file, another format, a version that is not the
            folder's name, a version of XGBoost outside the stated range, features that are not the
            booster's, a figure outside its range, or no signature by the key that is set.
    """
    manifest, manifest_sha256 = read_manifest(folder, FILES)
    contents = _checked_contents(manifest, folder)
    contract = FeatureContract.from_json(parse_object(contents[CONTRACT], folder, CONTRACT))
    metadata = parse_object(contents[METADATA], folder, METADATA)
    _check_metadata(metadata, manifest, folder)
    linear = None
    if LINEAR in contents:
        plain = parse_object(contents[LINEAR], folder, LINEAR)
        linear = LinearPart.from_json(plain, contract.names)
    return Artifact(
        manifest["version"],
        manifest_sha256,
        RankingModel(_load_booster(contents[MODEL], contract, folder), linear),
        contract,
        CalibrationCurve.from_json(parse_object(contents[CURVE], folder, CURVE)),
        metadata,
    )


def _checked_contents(manifest: Manifest, folder: Path) -> dict[str, bytes]:
    """Read the files that the manifest names, and refuse any difference."""
    present = {path.name for path in folder.iterdir()} - {MANIFEST, SIGNATURE}
    expected = FILES[manifest["format"]]
    findings = [f"{name} is missing" for name in sorted(expected - present)]
    findings += [f"{name} does not belong here" for name in sorted(present - expected)]
    contents = {name: read_bytes(folder, name) for name in sorted(present & expected)}
    findings += [
        f"{name} was altered"
        for name, data in contents.items()
        if sha256(data) != manifest["files"].get(name, {}).get("sha256")
    ]
    if findings:
        raise altered("; ".join(findings), folder)
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
    _check_trees(booster, folder)
    return booster


def _check_trees(booster: xgb.Booster, folder: Path) -> None:
    """Refuse thresholds and leaves that are no finite numbers: every lead would score alike."""
    model = learner_of(booster)["gradient_booster"].get("model", {})
    for number, tree in enumerate(model.get("trees", [])):
        if not np.isfinite([*tree["split_conditions"], *tree["base_weights"]]).all():
            raise ArtifactError(
                f"Tree {number} of the model has a threshold or leaf that is not finite.",
                why="Its scores would be no numbers, or all alike.",
                where=str(folder / MODEL),
                fix="Train again, or restore the artifact.",
            )


def _check_metadata(metadata: Mapping[str, Any], manifest: Manifest, folder: Path) -> None:
    """Refuse training metadata that gates, report and registry could not read."""
    try:
        for part in PARTS:
            period = metadata["periods"][part]
            date.fromisoformat(period["from"]), date.fromisoformat(period["to"])
            _require(0 <= period["positives"] <= period["rows"], f"the counts of {part}")
        for name in FIGURES:
            _check_figure(metadata["metrics"][name], name)
        _check_figure(metadata["time_machine"]["top_decile_lift"], "time machine")
        _require(int(metadata["metrics"]["positives"]) >= 0, "the test conversions")
        _require(all(map(_are_texts, metadata["suspects"].values())), "the suspects")
        _require(isinstance(metadata["settings"]["seed"], int), "the seed")
        _require(_are_texts([metadata["source"], metadata["data_note"]]), "source and note")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ArtifactError(
            f"{METADATA} cannot be used: {type(error).__name__} {error}.",
            why="The gates decide by its figures, and the report tells them.",
            where=str(folder / METADATA),
            fix="Train again, or restore the artifact.",
        ) from error
    day = metadata["periods"]["test"]["to"].replace("-", "")
    if manifest["version"].split("-")[2] != day:
        raise altered(f"the version's day is not {day}, the last of the test period", folder)


def _check_figure(figure: Mapping[str, float], name: str) -> None:
    told = [figure[end] for end in ("low", "value", "high")]
    _require(bool(np.isfinite(told).all()) and told[0] <= told[2], f"the interval of {name}")


def _are_texts(values: list[Any]) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(f"{what} cannot be")
