"""Fetches a registry that lies behind a URI, so that the registry's own checks can read it.

A cluster has no checkout: its workers take the model from where it was published, `gs://` in
production, `file://` on one machine. What is fetched is a folder like any registry, with the one
version that is wanted; loading checks every byte of it against the manifest.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from python_scoring.errors import RegistryError
from python_scoring.model.registry import HISTORY, Registry


@contextmanager
def reachable_registry(registry: Path | str | None, version: str | None) -> Iterator[Registry]:
    """Yield a registry on this machine, for as long as the block lasts.

    Args:
        registry: A folder, or a URI: `gs://bucket/folder` or `file:///folder`; where None or empty,
            LEAD_SCORING_MODELS, else the repository's folder.
        version: The version that will be loaded; the promoted one where None or empty.

    Raises:
        RegistryError: Another kind of URI, or nothing there that may be read.
    """
    named = str(registry or os.environ.get("LEAD_SCORING_MODELS") or "")
    parts = urlparse(named)
    if "://" not in named:
        yield Registry(registry)
    elif parts.scheme == "file":
        yield Registry(unquote(parts.path))
    elif parts.scheme == "gs":
        with tempfile.TemporaryDirectory(prefix="lead-scoring-") as folder:
            _fetch(named, parts.netloc, parts.path.strip("/"), Path(folder), version)
            yield Registry(folder)
    else:
        raise RegistryError(
            f"A registry cannot be read from {parts.scheme}://.",
            where=named,
            fix="Name a folder, gs://bucket/folder or file:///folder.",
        )


def _fetch(uri: str, bucket_name: str, prefix: str, folder: Path, version: str | None) -> None:
    """Copy the history and one version from a bucket."""
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError
    from google.cloud import storage

    try:
        bucket = storage.Client().bucket(bucket_name)
        _copy(bucket, prefix, folder, HISTORY)
        wanted = version or Registry(folder).promoted()
        if wanted:
            _copy(bucket, prefix, folder, f"{wanted}/")
    except (GoogleAPIError, GoogleAuthError, OSError) as error:
        raise RegistryError(
            f"The registry cannot be fetched: {error}.",
            why="Without its model nothing can be scored.",
            where=uri,
            fix="Check the address, and that the account which runs this has "
            "roles/storage.objectViewer on the bucket.",
        ) from error


def _copy(bucket: Any, prefix: str, folder: Path, name: str) -> None:
    """Copy one file, or, where the name ends in a slash, all that lies under it."""
    root = f"{prefix}/" if prefix else ""
    for blob in bucket.list_blobs(prefix=root + name):
        target = folder / blob.name.removeprefix(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        blob.download_to_filename(target)
