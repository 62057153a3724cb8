"""A curve that is fitted anew mends the level, and touches nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.splits import CurveRule
from python_scoring.errors import InputError, TooFewPositivesError
from python_scoring.model.artifact import Artifact, load_artifact, write_artifact
from python_scoring.model.margin.booster import margins
from python_scoring.model.registry import Registry
from python_scoring.report.judged_rows import find_rows
from python_scoring.training.train import TrainingRun, TrainingSettings, recalibrate

SINCE = np.datetime64("2024-11-20")
RULE = CurveRule(SINCE, test_share=0.3, gap_days=30)
KEPT = 0.45


@pytest.fixture(scope="module")
def before(trained: Path) -> Artifact:
    return Registry(trained).load()


@pytest.fixture(scope="module")
def fewer(table: LabelledTable) -> LabelledTable:
    """The same leads; from a day on, fewer than half of the calls come."""
    lost = (table.dates >= SINCE) & (np.random.default_rng(5).random(len(table.dates)) > KEPT)
    return replace(table, converted=table.converted & ~lost)


@pytest.fixture(scope="module")
def run(before: Artifact, fewer: LabelledTable) -> TrainingRun:
    return recalibrate(before, fewer, RULE, TrainingSettings())


def test_the_level_is_found_again(before: Artifact, fewer: LabelledTable, run: TrainingRun) -> None:
    period = run.draft.metadata["periods"]["test"]
    days = [np.datetime64(period[end]) for end in ("from", "to")]
    test = fewer.take((fewer.dates >= days[0]) & (fewer.dates <= days[1]))
    assert len(test.dates) == period["rows"]
    came = test.converted.mean()
    was, now = (
        curve.apply_margins(margins(before.model, test.features)).mean()
        for curve in (before.curve, run.draft.curve)
    )
    error = 3 * np.sqrt(came / len(test.dates))
    assert abs(now - came) < error < abs(was - came)
    assert not [warning for warning in run.warnings if "calibration does not hold" in warning]


def test_what_ranks_is_the_same_to_the_byte(
    before: Artifact, run: TrainingRun, tmp_path: Path
) -> None:
    folder = tmp_path / write_artifact(run.draft, tmp_path, name="again")
    after = load_artifact(folder)
    assert after.model.booster.save_raw() == before.model.booster.save_raw()
    assert after.model.linear == before.model.linear
    assert after.contract == before.contract
    assert after.metadata["recalibrated"] == {"from": before.version, "since": str(SINCE)}
    for name in ("choice", "suspects", "data_note"):
        assert after.metadata[name] == before.metadata[name]
    assert after.metadata["periods"]["train"] == before.metadata["periods"]["train"]


def test_neither_earlier_nor_test_rows_reach_the_curve(
    before: Artifact, fewer: LabelledTable, run: TrainingRun
) -> None:
    period = run.draft.metadata["periods"]["calibration"]
    outside = (fewer.dates < np.datetime64(period["from"])) | (
        fewer.dates > np.datetime64(period["to"])
    )
    places = np.flatnonzero(outside)
    flipped = fewer.converted.copy()
    flipped[places] = flipped[places[::-1]]
    other = recalibrate(before, replace(fewer, converted=flipped), RULE, TrainingSettings())
    assert other.draft.curve.to_json() == run.draft.curve.to_json()
    assert other.evaluation.brier != run.evaluation.brier


def test_no_month_after_the_training_period_is_hidden_by_the_day(
    before: Artifact, fewer: LabelledTable
) -> None:
    """The gate asks how a model ranks in all months that it has not learned from."""
    rule = replace(RULE, since=np.datetime64("2025-01-01"))
    known = before.metadata
    last = np.datetime64(known["periods"]["train"]["to"])
    later = fewer.dates > last + np.timedelta64(known["gap_days"], "D")
    assert (fewer.dates[later] < SINCE).any()
    made = recalibrate(before, fewer, rule, TrainingSettings(force=True)).draft.metadata
    assert made["time_machine"]["positives"] == fewer.converted[later].sum()


def test_rows_on_which_the_curve_was_fitted_judge_no_other(
    before: Artifact, fewer: LabelledTable, run: TrainingRun, tmp_path: Path
) -> None:
    """Nor do those that shaped the curve before it, which may have been moved only."""
    until = before.metadata["periods"]["calibration"]["to"]
    wide = replace(RULE, test_share=0.8)
    with pytest.raises(InputError, match=f"fitted on contacts until {until}"):
        recalibrate(before, fewer, wide, TrainingSettings())
    again = load_artifact(tmp_path / write_artifact(run.draft, tmp_path, name="again"))
    judged_from = np.datetime64(again.metadata["periods"]["test"]["from"])
    with pytest.raises(InputError, match=f"fitted on contacts until {judged_from - 1}"):
        recalibrate(again, fewer, replace(RULE, test_share=0.35), TrainingSettings())


def test_a_curve_is_not_compared_on_rows_that_shaped_it(
    before: Artifact, table: LabelledTable
) -> None:
    """Its shape was fitted on the calibration period, in which this day lies."""
    many = replace(table, converted=table.converted | (np.arange(len(table.dates)) % 10 == 0))
    made = recalibrate(before, many, RULE, TrainingSettings()).draft.metadata
    ours, its = (known["periods"]["calibration"] for known in (made, before.metadata))
    assert ours["from"] <= its["to"]
    assert set(made["calibration"]["cross_fitted_log_loss"]) == {"isotonic", "platt"}


def test_a_report_finds_its_rows(run: TrainingRun, fewer: LabelledTable, tmp_path: Path) -> None:
    artifact = load_artifact(tmp_path / write_artifact(run.draft, tmp_path, name="again"))
    leads = fewer.frame().assign(day=fewer.dates, called=fewer.converted.astype(int))
    leads.to_parquet(tmp_path / "leads.parquet")
    rows = find_rows(artifact, tmp_path / "leads.parquet", "called", "day")
    assert len(rows.test.dates) == artifact.metadata["periods"]["test"]["rows"]


def test_too_few_calls_are_refused(before: Artifact, fewer: LabelledTable) -> None:
    late = replace(RULE, since=np.datetime64("2025-03-20"))
    with pytest.raises(TooFewPositivesError, match="in the calibration period"):
        recalibrate(before, fewer, late, TrainingSettings())
    forced = recalibrate(before, fewer, late, TrainingSettings(force=True))
    assert any("--force" in warning for warning in forced.warnings)
