"""Carries tables between an engine and the scorer, in Arrow batches.

A warehouse table need not fit into memory: rows flow from the engine through the scorer and back,
one batch at a time.
"""

from collections.abc import Iterator
from typing import Protocol

import pandas as pd
import pyarrow as pa

BATCH_ROWS = 100_000

_DRIVERS = [
    pa.field(f"driver_{place}_{part}", arrow_type)
    for place in (1, 2, 3)
    for part, arrow_type in (
        ("feature", pa.string()),
        ("value", pa.float64()),
        ("contribution", pa.float64()),
    )
]
SCORE_SCHEMA = pa.schema(
    [
        pa.field("prediction_id", pa.string()),
        pa.field("uncalibrated_score", pa.float64()),
        pa.field("lead_score", pa.float64()),
        pa.field("base_rate", pa.float64()),
        *_DRIVERS,
        pa.field("narrative", pa.string()),
        pa.field("model_version", pa.string()),
        pa.field("model_sha256", pa.string()),
    ]
)


class FrameScorer(Protocol):
    """Anything that scores a frame; `LeadScorer` does."""

    @property
    def feature_names(self) -> list[str]:
        """Columns that the scorer reads."""

    def score_frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Score columns for each row of the frame, in its order."""


class ArrowRelation(Protocol):
    """A DuckDB relation, as `dbt.ref` gives it to a Python model."""

    def select(self, *columns: str) -> "ArrowRelation":
        """The relation with these columns only."""

    def to_arrow_reader(self, batch_size: int) -> pa.RecordBatchReader:
        """The rows as a stream of Arrow batches."""


def score_batches(features: ArrowRelation, scorer: FrameScorer) -> pa.RecordBatchReader:
    """Score a feature relation as a stream.

    Args:
        features: Relation with `prediction_id` and every feature of the scorer's contract.
        scorer: The model that scores.

    Returns:
        Reader over batches of `SCORE_SCHEMA`, at most `BATCH_ROWS` rows each, in the order of the
        relation.
    """
    columns = ["prediction_id", *scorer.feature_names]
    reader = features.select(*columns).to_arrow_reader(BATCH_ROWS)

    def scored() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            frame = batch.to_pandas()
            scores = scorer.score_frame(frame[scorer.feature_names])
            scores.insert(0, "prediction_id", frame["prediction_id"])
            yield pa.RecordBatch.from_pandas(
                scores[SCORE_SCHEMA.names], schema=SCORE_SCHEMA, preserve_index=False
            )

    return pa.RecordBatchReader.from_batches(SCORE_SCHEMA, scored())
