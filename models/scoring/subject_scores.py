"""Scores every subject of the day, in Arrow batches. Logic: python_scoring."""

from python_scoring import frames
from python_scoring.scorer import LeadScorer


def model(dbt, session):  # type: ignore[no-untyped-def]  # dbt passes engine objects
    """Return one row per prediction of lead_scoring_features, with score, drivers and narrative."""
    dbt.config(materialized="table")
    scorer = LeadScorer(
        model_version=dbt.config.get("model_version") or None,
        registry=dbt.config.get("model_registry") or None,
    )
    return frames.score_batches(dbt.ref("lead_scoring_features"), scorer)
