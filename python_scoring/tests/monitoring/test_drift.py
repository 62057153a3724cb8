"""The limits of drift, against scipy's: quantiles, and Benjamini and Hochberg's step-up rule."""

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import chi2, false_discovery_control

from python_scoring.tests.support.feature_engine import CompiledFeatures, compiled_models

FEATURES, SAMPLES = 14, 400
FLOOR, LEVEL = 0.1, 0.01


@pytest.fixture(scope="module")
def compiled(manifest: dict[str, Any]) -> CompiledFeatures:
    return compiled_models(manifest, "feature_drift")


def drawn(drifting: int) -> pa.Table:
    """Samples of a hundred people, whose indexes are chance but for a few features."""
    generator = np.random.default_rng(5)
    rows = SAMPLES * FEATURES
    bins = 2 + np.arange(rows) % FEATURES % 10
    scale = 1 / 100 + 1 / 9000
    index = scale * generator.chisquare(bins - 1)
    index = np.where(np.arange(rows) % FEATURES < drifting, 4 * index, index)
    return pa.table(
        {
            "model_version": pa.repeat("v1", rows),
            "sample": pa.array((np.arange(rows) // FEATURES).astype("str")),
            "sample_date": pa.nulls(rows, pa.date32()),
            "feature": pa.array((np.arange(rows) % FEATURES).astype("str")),
            "sample_rows": pa.repeat(100, rows),
            "reference_rows": pa.repeat(9000, rows),
            "bin_count": bins,
            "stability_index": index,
            **{name: pa.repeat(0.0, rows) for name in SHARES},
        }
    )


SHARES = ("unseen_share", "unknown_share", "reference_unknown_share")


def drifted(compiled: CompiledFeatures, indexes: pa.Table) -> np.ndarray:
    """Whether each feature of each sample has drifted, shape (samples, features)."""
    with duckdb.connect() as connection:
        connection.execute(f"attach ':memory:' as {compiled.database}; use {compiled.database}")
        connection.register("drawn", indexes)
        connection.execute("create table drift_indexes as from drawn")
        found = connection.execute(
            f"select is_drifted from ({compiled.code('feature_drift')})"
            " order by cast(sample as int), cast(feature as int)"
        ).fetchnumpy()
    return np.array(found["is_drifted"]).reshape(SAMPLES, FEATURES)


@pytest.mark.parametrize("drifting", [0, 4])
def test_the_limits_are_those_of_scipy(compiled: CompiledFeatures, drifting: int) -> None:
    indexes = drawn(drifting)
    found = drifted(compiled, indexes)
    index = indexes["stability_index"].to_numpy().reshape(SAMPLES, FEATURES)
    degrees = indexes["bin_count"].to_numpy().reshape(SAMPLES, FEATURES) - 1
    chance = chi2.sf(index / (1 / 100 + 1 / 9000), degrees)
    expected = (false_discovery_control(chance, axis=1) <= LEVEL) & (index > FLOOR)
    # the quantiles are approximate, so that a few at the very limit may differ
    assert (found != expected).mean() < 0.005
    assert found.any(axis=1).mean() < 0.02 if drifting == 0 else found.sum() > 300


def test_what_had_moved_when_the_model_was_judged_is_no_news(compiled: CompiledFeatures) -> None:
    indexes = drawn(4)
    judged = indexes.slice(0, FEATURES).set_column(1, "sample", pa.repeat("judged", FEATURES))
    moved = pa.repeat(10.0, FEATURES)
    judged = judged.set_column(
        judged.column_names.index("stability_index"), "stability_index", moved
    )
    assert drifted(compiled, indexes).any()
    assert not drifted(compiled, pa.concat_tables([indexes, judged])).any()
