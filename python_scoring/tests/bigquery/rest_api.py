"""BigQuery's REST interface on a loopback port, as far as dbt speaks it, over our warehouse."""

import datetime as dt
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from python_scoring.tests.bigquery.warehouse import Warehouse
from python_scoring.tests.bigquery.zetasql_engine import SqlRefusedError, Table, Value

PROJECT_ID = "offline"
DATASET_ID = "ml_features"
# The dataset in which BigQuery keeps the results of queries.
_RESULTS = "_results"
Json = dict[str, Any]
Answer = tuple[int, Json]


class _BigQuery:
    """Answers by method and path; a job is done when it is asked about."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._jobs: dict[str, Json] = {}
        self._results: dict[str, Table] = {}
        self._lock = threading.Lock()
        self._routes: list[tuple[str, str, Callable[..., Answer]]] = [
            ("GET", r"datasets", self._datasets),
            ("GET", r"datasets/[^/]+_failed_tests(?:/tables)?", self._no_dataset),
            ("(?:GET|POST|PATCH)", r"datasets(?:/[^/]+)?", self._dataset),
            ("GET", r"datasets/[^/]+/tables", self._tables),
            ("GET", r"datasets/(?P<dataset>[^/]+)/tables/(?P<name>[^/]+)", self._table),
            ("PATCH", r"datasets/(?P<dataset>[^/]+)/tables/(?P<name>[^/]+)", self._change_table),
            ("DELETE", r"datasets/[^/]+/tables/(?P<name>[^/]+)", self._drop),
            ("GET", r"datasets/[^/]+/tables/(?P<name>[^/]+)/data", self._rows),
            ("POST", r"jobs", self._insert_job),
            ("GET", r"jobs/(?P<job_id>[^/]+)", self._job),
            ("GET", r"queries/(?P<job_id>[^/]+)", self._query_results),
        ]

    def answer(self, method: str, path: str, body: Json) -> Answer:
        """Return the HTTP status and the answer."""
        inner = path.split(f"/projects/{PROJECT_ID}/", 1)[-1]
        for wanted, pattern, respond in self._routes:
            found = re.fullmatch(pattern, inner)
            if found and re.fullmatch(wanted, method):
                with self._lock:
                    return respond(body, **found.groupdict())
        return _problem(501, f"{method} {path} is not part of this small BigQuery")

    def _datasets(self, body: Json) -> Answer:
        return 200, {"datasets": [_dataset_resource()]}

    def _dataset(self, body: Json) -> Answer:
        return 200, _dataset_resource()

    def _no_dataset(self, body: Json) -> Answer:
        return _problem(404, "no test has failed here")

    def _tables(self, body: Json) -> Answer:
        tables = [{**_reference(name), "type": "TABLE"} for name in sorted(self._warehouse.tables)]
        return 200, {"tables": tables, "totalItems": len(tables)}

    def _table(self, body: Json, dataset: str, name: str) -> Answer:
        found = (self._results if dataset == _RESULTS else self._warehouse.tables).get(name)
        if found is None:
            return _problem(404, f"Not found: Table {PROJECT_ID}:{dataset}.{name}")
        described = {"schema": _schema(found), "numRows": str(len(found.rows)), "type": "TABLE"}
        return 200, {**_reference(name, dataset), **described}

    def _change_table(self, body: Json, dataset: str, name: str) -> Answer:
        """Add the columns that the table lacks, without values; descriptions are not kept."""
        if table := self._warehouse.tables.get(name):
            fields = body.get("schema", {}).get("fields", [])
            added = {f["name"]: f["type"] for f in fields if f["name"] not in table.columns}
            rows = tuple((*row, *(None for _ in added)) for row in table.rows)
            self._warehouse.tables[name] = Table({**table.columns, **added}, rows)
        return self._table(body, dataset, name)

    def _drop(self, body: Json, name: str) -> Answer:
        self._warehouse.tables.pop(name, None)
        return 200, {}

    def _rows(self, body: Json, name: str) -> Answer:
        table = self._results[name]
        return 200, {"totalRows": str(len(table.rows)), "rows": _cells(table)}

    def _insert_job(self, body: Json) -> Answer:
        job_id = body["jobReference"]["jobId"]
        job = {**body, "id": job_id, "status": {"state": "DONE"}}
        try:
            verb, result = self._warehouse.run(body["configuration"]["query"]["query"])
        except SqlRefusedError as refusal:
            error = {"reason": "invalidQuery", "location": "query", "message": str(refusal)}
            job["status"] |= {"errorResult": error, "errors": [error]}
        else:
            self._results[job_id] = result
            destination = _reference(job_id, _RESULTS)["tableReference"]
            job["configuration"]["query"]["destinationTable"] = destination
            job["statistics"] = {
                "totalBytesProcessed": "0",
                "query": {"statementType": verb, "numDmlAffectedRows": "0"},
            }
        self._jobs[job_id] = job
        return 200, job

    def _job(self, body: Json, job_id: str) -> Answer:
        return 200, self._jobs[job_id]

    def _query_results(self, body: Json, job_id: str) -> Answer:
        table, job = self._results[job_id], self._jobs[job_id]
        shown = {"schema": _schema(table), "totalRows": str(len(table.rows)), "rows": _cells(table)}
        return 200, {"jobReference": job["jobReference"], "jobComplete": True, **shown}


def _problem(status: int, message: str) -> Answer:
    error = {"reason": "notFound" if status == 404 else "notImplemented", "message": message}
    return status, {"error": {"code": status, "message": message, "errors": [error]}}


def _dataset_resource() -> Json:
    return {"datasetReference": {"projectId": PROJECT_ID, "datasetId": DATASET_ID}}


def _reference(name: str, dataset: str = DATASET_ID) -> Json:
    return {
        "id": f"{PROJECT_ID}:{dataset}.{name}",
        "tableReference": {"projectId": PROJECT_ID, "datasetId": dataset, "tableId": name},
    }


def _schema(table: Table) -> Json:
    fields = [{"name": name, "type": kind} for name, kind in table.columns.items()]
    return {"fields": [{**field, "mode": "NULLABLE"} for field in fields]}


def _cells(table: Table) -> list[Json]:
    return [{"f": [{"v": _cell(value)} for value in row]} for row in table.rows]


def _cell(value: Value) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return str(round(value.replace(tzinfo=dt.UTC).timestamp() * 1_000_000))
    return str(value)


@contextmanager
def serving(warehouse: Warehouse) -> Iterator[str]:
    """Serve the warehouse while the context lasts; gives the address for `api_endpoint`."""
    bigquery = _BigQuery(warehouse)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = urlsplit(self.path).path
            status, answer = bigquery.answer(self.command, path, json.loads(sent or b"{}"))
            payload = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PATCH = do_DELETE = _handle  # noqa: N815 - names of http.server

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
