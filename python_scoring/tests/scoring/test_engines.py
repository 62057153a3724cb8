"""Batches through an engine are scored row for row, by one and the same model."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from python_scoring.features.engineered import engineered_features
from python_scoring.model.artifact import write_artifact
from python_scoring.model.registry import Registry
from python_scoring.scoring import engines
from python_scoring.scoring.scorer import LeadScorer
from python_scoring.tests.support.invented_models import draft_of, invent_leads


class WorkersOfSpark:
    """Spark's part: hands batches to the function, and starts only when asked for results."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.schema = ""
        self.function: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]] = iter

    def select(self, *columns: str) -> "WorkersOfSpark":
        return WorkersOfSpark(self.table.select(list(columns)))

    def filter(self, condition: str) -> "WorkersOfSpark":
        with duckdb.connect() as connection:
            connection.register("rows", self.table)
            found = connection.sql("from rows").filter(condition).to_arrow_table()
        return WorkersOfSpark(found)

    def mapInArrow(  # noqa: N802 - Spark's name
        self, func: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]], schema: str
    ) -> "WorkersOfSpark":
        self.function, self.schema = func, schema
        return self

    def collect(self, batch_rows: int) -> list[pa.RecordBatch]:
        return list(self.function(iter(self.table.to_batches(batch_rows))))


@pytest.fixture
def leads() -> pd.DataFrame:
    base = invent_leads(1000, seed=5)
    frame = pd.concat([base, engineered_features(base)], axis=1)
    frame.insert(0, "prediction_id", [f"lead:{i}" for i in range(len(frame))])
    return frame.assign(not_a_feature="x")


def assert_scored(found: pd.DataFrame, leads: pd.DataFrame, scorer: LeadScorer) -> None:
    assert list(found["prediction_id"]) == list(leads["prediction_id"])
    wanted = scorer.score_frame(leads)
    constants = scorer.periods | scorer.strongest_features
    for name in found.columns.drop(["prediction_id", *constants]):
        np.testing.assert_array_equal(found[name], wanted[name], err_msg=name)
    assert {name: set(found[name]) for name in constants} == {
        name: {value} for name, value in constants.items()
    }


def test_spark_s_workers_score_every_batch(leads: pd.DataFrame) -> None:
    given = WorkersOfSpark(pa.Table.from_pandas(leads, preserve_index=False))
    scored = engines.score_relation(given)
    assert scored.schema.startswith("prediction_id string, uncalibrated_score double, ")
    assert scored.schema.endswith(", strongest_2_feature string, strongest_3_feature string")
    batches = scored.collect(300)
    assert [batch.num_rows for batch in batches] == [300, 300, 300, 100]
    assert all(batch.schema.equals(engines.SUBJECT_SCORE_SCHEMA) for batch in batches)
    assert_scored(pa.Table.from_batches(batches).to_pandas(), leads, LeadScorer())


def test_only_leads_of_the_test_period_and_later_are_unseen(leads: pd.DataFrame) -> None:
    start = pd.Timestamp(LeadScorer().test_start_date)
    days = [start - pd.Timedelta(days=1), start, start + pd.Timedelta(days=90), start]
    contacted = leads.head(4).assign(
        contacted_date=[d.date() for d in days], label=pd.array([0, 1, 0, None])
    )
    given = WorkersOfSpark(pa.Table.from_pandas(contacted, preserve_index=False))
    found = pa.Table.from_batches(engines.score_unseen_leads(given).collect(10)).to_pandas()
    assert list(found["prediction_id"]) == ["lead:1", "lead:2"]


def test_a_promotion_meanwhile_does_not_reach_the_workers(
    leads: pd.DataFrame, tmp_path: Path
) -> None:
    packaged = Registry()
    draft = draft_of(packaged.folder / str(packaged.promoted()))
    first, second = (write_artifact(draft, tmp_path, name=name) for name in ("first", "second"))
    Registry(tmp_path).promote(first, "")
    given = WorkersOfSpark(pa.Table.from_pandas(leads, preserve_index=False))
    scored = engines.score_relation(given, registry=tmp_path.as_uri())
    Registry(tmp_path).promote(second, "")
    found = pa.Table.from_batches(scored.collect(1000)).to_pandas()
    assert set(found["model_version"]) == {first}


def test_duckdb_streams_through_this_process(
    leads: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BATCH_ROWS", 2048)
    with duckdb.connect() as connection:
        connection.register("leads", leads)
        reader = engines.score_relation(connection.table("leads"))
        assert reader.schema == engines.SUBJECT_SCORE_SCHEMA
        assert_scored(reader.read_all().to_pandas(), leads, LeadScorer())
