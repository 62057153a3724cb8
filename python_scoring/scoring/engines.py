"""Carries tables between an engine and the scorer, in Arrow batches.

A warehouse table need not fit into memory: rows flow from the engine through the scorer and back,
one batch at a time. DuckDB streams them through this process; Spark sends them through its workers,
each of which loads the model once.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import Any, Protocol

import pyarrow as pa

from python_scoring.scoring.output_columns import MODEL_SCHEMA
from python_scoring.scoring.scorer import LeadScorer

BATCH_ROWS = 100_000

PERIODS = ("learned_from_date", "learned_until_date", "judged_from_date", "judged_until_date")
STRONGEST = ("strongest_1_feature", "strongest_2_feature", "strongest_3_feature")
SUBJECT_SCORE_SCHEMA = pa.schema(
    [
        pa.field("prediction_id", pa.string()),
        *MODEL_SCHEMA,
        *(pa.field(name, pa.date32()) for name in PERIODS),
        *(pa.field(name, pa.string()) for name in STRONGEST),
    ]
)
# Spark's names of these types are Arrow's: string, double and, but for its unit, date.
_SPARK_SCHEMA = ", ".join(
    f"{field.name} {str(field.type).removesuffix('32[day]')}" for field in SUBJECT_SCORE_SCHEMA
)


class ArrowRelation(Protocol):
    """A DuckDB relation, as `dbt.ref` gives it to a Python model."""

    def select(self, *columns: str) -> "ArrowRelation":
        """The relation with these columns only."""

    def filter(self, condition: str) -> "ArrowRelation":
        """The rows that meet a condition, in SQL."""

    def to_arrow_reader(self, batch_size: int) -> pa.RecordBatchReader:
        """The rows as a stream of Arrow batches."""


class SparkFrame(Protocol):
    """A DataFrame of Spark, as `dbt.ref` gives it to a Python model on BigQuery."""

    def select(self, *columns: str) -> "SparkFrame":
        """The frame with these columns only."""

    def filter(self, condition: str) -> "SparkFrame":
        """The rows that meet a condition, in SQL."""

    def mapInArrow(  # noqa: N802 - Spark's name
        self, func: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]], schema: str
    ) -> "SparkFrame":
        """The frame that a function makes of each partition's batches, on the workers."""


def score_relation(
    features: ArrowRelation | SparkFrame, model_version: str = "", registry: str = ""
) -> Any:
    """Score a feature relation where its engine is.

    Args:
        features: Relation with `prediction_id` and every feature of the model's contract.
        model_version: Version that scores; the promoted one where empty.
        registry: Folder or URI of the registry (see `Registry`). Spark's workers read
            it too.

    Returns:
        For DuckDB a reader over batches of `SUBJECT_SCORE_SCHEMA`, in the order of the relation;
        for Spark a DataFrame of these columns, which nothing has computed yet.

    Raises:
        RegistryError: No such version.
        ArtifactError: It is damaged.
    """
    scorer = LeadScorer(model_version, registry or None)
    chosen = features.select("prediction_id", *scorer.feature_names)
    if hasattr(chosen, "mapInArrow"):
        # by its full name: should another version be promoted meanwhile, no worker takes it up
        score = partial(_score_on_worker, model_version=scorer.model_version, registry=registry)
        return chosen.mapInArrow(score, _SPARK_SCHEMA)
    batches = _scored(chosen.to_arrow_reader(BATCH_ROWS), scorer)
    return pa.RecordBatchReader.from_batches(SUBJECT_SCORE_SCHEMA, batches)


def score_unseen_leads(
    leads: ArrowRelation | SparkFrame, model_version: str = "", registry: str = ""
) -> Any:
    """Score the leads that a model has neither learned from nor been calibrated on.

    Args:
        leads: Relation as in `score_relation`, with `label` and `contacted_date` too.
        model_version: Version that scores; the promoted one where empty.
        registry: Folder or URI of the registry.

    Returns:
        As `score_relation`, for the leads of known outcome contacted since the test period began.
    """
    scorer = LeadScorer(model_version, registry or None)
    unseen = f"label is not null and contacted_date >= date '{scorer.test_start_date}'"
    return score_relation(leads.filter(unseen), scorer.model_version, registry)


def _score_on_worker(
    batches: Iterator[pa.RecordBatch], model_version: str, registry: str
) -> Iterator[pa.RecordBatch]:
    return _scored(batches, _on_worker(model_version, registry))


@lru_cache(maxsize=1)
def _on_worker(model_version: str, registry: str) -> LeadScorer:
    """Load a model once per worker, which serves many partitions."""
    return LeadScorer(model_version, registry or None)


def _scored(batches: Iterable[pa.RecordBatch], scorer: LeadScorer) -> Iterator[pa.RecordBatch]:
    """Yield the scores of each batch, row for row."""
    for batch in batches:
        frame = batch.to_pandas()
        scores = scorer.model_scores(frame[scorer.feature_names])
        scores.insert(0, "prediction_id", frame["prediction_id"])
        scores = scores.assign(**scorer.periods, **scorer.strongest_features)
        yield pa.RecordBatch.from_pandas(
            scores[SUBJECT_SCORE_SCHEMA.names], schema=SUBJECT_SCORE_SCHEMA, preserve_index=False
        )
