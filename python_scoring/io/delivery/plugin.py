"""dbt-duckdb loads this module by its name in profiles.yml and gives SQL the function below.

A macro of dbt cannot catch an error and cannot list a folder, so Python looks at the delivery:
`read_delivery(folder, contract)` returns JSON, which `macros/local_sources.sql` turns into views.
"""

import json
from dataclasses import asdict
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import sqltypes

from python_scoring.io.delivery.contract import tables_from_json
from python_scoring.io.delivery.reading import SourceReading, read_delivery


class Plugin(BasePlugin):
    """Registers the function; dbt-duckdb finds the class by this name."""

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Add `read_delivery` to a new connection."""
        text = sqltypes.VARCHAR
        conn.create_function("read_delivery", delivery_as_json, [text, text], text)


def delivery_as_json(folder: str, contract: str) -> str:
    """Look at a delivery; return its problems, or how to read it.

    Args:
        folder: Where the files are.
        contract: The declared tables, as `tables_from_json` reads them.
    """
    delivery = read_delivery(Path(folder), tables_from_json(contract))
    problems = [str(problem) for source in delivery.values() for problem in source.problems]
    return json.dumps({"problems": problems, "sources": {} if problems else _readable(delivery)})


def _readable(delivery: dict[str, SourceReading]) -> dict[str, object]:
    return {
        name: {
            "select": source.select,
            "path": str(source.files.location),
            "bytes": source.files.bytes_total,
            "sha256": source.files.sha256,
            "findings": [asdict(finding) for finding in source.findings],
        }
        for name, source in delivery.items()
        if source.files
    }
