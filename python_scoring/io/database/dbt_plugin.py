"""Plugin of dbt-duckdb, named in profiles.yml: dbt, too, waits while the file is in use.

It also limits memory, and gives each of dbt's connections the key of the forgotten people: no
statement may hold it.
"""

from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from python_scoring.errors import InputError, WarehouseError
from python_scoring.io.database.locks import WAIT_SECONDS, holder, is_locked, open_database
from python_scoring.io.database.memory import limit_memory, memory_limit
from python_scoring.io.forget_key import forget_key, pads


class Plugin(BasePlugin):
    """Called by dbt-duckdb before it opens the database, and for each connection."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Take `wait_seconds` of the plugin's config in profiles.yml.

        Raises:
            DbtRuntimeError: LEAD_SCORING_MEMORY is no usable size.
        """
        try:
            memory_limit()
        except InputError as error:
            raise DbtRuntimeError(str(error)) from error
        self._seconds = float(plugin_config.get("wait_seconds", WAIT_SECONDS))

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Wait until the database can be written; leaves `config` as it is.

        Raises:
            DbtRuntimeError: It was still in use after `wait_seconds`.
        """
        path = Path(creds.path)
        if not path.is_file():
            return
        try:
            open_database(path, read_only=False, wait_seconds=self._seconds).close()
        except duckdb.IOException as error:
            if not is_locked(error):
                return  # dbt says it when it opens the file itself
            told = WarehouseError(
                f"{path.name} is still in use by {holder(error)} after {self._seconds:.0f} s.",
                why="Two builds would write the same tables; nothing was changed.",
                where=str(path),
                fix="Wait for that program or end it, then run dbt again.",
            )
            raise DbtRuntimeError(str(told)) from error

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Limit memory."""
        limit_memory(conn)

    def configure_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Set the variables that `keyed_hash` (macros/forgotten_people.sql) reads.

        Raises:
            DbtRuntimeError: LEAD_SCORING_FORGET_KEY cannot be a key.
        """
        try:
            key = forget_key()
        except InputError as error:
            raise DbtRuntimeError(str(error)) from error
        if key:
            inner, outer = pads(key)
            cursor.execute("set variable forget_inner_pad = ?", [inner])
            cursor.execute("set variable forget_outer_pad = ?", [outer])
