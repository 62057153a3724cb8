"""The manifest of an artifact: its format, its version, the hash of each file, and its signature.

What is proved (decision 0017). The hashes say that the folder is as it was written: they find a
damaged or half-copied file. They are no secret, so they do not say who wrote it. That is what the
signature is for: HMAC-SHA256 (RFC 2104) over the manifest, with a key from the environment. Where
a key is set, an artifact that was not signed with it does not load.
"""

import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_scoring.errors import ArtifactError, InputError
from python_scoring.io.atomic import atomic_file
from python_scoring.io.strict_json import parse_json
from python_scoring.model.xgboost_alone import xgb

MANIFEST, SIGNATURE = "manifest.json", "manifest.hmac"
KEY = "LEAD_SCORING_SIGNING_KEY"
LEAST_KEY_BYTES = 32
Manifest = dict[str, Any]
_VERSION = re.compile(r"v(\d)-[a-z0-9_]+-\d{8}-[0-9a-f]{8}")
# so that the key's other uses, if somebody gives it any, cannot be mistaken for this one
_PURPOSE = b"lead-scoring artifact manifest\n"


def new_manifest(contents: Mapping[str, bytes], format_major: int, name: str, day: str) -> Manifest:
    """Describe the files of an artifact; their content decides the end of the version.

    Args:
        contents: Bytes of each file.
        format_major: Format of the artifact.
        name: Family name in the version.
        day: Newest contact date whose outcome was used, YYYY-MM-DD.
    """
    files = {n: {"sha256": sha256(data), "bytes": len(data)} for n, data in contents.items()}
    version = f"v{format_major}-{name}-{day.replace('-', '')}-{_content_hash(files)}"
    return {
        "format": format_major,
        "version": version,
        "xgboost": _version_range(),
        "files": files,
    }


def read_manifest(folder: Path, formats: Mapping[int, frozenset[str]]) -> tuple[Manifest, str]:
    """Read the manifest of a folder and check it; return it with its hash.

    Args:
        folder: The artifact; its name is its version.
        formats: Names of the files that an artifact of each readable format has.

    Raises:
        ArtifactError: Another format or shape, a version that is not the folder's, a version of
            XGBoost outside the stated range, or no signature by the key that is set.
    """
    data = read_bytes(folder, MANIFEST)
    _check_signature(data, folder)
    manifest = parse_object(data, folder, MANIFEST)
    _check_shape(manifest, folder, formats)
    _check_version(manifest, folder)
    _check_xgboost(manifest, folder)
    return manifest, sha256(data)


def sign(folder: Path) -> None:
    """Write the signature of a folder's manifest beside it.

    Raises:
        InputError: No key is set, or it is too short, or the folder cannot be written.
        ArtifactError: There is no manifest.
    """
    key = signing_key()
    if key is None:
        raise InputError(
            "There is no key to sign with.",
            why="A signature without a secret proves nothing.",
            where=KEY,
            fix=f"Set {KEY} to a secret, such as that of `openssl rand -hex 32`.",
        )
    signature = _signature(read_bytes(folder, MANIFEST), key)
    with atomic_file(folder / SIGNATURE) as beside:
        beside.write_text(signature + "\n", encoding="ascii")


def signing_key() -> bytes | None:
    """Return the key of the environment, None where none is set.

    Raises:
        InputError: It is too short to be a secret.
    """
    key = os.environ.get(KEY, "").strip().encode()
    if key and len(key) < LEAST_KEY_BYTES:
        raise InputError(
            f"The key in {KEY} is shorter than {LEAST_KEY_BYTES} characters.",
            why="A short key can be found by trying.",
            where=KEY,
            fix="Take a random one: openssl rand -hex 32",
        )
    return key or None


def read_bytes(folder: Path, name: str) -> bytes:
    """Return a file of an artifact.

    Raises:
        ArtifactError: It cannot be read.
    """
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise ArtifactError(
            f"The artifact has no readable {name}.",
            where=str(folder),
            fix="Name a folder that `lead-scoring train` wrote, or restore the file.",
        ) from error


def parse_object(data: bytes, folder: Path, name: str) -> dict[str, Any]:
    """Return the JSON object that a file of an artifact holds.

    Raises:
        ArtifactError: It holds none.
    """
    try:
        parsed = parse_json(data)
    except ValueError as error:
        raise ArtifactError(f"{name} is not JSON: {error}", where=str(folder)) from error
    if not isinstance(parsed, dict):
        raise ArtifactError(f"{name} does not hold a JSON object.", where=str(folder))
    return parsed


