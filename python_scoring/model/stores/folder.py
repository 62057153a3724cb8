"""A registry in a folder of this machine; a lock of the system keeps writers apart."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from python_scoring.io.atomic import atomic_file, writing
from python_scoring.model import manifest
from python_scoring.model.artifact import Draft, write_artifact
from python_scoring.model.manifest import MANIFEST


class FolderStore:
    """Versions are folders, documents are files.

    Args:
        folder: The registry's folder; made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = str(folder)

    def versions(self) -> list[str]:
        """Return the names of all versions, in no order."""
        return [path.parent.name for path in self.folder.glob(f"[!.]*/{MANIFEST}")]

    def holds(self, version: str) -> bool:
        """Return whether there is such a version, whole or damaged.

        A path is no version: one folder would have several names, and lie anywhere.
        """
        is_name = Path(version).name == version and not version.startswith(".")
        return is_name and holds_artifact(self.folder / version)

    @contextmanager
    def opened(self, version: str) -> Iterator[Path]:
        """Yield the folder of a version."""
        yield self.folder / version

    def add(self, draft: Draft, name: str) -> str:
        """Write a draft as a new version; see `write_artifact`."""
        return write_artifact(draft, self.folder, name=name)

    def sign(self, version: str) -> None:
        """Sign a version; see `manifest.sign`."""
        manifest.sign(self.folder / version)

    def read(self, name: str) -> bytes | None:
        """Return a document, None where there is none.

        Raises:
            OSError: It cannot be read.
        """
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def change(self, name: str, change: Callable[[bytes | None], bytes]) -> bytes:
        """Replace a document by what `change` makes of it; return what was written.

        Nobody else changes it meanwhile: others wait, and the lock goes with its process.

        Raises:
            InputError: It cannot be written.
        """
        with self._locked(self.folder / name):
            written = change(self.read(name))
            with atomic_file(self.folder / name) as path:
                path.write_bytes(written)
        return written

    @contextmanager
    def _locked(self, target: Path) -> Iterator[None]:
        with writing(target):
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.folder, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)


def holds_artifact(folder: Path) -> bool:
    """Return whether a folder is that of an artifact, whole or damaged."""
    try:
        return (folder / MANIFEST).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False
