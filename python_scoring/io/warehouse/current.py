"""The warehouse of the current target."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pyarrow as pa

from python_scoring.errors import WarehouseError
from python_scoring.io.columns import require_columns
from python_scoring.io.warehouse.duckdb import DuckDb, database_path
from python_scoring.io.warehouse.protocol import Warehouse

# what the profile and Google's default credentials depend on
_SETTINGS = ("LEAD_SCORING_", "DBT_", "GOOGLE_", "CLOUDSDK_")


def warehouse() -> Warehouse:
    """Return the warehouse of LEAD_SCORING_TARGET: an output of dbt's profile, default duckdb.

    Raises:
        WarehouseError: No such output, one of another engine, or no credentials for it.
    """
    target = os.environ.get("LEAD_SCORING_TARGET") or "duckdb"
    if target == "duckdb":
        return DuckDb(database_path())
    settings = {k: v for k, v in os.environ.items() if k.startswith(_SETTINGS)}
    return _opened(target, Path.cwd(), frozenset(settings.items()))


def read_relation(
    name: str, columns: Sequence[str], *, order_by: Sequence[str] = (), where: str = "true"
) -> pa.Table:
    """Read columns of a relation of the built project, batch by batch.

    Args:
        name: Its name.
        columns: What to read of it.
        order_by: Columns that order the rows; no engine promises an order by itself.
        where: Which rows, as SQL of our own.

    Raises:
        WarehouseError: No such relation, it has no such row, or the warehouse cannot be read.
        InputError: It lacks a column.
    """
    current = warehouse()
    present = current.columns_of(name)
    if not present:
        raise _unbuilt(current, f"{current.name} holds no relation {name}.")
    require_columns(present, columns, name)
    order = f" order by {', '.join(order_by)}" if order_by else ""
    sql = f"select {', '.join(columns)} from {name} where {where}{order}"  # noqa: S608 - our own
    with current.stream(sql) as batches:
        found = list(batches)
    if not any(batch.num_rows for batch in found):
        raise _unbuilt(current, f"Relation {name} of {current.name} is empty.")
    return pa.Table.from_batches(found)


def _unbuilt(current: Warehouse, what: str) -> WarehouseError:
    why = "Commands read what a build has made, and make nothing up in its place."
    return WarehouseError(what, why=why, where=current.place, fix=current.fix)


@cache
def _opened(target: str, folder: Path, settings: frozenset[tuple[str, str]]) -> Warehouse:
    """Resolve and log in once for the same settings: dbt takes seconds to import."""
    from python_scoring.io.warehouse.profile import credentials_of

    credentials = credentials_of(target)
    if credentials.type == "duckdb":
        return DuckDb(Path(credentials.path))
    if credentials.type != "bigquery":
        raise WarehouseError(
            f"The target {target} is on {credentials.type}.",
            why="The project runs on DuckDB and on BigQuery.",
            where="LEAD_SCORING_TARGET and profiles.yml",
            fix="Name an output of one of these types.",
        )
    from python_scoring.io.warehouse.bigquery import open_bigquery

    return open_bigquery(credentials, target)