def json_bytes(data: dict[str, Any]) -> bytes:
    """Return plain data as the files of an artifact hold it."""
    return (json.dumps(data, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def sha256(data: bytes) -> str:
    """Return the hash of some bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def altered(findings: str, folder: Path) -> ArtifactError:
    """Return the error for an artifact that is not as it was written."""
    return ArtifactError(
        f"The artifact is not what was written: {findings}.",
        why="Scores from an altered model cannot be traced to the training that stands for it.",
        where=str(folder),
        fix="Restore the folder from where it was published, or train again.",
    )


def _check_signature(manifest: bytes, folder: Path) -> None:
    key = signing_key()
    if key is None:
        return
    try:
        found = (folder / SIGNATURE).read_bytes().strip()
    except OSError:
        found = b""
    if not hmac.compare_digest(found, _signature(manifest, key).encode()):
        raise ArtifactError(
            f"The artifact is not signed with the key in {KEY}."
            if found
            else f"The artifact is not signed, and {KEY} is set.",
            why="Nobody who holds the key stands for it: it may come from anywhere.",
            where=str(folder),
            fix=f"If you know where it comes from: lead-scoring models sign {folder.name}",
        )


def _signature(manifest: bytes, key: bytes) -> str:
    return hmac.new(key, _PURPOSE + manifest, hashlib.sha256).hexdigest()


def _check_shape(manifest: Manifest, folder: Path, formats: Mapping[int, frozenset[str]]) -> None:
    found = manifest.get("format")
    known = type(found) is int and found in formats
    if not known or set(manifest) != {"format", "version", "xgboost", "files"}:
        raise ArtifactError(
            f"The artifact has format {repr(found)[:40]}; this software reads formats "
            f"{' and '.join(str(each) for each in formats)}.",
            why="Files of another format could be read, and mean something else.",
            where=str(folder / MANIFEST),
            fix="Train again with this version of the software.",
        )
    span, files = manifest["xgboost"], manifest["files"]
    bounds = [span.get(end) for end in ("at_least", "below")] if isinstance(span, dict) else []
    well_formed = (
        len(bounds) == 2
        and all(isinstance(end, str) and re.fullmatch(r"\d{1,4}\.\d{1,4}", end) for end in bounds)
        and isinstance(files, dict)
        and all(isinstance(each, dict) for each in files.values())
    )
    if not well_formed:
        raise altered(f"{MANIFEST} has another shape", folder)
    strangers = sorted(set(files) - formats[manifest["format"]])
    if strangers:
        raise altered(f"{MANIFEST} names {', '.join(strangers)[:80]}", folder)


def _check_version(manifest: Manifest, folder: Path) -> None:
    """Refuse a version that is not the content's, or that is not the folder's name."""
    version, files = manifest["version"], manifest["files"]
    well_formed = isinstance(version, str) and _VERSION.fullmatch(version)
    if not well_formed or not version.startswith(f"v{manifest['format']}-"):
        raise altered("its version is none that training writes", folder)
    hashes = [each.get("sha256") for each in files.values()]
    if not all(isinstance(each, str) for each in hashes) or not version.endswith(
        _content_hash(files)
    ):
        raise altered("the version does not belong to this content", folder)
    name = folder.resolve().name
    if name != version:
        raise altered(f"the folder is called {name}, its manifest says {version}", folder)


def _check_xgboost(manifest: Manifest, folder: Path) -> None:
    span = manifest["xgboost"]
    if not _parts(span["at_least"]) <= _parts(xgb.__version__) < _parts(span["below"]):
        raise ArtifactError(
            f"The model needs XGBoost {span['at_least']} or later, below {span['below']}; "
            f"{xgb.__version__} is installed.",
            why="Another version may read the trees and score differently.",
            where=str(folder),
            fix="Install a version in that range, or train again.",
        )


def _content_hash(files: Mapping[str, Any]) -> str:
    lines = "".join(f"{files[name]['sha256']}  {name}\n" for name in sorted(files))
    return sha256(lines.encode("utf-8", "replace"))[:8]


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _version_range() -> dict[str, str]:
    major, minor = _parts(xgb.__version__)
    return {"at_least": f"{major}.{minor}", "below": f"{major + 1}.0"}
