"""Runs a script that dbt submits to Dataproc, unchanged, on Spark on this machine.

`python spark_driver.py SCRIPT TABLES`: the script finds `bigquery` to be a connector that keeps a
table as a folder of Parquet files in TABLES. Prints where the project's code was taken from.
"""

import runpy
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession
from pyspark.sql.datasource import (
    DataSource,
    DataSourceArrowWriter,
    DataSourceReader,
    InputPartition,
    WriterCommitMessage,
)
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

TABLES = Path(sys.argv[2])


class TableFiles(DataSource):
    """A table of BigQuery, named `project`.`dataset`.`table`."""

    @classmethod
    def name(cls) -> str:
        return "bigquery"

    @property
    def folder(self) -> Path:
        return TABLES / self.options["path"].replace("`", "").split(".")[-1]

    def schema(self) -> StructType:
        return from_arrow_schema(pq.read_schema(next(self.folder.glob("*.parquet"))))

    def reader(self, schema: StructType) -> DataSourceReader:
        return TableReader(self.folder)

    def writer(self, schema: StructType, overwrite: bool) -> DataSourceArrowWriter:
        self.folder.mkdir()
        return TableWriter(self.folder)


class TableReader(DataSourceReader):
    """A partition for each row group."""

    def __init__(self, folder: Path) -> None:
        self.file = next(folder.glob("*.parquet"))

    def partitions(self) -> list[InputPartition]:
        return [InputPartition(group) for group in range(pq.ParquetFile(self.file).num_row_groups)]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        group = pq.ParquetFile(self.file).read_row_group(partition.value)
        yield from group.to_batches(max_chunksize=10_000)


class TableWriter(DataSourceArrowWriter):
    """A file for each partition."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, iterator: Iterator[pa.RecordBatch]) -> WriterCommitMessage:
        target, writer = self.folder / f"{uuid.uuid4()}.parquet", None
        for batch in iterator:
            writer = writer or pq.ParquetWriter(target, batch.schema)
            writer.write_batch(batch)
        if writer:
            writer.close()
        return WriterCommitMessage()


if __name__ == "__main__":
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = builder.getOrCreate()
    spark.dataSource.register(TableFiles)
    runpy.run_path(sys.argv[1])
    print(sys.modules["python_scoring"].__file__)  # noqa: T201 - what this program is asked for
    spark.stop()
