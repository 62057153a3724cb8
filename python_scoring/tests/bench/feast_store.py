"""Feast's point-in-time joins, in an environment of their own (make bench).

A feature store makes no features: it is given our own running figures of each advisor and firm as
its tables, and joins them to leads whose firm is known already. So it is spared the checks, the
careers, the moves and the head counts.

python feast_store.py DATABASE      prints one JSON line: leads, seconds
"""

import json
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

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

_TABLES = {
    "asked": "select prediction_id, advisor_crd as advisor, firm_crd as firm,"
    " as_of_date::timestamp as event_timestamp from int_firm_at_day where firm_crd is not null",
    "career": "select advisor_crd as advisor, first_known_date::timestamp as known,"
    " firm_crd as at_firm, prior_firm_count from int_careers where superseded_date is null",
    "headcount": "select firm_crd as firm, changed_date::timestamp as known, known_headcount"
    " from int_firm_headcounts",
    "assets": "select firm_crd as firm, known_date::timestamp as known, total_aum_usd"
    " from int_firm_months where superseded_date is null",
}
_COLUMNS = {
    "career": ("advisor", {"at_firm": Int64, "prior_firm_count": Int64}),
    "headcount": ("firm", {"known_headcount": Int64}),
    "assets": ("firm", {"total_aum_usd": Float64}),
}


def main(database: str) -> None:
    """Make the store's tables, and time the answer as an Arrow table."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with duckdb.connect(database, read_only=True) as connection:
            for name, query in _TABLES.items():
                connection.sql(query).write_parquet(str(folder / f"{name}.parquet"))
            leads = connection.sql(f"from '{folder}/asked.parquet'").df()
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
        asked = [f"{view}:{column}" for view, (_, has) in _COLUMNS.items() for column in has]
        began = time.perf_counter()
        answer = store.get_historical_features(entity_df=leads, features=asked).to_arrow()
        seconds = time.perf_counter() - began
    sys.stdout.write(json.dumps({"leads": answer.num_rows, "seconds": seconds}) + "\n")


def _described(folder: Path) -> list[Entity | FeatureView]:
    """Return the entities and views of the store."""
    entities = {n: Entity(name=n, value_type=ValueType.INT64) for n in ("advisor", "firm")}
    views = [
        FeatureView(
            name=view,
            entities=[entities[key]],
            ttl=timedelta(0),
            schema=[Field(name=column, dtype=kind) for column, kind in columns.items()],
            source=FileSource(path=str(folder / f"{view}.parquet"), timestamp_field="known"),
            online=False,
        )
        for view, (key, columns) in _COLUMNS.items()
    ]
    return [*entities.values(), *views]


if __name__ == "__main__":
    main(sys.argv[1])
