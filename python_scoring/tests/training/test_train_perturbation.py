"""Net 4 for training: what comes later in time never reaches what is decided earlier.

The booster is decided by the training period alone, the calibration curve by that and the
calibration period. So anything may happen to the later rows, and both stay as they were, byte for
byte: no statistic, scaling, encoding or choice was fitted on them.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from python_scoring.arrays import Vector
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_flat
from python_scoring.dataset.splits import CALIBRATION, TEST, TRAIN, SplitRule
from python_scoring.tests.support.invented_models import invent_leads, invent_outcomes
from python_scoring.training import selection
from python_scoring.training.logistic_baseline import logistic_start
from python_scoring.training.train import TrainingRun, TrainingSettings, train


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> LabelledTable:
    frame = invent_leads(5000, seed=11)
    days = np.sort(np.random.default_rng(12).integers(0, 480, len(frame)))
    path: Path = tmp_path_factory.mktemp("leads") / "leads.parquet"
    frame["converted"] = invent_outcomes(frame, seed=13).astype(int)
    frame["day"] = pd.Series(np.datetime64("2024-02-01") + days.astype("timedelta64[D]")).dt.date
    frame.to_parquet(path)
    return read_flat(path, label="converted", date="day", features=None, rule=SplitRule())


@pytest.fixture(scope="module")
def run(table: LabelledTable) -> TrainingRun:
    return train(table, TrainingSettings())


def shaken(table: LabelledTable, *parts: str) -> LabelledTable:
    """Other features, nulls and outcomes in the rows of these parts."""
    rng = np.random.default_rng(5)
    rows = np.isin(table.parts, parts)
    features, converted = table.features.copy(), table.converted.copy()
    features[rows] = features[rows][:, ::-1] * 3 + rng.normal(size=features[rows].shape)
    features[rows] = np.where(rng.random(features[rows].shape) < 0.3, np.nan, features[rows])
    converted[rows] = rng.random(int(rows.sum())) < 0.4
    return replace(table, features=features, converted=converted)


def test_the_test_period_reaches_neither_booster_nor_curve(
    table: LabelledTable, run: TrainingRun
) -> None:
    other = train(shaken(table, TEST, "gap"), TrainingSettings())
    assert other.draft.model.booster.save_raw() == run.draft.model.booster.save_raw()
    assert other.draft.curve.to_json() == run.draft.curve.to_json()
    assert other.evaluation.to_json() != run.evaluation.to_json(), "the test period is judged"


def test_the_calibration_period_does_not_reach_the_booster(
    table: LabelledTable, run: TrainingRun
) -> None:
    other = train(shaken(table, CALIBRATION), TrainingSettings())
    assert other.draft.model.booster.save_raw() == run.draft.model.booster.save_raw()
    assert other.draft.curve.to_json() != run.draft.curve.to_json(), "the curve is fitted there"


def test_folds_learn_from_earlier_days_only(
    table: LabelledTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever trains a fold is older than what judges it, by more than the gap."""
    seen: list[np.timedelta64] = []
    judge = selection._margins

    def watched(rows: LabelledTable, candidates: Any, given: Any) -> list[Vector]:
        (past, stretch), _ = given
        seen.append(rows.dates[stretch].min() - rows.dates[past].max())
        return judge(rows, candidates, given)

    monkeypatch.setattr(selection, "_margins", watched)
    past = table.part(TRAIN)
    selection.choose_recipe(past, 42, lambda: None)
    assert len(seen) >= 4
    assert min(seen) > np.timedelta64(past.gap_days, "D")


def test_what_trees_start_from_knows_neither_its_own_outcomes_nor_later_ones(
    table: LabelledTable,
) -> None:
    """Other outcomes in the last fifth: no margin from the third on moves; the regression does."""
    past = table.part(TRAIN)
    last = past.dates >= past.dates[4 * len(past.dates) // 5]
    flipped = past.converted.copy()
    flipped[last] = ~flipped[last]
    start = logistic_start(past)
    other = logistic_start(replace(past, converted=flipped))
    third = past.dates >= past.dates[2 * len(past.dates) // 5]
    np.testing.assert_array_equal(other.margins[third], start.margins[third])
    assert other.linear != start.linear


def test_a_fifth_without_a_past_starts_from_what_follows(table: LabelledTable) -> None:
    past = table.part(TRAIN)
    first = past.dates < past.dates[len(past.dates) // 5]
    flipped = past.converted.copy()
    flipped[first] = ~flipped[first]
    other = logistic_start(replace(past, converted=flipped))
    np.testing.assert_array_equal(other.margins[first], logistic_start(past).margins[first])
