"""Carries tables between an engine and the scorer, in Arrow batches.

A warehouse table need not fit into memory: rows flow from the engine through the scorer and back,
one batch at a time.
"""

from collections.abc import Iterator
from typing import Protocol

import pyarrow as pa

from python_scoring.score_schema import SCORE_SCHEMA
from python_scoring.scorer import LeadScorer

BATCH_ROWS = 100_000

# Buckets and lifts are left to SQL, where analysts edit the seed and the day's ranking is made.
_LEFT_TO_SQL = {"score_bucket", "action_recommended", "lift_vs_base"}
SUBJECT_SCORE_SCHEMA = pa.schema(
    [
        pa.field("prediction_id", pa.string()),
        *(field for field in SCORE_SCHEMA if field.name not in _LEFT_TO_SQL),
    ]
)


class ArrowRelation(Protocol):
    """A DuckDB relation, as `dbt.ref` gives it to a Python model."""

    def select(self, *columns: str) -> "ArrowRelation":
        """The relation with these columns only."""

    def to_arrow_reader(self, batch_size: int) -> pa.RecordBatchReader:
        """The rows as a stream of Arrow batches."""


def score_batches(features: ArrowRelation, scorer: LeadScorer) -> pa.RecordBatchReader:
    """Score a feature relation as a stream.

    Args:
        features: Relation with `prediction_id` and every feature of the scorer's contract.
        scorer: The model that scores.

    Returns:
        Reader over batches of `SUBJECT_SCORE_SCHEMA`, at most `BATCH_ROWS` rows each, in the order
        of the relation.
    """
    columns = ["prediction_id", *scorer.feature_names]
    reader = features.select(*columns).to_arrow_reader(BATCH_ROWS)

    def scored() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            frame = batch.to_pandas()
            scores = scorer.score_frame(frame[scorer.feature_names])
            scores.insert(0, "prediction_id", frame["prediction_id"])
            yield pa.RecordBatch.from_pandas(
                scores[SUBJECT_SCORE_SCHEMA.names],
                schema=SUBJECT_SCORE_SCHEMA,
                preserve_index=False,
            )

    return pa.RecordBatchReader.from_batches(SUBJECT_SCORE_SCHEMA, scored())
