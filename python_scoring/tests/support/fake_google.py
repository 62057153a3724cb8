"""A server on loopback that stands in for Google: as much of its APIs as our clients call."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlparse


class FakeGoogle(ThreadingHTTPServer):
    """There is no bucket; BigQuery finishes every job at once, with two days that are unknown."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.job: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def fake_google() -> Iterator[FakeGoogle]:
    server = FakeGoogle()
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: FakeGoogle

    def do_GET(self) -> None:
        parts = urlparse(self.path).path.strip("/").split("/")
        if "queries" in parts:
            # of the delivery's first and last day: what a query of maxima finds in empty tables
            fields = [{"name": name, "type": "DATE"} for name in ("newest_month", "first_contact")]
            row = {"f": [{"v": None}, {"v": None}]}
            found = {"totalRows": "1", "schema": {"fields": fields}, "rows": [row]}
            self._answer({"jobReference": self.server.job, "jobComplete": True} | found)
        elif parts[-1] in ("datasets", "tables"):
            self._answer({})
        else:
            self._missing()

    def do_POST(self) -> None:
        posted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.job = posted["jobReference"]
        self._answer(posted | {"status": {"state": "DONE"}})

    def _missing(self) -> None:
        self._send(404, b'{"error": {"code": 404, "message": "nothing of that name"}}')

    def _answer(self, data: dict[str, Any]) -> None:
        self._send(200, json.dumps(data).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""
