"""Parts of the calibration figures add up to their whole and agree with scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss

from python_scoring.metrics.calibration_quality import (
    brier_parts,
    calibration_line,
    reliability_bands,
)
from python_scoring.metrics.proportions import wilson
from python_scoring.tests.support.probabilities import predicted


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([1, 3, 20, 10_000]))
def test_the_parts_of_the_brier_score_add_up_to_it(seed: int, steps: int) -> None:
    probabilities, converted = predicted(200, seed, steps)
    parts = brier_parts(probabilities, converted)
    whole = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bands
    assert parts.brier == pytest.approx(whole, abs=1e-12)
    assert parts.brier == pytest.approx(brier_score_loss(converted, probabilities))
    assert min(parts.reliability, parts.resolution, parts.uncertainty) >= 0


def test_bands_without_variation_leave_no_remainder() -> None:
    probabilities, converted = predicted(5000, seed=1, steps=4)
    parts = brier_parts(probabilities, converted)
    assert parts.within_bands == pytest.approx(0, abs=1e-12)
    assert parts.reliability < 0.001 < parts.resolution


def test_bands_hold_every_row_and_their_wilson_interval() -> None:
    probabilities, converted = predicted(1000, seed=2, steps=500)
    bands = reliability_bands(probabilities, converted)
    assert [band.rows for band in bands] == pytest.approx([100] * 10, abs=3)
    assert sum(band.rows for band in bands) == 1000
    assert sum(band.conversions for band in bands) == converted.sum()
    means = [band.predicted for band in bands]
    assert means == sorted(means)
    assert bands[3].observed == wilson(bands[3].conversions, bands[3].rows)
    assert len(reliability_bands(np.full(50, 0.2), converted[:50])) == 1


def test_wilson_s_interval_stays_inside_where_none_converted() -> None:
    none = wilson(0, 20)
    assert (none.value, none.low) == (0, 0)
    # z² / (n + z²), by hand
    assert none.high == pytest.approx(3.841458820694124 / 23.841458820694124)


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.0), (0.5, 0.0), (2.0, -0.4), (1.0, 1.3)])
def test_the_line_finds_how_probabilities_were_distorted(slope: float, shift: float) -> None:
    rng = np.random.default_rng(3)
    odds = rng.normal(-1, 1, 20_000)
    converted = rng.random(len(odds)) < expit(slope * odds + shift)
    line = calibration_line(expit(odds), converted)
    assert line.slope is not None
    assert line.slope.low < slope < line.slope.high
    assert line.slope.high - line.slope.low < 0.2
    if slope == 1:
        assert line.intercept.low < shift < line.intercept.high


def test_one_probability_for_all_has_a_shift_and_no_slope() -> None:
    line = calibration_line(np.full(1000, 0.1), np.arange(1000) < 400)
    assert line.slope is None
    assert line.intercept.value == pytest.approx(logit(0.4) - logit(0.1))
