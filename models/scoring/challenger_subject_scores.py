"""Scores every subject of the day by the challenger, in Arrow batches. Logic: python_scoring."""

from python_scoring.scoring import engines


def model(dbt, session):  # type: ignore[no-untyped-def]  # dbt passes engine objects
    """Return one row per prediction of lead_scoring_features, as subject_scores does."""
    dbt.config(materialized="table")
    # Each call stands alone: dbt finds the keys by reading this code, and not inside an expression.
    version = dbt.config.meta_get("model_version")
    registry = dbt.config.meta_get("model_registry")
    return engines.score_relation(dbt.ref("lead_scoring_features"), version, registry)
