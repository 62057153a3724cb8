"""Calibrated scores are rates, whatever the scale of the raw ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.dataset.sample_size import require_positives
from python_scoring.errors import ArtifactError, TooFewPositivesError
from python_scoring.model.calibration_curve import CalibrationCurve
from python_scoring.training.calibrate import (
    FITTERS,
    calibrate,
    isotonic_curve,
    moved_curve,
    platt_curve,
)


def sample(rows: int, seed: int, rate: float = -3.0) -> tuple[np.ndarray, np.ndarray]:
    """True log odds, and outcomes drawn with them."""
    rng = np.random.default_rng(seed)
    truth = rate + rng.normal(0, 1, rows)
    return truth, rng.random(rows) < 1 / (1 + np.exp(-truth))


@pytest.mark.parametrize("method", FITTERS)
def test_a_distorted_scale_is_undone(method: str) -> None:
    truth, converted = sample(60_000, seed=1)
    curve = FITTERS[method](1.5 * truth + 2, converted)
    fresh, _ = sample(5_000, seed=2)
    wrong = curve.apply_margins(1.5 * fresh + 2) - 1 / (1 + np.exp(-fresh))
    assert np.abs(wrong).mean() < 0.005


def test_isotonic_mends_what_no_sigmoid_can() -> None:
    truth, converted = sample(30_000, seed=3)
    bent = np.where(truth > -3, 4 * truth, truth / 4 - 11.25)
    errors = [
        np.abs(FITTERS[m](bent, converted).apply_margins(bent) - 1 / (1 + np.exp(-truth))).mean()
        for m in ("isotonic", "platt")
    ]
    assert errors[0] < 0.006 < 0.01 < errors[1]
    assert calibrate(bent, converted).curve.method == "isotonic"


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from(sorted(FITTERS)))
def test_curves_rise_stay_inside_and_keep_the_rate(seed: int, method: str) -> None:
    margins, converted = sample(1_500, seed)
    curve = FITTERS[method](margins, converted)
    calibrated = curve.apply_margins(np.sort(margins))
    assert (np.diff(calibrated) >= 0).all()
    assert 0 < calibrated.min() <= calibrated.max() < 1
    assert calibrated.mean() == pytest.approx(converted.mean(), rel=0.01)
    assert CalibrationCurve.from_json(curve.to_json()).to_json() == curve.to_json()


def test_the_centred_curve_ties_no_leads_but_at_its_ends() -> None:
    margins, converted = sample(5_000, seed=4)
    curve = isotonic_curve(margins, converted)
    inner = np.sort(1 / (1 + np.exp(-margins)))
    inner = inner[(inner > curve.scores[0]) & (inner < curve.scores[-1])]
    assert (np.diff(curve.apply(inner)) > 0).mean() > 0.999


def test_few_conversions_are_given_to_platt() -> None:
    margins, converted = sample(1_000, seed=5)
    assert converted.sum() < 100
    found = calibrate(margins, converted)
    assert (found.curve.method, found.cross_fitted_log_loss) == ("platt", {})


def test_a_model_that_ranks_the_wrong_way_is_flattened() -> None:
    margins, converted = sample(3_000, seed=6)
    for method in FITTERS:
        spread = np.ptp(FITTERS[method](-margins, converted).apply_margins(-margins))
        assert spread < 0.02
    assert np.ptp(platt_curve(-margins, converted).probabilities) == 0


def test_equal_scores_get_the_base_rate() -> None:
    _, converted = sample(2_000, seed=7)
    for fit in FITTERS.values():
        found = fit(np.full(2_000, -1.0), converted).apply_margins(np.array([-1.0]))
        assert found[0] == pytest.approx(converted.mean(), abs=0.002)


def test_too_few_conversions_are_refused_by_number() -> None:
    few = np.arange(1000) < 29
    with pytest.raises(TooFewPositivesError, match="Only 29 conversions in the test period, 30"):
        require_positives(few, "test")
    require_positives(few, "test", force=True)
    with pytest.raises(TooFewPositivesError, match=r"Only 0 .* 1 needed"):
        require_positives(np.zeros(9, dtype=bool), "test", force=True)
    with pytest.raises(TooFewPositivesError, match="Every lead"):
        require_positives(np.ones(99, dtype=bool), "test")


@pytest.mark.parametrize("points", [[], [[0.1, 0.2], [0.1, 0.3]], [[0.1, 0.3], [0.2, 0.2]]])
def test_a_stored_curve_that_does_not_rise_is_refused(points: list[list[float]]) -> None:
    with pytest.raises(ArtifactError, match="does not rise"):
        CalibrationCurve.from_json({"method": "isotonic", "base_rate": 0.1, "points": points})


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(-1.5, 1.5))
def test_a_moved_curve_keeps_its_order_and_has_the_rate(seed: int, shift: float) -> None:
    before, then = sample(3_000, seed)
    curve = isotonic_curve(before, then)
    truth, converted = sample(1_500, seed + 1, rate=-3 + shift)
    moved = moved_curve(curve, truth - shift, converted)
    assert (moved.scores == curve.scores).all()
    assert (np.diff(moved.probabilities) >= 0).all()
    assert moved.apply_margins(truth - shift).mean() == pytest.approx(converted.mean(), rel=0.01)


def test_few_conversions_move_a_curve_and_many_may_replace_it() -> None:
    """With 30 calls a level is found better by one number than by Platt's two."""
    before, then = sample(60_000, seed=1)
    curve = isotonic_curve(before, then)
    errors = {"moved": 0.0, "platt": 0.0}
    for seed in range(40):
        truth, converted = sample(1_200, seed=100 + seed, rate=-3.9)
        chosen = calibrate(truth + 0.9, converted, curve)
        assert (chosen.curve.method, chosen.cross_fitted_log_loss) == ("moved", {})
        rates = 1 / (1 + np.exp(-truth))
        for fitted in (chosen.curve, platt_curve(truth + 0.9, converted)):
            wrong = fitted.apply_margins(truth + 0.9) - rates
            errors[fitted.method] += float((wrong**2).sum())
    assert errors["moved"] < errors["platt"]
    truth, converted = sample(30_000, seed=3)
    bent = np.where(truth > -3, 4 * truth, truth / 4 - 11.25)
    many = calibrate(bent, converted, platt_curve(bent, converted))
    assert set(many.cross_fitted_log_loss) == {"moved", *FITTERS}
    assert many.curve.method == "isotonic"


def test_a_curve_that_was_fitted_on_these_rows_is_no_candidate_on_them() -> None:
    margins, converted = sample(30_000, seed=8)
    curve = isotonic_curve(margins, converted)
    assert set(calibrate(margins, converted, curve, seen=True).cross_fitted_log_loss) == {*FITTERS}
    few = slice(0, 1_000)
    moved = calibrate(margins[few], converted[few], curve, seen=True)
    assert moved.curve.method == "moved", "one number is found better than two"
