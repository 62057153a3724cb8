"""A server on loopback that stands in for Google: as much of its APIs as our clients call."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse


class FakeGoogle(ThreadingHTTPServer):
    """Buckets are the folders of a folder; BigQuery holds nothing and finishes every job at once.

    Args:
        buckets: Folder with one folder per bucket.
    """

    def __init__(self, buckets: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.buckets = buckets
        self.downloads: list[str] = []
        self.job: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def fake_google(buckets: Path) -> Iterator[FakeGoogle]:
    server = FakeGoogle(buckets)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: FakeGoogle

    def do_GET(self) -> None:
        path = urlparse(self.path)
        parts = [unquote(part) for part in path.path.strip("/").split("/")]
        if parts[:3] == ["download", "storage", "v1"]:
            self._download(parts[4], parts[6])
        elif parts[:2] == ["storage", "v1"] and parts[4:] == ["o"]:
            self._listing(parts[3], parse_qs(path.query).get("prefix", [""])[0])
        elif "queries" in parts:
            self._answer({"jobReference": self.server.job, "jobComplete": True, "totalRows": "0"})
        elif parts[-1] in ("datasets", "tables"):
            self._answer({})
        else:
            self._missing()

    def do_POST(self) -> None:
        posted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.job = posted["jobReference"]
        self._answer(posted | {"status": {"state": "DONE"}})

    def _listing(self, bucket: str, prefix: str) -> None:
        root = self.server.buckets / bucket
        if not root.is_dir():
            self._missing()
            return
        names = sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())
        items = [{"name": n, "bucket": bucket} for n in names if n.startswith(prefix)]
        self._answer({"items": items})

    def _download(self, bucket: str, name: str) -> None:
        self.server.downloads.append(name)
        self._send(200, (self.server.buckets / bucket / name).read_bytes())

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
