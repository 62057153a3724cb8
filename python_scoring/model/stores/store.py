"""What a registry asks of the place where it lies, and which kinds of places there are."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlparse

from python_scoring.errors import RegistryError
from python_scoring.model.artifact import Draft
from python_scoring.model.stores.bucket import BucketStore
from python_scoring.model.stores.folder import FolderStore


class Store(Protocol):
    """Versions, and documents beside them."""

    @property
    def place(self) -> str:
        """What people call it: a folder or an address."""

    def versions(self) -> list[str]:
        """Return the names of all versions, in no order."""

    def holds(self, version: str) -> bool:
        """Return whether there is such a version, whole or damaged."""

    def opened(self, version: str) -> AbstractContextManager[Path]:
        """Yield a folder that holds a version, for as long as the block lasts."""

    def add(self, draft: Draft, name: str) -> str:
        """Write a draft as a new version, whole or not at all; return the version."""

    def sign(self, version: str) -> None:
        """Write the signature of a version."""

    def read(self, name: str) -> bytes | None:
        """Return a document, None where there is none."""

    def change(self, name: str, change: Callable[[bytes | None], bytes]) -> bytes:
        """Replace a document by what `change` makes of it; return what was written.

        What `change` was last asked about is what is replaced: nobody wrote in between.
        """


def store_at(place: str) -> Store:
    """Return the store that an address means.

    Args:
        place: A folder, `gs://bucket/folder` or `file:///folder`.

    Raises:
        RegistryError: Another kind of address.
    """
    kind = urlparse(place).scheme if "://" in place else ""
    if kind == "gs":
        return BucketStore(place)
    if kind in ("", "file"):
        return FolderStore(Path(unquote(urlparse(place).path) if kind else place))
    raise RegistryError(
        f"A registry cannot lie at {kind}://.",
        where=place,
        fix="Name a folder, gs://bucket/folder or file:///folder.",
    )
