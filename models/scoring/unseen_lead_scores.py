"""Scores the leads that the model has not learned from, in Arrow batches. Logic: python_scoring."""

from python_scoring.scoring import engines


def model(dbt, session):  # type: ignore[no-untyped-def]  # dbt passes engine objects
    """Return one row per lead contacted since the model's test period began, outcome known."""
    dbt.config(materialized="table")
    # Each call stands alone: dbt finds the keys by reading this code, and not inside an expression.
    version = dbt.config.meta_get("model_version")
    registry = dbt.config.meta_get("model_registry")
    return engines.score_unseen_leads(dbt.ref("lead_training_set"), version, registry)
