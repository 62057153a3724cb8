"""What moves a model most is read off the model, and is what its contributions on data say."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb

from python_scoring.features.contract import FeatureContract, flat_contract
from python_scoring.model.margin.booster import Attribution
from python_scoring.model.margin.linear_part import STRAIGHT, LinearPart, Term
from python_scoring.model.margin.ranking_model import RankingModel
from python_scoring.model.margin.strength import feature_strengths, strongest_features
from python_scoring.scoring.scorer import LeadScorer

NAMES = ["strong", "weak", "nothing", "middling"]


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(4000, len(NAMES)))


@pytest.fixture(scope="module")
def stumps(rows: np.ndarray) -> RankingModel:
    """Trees of one split each: what a feature gives does not depend on the others."""
    log_odds = rows @ np.array([1.2, 0.2, 0.0, 0.6])
    converted = np.random.default_rng(2).random(len(rows)) < 1 / (1 + np.exp(1 - log_odds))
    data = xgb.DMatrix(rows, converted, feature_names=NAMES)
    return RankingModel(xgb.train({"objective": "binary:logistic", "max_depth": 1}, data, 40))


def linear(**coefficients: float) -> LinearPart:
    terms = [
        Term(name, STRAIGHT, (-1.0, 1.0), (-1.0, 1.0), coefficient, 0.0, 1.0, 0.0, 0.0)
        for name, coefficient in coefficients.items()
    ]
    return LinearPart(0.0, tuple(terms))


def test_the_strength_of_stumps_is_the_spread_of_their_contributions(
    stumps: RankingModel, rows: np.ndarray
) -> None:
    found = feature_strengths(stumps, NAMES)
    spread = Attribution(stumps).shares(rows).std(axis=0)
    # trees that move a feature in different places are added as if they did in one
    assert (found >= 0.9 * spread).all()
    assert (found[[0, 3]] <= 1.6 * spread[[0, 3]]).all()
    assert found[0] > found[3] > found[1]


def test_a_term_counts_by_its_coefficient_whatever_its_sign(stumps: RankingModel) -> None:
    alone = feature_strengths(stumps, NAMES)
    both = feature_strengths(replace(stumps, linear=linear(weak=-3.0)), NAMES)
    np.testing.assert_allclose(both - alone, [0, 3, 0, 0])


def test_groups_count_together_and_name_their_strongest(stumps: RankingModel) -> None:
    model = replace(stumps, linear=linear(weak=0.3, nothing=-5.0))
    features = flat_contract(NAMES).features
    grouped = [replace(feature, group="a") for feature in (features[0], features[3])]
    contract = FeatureContract((grouped[0], features[1], features[2], grouped[1]))
    assert strongest_features(model, contract) == ["nothing", "strong", "weak"]


def test_texts_and_what_moves_nothing_are_left_out() -> None:
    leaf = xgb.train(
        {"objective": "binary:logistic"},
        xgb.DMatrix(np.zeros((4, 4)), [0, 1, 0, 1], feature_names=NAMES),
        1,
    )
    contract = flat_contract(NAMES).with_categories({"weak": ("a", "b")})
    model = RankingModel(leaf, linear(weak=9.0, strong=0.1))
    assert strongest_features(model, contract) == ["strong"]


def test_the_strongest_group_contributes_most(new_leads: pd.DataFrame, scorer: LeadScorer) -> None:
    contributions = np.abs(scorer.explain_frame(new_leads).contributions).mean(axis=0)
    first = int(contributions.argmax())
    group = list(scorer.contract.groups)[first]
    strongest = scorer.strongest_features["strongest_1_feature"]
    by_name = {feature.name: feature.group for feature in scorer.contract.features}
    assert strongest is not None
    assert by_name[strongest] == group
