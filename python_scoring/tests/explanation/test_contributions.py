"""Base plus contributions is the published probability, and no sign is lost on the way."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.explanation.contributions import Explanation, explain
from python_scoring.features.contract import FeatureContract
from python_scoring.features.feature import Feature
from python_scoring.model.calibration_curve import CalibrationCurve, raw_scores
from python_scoring.model.margin.booster import Attribution
from python_scoring.scoring.scorer import LeadScorer

CONTRACT = FeatureContract(
    tuple(Feature(name, "base", name, group=name[0]) for name in ("a1", "a2", "b1", "c1", "d1"))
)
SHARES = st.lists(
    st.lists(st.floats(-2, 2, width=32), min_size=5, max_size=5), min_size=1, max_size=6
)
STEPS = st.lists(st.floats(0.001, 0.1), min_size=2, max_size=8)


def rising_curve(steps: list[float]) -> CalibrationCurve:
    scores = raw_scores(np.linspace(-6, 1, len(steps)))
    return CalibrationCurve("isotonic", scores, np.cumsum(steps), base_rate=0.04)


def explained(shares: list[list[float]], steps: list[float], bias: float = -3.0) -> Explanation:
    matrix = np.array(shares)
    # as XGBoost has it: the margin is summed in single precision, the contributions are not
    margins = (np.float32(bias) + matrix.astype(np.float32).sum(axis=1)).astype(np.float64)
    return explain(matrix, bias, margins, rising_curve(steps), CONTRACT)


@settings(max_examples=100)
@given(SHARES, STEPS)
def test_base_and_contributions_are_the_published_probability(
    shares: list[list[float]], steps: list[float]
) -> None:
    found = explained(shares, steps)
    total = found.base + found.contributions.sum(axis=1)
    np.testing.assert_allclose(total, found.probabilities, atol=1e-9, rtol=0)


@settings(max_examples=100)
@given(SHARES, STEPS)
def test_directions_are_those_of_the_model(shares: list[list[float]], steps: list[float]) -> None:
    totals = np.column_stack(
        [np.array(shares)[:, members].sum(axis=1) for members in CONTRACT.groups.values()]
    )
    sure = np.abs(totals) > 1e-5
    found = explained(shares, steps).contributions
    assert (found * np.sign(totals) >= 0)[sure].all()


@settings(max_examples=100)
@given(SHARES, STEPS)
def test_the_named_feature_moved_its_group_in_the_direction_given(
    shares: list[list[float]], steps: list[float]
) -> None:
    features, contributions = explained(shares, steps).drivers()
    for row, rank in zip(*np.nonzero(np.abs(np.nan_to_num(contributions)) > 1e-6), strict=True):
        share = shares[row][features[row, rank]]
        assert share * contributions[row, rank] > 0


def test_drivers_are_the_strongest_groups_each_named_once() -> None:
    features, contributions = explained([[1, 0.5, -0.7, 0.2, 0.1]], [0.01, 0.02, 0.04]).drivers()
    assert features.tolist() == [[0, 2, 3]]
    assert (np.diff(np.abs(contributions[0])) < 0).all()
    assert np.sign(contributions[0]).tolist() == [1, -1, 1]


def test_members_that_pull_apart_are_named_by_the_net_contribution() -> None:
    features, contributions = explained([[1, -0.4, 0, 0, 0]], [0.01, 0.02, 0.04]).drivers()
    assert features.tolist() == [[0, -1, -1]]
    assert contributions[0, 0] > 0
    assert np.isnan(contributions[0, 1:]).all()


def test_where_the_curve_is_flat_nothing_is_claimed() -> None:
    flat = CalibrationCurve("isotonic", np.array([0.5]), np.array([0.04]), base_rate=0.04)
    found = explain(np.array([[1.0, 0, 0, 0, 0]]), -3.0, np.array([-2.0]), flat, CONTRACT)
    assert (found.drivers()[0] == -1).all()


def test_contributions_that_cancel_out_are_named_by_the_slope() -> None:
    found = explained([[0.5, 0, -0.5, 0, 0]], [0.01, 0.02, 0.04])
    features, contributions = found.drivers()
    assert found.probabilities[0] == pytest.approx(found.base)
    assert features[0].tolist() == [0, 2, -1]
    assert contributions[0, 0] == pytest.approx(-contributions[0, 1])
    assert contributions[0, 0] > 0.001


def test_taking_away_a_raising_driver_lowers_the_score(
    scorer: LeadScorer, new_leads: pd.DataFrame
) -> None:
    """The first driver's group is taken out of the margin; the probability must follow."""
    artifact = scorer._artifact
    attribution = Attribution(artifact.model)
    shares, bias = attribution.shares(scorer.contract.matrix(new_leads)), attribution.average_margin
    features, contributions = scorer.explain_frame(new_leads).drivers()
    groups = [f.group for f in scorer.contract.features]
    for row in range(len(new_leads)):
        group = groups[features[row, 0]]
        rest = [i for i, name in enumerate(groups) if name != group]
        with_all, without = (
            artifact.curve.apply_margins(np.array([bias + shares[row, members].sum()]))[0]
            for members in (list(range(len(groups))), rest)
        )
        assert (with_all - without) * contributions[row, 0] >= -1e-9
