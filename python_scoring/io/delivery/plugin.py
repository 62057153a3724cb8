"""dbt-duckdb loads this module by its name in profiles.yml and gives SQL the function below.

A macro of dbt cannot catch an error and cannot list a folder, so Python looks at the delivery:
`read_delivery(folder, contract)` returns JSON, which `macros/local_sources.sql` turns into views.
"""

import atexit
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError
from duckdb import sqltypes

from python_scoring.errors import InputError
from python_scoring.io.delivery.contract import tables_from_json
from python_scoring.io.delivery.reading import SourceReading, read_delivery

_NOT_IN_A_DATABASE_NAME = frozenset('"?#')


class Plugin(BasePlugin):
    """Registers the function; dbt-duckdb finds the class by this name."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Refuse a database name that dbt cannot write into SQL.

        Raises:
            DbtRuntimeError: The name of the file holds a double quote, ? or #.
        """
        name = Path(self.creds.path if self.creds else "").name
        if found := sorted(set(name) & _NOT_IN_A_DATABASE_NAME):
            raise DbtRuntimeError(
                str(
                    InputError(
                        f"The database is named {name}, with {' and '.join(found)} in it.",
                        why="DuckDB names a database after its file, and dbt would write that "
                        "name into SQL as it is.",
                        where="LEAD_SCORING_DB",
                        fix="Name the file without these.",
                    )
                )
            )

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Add `read_delivery` to a new connection."""
        text = sqltypes.VARCHAR
        conn.create_function("read_delivery", delivery_as_json, [text, text], text)
        # a connection with a Python function, left open, makes DuckDB report leaks when Python ends
        atexit.register(conn.close)


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
