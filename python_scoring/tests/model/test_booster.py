"""Contributions are XGBoost's own, however they are computed."""

import numpy as np
import pytest
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.features.contract import flat_contract
from python_scoring.model.margin import tree_tables as pair_tables
from python_scoring.model.margin.booster import Attribution, margins, training_matrix
from python_scoring.model.margin.ranking_model import RankingModel


def boosted(seed: int, depth: int, rows: int = 400) -> tuple[xgb.Booster, np.ndarray]:
    """Fit a booster on features with ties, flags, wide ranges and gaps; return it and its rows."""
    rng = np.random.default_rng(seed)
    features = np.column_stack(
        [
            rng.integers(0, 2, rows),
            rng.integers(0, 12, rows),
            rng.normal(size=rows),
            np.exp(rng.normal(19, 2, rows)),
            np.full(rows, 3.0),
        ]
    )
    features[rng.random(features.shape) < 0.1] = np.nan
    score = np.nan_to_num(features[:, 1]) / 4 - 3 * np.nan_to_num(features[:, 0] * features[:, 2])
    label = (rng.random(rows) < 1 / (1 + np.exp(2 - score))).astype(float)
    parameters = {"objective": "binary:logistic", "max_depth": depth, "eta": 0.3, "subsample": 0.8}
    return xgb.train(parameters, xgb.DMatrix(features, label), 25), features


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.integers(0, 3))
def test_contributions_are_those_of_xgboost(seed: int, depth: int) -> None:
    booster, features = boosted(seed, max(depth, 1))
    rows = np.vstack([features, np.full((1, 5), np.nan), np.zeros((1, 5))])
    own = booster.predict(xgb.DMatrix(rows), pred_contribs=True)
    found = Attribution(RankingModel(booster))
    np.testing.assert_allclose(found.shares(rows), own[:, :-1], atol=1e-5)
    assert found.average_margin == pytest.approx(own[0, -1])
    total = found.shares(rows).sum(axis=1) + found.average_margin
    np.testing.assert_allclose(total, margins(RankingModel(booster), rows), atol=1e-5)


@pytest.mark.parametrize("depth", [2, 4])
def test_what_float32_cannot_hold_is_the_largest_it_can(depth: int) -> None:
    """1e39 is a number in a file, and XGBoost refuses it; unknown stays unknown."""
    rng = np.random.default_rng(5)
    huge, label = rng.normal(size=(300, 2)), rng.random(300) < 0.4
    huge[label, 0], huge[:20, 1] = 1e39, np.nan
    largest = np.where(huge == 1e39, np.finfo(np.float32).max, huge)
    parameters = {"objective": "binary:logistic", "max_depth": depth}
    fitted = [
        xgb.train(parameters, training_matrix(flat_contract(["a", "b"]), rows, label), 9)
        for rows in (huge, largest)
    ]
    assert fitted[0].save_raw("json") == fitted[1].save_raw("json")
    model = RankingModel(fitted[0])
    found, told = Attribution(model).explained(huge), Attribution(model).explained(largest)
    np.testing.assert_array_equal(found[0], told[0])
    np.testing.assert_array_equal(found[1], told[1])
    np.testing.assert_array_equal(margins(model, huge), margins(model, largest))
    assert margins(model, huge)[label].min() > margins(model, huge)[~label].max()


def test_values_on_a_threshold_go_where_xgboost_sends_them() -> None:
    booster, features = boosted(1, depth=2)
    tables = pair_tables.pair_tables(booster)
    assert tables is not None
    rows = np.tile(features[:1], (40, 1))
    rows[:, 1] = np.resize(tables.cuts[1], 40)
    own = booster.predict(xgb.DMatrix(rows), pred_contribs=True)
    np.testing.assert_allclose(tables.explained(rows)[0], own[:, :-1], atol=1e-5)


def test_chunks_together_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    booster, features = boosted(2, depth=2)
    booster.feature_names = list("abcde")
    attribution = Attribution(RankingModel(booster))
    whole = attribution.explained(features)
    monkeypatch.setattr(pair_tables, "CHUNK", 7)
    for part, all_at_once in zip(attribution.explained(features), whole, strict=True):
        np.testing.assert_array_equal(part, all_at_once)


def test_deeper_trees_are_left_to_xgboost() -> None:
    assert pair_tables.pair_tables(boosted(3, depth=3)[0]) is None
    assert pair_tables.pair_tables(boosted(3, depth=2)[0]) is not None
