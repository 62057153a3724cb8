"""dbt-duckdb loads this module by its name in profiles.yml and gives SQL the function below.

A macro of dbt cannot catch an error and cannot list a folder, so Python looks at the delivery:
`read_delivery(folder, contract)` returns JSON, which `macros/local_sources.sql` turns into views.
"""

import json
from dataclasses import asdict
from pathlib import Path

import duckdb
from duckdb import sqltypes
from dbt.adapters.duckdb.plugins import BasePlugin

from python_scoring.io.delivery.contract import tables_from_json
from python_scoring.io.delivery.reading import read_delivery


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
    return json.dumps(
        {
            "problems": [str(problem) for problem in delivery.problems],
            "selects": delivery.selects,
            "files": [
                {
                    "name": files.name,
                    "path": str(files.location),
                    "bytes": files.bytes_total,
                    "sha256": files.sha256,
                }
                for files in ([] if delivery.problems else delivery.files)
            ],
            "findings": [asdict(finding) for finding in delivery.findings],
        }
    )
