"""A registry in a bucket of Cloud Storage; preconditions keep writers apart.

The store numbers each state of an object (its generation; 0: there is none), and refuses a write
that names another than the present one. So of two who change the history at once, one wins, and
the other is asked again about the history as it then is; and what exists is never overwritten.
A version comes to be with its manifest, which is written last.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from python_scoring.errors import RegistryError
from python_scoring.model import manifest
from python_scoring.model.artifact import Draft, write_artifact
from python_scoring.model.manifest import MANIFEST, SIGNATURE, altered
from python_scoring.model.stores.refusals import refused

# Google's client repeats a call that the net broke off; after so long it gives up
PATIENCE_SECONDS = 60.0
# each is lost to a change of somebody else's that succeeded
ATTEMPTS = 30
_ADDRESS = re.compile(r"gs://([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])((?:/[^/\s]+(?: +[^/\s]+)*)*)/?")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class BucketStore:
    """Objects below a prefix: `VERSION/FILE`, and documents beside the versions.

    Args:
        uri: `gs://bucket` or `gs://bucket/folder`.

    Raises:
        RegistryError: It is no such address.
    """

    def __init__(self, uri: str) -> None:
        parts = _ADDRESS.fullmatch(uri)
        if parts is None:
            raise RegistryError(
                f"{uri} is no address of a registry in Cloud Storage.",
                why="Nothing can be read from it or written to it.",
                where=uri,
                fix="Name gs://bucket or gs://bucket/folder; a bucket's name has 3 to 222 small "
                "letters, digits, dots, hyphens and underscores.",
            )
        self.place = uri.rstrip("/")
        self._bucket_name, folder = parts[1], parts[2].strip("/")
        self._root = f"{folder}/" if folder else ""

    def versions(self) -> list[str]:
        """Return the names of all versions, in no order.

        Raises:
            RegistryError: The bucket cannot be read.
        """
        names = (name.rsplit("/", 1) for name in self._names("") if "/" in name)
        return [version for version, file in names if file == MANIFEST and _FILE.fullmatch(version)]

    def holds(self, version: str) -> bool:
        """Return whether there is such a version, whole or damaged.

        Raises:
            RegistryError: The bucket cannot be read.
        """
        return bool(_FILE.fullmatch(version)) and f"{version}/{MANIFEST}" in self._names(
            f"{version}/{MANIFEST}"
        )

    @contextmanager
    def opened(self, version: str) -> Iterator[Path]:
        """Yield a folder with a copy of a version; it goes when the block ends.

        Raises:
            RegistryError: The bucket cannot be read.
            ArtifactError: An object of the version is none that an artifact can have.
        """
        with tempfile.TemporaryDirectory(prefix="lead-scoring-") as scratch:
            folder = Path(scratch) / version
            folder.mkdir()
            with self._asking("read"):
                for blob in self._listed(f"{version}/"):
                    name = blob.name.removeprefix(f"{self._root}{version}/")
                    if not _FILE.fullmatch(name):
                        raise altered(f"{name!r} does not belong here", folder)
                    (folder / name).write_bytes(blob.download_as_bytes(retry=self._retry))
            yield folder

    def add(self, draft: Draft, name: str) -> str:
        """Write a draft as a new version; return it. Repeated training finds its own version.

        Raises:
            RegistryError: An object of that name holds other bytes, or the bucket refuses.
        """
        with tempfile.TemporaryDirectory(prefix="lead-scoring-") as scratch:
            version = write_artifact(draft, Path(scratch), name=name)
            files = {path.name: path for path in (Path(scratch) / version).iterdir()}
            last = files.pop(MANIFEST)
            for path in [*(files[key] for key in sorted(files)), last]:
                self._put(f"{version}/{path.name}", path.read_bytes())
        return version

    def sign(self, version: str) -> None:
        """Sign a version; see `manifest.sign`. A signature by an earlier key is replaced.

        Raises:
            RegistryError: The bucket refuses.
        """
        with self.opened(version) as folder:
            manifest.sign(folder)
            signature = (folder / SIGNATURE).read_bytes()
        self.change(f"{version}/{SIGNATURE}", lambda _: signature)

    def read(self, name: str) -> bytes | None:
        """Return a document, None where there is none.

        Raises:
            RegistryError: The bucket cannot be read.
        """
        return self._read(name)[0]

    def change(self, name: str, change: Callable[[bytes | None], bytes]) -> bytes:
        """Replace a document by what `change` makes of it; return what was written.

        Where somebody else was faster, `change` is asked again about what they wrote.

        Raises:
            RegistryError: The bucket refuses, or others changed it again and again.
        """
        for _ in range(ATTEMPTS):
            found, generation = self._read(name)
            wanted = change(found)
            if self._write(name, wanted, generation):
                return wanted
        raise RegistryError(
            f"{name} was changed by others each of the {ATTEMPTS} times that it was to be written.",
            why="Nothing of this run was written.",
            where=f"{self.place}/{name}",
            fix="Run the same command again, and find out who promotes all the time.",
        )

    def _put(self, name: str, data: bytes) -> None:
        """Create an object; one that is there must hold these very bytes."""
        if self._write(name, data, 0) or self.read(name) == data:
            return
        raise RegistryError(
            f"{name} exists, and holds other bytes.",
            why="A version never changes: scores that were made with it must stay traceable.",
            where=f"{self.place}/{name}",
            fix="Find out who wrote it; remove that version from the bucket only if nothing was "
            "scored with it.",
        )

    def _read(self, name: str) -> tuple[bytes | None, int]:
        """Return an object with its generation; None and 0 where there is none.

        It is listed first: a bucket that is not there is an error, and no empty registry.
        """
        from google.api_core.exceptions import NotFound, PreconditionFailed

        for _ in range(ATTEMPTS):
            with self._asking("read"):
                listed = [b for b in self._listed(name) if b.name == self._root + name]
                if not listed:
                    return None, 0
                state = int(listed[0].generation)
                try:
                    data = listed[0].download_as_bytes(if_generation_match=state, retry=self._retry)
                except (NotFound, PreconditionFailed):  # it was replaced since it was listed
                    continue
                return data, state
        raise RegistryError(
            f"{name} was replaced each of the {ATTEMPTS} times that it was to be read.",
            where=f"{self.place}/{name}",
            fix="Run the same command again, and find out who writes it all the time.",
        )

    def _write(self, name: str, data: bytes, generation: int) -> bool:
        """Write an object in place of one generation; return whether that was still the present.

        The client repeats a write whose answer was lost, and is then refused because of its own
        success: a mark on the object tells that from somebody else's.
        """
        from google.api_core.exceptions import PreconditionFailed

        mark = uuid4().hex
        with self._asking("written"):
            blob = self._bucket.blob(self._root + name)
            blob.metadata = {"written-by": mark}
            try:
                blob.upload_from_string(
                    data,
                    content_type="application/octet-stream",
                    if_generation_match=generation,
                    retry=self._retry,
                )
            except PreconditionFailed:
                present = [b for b in self._listed(name) if b.name == self._root + name]
                return bool(present) and (present[0].metadata or {}).get("written-by") == mark
        return True

    def _names(self, prefix: str) -> list[str]:
        with self._asking("read"):
            return [blob.name.removeprefix(self._root) for blob in self._listed(prefix)]

    def _listed(self, prefix: str) -> Iterator[Any]:
        listed: Iterator[Any] = self._bucket.list_blobs(
            prefix=self._root + prefix, retry=self._retry
        )
        return listed

    @cached_property
    def _bucket(self) -> Any:
        from google.cloud import storage

        # no project: a registry's calls name a bucket, and the login may know of no project
        return storage.Client(project=None).bucket(self._bucket_name)

    @cached_property
    def _retry(self) -> Any:
        from google.cloud.storage.retry import DEFAULT_RETRY

        return DEFAULT_RETRY.with_timeout(PATIENCE_SECONDS)

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        """Turn what Google's client says, anywhere in the block, into an error for people."""
        from google.api_core.exceptions import GoogleAPIError
        from google.auth.exceptions import GoogleAuthError
        from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
        from requests import RequestException

        try:
            yield
        except (
            GoogleAPIError,
            GoogleAuthError,
            InvalidResponse,
            DataCorruption,
            RequestException,
        ) as error:
            raise refused(error, self.place, what) from error
