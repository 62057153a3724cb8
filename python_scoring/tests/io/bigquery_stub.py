"""A BigQuery of the test's own making on a loopback port: it answers as the test says."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from python_scoring.tests.conftest import PROJECT

Json = dict[str, Any]
Answer = tuple[int, Json] | None


class Server:
    """Answers every request with what `answer` returns; None closes the connection."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self.address = ""

    def answer(self, method: str, path: str) -> Answer:
        return refused(404, "notFound", "Not found: Dataset offline:ml_features")


def refused(status: int, reason: str, message: str) -> tuple[int, Json]:
    problem = {"reason": reason, "message": message}
    return status, {"error": {"code": status, "message": message, "errors": [problem]}}


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            server.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            server.requests.append((self.command, self.path))
            answer = server.answer(self.command, self.path)
            if answer is None:
                return
            payload = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - names of http.server

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the test's output clean."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    server.address = f"http://127.0.0.1:{running.server_port}"
    try:
        yield server
    finally:
        running.shutdown()
        running.server_close()


def use_profile(folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: object) -> None:
    """A target like production's, with another address, token and patience."""
    output: dict[str, object] = {"type": "bigquery", "method": "oauth-secrets"}
    output |= {"token": "secret-token"}
    output |= {"project": "offline", "dataset": "ml_features", "threads": 1}
    limits = {"job_retries": 1, "job_retry_deadline_seconds": 1, "maximum_bytes_billed": 5000}
    profile = {"target": "cloud", "outputs": {"cloud": output | limits | settings}}
    text = yaml.safe_dump({"lead_scoring": profile})
    (folder / "profiles.yml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("LEAD_SCORING_TARGET", "cloud")
    monkeypatch.setenv("DBT_PROFILES_DIR", str(folder))
    monkeypatch.setenv("DBT_PROJECT_DIR", str(PROJECT))
