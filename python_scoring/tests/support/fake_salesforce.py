"""An org on loopback, over HTTPS: the endpoints that the sync uses, misbehaving on demand."""

import csv
import io
import json
import ssl
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from python_scoring.destinations.salesforce.fields import OBJECT, TEXT_TYPES, Field, read_fields

Answer = tuple[int, Any]
API = "/services/data/v59.0/"
EXPIRED = (401, [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}])


def refusal(status: int, code: str) -> Answer:
    return status, [{"errorCode": code, "message": "told with the name of somebody"}]


def described(field: Field) -> dict[str, Any]:
    """Return the describe of a field that fits."""
    text = field.type in TEXT_TYPES
    return {
        "name": field.name,
        "type": field.type,
        "updateable": field.type != "id",
        "calculated": False,
        "length": field.length if text or field.type == "id" else 0,
        "precision": field.length if field.type == "double" else 0,
        "scale": field.scale,
        "restrictedPicklist": field.type == "picklist",
        "picklistValues": [{"value": word, "active": True} for word in field.words],
    }


class FakeOrg:
    """State of the org; the handler below speaks for it.

    `faults` are taken one by one: (does it concern this method and path?, answer). An answer of
    None means that the request is carried out, and its answer never arrives.
    """

    def __init__(self) -> None:
        self.describe: dict[str, Any] = {
            "updateable": True,
            "fields": [described(field) for field in read_fields()],
        }
        self.sessions = {"session-0"}
        self.logins = 0
        self.leads: dict[str, dict[str, Any]] = {}
        self.updates: Counter[str] = Counter()
        self.row_errors: dict[str, list[str]] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str]] = []
        self.faults: deque[tuple[Callable[[str, str], bool], Answer | None]] = deque()
        # jobs end when this is set; answers of updates beyond `hold_after` wait for it
        self.go_on = threading.Event()
        self.go_on.set()
        # set when the org is gone: answers that never arrive end with it
        self.ended = threading.Event()
        self.hold_after: int | None = None
        self.holding = threading.Event()
        self.lock = threading.Lock()
        self.url = ""

    def fail(self, method: str, part: str, answer: Answer | None, times: int = 1) -> None:
        fault = (lambda m, p: m == method and part in p, answer)
        self.faults.extend([fault] * times)

    def count(self, method: str, part: str) -> int:
        return sum(m == method and part in p for m, p in self.requests)

    def answer(self, method: str, path: str, session: str, body: bytes) -> Answer | None:
        with self.lock:
            self.requests.append((method, path))
            fault = self.faults[0] if self.faults and self.faults[0][0](method, path) else None
            if fault:
                self.faults.popleft()
                if fault[1] is not None:
                    return fault[1]
            if "/Soap/" in path or "/oauth2/" in path:
                return 200, self._login(path)
            if session not in self.sessions:
                return EXPIRED
            found = self._route(method, path.removeprefix(API), body)
            held = self.hold_after is not None and self.count("PATCH", "sobjects") > self.hold_after
        if (held and "sobjects" in path) or fault:
            self.holding.set()
            # not by the clock: a test that kills a client meanwhile may be slow
            (self.go_on if held else self.ended).wait()
        return None if fault else found

    def _login(self, path: str) -> Any:
        self.logins += 1
        session = f"session-{self.logins}"
        self.sessions.add(session)
        if "/oauth2/" in path:
            return {"access_token": session, "instance_url": self.url}
        return f"<a><serverUrl>{self.url}/x</serverUrl><sessionId>{session}</sessionId></a>"

    def _route(self, method: str, path: str, body: bytes) -> Answer:
        if path == f"sobjects/{OBJECT}/describe":
            return 200, self.describe
        if (method, path) == ("PATCH", "composite/sobjects"):
            rows = json.loads(body)["records"]
            assert len(rows) <= 200
            return 200, [self._saved(row) for row in rows]
        if (method, path) == ("POST", "jobs/ingest"):
            wanted = {"object": OBJECT, "operation": "update", "contentType": "CSV"}
            assert wanted.items() <= json.loads(body).items()
            job_id = f"750000000000{len(self.jobs):03}AAA"
            self.jobs[job_id] = {"id": job_id, "state": "Open", "rows": None}
            return 200, {"id": job_id, "state": "Open"}
        return self._job(method, *path.removeprefix("jobs/ingest/").partition("/")[::2], body=body)

    def _job(self, method: str, job_id: str, part: str, body: bytes) -> Answer:
        job = self.jobs.get(job_id)
        if job is None:
            return refusal(404, "NOT_FOUND")
        if method == "PUT":
            job["rows"] = list(csv.DictReader(io.StringIO(body.decode(), newline="")))
            return 201, ""
        if method == "PATCH":
            if job["state"] != "Open":
                return refusal(400, "INVALIDJOBSTATE")
            job["state"] = json.loads(body)["state"]
            return 200, {"id": job_id, "state": job["state"]}
        if part:
            return 200, self._results(job, part)
        if job["state"] == "UploadComplete" and self.go_on.is_set():
            job["answers"] = [(row, self._saved(row)) for row in job["rows"]]
            job["state"] = "JobComplete"
        return 200, {"id": job_id, "state": job["state"]}

    def _results(self, job: dict[str, Any], part: str) -> str:
        text = io.StringIO()
        head = ["sf__Id", "sf__Created" if part == "successfulResults" else "sf__Error"]
        writer = csv.writer(text, lineterminator="\n")
        answers = job.get("answers", [])
        writer.writerow(head + list(job["rows"][0] if job["rows"] else ["Id"]))
        for row, answer in answers:
            if answer["success"] == (part == "successfulResults"):
                error = [f"{e['statusCode']}:somebody's name:--" for e in answer["errors"]]
                writer.writerow([row["Id"], *(error or ["false"]), *row.values()])
        return text.getvalue()

    def _saved(self, row: dict[str, Any]) -> dict[str, Any]:
        lead_id = row["Id"]
        if self.row_errors.get(lead_id):
            code = self.row_errors[lead_id].pop(0)
            return {"success": False, "errors": [{"statusCode": code, "message": "somebody"}]}
        self.updates[lead_id] += 1
        self.leads[lead_id] = {k: v for k, v in row.items() if k != "attributes"}
        return {"id": lead_id, "success": True, "errors": []}


@contextmanager
def serving(org: FakeOrg, certificate: Path) -> Iterator[FakeOrg]:
    """Serve the org on a free port, with a certificate written to `certificate`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            session = self.headers.get("Authorization", "").removeprefix("Bearer ")
            answer = org.answer(self.command, self.path, session, body)
            if answer is None:
                self.close_connection = True
                return
            status, content = answer
            sent = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PATCH = do_PUT = respond  # noqa: N815 - the names http.server calls

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that went away is what these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(write_certificate(certificate))
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    org.url = f"https://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield org
    finally:
        org.go_on.set()
        org.ended.set()
        server.shutdown()
        server.server_close()


def write_certificate(path: Path) -> Path:
    """Write key and certificate of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    ).add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
    signed = builder.sign(key, hashes.SHA256())
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path
