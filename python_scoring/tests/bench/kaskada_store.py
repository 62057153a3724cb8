"""Kaskada's point-in-time joins, in an environment of their own (make bench).

python -m python_scoring.tests.bench.kaskada_store DATABASE    prints one JSON line: leads, seconds
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kaskada  # type: ignore[import-not-found]

from python_scoring.tests.bench.store_tables import COLUMNS, time_store


def _kaskada(folder: Path) -> Callable[[], Any]:
    """Start the engine, which is part of this process; return what asks it.

    It reads and sorts a table when it is told of it, so that is timed too.
    """
    kaskada.init_session()
    return lambda: _answer(*asyncio.run(_sources(folder)))


async def _sources(folder: Path) -> tuple[Any, dict[str, Any]]:
    """Return the leads' source, and that of each table by its name."""
    read = kaskada.sources.Parquet.create
    asked = await read(
        f"{folder}/asked.parquet",
        key_column="prediction_id",
        time_column="event_timestamp",
        grouping_name="lead",
    )
    tables = {
        view: await read(
            f"{folder}/{view}.parquet", key_column=key, time_column="known", grouping_name=key
        )
        for view, (key, _) in COLUMNS.items()
    }
    return asked, tables


def _answer(asked: Any, tables: dict[str, Any]) -> Any:
    """Look up the last row of each table for each lead."""
    columns = {"prediction_id": asked.col("prediction_id")}
    for view, (key, names) in COLUMNS.items():
        # the last row as a whole: the last of a column alone passes over rows where it is null
        row = tables[view].last().lookup(asked.col(key))
        columns |= {name: row.col(name) for name in names}
    # run_iter("pyarrow"), which would give Arrow as Feast does, hangs in 0.6.1
    return kaskada.record(columns).to_pandas()


if __name__ == "__main__":
    time_store(_kaskada)
