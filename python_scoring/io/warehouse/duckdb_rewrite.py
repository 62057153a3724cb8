"""Removes rows from a DuckDB file by writing the others into a new one, which replaces it.

DuckDB marks deleted rows and reuses their blocks some day; until then they stand in the file. The
new file never holds them. `copy from database` takes schemas, views, constraints and comments.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from python_scoring.io.atomic import atomic_file
from python_scoring.io.database.locks import open_database, waited
from python_scoring.io.delivery.sql_text import identifier, literal
from python_scoring.io.warehouse.protocol import HeldTable, Removal, Value

_OLD = "database_before_removal"
_TABLES = """
select columns.schema_name, columns.table_name, columns.column_name, columns.data_type
from duckdb_columns() as columns
inner join duckdb_tables() as tables using (database_oid, table_oid)
where columns.database_name = ?
order by columns.schema_name, columns.table_name, columns.column_index
"""


def held_tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[HeldTable]:
    """Return the tables of an attached database, of all its schemas, in the order of their names.

    Args:
        connection: Has the database attached.
        database: Name under which it is attached.
    """
    found: dict[tuple[str, str], dict[str, bool]] = {}
    for schema, table, column, kind in connection.execute(_TABLES, [database]).fetchall():
        found.setdefault((schema, table), {})[column] = kind == "VARCHAR"
    return [
        HeldTable(f"{identifier(schema)}.{identifier(table)}", schema, columns)
        for (schema, table), columns in found.items()
    ]


def rewrite_without(path: Path, removals: Sequence[Removal]) -> None:
    """Replace a database by one without these rows and values; until then the old one is locked.

    Args:
        path: The file, as it is and not by a link.
        removals: As in the protocol.

    Raises:
        duckdb.Error: It cannot be opened, or the new one cannot be written.
        InputError: The new one cannot be put in its place.
    """
    with open_database(path, read_only=True) as connection:
        [(name,)] = connection.execute("select current_database()").fetchall()
    with duckdb.connect() as connection:
        waited(lambda: connection.execute(f"attach {literal(str(path))} as {_OLD}"), path)
        # the log that a killed build left beside the file would be taken for the new one's
        connection.execute(f"force checkpoint {_OLD}")
        with atomic_file(path) as beside:
            with _attached(connection, beside, name) as new:
                connection.execute(f"copy from database {_OLD} to {new} (schema)")
                for table in held_tables(connection, _OLD):
                    mine = [each for each in removals if each.table.name == table.name]
                    _copy(connection, table, new, mine)
            shutil.copymode(path, beside)


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> Iterator[str]:
    """Attach a new file under the name that views of the old one know; written out at the end."""
    quoted = identifier(name)
    connection.execute(f"attach {literal(str(path))} as {quoted}")
    try:
        yield quoted
        connection.execute(f"checkpoint {quoted}")
    finally:
        connection.execute(f"detach {quoted}")


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: HeldTable,
    new: str,
    removals: Sequence[Removal],
) -> None:
    """Copy the rows of one table that stay, in their order."""
    values = {column: identifier(column) for column in table.columns}
    parameters: list[Value] = []
    for removal in removals:
        for column in removal.blanked:
            values[column] = f"case when {removal.condition} then null else {values[column]} end"
            parameters += removal.parameters
    columns = ", ".join(map(identifier, values))
    sql = f"insert into {new}.{table.name} ({columns}) select {', '.join(values.values())}"
    sql += f" from {_OLD}.{table.name}"
    for removal in removals:
        if not removal.blanked:
            sql += f" where not coalesce({removal.condition}, false)"
            parameters += removal.parameters
    connection.execute(sql, parameters)
