"""Figures agree with scikit-learn, share ties, and have intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from python_scoring.metrics.ranking import (
    compare_rankings,
    cumulative_gains,
    evaluate,
    evaluate_ranking,
)
from python_scoring.tests.support.probabilities import predicted

SHARES = np.linspace(0, 1, 21)


def scored(rows: int, seed: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated scores on a grid, so that many tie, and outcomes drawn with them."""
    rng = np.random.default_rng(seed)
    scores = (1 + rng.integers(0, steps, rows)) / (2 * steps)
    converted = rng.random(rows) < scores
    converted[:2] = [True, False]
    return scores, converted


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([1, 3, 20, 10_000]))
def test_figures_agree_with_scikit_learn_ties_or_not(seed: int, steps: int) -> None:
    scores, converted = scored(200, seed, steps)
    found = evaluate(scores, scores, converted, seed=0)
    assert found.auc.value == pytest.approx(roc_auc_score(converted, scores))
    assert found.auc_pr.value == pytest.approx(average_precision_score(converted, scores))
    assert found.brier.value == pytest.approx(brier_score_loss(converted, scores))
    assert np.mean([lift.value for lift in found.lift_by_decile]) == pytest.approx(1)


def test_lift_does_not_depend_on_the_order_of_ties() -> None:
    converted = np.arange(1000) < 30
    same = np.zeros(1000)
    for order in (slice(None), slice(None, None, -1)):
        found = evaluate(same, same + 0.03, converted[order], seed=0)
        assert [lift.value for lift in found.lift_by_decile] == pytest.approx([1] * 10)
        assert found.auc.value == 0.5


def test_a_perfect_ranking_finds_all_in_the_first_tenth() -> None:
    converted = np.arange(1000) < 100
    found = evaluate(-np.arange(1000.0), np.full(1000, 0.1), converted, seed=0)
    assert (found.top_decile_lift.value, found.auc.value) == (10, 1)
    assert found.lift_by_decile[1].value == 0


def test_calibration_error_is_the_distance_from_the_observed_rate() -> None:
    scores, converted = scored(20_000, seed=1, steps=10)
    assert evaluate(scores, scores, converted, seed=0).ece.value < 0.015
    shifted = evaluate(scores, scores + 0.2, converted, seed=0)
    assert shifted.ece.value == pytest.approx(0.2, abs=0.01)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(40):
        scores, converted = scored(600, seed, steps=1000)
        base = evaluate(scores, scores, converted, seed=seed).base_rate
        held += base.low <= 0.25 <= base.high
    assert held >= 34


def test_the_same_seed_draws_the_same_intervals() -> None:
    scores, converted = scored(500, seed=2, steps=50)
    first, again, other = (evaluate(scores, scores, converted, seed=s) for s in (1, 1, 2))
    assert first == again != other


def test_a_draw_keeps_the_size_of_each_stratum() -> None:
    """One month converts always, the other never: only a draw that mixes them can vary."""
    converted = np.arange(300) < 100
    scores = np.random.default_rng(3).random(300)
    mixed = evaluate_ranking(scores, converted, seed=0).base_rate
    kept = evaluate_ranking(scores, converted, seed=0, strata=converted).base_rate
    assert mixed.low < 1 / 3 < mixed.high
    assert (kept.low, kept.high) == pytest.approx((1 / 3, 1 / 3))


def test_a_paired_difference_is_narrower_than_either_ranking() -> None:
    scores, converted = scored(4000, seed=5, steps=1000)
    worse = scores + np.random.default_rng(6).normal(0, 0.1, len(scores))
    gap = compare_rankings(scores, worse, converted, seed=0)["auc"]
    alone = evaluate_ranking(scores, converted, seed=0).auc
    expected = roc_auc_score(converted, scores) - roc_auc_score(converted, worse)
    assert gap.value == pytest.approx(expected)
    assert 0 < gap.low < gap.value < gap.high
    assert gap.high - gap.low < alone.high - alone.low
    same = compare_rankings(scores, scores, converted, seed=0)["top_decile_lift"]
    assert (same.low, same.value, same.high) == (0, 0, 0)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from([1, 3, 10_000]))
def test_gains_rise_from_none_to_all(seed: int, steps: int) -> None:
    scores, converted = predicted(150, seed, steps)
    gains = cumulative_gains(scores, converted, SHARES, seed=0)
    for curve in zip(*((each.value, each.low, each.high) for each in gains), strict=True):
        assert (np.diff(curve) >= 0).all()
        assert min(curve) >= 0
        assert max(curve) <= 1
    assert [gains[0].value, gains[-1].value] == pytest.approx([0, 1])
    assert all(each.low <= each.value + 1e-12 for each in gains)


def test_gains_are_the_lifts_added_up() -> None:
    scores, converted = predicted(2000, seed=4, steps=50)
    lifts = [each.value for each in evaluate(scores, scores, converted, 0).lift_by_decile]
    gains = cumulative_gains(scores, converted, np.linspace(0, 1, 11), seed=0)
    assert [g.value for g in gains[1:]] == pytest.approx(np.cumsum(lifts) / 10)
    assert gains[3].low < gains[3].value < gains[3].high
