"""Both orders of the call list call a tenth of each month, and are compared on the same draws."""

import numpy as np
import pytest

from python_scoring.call_lists.orders import OrdersCompared, compare_orders

MONTHS = np.repeat(np.array(["2025-01", "2025-02"], dtype="datetime64[M]"), 100)


def compared(golden: np.ndarray, chance: np.ndarray, converted: np.ndarray) -> OrdersCompared:
    return compare_orders(chance, chance, golden, converted, MONTHS, seed=1)


def test_each_month_calls_its_own_first_tenth() -> None:
    chance = np.linspace(0.2, 0.01, 200)
    golden = np.zeros(200, dtype=bool)
    golden[[60, 199]] = True
    converted = np.zeros(200, dtype=bool)
    converted[[0, 9, 105, 199]] = True
    found = compared(golden, chance, converted)
    assert (found.score.leads, found.score.golden, found.score.realised) == (20, 0, 3)
    # one of ten gives way in each month: rows 9 and 109
    assert (found.golden_first.golden, found.golden_first.realised) == (2, 3)
    best = chance[:10].sum() + chance[100:110].sum()
    assert found.score.expected == pytest.approx(best)
    lost = chance[60] + chance[199] - chance[9] - chance[109]
    assert found.expected_gain.value == pytest.approx(lost)
    assert found.realised_gain.value == 0
    assert found.realised_gain.low < 0 < found.realised_gain.high


def test_without_a_golden_cohort_the_orders_are_one() -> None:
    rng = np.random.default_rng(0)
    chance = rng.random(200)
    found = compared(np.zeros(200, dtype=bool), chance, rng.random(200) < chance)
    assert found.golden_first == found.score
    assert found.expected_gain.low == found.expected_gain.high == 0


def test_a_rule_that_calls_the_wrong_leads_costs_conversions_surely() -> None:
    rng = np.random.default_rng(0)
    chance = np.tile(np.linspace(0.9, 0.01, 100), 2)
    found = compared(chance < 0.2, chance, rng.random(200) < chance)
    assert found.realised_gain.high < 0
    assert found.expected_gain.high < 0
