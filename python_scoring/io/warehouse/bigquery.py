"""BigQuery as a warehouse, by the credentials, limits and timeouts of dbt's own profile."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from dbt.adapters.bigquery.clients import create_bigquery_client
from dbt.adapters.bigquery.credentials import create_google_credentials
from google.api_core.exceptions import NotFound
from google.api_core.retry import Retry
from google.cloud import bigquery
from google.cloud.bigquery_storage import BigQueryReadClient

from python_scoring.io.warehouse.bigquery_errors import explained
from python_scoring.io.warehouse.lease import held_lease
from python_scoring.io.warehouse.protocol import HeldTable, Removal, Row, Value, merge_statement

# a request is tried again for so long while Google cannot be reached or is busy
RETRY_SECONDS = 60.0
# what a killed run leaves of rows on their way into a table
_INCOMING_LIVES = timedelta(days=1)
_TYPES: dict[type, str] = {
    bool: "BOOL",
    int: "INT64",
    float: "FLOAT64",
    str: "STRING",
    date: "DATE",
    datetime: "TIMESTAMP",
}
# of a table's columns, by the names that the API gives them
_ARROW = {
    "BOOLEAN": pa.bool_(),
    "INTEGER": pa.int64(),
    "FLOAT": pa.float64(),
    "STRING": pa.string(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", "UTC"),
}


class BigQuery:
    """One dataset; relations without a dataset are looked for there.

    Args:
        client: Google's client, as dbt makes it.
        credentials: dbt's, with dataset, limits and timeouts.
        target: Output of the profile, for the labels of jobs.
    """

    fix = (
        "Run `dbt build` on this target, correct project and dataset in the profile "
        "(LEAD_SCORING_BQ_PROJECT, LEAD_SCORING_BQ_DATASET), or pass --input FILE."
    )

    def __init__(self, client: bigquery.Client, credentials: Any, target: str) -> None:
        self._client, self._credentials, self._target = client, credentials, target
        self._dataset = bigquery.DatasetReference(credentials.database, credentials.schema)
        self.place = self.name = f"{credentials.database}.{credentials.schema}"

    def query(self, sql: str, parameters: Sequence[Value] = ()) -> pa.Table:
        """Run a select; see the protocol."""
        with explained(self.place, self.fix):
            rows = self._run(sql, parameters)[1]
            return _like_duckdb(rows.to_arrow(create_bqstorage_client=False))

    @contextmanager
    def stream(self, sql: str) -> Iterator[Iterator[pa.RecordBatch]]:
        """Run a select in batches, by the Storage API where the target is Google's own.

        See the protocol. An `api_endpoint` in the profile is another server, which need not have
        that API; its rows come page by page.
        """
        with explained(self.place, self.fix):
            rows = self._run(sql, ())[1]
            reader = None if self._credentials.api_endpoint else self._storage_client()
            yield (_batch_like_duckdb(batch) for batch in rows.to_arrow_iterable(reader))

    def columns_of(self, relation: str) -> tuple[str, ...]:
        """Return a relation's columns; see the protocol."""
        with explained(self.place, self.fix):
            try:
                table = self._client.get_table(self._dataset.table(relation), **self._patience())
            except NotFound as error:
                if "Table" not in str(error.message):  # the dataset or the project is not there
                    raise
                return ()
            return tuple(field.name for field in table.schema)

    def append(self, relation: str, rows: Sequence[Row], key: Sequence[str]) -> None:
        """Load the rows into a table of their own, then MERGE them by one statement.

        See the protocol. Query parameters would not do: a request takes 10 MB, and a batch may
        hold 50,000 rows.
        """
        if not rows:
            return
        incoming = bigquery.Table(self._dataset.table(f"{relation}_incoming_{uuid4().hex}"))
        with explained(self.place, self.fix):
            table = self._client.get_table(self._dataset.table(relation), **self._patience())
            columns = [field for field in table.schema if field.name in rows[0]]
            incoming.schema = columns
            incoming.expires = datetime.now(UTC) + _INCOMING_LIVES
            self._client.create_table(incoming, **self._patience())
            try:
                self._load(incoming, rows)
                names = [field.name for field in columns]
                self._run(merge_statement(relation, incoming.table_id, names, key), ())
            finally:
                self._client.delete_table(incoming, not_found_ok=True, **self._patience())

    def tables(self) -> list[HeldTable]:
        """Return the tables of the dataset and of that for failed tests; see the protocol."""
        with explained(self.place, self.fix):
            return [table for dataset in self._datasets() for table in self._tables_of(dataset)]

    def remove(self, removals: Sequence[Removal]) -> None:
        """Remove by one statement after the other; see the protocol."""
        for removal in removals:
            condition = removal.condition
            if removal.table.needs_day:
                condition = f"score_date >= '0001-01-01' and ({condition})"
            table = removal.table.name
            blanks = ", ".join(f"{column} = null" for column in removal.blanked)
            verb = f"update {table} set {blanks}" if blanks else f"delete from {table}"  # noqa: S608
            self._changed(f"{verb} where {condition}", removal.parameters)

    def _datasets(self) -> list[bigquery.DatasetReference]:
        """Return the dataset that dbt builds in, and the one that keeps rows of failed tests."""
        failed = f"{self._dataset.dataset_id}_failed_tests"
        return [self._dataset, bigquery.DatasetReference(self._dataset.project, failed)]

    def _tables_of(self, dataset: bigquery.DatasetReference) -> Iterator[HeldTable]:
        try:
            listed = list(self._client.list_tables(dataset, **self._patience()))
        except NotFound:
            return
        for each in listed:
            if each.table_type == "TABLE":
                table = self._client.get_table(each.reference, **self._patience())
                columns = {field.name: field.field_type == "STRING" for field in table.schema}
                name = f"`{dataset.project}`.`{dataset.dataset_id}`.`{table.table_id}`"
                yield HeldTable(
                    name, dataset.dataset_id, columns, bool(table.require_partition_filter), "`"
                )

    def only_sync(self) -> AbstractContextManager[Callable[[], None]]:
        """Hold the lease row; see the protocol, and `lease`."""
        return held_lease(self._changed, self.query, self.place)

    def _changed(self, sql: str, parameters: Sequence[Value] = ()) -> int:
        """Run a statement that changes rows, and return how many it changed."""
        with explained(self.place, self.fix):
            return int(self._run(sql, parameters)[0].num_dml_affected_rows or 0)

    def _run(self, sql: str, parameters: Sequence[Value]) -> tuple[bigquery.QueryJob, Any]:
        profile = self._credentials
        config = bigquery.QueryJobConfig(
            default_dataset=self._dataset,
            labels=self._labels(),
            maximum_bytes_billed=profile.maximum_bytes_billed or None,
            priority=str(profile.priority or "interactive").rpartition(".")[2].upper(),
            query_parameters=[
                bigquery.ScalarQueryParameter(None, _TYPES[type(value)], value)
                for value in parameters
            ],
        )
        limit = profile.job_execution_timeout_seconds
        if limit:
            config.job_timeout_ms = limit * 1000
        patience = self._patience()
        job = self._client.query(sql, job_config=config, job_retry=None, **patience)
        return job, job.result(retry=patience["retry"], job_retry=None, timeout=limit)

    def _load(self, table: bigquery.Table, rows: Sequence[Row]) -> None:
        schema = pa.schema([(field.name, _ARROW[field.field_type]) for field in table.schema])
        file = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema), file)
        config = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET, schema=table.schema, labels=self._labels()
        )
        job = self._client.load_table_from_file(
            file, table.reference, rewind=True, job_config=config, timeout=RETRY_SECONDS
        )
        job.result(retry=self._patience()["retry"], timeout=RETRY_SECONDS)

    def _labels(self) -> dict[str, str]:
        """Name our jobs as dbt names its own, so that the bill can be split."""
        return {"app": "lead-scoring", "target_name": self._target}

    def _patience(self) -> dict[str, Any]:
        """Return how long one request may take, and for how long it is tried again."""
        seconds = self._credentials.job_creation_timeout_seconds or RETRY_SECONDS
        retry: Retry = bigquery.DEFAULT_RETRY.with_timeout(
            self._credentials.job_retry_deadline_seconds or RETRY_SECONDS
        )
        return {"timeout": seconds, "retry": retry if self._credentials.job_retries else None}

    def _storage_client(self) -> BigQueryReadClient:
        credentials = create_google_credentials(self._credentials)
        return BigQueryReadClient(credentials=credentials)  # type: ignore[no-untyped-call]


def open_bigquery(credentials: Any, target: str) -> BigQuery:
    """Log in as dbt does, with its own code.

    Args:
        credentials: dbt's, of an output of type bigquery.
        target: Name of that output.

    Raises:
        WarehouseError: There are no credentials, or they cannot be used.
    """
    place = f"{credentials.database}.{credentials.schema}"
    with explained(place, BigQuery.fix):
        # first: where there are none, dbt's own client would start a login in a browser
        create_google_credentials(credentials)
        return BigQuery(create_bigquery_client(credentials), credentials, target)


def _like_duckdb(table: pa.Table) -> pa.Table:
    """Return the table with timestamps in UTC without a zone, as DuckDB gives them."""
    return pa.Table.from_batches(
        [_batch_like_duckdb(batch) for batch in table.to_batches()], _plain(table.schema)
    )


def _batch_like_duckdb(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch.cast(_plain(batch.schema))


def _plain(schema: pa.Schema) -> pa.Schema:
    return pa.schema(
        (field.name, pa.timestamp("us") if pa.types.is_timestamp(field.type) else field.type)
        for field in schema
    )
