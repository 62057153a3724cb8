"""Fixture: the bundle of the Cloud Function, served over HTTP by functions-framework."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from python_scoring.model.registry import Registry
from python_scoring.serving.bundle import write_bundle
from python_scoring.tests.support.http_load import JSON, PATIENCE_SECONDS
from python_scoring.tests.support.ports import reserved_port


@dataclass(frozen=True)
class Reply:
    """A response, its JSON read."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class ServedFunction:
    """A server on loopback, and the file that it logs to."""

    port: int
    log: Path

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] = JSON
    ) -> Reply:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Reply(response.status, dict(response.headers), json.loads(response.read()))

    def score(self, sent: Any) -> Reply:
        return self.ask("POST", "/", json.dumps(sent).encode())


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that is deployed, with the repository's promoted model."""
    folder = tmp_path_factory.mktemp("function") / "bundle"
    write_bundle(folder, Registry())
    return folder


@pytest.fixture(scope="session")
def served(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFunction]:
    log = tmp_path_factory.mktemp("served") / "log"
    command = [sys.executable, "-m", "functions_framework", "--target", "score_lead"]
    command += ["--source", str(bundle / "main.py"), "--host", "127.0.0.1"]
    # the bundle's modules, and not those of the checkout that is installed here
    environment = {"PYTHONPATH": str(bundle), "WORKERS": "2", "THREADS": "8"}
    with reserved_port() as port:
        server = ServedFunction(port, log)
        with running([*command, "--port", str(port)], environment, server):
            yield server


@contextmanager
def running(
    command: list[str], environment: dict[str, str], served: ServedFunction
) -> Iterator[None]:
    """Start a server, wait until it answers, and end it with the block."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LEAD_SCORING_")}
    with served.log.open("w") as file:
        process = subprocess.Popen(
            command,
            env=kept | environment,
            cwd=served.log.parent,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(served, process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait(served: ServedFunction, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            assert served.ask("GET", "/health").status == 200
        except ConnectionRefusedError:
            assert process.poll() is None, served.log.read_text()
            assert time.monotonic() < deadline, served.log.read_text()
            time.sleep(0.05)
        else:
            return
