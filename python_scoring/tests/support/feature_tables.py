"""Runs the project's own feature SQL in process on whole deliveries, as Arrow tables."""

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from python_scoring.tests.support.feature_engine import CompiledFeatures

ARCHIVE = "registration_arrivals"
CURVE_SEED = "arrival_curve"
CURVE_TYPES = (
    "age_days bigint, share_arrived double, share_lower double, share_upper double, n bigint"
)


class FeatureTables:
    """An in-memory database for one compiled feature model."""

    def __init__(self, compiled: CompiledFeatures) -> None:
        self._compiled = compiled
        self._connection = duckdb.connect(config={"threads": 2})
        self._connection.execute(f"attach ':memory:' as {compiled.database}")
        relations = [relation for relation, _ in compiled.sources.values()]
        relations += [relation for relation, _ in compiled.models]
        for schema in sorted({relation.rsplit(".", 1)[0] for relation in relations}):
            self._connection.execute(f"create schema if not exists {schema}")
        self._curve = f"{compiled.models[-1][0].rsplit('.', 1)[0]}.{CURVE_SEED}"
        self._connection.execute(f"create table {self._curve} ({CURVE_TYPES})")

    def build(
        self,
        delivery: Mapping[str, pa.Table],
        archive: pa.Table | None = None,
        curve: list[dict[str, Any]] | None = None,
    ) -> pa.Table:
        """Return the features of a delivery's contacted leads, in the order of their ids.

        Args:
            delivery: Each source by name; columns that it lacks are null.
            archive: What earlier deliveries left: advisor_crd, firm_crd, started_date and
                first_delivered_date.
            curve: Rows of the seed `arrival_curve`.
        """
        for name, (relation, columns) in self._compiled.sources.items():
            self._connection.register("delivered", delivery[name])
            held = delivery[name].column_names
            picked = ", ".join(
                f'cast({column if column in held else "null"} as {kind}) as "{column}"'
                for column, kind in columns.items()
            )
            self._connection.execute(
                f"create or replace table {relation} as select {picked} from delivered"
            )
        self._connection.execute(f"delete from {self._curve}")
        if curve:
            self._connection.register("measured", pa.Table.from_pylist(curve))
            self._connection.execute(f"insert into {self._curve} by name from measured")
        for relation, code in self._compiled.models:
            self._connection.execute(f"create or replace table {relation} as {code}")
            if archive is not None and relation.endswith(f'"{ARCHIVE}"'):
                self._connection.register("archived", archive)
                self._connection.execute(f"delete from {relation}")
                self._connection.execute(f"insert into {relation} by name from archived")
        last = self._compiled.models[-1][0]
        return self._connection.sql(
            f"from {last} where prediction_id like 'lead:%' order by prediction_id"
        ).to_arrow_table()
