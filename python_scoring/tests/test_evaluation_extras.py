"""Parts add up to their whole, agree with scikit-learn and with cases worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.linear_model import LinearRegression
from sklearn.metrics import brier_score_loss

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_training_set
from python_scoring.metrics.calibration_quality import (
    brier_parts,
    calibration_line,
    reliability_bands,
    wilson,
)
from python_scoring.metrics.ranking import cumulative_gains, evaluate
from python_scoring.metrics.slices import judge_slices
from python_scoring.report.feature_power import feature_power, variance_inflation
from python_scoring.training.hyperparameters import Recipe
from python_scoring.training.seed_sensitivity import study_seeds

pytest_plugins = ["python_scoring.tests.invented_models"]

SHARES = np.linspace(0, 1, 21)


def predicted(rows: int, seed: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities on a grid, so that many tie, and outcomes drawn with them."""
    rng = np.random.default_rng(seed)
    probabilities = (1 + rng.integers(0, steps, rows)) / (2 * steps + 1)
    converted = rng.random(rows) < probabilities
    converted[:2] = [True, False]
    return probabilities, converted


@settings(max_examples=40, deadline=None)
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


@settings(max_examples=15, deadline=None)
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


def test_small_slices_are_told_and_not_judged() -> None:
    scores, converted = predicted(1000, seed=5, steps=100)
    names = np.array(["large"] * 850 + ["few rows"] * 99 + ["one kind"] * 51)
    names = np.concatenate([names, ["no conversion"] * 120])
    scores, converted = np.append(scores, scores[:120]), np.append(converted, [False] * 120)
    order = ["few rows", "large", "absent", "no conversion", "one kind"]
    found = judge_slices(names, order, scores, scores, converted, seed=0)
    assert [each.name for each in found] == ["few rows", "large", "no conversion", "one kind"]
    few, large, never, _ = found
    assert (few.rows, few.auc, few.top_decile_lift) == (99, None, None)
    assert few.observed == wilson(few.conversions, 99)
    assert "too small" in few.note
    assert "too small" in never.note
    every = np.ones(120, dtype=bool)
    [always] = judge_slices(names[-120:], order, scores[-120:], scores[-120:], every, seed=0)
    assert "too small" in always.note
    assert large.note == ""
    assert large.auc is not None
    assert large.auc.low < large.auc.value < large.auc.high
    assert large.predicted == pytest.approx(scores[:850].mean())


def test_variance_inflation_is_that_of_a_regression_on_the_others() -> None:
    rng = np.random.default_rng(6)
    features = rng.normal(size=(500, 4))
    features[:, 3] = features[:, 0] - 2 * features[:, 1] + rng.normal(0, 0.3, 500)
    for place, factor in enumerate(variance_inflation(features)):
        others = np.delete(features, place, axis=1)
        share = LinearRegression().fit(others, features[:, place]).score(others, features[:, place])
        assert factor == pytest.approx(1 / (1 - share))


def test_what_the_others_determine_is_infinite_and_what_never_varies_unknown() -> None:
    rng = np.random.default_rng(7)
    first, second, apart = rng.normal(size=(3, 300))
    apart[::7] = np.nan
    columns = [first, second, first + second, apart, np.full(300, 4.0), np.full(300, np.nan)]
    found = variance_inflation(np.column_stack(columns))
    assert np.isinf(found[:3]).all()
    assert found[3] == pytest.approx(1, abs=0.05)
    assert np.isnan(found[4:]).all()


@pytest.fixture
def table(database: object, monkeypatch: pytest.MonkeyPatch) -> LabelledTable:
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    return read_training_set()


def test_every_feature_is_judged_on_the_training_rows(table: LabelledTable) -> None:
    powers = {each.name: each for each in feature_power(table.part("train"), seed=0)}
    assert list(powers) == table.contract.names
    strong, weak = powers["flight_risk_score"], powers["firm_rep_count_at_contact"]
    assert strong.information_value.low > weak.information_value.high
    assert powers["firm_aum_pit"].unknown_share == pytest.approx(0.05, abs=0.02)
    assert powers["industry_tenure_months"].vif > 1.5


def test_other_seeds_give_other_figures_of_about_the_same_size(table: LabelledTable) -> None:
    calls: list[None] = []
    past, test = table.part("train"), table.part("test")
    found = study_seeds(past, test, Recipe(trees=30, seed=2), lambda: calls.append(None))
    assert found.seeds == (2, 1, 3, 4)
    assert len(calls) == 4
    assert found.auc.lowest < found.auc.mean < found.auc.highest < found.auc.lowest + 0.05
