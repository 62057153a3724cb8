"""Time-ordered parts and folds, for any dates."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.dataset.splits import (
    CurveRule,
    SplitRule,
    split_by_date,
    split_since,
    time_ordered_folds,
)
from python_scoring.errors import InputError

DAYS = st.lists(st.integers(0, 900), min_size=20, max_size=80).map(
    lambda offsets: np.datetime64("2024-01-01") + np.array(offsets, dtype="timedelta64[D]")
)
GAP = st.integers(0, 60)


@settings(max_examples=100)
@given(DAYS, GAP)
def test_parts_follow_each_other_with_the_gap_between(dates: np.ndarray, gap: int) -> None:
    parts = split_by_date(dates, SplitRule(gap_days=gap))
    stretches = [dates[parts == name] for name in ("train", "calibration", "test")]
    for earlier, later in pairwise(stretches):
        if len(earlier) and len(later):
            assert later.min() - earlier.max() > np.timedelta64(gap, "D")


@settings(max_examples=100)
@given(DAYS, GAP)
def test_the_rule_is_the_one_the_warehouse_follows(dates: np.ndarray, gap: int) -> None:
    """Each part begins on the first day before which its share of rows lies, counted one by one."""

    def start(tenths: int) -> np.datetime64:
        reached = [day for day in sorted(dates) if 10 * (dates < day).sum() >= tenths * len(dates)]
        return np.datetime64(reached[0] if reached else max(dates))

    calibration, test, margin = start(6), start(8), np.timedelta64(gap, "D")

    def part(day: np.datetime64) -> str:
        if day >= test:
            return "test"
        if calibration <= day < test - margin:
            return "calibration"
        return "train" if day < calibration - margin else "gap"

    parts = split_by_date(dates, SplitRule(gap_days=gap)).tolist()
    assert parts == [part(day) for day in dates]


@settings(max_examples=100)
@given(DAYS, GAP, st.integers(1, 6))
def test_no_fold_learns_from_a_day_later_than_its_validation_less_the_gap(
    dates: np.ndarray, gap: int, folds: int
) -> None:
    cuts = time_ordered_folds(dates, folds, gap)
    for past, stretch in cuts:
        assert dates[stretch].min() - dates[past].max() > np.timedelta64(gap, "D")
    seen = np.concatenate([stretch for _, stretch in cuts]) if cuts else np.array([])
    assert len(seen) == len(set(seen.tolist())), "no row is validated on twice"


def test_folds_reach_the_newest_day_and_grow() -> None:
    dates = np.datetime64("2024-01-01") + np.arange(600).astype("timedelta64[D]")
    cuts = time_ordered_folds(dates, 5, 30)
    assert len(cuts) == 5
    assert cuts[-1][1].max() == 599
    assert [len(past) for past, _ in cuts] == [70, 170, 270, 370, 470]


@pytest.mark.parametrize("rule", [(0, 0.2, 30), (0.5, 0.5, 30), (0.2, 0.2, -1)])
def test_a_split_that_leaves_nothing_is_refused(rule: tuple[float, float, int]) -> None:
    with pytest.raises(InputError, match="no honest split"):
        SplitRule(*rule)


@pytest.mark.parametrize(("share", "gap"), [(0.0, 30), (1.0, 30), (0.3, -1)])
def test_a_share_that_leaves_no_curve_or_no_test_is_refused(share: float, gap: int) -> None:
    with pytest.raises(InputError, match=f"A test share of {share:g} with a gap of {gap} days"):
        CurveRule(np.datetime64("2024-06-01"), share, gap)


@settings(max_examples=100)
@given(DAYS, GAP, st.integers(0, 900), st.floats(0.05, 0.95))
def test_what_calibrates_anew_lies_between_the_day_and_the_test(
    dates: np.ndarray, gap: int, since_day: int, test_share: float
) -> None:
    begin = np.datetime64("2024-01-01")
    since, margin = begin + np.timedelta64(since_day, "D"), np.timedelta64(gap, "D")
    learned = (begin, since - margin - np.timedelta64(1, "D"))
    parts = split_since(dates, learned, learned[1], CurveRule(since, test_share, gap))
    assert ((parts == "train") == (dates <= learned[1])).all()
    held, test = dates[parts == "calibration"], dates[parts == "test"]
    later = dates[dates >= since]
    if not len(later):
        assert not len(held) + len(test)
        return
    # the newest days, as few as hold the share, or the last day alone
    assert (test == later[later >= test.min()]).all()
    rest = later[later > test.min()]
    assert len(rest) < test_share * len(later) + 1e-3 or not len(rest)
    assert set(held) == set(later[later < test.min() - margin])


@pytest.mark.parametrize("day", ["2024-05-31", "2024-06-30"])
def test_what_the_model_learned_from_does_not_calibrate_it(day: str) -> None:
    learned = np.datetime64("2024-01-01"), np.datetime64("2024-05-31")
    days = np.arange("2024-01-01", "2024-12-31", dtype="datetime64[D]")
    with pytest.raises(InputError, match="Name a day after 2024-06-30"):
        split_since(days, learned, learned[1], CurveRule(np.datetime64(day), 0.3, 30))


def test_what_the_curve_was_fitted_on_does_not_judge_another() -> None:
    learned = np.datetime64("2024-01-01"), np.datetime64("2024-05-31")
    days = np.arange("2024-01-01", "2024-12-28", dtype="datetime64[D]")
    rule = CurveRule(np.datetime64("2024-07-01"), test_share=0.5, gap_days=30)
    with pytest.raises(InputError, match=r"begin on 2024-09-29, .* until 2024-09-29"):
        split_since(days, learned, np.datetime64("2024-09-29"), rule)
    parts = split_since(days, learned, np.datetime64("2024-09-28"), rule)
    assert days[parts == "test"].min() == np.datetime64("2024-09-29")
