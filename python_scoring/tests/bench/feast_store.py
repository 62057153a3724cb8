"""Feast's point-in-time joins, in an environment of their own (make bench).

python -m python_scoring.tests.bench.feast_store DATABASE      prints one JSON line: leads, seconds
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
from feast import (  # type: ignore[import-not-found]
    Entity,
    FeatureStore,
    FeatureView,
    Field,
    FileSource,
    RepoConfig,
    ValueType,
)
from feast.types import Float64, Int64  # type: ignore[import-not-found]

from python_scoring.tests.bench.store_tables import COLUMNS, time_store


def _feast(folder: Path) -> Callable[[], Any]:
    """Make the store; return what asks it."""
    store = FeatureStore(
        config=RepoConfig(
            project="bench",
            registry=str(folder / "registry.db"),
            provider="local",
            offline_store={"type": "duckdb"},
            online_store={"type": "sqlite", "path": str(folder / "online.db")},
            entity_key_serialization_version=3,
        )
    )
    store.apply(_described(folder))
    asked = [f"{view}:{column}" for view, (_, has) in COLUMNS.items() for column in has]
    with duckdb.connect() as connection:
        leads = connection.sql(f"from '{folder}/asked.parquet'").df()
    return lambda: store.get_historical_features(entity_df=leads, features=asked).to_arrow()


def _described(folder: Path) -> list[Entity | FeatureView]:
    """Return the entities and views of the store."""
    kinds = {int: Int64, float: Float64}
    entities = {n: Entity(name=n, value_type=ValueType.INT64) for n in ("advisor", "firm")}
    views = [
        FeatureView(
            name=view,
            entities=[entities[key]],
            ttl=timedelta(0),
            schema=[Field(name=column, dtype=kinds[kind]) for column, kind in columns.items()],
            source=FileSource(path=str(folder / f"{view}.parquet"), timestamp_field="known"),
            online=False,
        )
        for view, (key, columns) in COLUMNS.items()
    ]
    return [*entities.values(), *views]


if __name__ == "__main__":
    time_store(_feast)
