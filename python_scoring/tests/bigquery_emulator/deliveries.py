"""Brings tables into the emulator: the four sources as delivered, and scores made elsewhere."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
from google.cloud import bigquery

_TYPES = {
    "string": "STRING",
    "int64": "INTEGER",
    "double": "FLOAT",
    "bool": "BOOLEAN",
    "date32[day]": "DATE",
    "timestamp[us]": "TIMESTAMP",
}


def load_table(client: bigquery.Client, table_id: str, rows: pa.Table) -> None:
    """Replace a table, and make its dataset where there is none.

    Args:
        client: Connection to the emulator.
        table_id: `project.dataset.table`.
        rows: What it shall hold; types beyond those that the sources use are a KeyError.

    """
    client.create_dataset(table_id.rpartition(".")[0], exists_ok=True)
    schema = [bigquery.SchemaField(field.name, _TYPES[str(field.type)]) for field in rows.schema]
    client.delete_table(table_id, not_found_ok=True)
    client.create_table(bigquery.Table(table_id, schema))
    file = io.BytesIO()
    pq.write_table(rows, file)
    job = client.load_table_from_file(
        file,
        table_id,
        rewind=True,
        job_config=bigquery.LoadJobConfig(source_format=bigquery.SourceFormat.PARQUET),
    )
    job.result()
