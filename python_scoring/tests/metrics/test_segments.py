"""A segment that is too small is named as such."""

import numpy as np
import pytest

from python_scoring.metrics.proportions import wilson
from python_scoring.metrics.segments import judge_segments
from python_scoring.tests.support.probabilities import predicted


def test_a_segment_too_small_is_named_and_not_judged() -> None:
    scores, converted = predicted(1000, seed=5, steps=100)
    names = np.array(["large"] * 850 + ["few rows"] * 99 + ["one kind"] * 51)
    names = np.concatenate([names, ["no conversion"] * 120])
    scores, converted = np.append(scores, scores[:120]), np.append(converted, [False] * 120)
    order = ["few rows", "large", "absent", "no conversion", "one kind"]
    found = judge_segments(names, order, scores, scores, converted, seed=0)
    assert [each.name for each in found] == ["few rows", "large", "no conversion", "one kind"]
    few, large, never, _ = found
    assert (few.rows, few.auc, few.top_decile_lift) == (99, None, None)
    assert few.observed == wilson(few.conversions, 99)
    assert "too small" in few.note
    assert "too small" in never.note
    every = np.ones(120, dtype=bool)
    [always] = judge_segments(names[-120:], order, scores[-120:], scores[-120:], every, seed=0)
    assert "too small" in always.note
    assert large.note == ""
    assert large.auc is not None
    assert large.auc.low < large.auc.value < large.auc.high
    assert large.predicted == pytest.approx(scores[:850].mean())
