"""Large reads by BigQuery's Storage API: Google's client against a gRPC server on loopback."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pyarrow as pa
import pytest
from google.cloud.bigquery_storage import BigQueryReadClient
from google.cloud.bigquery_storage_v1 import types
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import (
    BigQueryReadGrpcTransport,
)

from python_scoring.errors import WarehouseError
from python_scoring.io.warehouse.bigquery import BigQuery
from python_scoring.io.warehouse.current import warehouse
from python_scoring.tests.io.bigquery_stub import Answer, Server, serving, use_profile

SERVICE = "google.cloud.bigquery.storage.v1.BigQueryRead"
ROWS, BATCH_ROWS = 20_000, 1_000
COLUMNS = {"lead_id": "STRING", "logged_at": "TIMESTAMP"}
SCHEMA = pa.schema([("lead_id", pa.string()), ("logged_at", pa.timestamp("us", "UTC"))])


class Rows:
    """A table of ROWS rows in numbered batches, and what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[types.CreateReadSessionRequest] = []
        self.breaks_after: int | None = None

    def create_session(
        self, request: types.CreateReadSessionRequest, context: grpc.ServicerContext
    ) -> types.ReadSession:
        self.asked.append(request)
        streams = min(request.max_stream_count or 2, 2)
        session = types.ReadSession(
            name="session", data_format=types.DataFormat.ARROW, table=request.read_session.table
        )
        session.arrow_schema.serialized_schema = SCHEMA.serialize().to_pybytes()
        session.streams = [types.ReadStream(name=f"{n}/{streams}") for n in range(streams)]
        return session

    def read_rows(
        self, request: types.ReadRowsRequest, context: grpc.ServicerContext
    ) -> Iterator[types.ReadRowsResponse]:
        first, step = (int(part) for part in request.read_stream.split("/"))
        numbers = range(first * BATCH_ROWS, ROWS, step * BATCH_ROWS)
        for sent, number in enumerate(numbers):
            if sent == self.breaks_after:
                context.abort(grpc.StatusCode.PERMISSION_DENIED, "Read Session User is needed")
            response = _response(number)
            if sent == 0:
                response.arrow_schema.serialized_schema = SCHEMA.serialize().to_pybytes()
            yield response


def _response(first: int) -> types.ReadRowsResponse:
    numbers = np.arange(first, first + BATCH_ROWS)
    times = pa.array(numbers, pa.timestamp("us", "UTC"))
    batch = pa.record_batch([pa.array(map(str, numbers), pa.string()), times], SCHEMA)
    response = types.ReadRowsResponse(row_count=BATCH_ROWS)
    response.arrow_record_batch.serialized_record_batch = batch.serialize().to_pybytes()
    return response


@contextmanager
def speaking_grpc(rows: Rows) -> Iterator[str]:
    """Serve the two calls of the Storage API; gives the address."""
    ask, read = types.CreateReadSessionRequest, types.ReadRowsRequest
    handlers = {
        "CreateReadSession": grpc.unary_unary_rpc_method_handler(
            rows.create_session, ask.deserialize, types.ReadSession.serialize
        ),
        "ReadRows": grpc.unary_stream_rpc_method_handler(
            rows.read_rows, read.deserialize, types.ReadRowsResponse.serialize
        ),
    }
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, handlers)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None)


class Queries(Server):
    """Each query is done at once; its rows stand in a table of results."""

    def answer(self, method: str, path: str) -> Answer:
        reference = {"projectId": "offline", "jobId": "job", "location": "US"}
        fields = [{"name": name, "type": kind} for name, kind in COLUMNS.items()]
        job: dict[str, Any] = {"jobReference": reference, "schema": {"fields": fields}}
        if "/queries/" in path:
            return 200, job | {"jobComplete": True, "totalRows": str(ROWS)}
        query = json.loads(self.bodies[-1])["configuration"]["query"]
        table = {"projectId": "offline", "datasetId": "_results", "tableId": "rows"}
        job["configuration"] = {"query": query | {"destinationTable": table}}
        return 200, job | {"status": {"state": "DONE"}, "statistics": {"query": {}}}


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rows]:
    """The warehouse is BigQuery, whose two interfaces are on loopback."""
    rows = Rows()
    with serving(Queries()) as rest, speaking_grpc(rows) as address:
        use_profile(tmp_path, monkeypatch, api_endpoint=rest.address)
        channel = grpc.insecure_channel(address)
        transport = BigQueryReadGrpcTransport(channel=channel)
        client = BigQueryReadClient(transport=transport)  # type: ignore[no-untyped-call]
        opened = warehouse()
        assert isinstance(opened, BigQuery)
        # an address of its own in the profile means another server; Google's has the Storage API
        monkeypatch.setattr(opened._credentials, "api_endpoint", None)
        monkeypatch.setattr(opened, "_storage_client", lambda: client)
        yield rows
        channel.close()


def read(sql: str, look: Callable[[pa.RecordBatch], object]) -> None:
    with warehouse().stream(sql) as batches:
        for batch in batches:
            look(batch)


def test_rows_come_in_the_order_that_was_asked_for(rows: Rows) -> None:
    found: list[pa.RecordBatch] = []
    read("select lead_id, logged_at from leads order by logged_at", found.append)
    table = pa.Table.from_batches(found)
    assert table["lead_id"].to_pylist() == [str(number) for number in range(ROWS)]
    assert table.schema.field("logged_at").type == pa.timestamp("us")  # as DuckDB gives it
    [asked] = rows.asked
    assert asked.max_stream_count == 1  # several streams would mix their rows
    assert asked.read_session.table == "projects/offline/datasets/_results/tables/rows"


def test_without_an_order_every_row_comes_once_from_several_streams(rows: Rows) -> None:
    found: list[str] = []
    read("select lead_id from leads", lambda batch: found.extend(batch["lead_id"].to_pylist()))
    assert sorted(map(int, found)) == list(range(ROWS))
    assert rows.asked[0].max_stream_count != 1


def test_a_missing_right_to_read_is_told(rows: Rows) -> None:
    rows.breaks_after = 3
    with pytest.raises(WarehouseError, match="denies access") as error:
        read("select lead_id from leads order by 1", lambda batch: None)
    assert "Read Session User" in str(error.value)
