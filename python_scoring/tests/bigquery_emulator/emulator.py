"""Starts bqemulator from an environment of its own, and stops it whatever happens."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from python_scoring.errors import LeadScoringError
from python_scoring.tests.support.ports import reserved_port

PROJECT_ID = "emulated"
_START_SECONDS = 60
_STOP_SECONDS = 10


@contextmanager
def running_emulator(environment: Path, log: Path) -> Iterator[str]:
    """Run the emulator on free ports of the loopback interface for the length of the block.

    Args:
        environment: Virtual environment that holds bqemulator; also its home folder, where DuckDB
            looks for its extensions.
        log: File that takes what the emulator says.

    Yields:
        Address of its REST interface.

    Raises:
        LeadScoringError: It did not start.

    """
    # a stop from outside must pass through the `finally` below as Ctrl-C does
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with reserved_port() as rest_port, reserved_port() as grpc_port:
        process = _start(environment, rest_port, grpc_port, log)
        try:
            address = f"http://127.0.0.1:{rest_port}"
            _wait(process, address, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(environment: Path, rest_port: int, grpc_port: int, log: Path) -> subprocess.Popen[bytes]:
    command = [str(environment / "bin/bqemulator"), "start", "--project", PROJECT_ID]
    command += ["--rest-port", str(rest_port), "--grpc-port", str(grpc_port)]
    with log.open("w", encoding="utf-8") as output:
        return subprocess.Popen(
            [*command, "--log-level", "warning"],
            env=os.environ | {"HOME": str(environment.resolve())},
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def connect(address: str) -> bigquery.Client:
    """Return Google's own client, pointed at the emulator."""
    return bigquery.Client(
        project=PROJECT_ID,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": address},
    )


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.2)
    raise LeadScoringError(
        f"The BigQuery emulator did not start within {_START_SECONDS} s.",
        where=log.read_text(encoding="utf-8")[-2000:],
        fix="Remove .venv-bigquery and run `make test-bigquery` again.",
    )
