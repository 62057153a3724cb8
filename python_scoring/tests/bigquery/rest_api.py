"""BigQuery's REST interface on a loopback port, as far as dbt speaks it, over our warehouse."""

import datetime as dt
import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pyarrow.parquet as pq

from python_scoring.tests.bigquery.warehouse import Warehouse
from python_scoring.tests.bigquery.zetasql_engine import SqlRefusedError, Table, Value

PROJECT_ID = "offline"
DATASET_ID = "ml_features"
# The dataset in which BigQuery keeps the results of queries.
_RESULTS = "_results"
# the API's names of types that it calls otherwise than SQL does
_TYPES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}
_TYPES |= {name: name for name in ("STRING", "DATE", "TIMESTAMP")}
_API_NAMES = {sql: api for api, sql in _TYPES.items()}
# as models/scoring configures them
_NEEDS_DAY = {"lead_scores_daily", "prospect_scores"}
_UPLOAD = "/upload/"
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
            ("POST", r"datasets/[^/]+/tables", self._create_table),
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
        described: Json = {
            "schema": _schema(found),
            "numRows": str(len(found.rows)),
            "type": "TABLE",
        }
        described["requirePartitionFilter"] = name in _NEEDS_DAY
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
        query = body["configuration"]["query"]
        sql = with_values(query["query"], query.get("queryParameters", []))
        self._warehouse.changed = 0
        try:
            verb, result = self._warehouse.run(sql)
        except SqlRefusedError as refusal:
            error = {"reason": "invalidQuery", "location": "query", "message": str(refusal)}
            job["status"] |= {"errorResult": error, "errors": [error]}
        else:
            self._results[job_id] = result
            destination = _reference(job_id, _RESULTS)["tableReference"]
            job["configuration"]["query"]["destinationTable"] = destination
            changed = self._warehouse.changed
            job["statistics"] = {
                "totalBytesProcessed": "0",
                "query": {"statementType": verb, "numDmlAffectedRows": str(changed)},
            }
        self._jobs[job_id] = job
        return 200, job

    def load(self, configuration: Json, content: bytes) -> Answer:
        """Append a Parquet file to the table that a load job names."""
        name = configuration["load"]["destinationTable"]["tableId"]
        table = self._warehouse.tables[name]
        added = pq.read_table(io.BytesIO(content)).select(list(table.columns)).to_pylist()
        rows = (*table.rows, *(tuple(row.values()) for row in added))
        self._warehouse.tables[name] = Table(table.columns, rows)
        job_id = f"load-{len(self._jobs)}"
        reference = {"projectId": PROJECT_ID, "jobId": job_id}
        job = {"id": job_id, "jobReference": reference, "status": {"state": "DONE"}}
        self._jobs[job_id] = job | {"configuration": configuration}
        return 200, self._jobs[job_id]

    def _create_table(self, body: Json) -> Answer:
        name = body["tableReference"]["tableId"]
        fields = body["schema"]["fields"]
        self._warehouse.tables[name] = Table({f["name"]: _TYPES[f["type"]] for f in fields})
        return self._table(body, DATASET_ID, name)

    def _job(self, body: Json, job_id: str) -> Answer:
        return 200, self._jobs[job_id]

    def _query_results(self, body: Json, job_id: str) -> Answer:
        table, job = self._results[job_id], self._jobs[job_id]
        shown = {"schema": _schema(table), "totalRows": str(len(table.rows)), "rows": _cells(table)}
        return 200, {"jobReference": job["jobReference"], "jobComplete": True, **shown}


def with_values(sql: str, parameters: list[Json]) -> str:
    """Put the values of positional parameters into a statement, as literals of their types."""
    literals = iter([_literal(each) for each in parameters])
    return re.sub(r"[?]", lambda found: next(literals), sql) if parameters else sql


def _literal(parameter: Json) -> str:
    kind, value = parameter["parameterType"]["type"], parameter["parameterValue"]["value"]
    return f"cast({json.dumps(str(value))} as {kind})"


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
    fields = [
        {"name": name, "type": _API_NAMES.get(kind, kind)} for name, kind in table.columns.items()
    ]
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
    uploads: list[Json] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = urlsplit(self.path).path
            if path.startswith(_UPLOAD):
                status, answer = self._upload(sent)
            else:
                status, answer = bigquery.answer(self.command, path, json.loads(sent or b"{}"))
            payload = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            if path.startswith(_UPLOAD):
                self.send_header("Location", f"http://{self.headers['Host']}{_UPLOAD}file")
            self.end_headers()
            self.wfile.write(payload)

        def _upload(self, sent: bytes) -> Answer:
            """First the job, then, at the address that was given for it, the file."""
            if self.command == "POST":
                uploads.append(json.loads(sent)["configuration"])
                return 200, {}
            return bigquery.load(uploads.pop(), sent)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle  # noqa: N815 - names of http.server

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
