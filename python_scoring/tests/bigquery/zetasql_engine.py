"""Google's own SQL front end and reference engine, in this process: analyses and executes queries.

`zetasql` brings it as WebAssembly, spoken to in protocol buffers. Tables live in Python; those that
a statement reads are sent along with it.
"""

# mypy: disable-error-code="import-untyped"
import ctypes
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from unittest import mock

import wasmtime
from zetasql.core import ServerError, wasm_client
from zetasql.wasi import get_wasm_path
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto import options_pb2, simple_catalog_pb2
from zetasql.wasi._pb2.zetasql.public import options_pb2 as public_options
from zetasql.wasi._pb2.zetasql.public import type_pb2
from zetasql.wasi._pb2.zetasql.resolved_ast import resolved_node_kind_pb2 as node_kinds

EPOCH = dt.date(1970, 1, 1)
Value = bool | int | float | str | dt.date | dt.datetime | Decimal | None

# BigQuery's names (also dbt's and DuckDB's, in lower case) for ZetaSQL's kinds.
_KINDS = {
    "INT64": type_pb2.TYPE_INT64,
    "FLOAT64": type_pb2.TYPE_DOUBLE,
    "BOOL": type_pb2.TYPE_BOOL,
    "STRING": type_pb2.TYPE_STRING,
    "DATE": type_pb2.TYPE_DATE,
    "TIMESTAMP": type_pb2.TYPE_TIMESTAMP,
    "DATETIME": type_pb2.TYPE_DATETIME,
    "NUMERIC": type_pb2.TYPE_NUMERIC,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_SYNONYMS = {"BIGINT": "INT64", "INTEGER": "INT64", "DOUBLE": "FLOAT64", "BOOLEAN": "BOOL"}
_SYNONYMS |= {"VARCHAR": "STRING", "TIMESTAMP WITH TIME ZONE": "TIMESTAMP"}
_FIELDS = {
    "INT64": "int64_value",
    "FLOAT64": "double_value",
    "BOOL": "bool_value",
    "STRING": "string_value",
}


@dataclass(frozen=True)
class Table:
    """Columns with BigQuery's types, in order, and rows."""

    columns: Mapping[str, str]
    rows: tuple[tuple[Value, ...], ...] = ()


class SqlRefusedError(Exception):
    """ZetaSQL refuses a statement.

    Args:
        message: Its first line, without the place.
        line: Line of the statement, from 1; None where it names none.

    """

    def __init__(self, told: str) -> None:
        text = re.sub(r"^Code: \d+, Message: ", "", told)
        place = re.search(r"\[at (\d+):\d+\]", text)
        self.message = re.sub(r" \[at \d+:\d+\]", "", text.splitlines()[0])
        self.line = int(place[1]) if place else None
        super().__init__(text)


def bigquery_type(declared: str) -> str:
    """BigQuery's name for a type as a yml or DuckDB spells it."""
    name = declared.upper()
    return _SYNONYMS.get(name, name)


def _cached() -> wasmtime.Config:
    """28 MB of WebAssembly would be compiled in each process; wasmtime's cache spares us that."""
    config = wasmtime.Config()
    config.cache = True
    return config


class _Client(wasm_client.WasmClient):  # type: ignore[misc]  # the package has no types
    """The package's client, which copies its memory byte by byte, with copies of whole blocks."""

    def write_bytes(self, ptr: int, data: bytes) -> None:
        ctypes.memmove(self._start() + ptr, data, len(data))

    def read_bytes(self, ptr: int, size: int) -> bytes:
        return ctypes.string_at(self._start() + ptr, size)

    def _start(self) -> int:
        return ctypes.addressof(self.memory.data_ptr().contents)


class ZetaSql:
    """The engine, with the options that make ZetaSQL BigQuery's dialect; one thread at a time."""

    def __init__(self) -> None:
        with mock.patch.object(wasm_client, "Config", _cached):
            self._client = _Client(get_wasm_path())
        self._language = self._call(
            "GetLanguageOptions",
            service.LanguageOptionsRequest(maximum_features=True),
            options_pb2.LanguageOptionsProto,
        )
        self._language.product_mode = public_options.PRODUCT_EXTERNAL
        self._language.reserved_keywords.append("QUALIFY")
        statements = [v for k, v in node_kinds.ResolvedNodeKind.items() if k.endswith("_STMT")]
        self._language.ClearField("supported_statement_kinds")
        self._language.supported_statement_kinds.extend(statements)
        self._options = options_pb2.AnalyzerOptionsProto(
            language_options=self._language,
            default_timezone="UTC",
            error_message_mode=public_options.ERROR_MESSAGE_MULTI_LINE_WITH_CARET,
        )

    def statements(self, script: str) -> Iterator[str]:
        """Split a script at its semicolons, those in texts and comments apart."""
        text, start = script.encode(), 0
        while text[start:].strip():
            request = service.ExtractTableNamesFromNextStatementRequest(options=self._language)
            request.parse_resume_location.input = script
            request.parse_resume_location.byte_position = start
            found = self._call(
                "ExtractTableNamesFromNextStatement",
                request,
                service.ExtractTableNamesFromNextStatementResponse,
            )
            # the lines before it stay, so that errors name the line of the script
            yield (
                "\n" * text[:start].count(b"\n") + text[start : found.resume_byte_position].decode()
            )
            start = found.resume_byte_position

    def created_query(self, create: str) -> str:
        """The query of a CREATE TABLE or VIEW, on the same lines as there."""
        request = service.ParseRequest(sql_statement=create, options=self._language)
        node = self._call("Parse", request, service.ParseResponse).parsed_statement
        while "query" not in node.DESCRIPTOR.fields_by_name:
            is_union = "node" in node.DESCRIPTOR.oneofs_by_name
            node = getattr(node, node.WhichOneof("node")) if is_union else node.parent
        place = node.query.parent.parent.parse_location_range
        text = create.encode()
        return "\n" * text[: place.start].count(b"\n") + text[place.start : place.end].decode()

    def analyse(self, statement: str, tables: Mapping[str, Table]) -> None:
        """Check names, types and functions of one statement of any kind.

        Raises:
            SqlRefusedError: BigQuery's front end would refuse it.
        """
        request = service.AnalyzeRequest(
            sql_statement=statement, options=self._options, simple_catalog=self._catalog(tables)
        )
        self._call("Analyze", request, service.AnalyzeResponse)

    def evaluate(self, query: str, tables: Mapping[str, Table]) -> Table:
        """Execute a query.

        Raises:
            SqlRefusedError: It is refused, or fails on these rows.
        """
        request = service.EvaluateQueryRequest(
            sql=query, options=self._options, simple_catalog=self._catalog(tables)
        )
        for name, table in tables.items():
            content = request.table_content[name].table_data
            content.SetInParent()  # an empty table has content too
            for row in table.rows:
                cells = content.row.add().cell
                for value, kind in zip(row, table.columns.values(), strict=True):
                    _write(cells.add(), value, kind)
        done = self._call("EvaluateQuery", request, service.EvaluateQueryResponse)
        columns = {c.name: _NAMES[c.type.type_kind] for c in done.prepared.columns}
        rows = (tuple(_read(cell) for cell in row.cell) for row in done.content.table_data.row)
        return Table(columns, tuple(rows))

    def _catalog(self, tables: Mapping[str, Table]) -> simple_catalog_pb2.SimpleCatalogProto:
        catalog = simple_catalog_pb2.SimpleCatalogProto(name="warehouse")
        catalog.builtin_function_options.language_options.CopyFrom(self._language)
        for alias in ("BIGINT", "INT", "INTEGER", "SMALLINT", "TINYINT", "BYTEINT"):
            catalog.named_type.add(name=alias).type.type_kind = type_pb2.TYPE_INT64
        for name, table in tables.items():
            described = catalog.table.add(name=name)
            for column, kind in table.columns.items():
                added = described.column.add(name=column, is_writable_column=True)
                added.type.type_kind = _KINDS[kind]
        return catalog

    def _call(self, method: str, request: Any, response: type[Any]) -> Any:
        try:
            return self._client.call_grpc_func(f"ZetaSqlLocalService_{method}", request, response)
        except ServerError as error:
            raise SqlRefusedError(error.raw_error) from None


def _write(cell: Any, value: Value, kind: str) -> None:
    if value is None:
        return
    if kind == "DATE" and isinstance(value, dt.date):
        cell.date_value = (value - EPOCH).days
    elif kind == "TIMESTAMP" and isinstance(value, dt.date):
        midnight = dt.datetime.combine(value, dt.time())
        cell.timestamp_value.FromDatetime(value if isinstance(value, dt.datetime) else midnight)
    else:
        setattr(cell, _FIELDS[kind], value)


def _read(cell: Any) -> Value:
    field = cell.WhichOneof("value")
    if field is None:
        return None
    value = getattr(cell, field)
    if field == "date_value":
        return EPOCH + dt.timedelta(days=value)
    if field == "timestamp_value":
        read: dt.datetime = value.ToDatetime()
        return read
    if field == "numeric_value":
        return Decimal(int.from_bytes(value, "little", signed=True)).scaleb(-9)
    if field not in _FIELDS.values():
        raise TypeError(f"ZetaSQL answered with a {field}; say here how it is read")
    plain: bool | int | float | str = value
    return plain
