"""A backtest learns from the past only, scores each row once, and hands rows back in order."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.cli.main import main
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_flat
from python_scoring.errors import InputError, TooFewPositivesError
from python_scoring.features.engineered import ENGINEERED
from python_scoring.io.table_files import read_table
from python_scoring.model.margin.ranking_model import RankingModel
from python_scoring.training import backtest as backtest_module
from python_scoring.training.backtest import (
    Backtest,
    backtest,
    one_stretch,
    rank_in,
    rolling_stretches,
)
from python_scoring.training.hyperparameters import Recipe, fit_model
from python_scoring.training.selection import Choice

START, CUTOFF = np.datetime64("2025-04-01"), np.datetime64("2025-03-11")


@pytest.fixture(scope="module")
def walked(table: LabelledTable) -> Backtest:
    return backtest(table, rolling_stretches(table.dates, START, "month"), 30, seed=1)


@settings(max_examples=50)
@given(
    st.lists(st.integers(0, 900), min_size=1, max_size=60),
    st.integers(0, 900),
    st.sampled_from(["month", "quarter"]),
)
def test_stretches_cover_each_later_day_once(days: list[int], start: int, step: str) -> None:
    dates = np.datetime64("2023-11-17") + np.array(days).astype("timedelta64[D]")
    first = np.datetime64("2023-11-17") + np.timedelta64(start, "D")
    if dates.max() < first:
        with pytest.raises(InputError, match="No row with a known outcome"):
            rolling_stretches(dates, first, step)
        return
    stretches = rolling_stretches(dates, first, step)
    times = sum((dates >= s.start) & (dates < s.end) for s in stretches)
    np.testing.assert_array_equal(times, dates >= first)
    for stretch in stretches:
        size = 1 if step == "month" else 3
        blocks = dates[(dates >= stretch.start) & (dates < stretch.end)].astype("datetime64[M]")
        assert len(set(blocks.astype(int) // size)) == 1


def test_what_lies_after_the_gap_begins_is_not_learned_from(
    table: LabelledTable, walked: Backtest
) -> None:
    """Turn every outcome from 30 days before the last stretch on: its scores stay as they were."""
    last = np.datetime64(walked.stretches[-1].start)
    known = table.dates < last - np.timedelta64(30, "D")
    turned = replace(
        table,
        converted=np.where(known, table.converted, ~table.converted),
        features=np.where(known[:, None], table.features, table.features[::-1]),
    )
    turned.features[table.dates >= last] = table.features[table.dates >= last]
    other = backtest(turned, rolling_stretches(table.dates, last, "month"), 30, seed=1)
    np.testing.assert_array_equal(other.scores, walked.scores[walked.dates >= last])
    assert other.stretches[0].learned_from == known.sum()
    nearer = backtest(turned, rolling_stretches(table.dates, last, "month"), 29, seed=1)
    assert nearer.stretches[0].learned_from > known.sum()


def test_the_gap_holds_inside_the_past_too(
    table: LabelledTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model of a file starts from out-of-fold margins: they keep the gap as its folds do."""
    gaps = []

    def choose(past: LabelledTable, *others: object) -> Choice:
        gaps.append(past.gap_days)
        return Choice(Recipe(trees=1), "shallow", 0, [])

    def fit(past: LabelledTable, recipe: Recipe) -> RankingModel:
        gaps.append(past.gap_days)
        return fit_model(past, recipe)

    monkeypatch.setattr(backtest_module, "choose_recipe", choose)
    monkeypatch.setattr(backtest_module, "fit_model", fit)
    backtest(replace(table, gap_days=0), one_stretch(table.dates, CUTOFF), 30, seed=1)
    assert gaps == [30, 30]


def test_scores_rank_what_comes_after(walked: Backtest) -> None:
    assert walked.evaluation.auc.low > 0.6
    assert walked.evaluation.rows == len(walked.scores) == sum(s.scored for s in walked.stretches)
    assert [s.start for s in walked.stretches] == [f"2025-0{month}-01" for month in (4, 5)]
    assert walked.warnings == []
    gap = walked.evaluation.auc.value - walked.baseline.auc.value
    assert walked.gain["auc"].value == pytest.approx(gap)
    assert walked.gain["auc"].low < gap < walked.gain["auc"].high


def test_rows_come_back_in_the_order_of_the_input(
    training_set: pd.DataFrame, tmp_path: Path
) -> None:
    shuffled = training_set.sample(frac=1, random_state=4)
    orders = {"sorted": training_set, "shuffled": shuffled}
    found = {}
    for name, frame in orders.items():
        path = tmp_path / f"{name}.parquet"
        frame.drop(columns="split").to_parquet(path)
        table = read_flat(path, label="label", date="contacted_date", features=None, rule=None)
        found[name] = backtest(table, one_stretch(table.dates, CUTOFF), 30, seed=1).to_table()
    late = shuffled[pd.to_datetime(shuffled["contacted_date"]) >= pd.Timestamp(CUTOFF)]
    assert found["shuffled"].column_names == ["contacted_date", "target", "score"]
    assert found["shuffled"].column("contacted_date").to_pylist() == late["contacted_date"].tolist()
    assert found["shuffled"].column("target").to_pylist() == late["label"].tolist()
    # rows of one day are sampled in another order, so scores of a lead are near and not equal
    again = found["shuffled"].to_pandas()["score"].set_axis(late.index).sort_index()
    assert np.corrcoef(again, found["sorted"].to_pandas()["score"])[0, 1] > 0.8


def test_engineered_features_are_computed_where_absent(
    training_set: pd.DataFrame, tmp_path: Path
) -> None:
    frame = training_set.drop(columns="split")
    frame.to_parquet(tmp_path / "whole.parquet")
    frame.drop(columns=list(ENGINEERED)).to_parquet(tmp_path / "base.parquet")
    whole, base = (
        read_flat(
            tmp_path / f"{n}.parquet",
            label="label",
            date="contacted_date",
            features=None,
            rule=None,
        )
        for n in ("whole", "base")
    )
    assert base.contract == whole.contract
    assert set(base.contract.engineered_names) == set(ENGINEERED)
    np.testing.assert_allclose(base.features, whole.features)
    path = tmp_path / "base.parquet"
    with pytest.raises(InputError, match="no column flight_risk_score"):
        read_flat(
            path, label="label", date="contacted_date", features=["flight_risk_score"], rule=None
        )


def test_each_month_is_ranked_by_itself() -> None:
    months = np.array(["a", "b", "a", "b", "b"])
    ranks = rank_in(months, np.array([0.2, 9.0, 0.1, 7.0, 7.0]))
    np.testing.assert_allclose(ranks, [1, 1, 0.5, 0.5, 0.5])


def test_a_past_with_few_conversions_is_said_and_with_none_refused(table: LabelledTable) -> None:
    early = one_stretch(table.dates, np.datetime64("2024-03-20"))
    assert "learned from" in backtest(table, early, 30, seed=1).warnings[0]
    with pytest.raises(TooFewPositivesError, match="past of 2024-03-02"):
        backtest(table, one_stretch(table.dates, np.datetime64("2024-03-02")), 30, seed=1)


def call(*words: object) -> Result:
    return CliRunner().invoke(main, ["backtest", *map(str, words)])


def test_the_command_writes_scores_and_prints_figures(
    training_set: pd.DataFrame, tmp_path: Path
) -> None:
    frame = training_set.rename(columns={"label": "won", "contacted_date": "day"})
    frame.assign(owner=[f"owner {i}" for i in range(len(frame))]).drop(columns="split").to_csv(
        tmp_path / "leads.csv", index=False
    )
    out = tmp_path / "scores.parquet"
    words = ("--input", tmp_path / "leads.csv", "--label", "won", "--date", "day", "--json")
    done = call(*words, "--cutoff", CUTOFF, "--out", out)
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert 0.6 < report["metrics"]["auc"]["low"] < report["metrics"]["auc"]["high"]
    assert report["stretches"][0]["start"] == str(CUTOFF)
    assert "Left out: owner (6000 different texts)" in done.stderr
    scored = read_table(out)
    assert scored.column_names == ["contacted_date", "target", "score"]
    assert scored.num_rows == report["metrics"]["rows"] == report["stretches"][0]["scored"]


def test_the_training_set_of_the_warehouse_is_the_default(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    done = call("--start", "2025-04-01", "--step", "quarter")
    assert done.exit_code == 0, done.output
    assert "of lead_training_set" in done.stdout
    assert "top-decile lift" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "either --start or --cutoff"),
        (("--start", "2024-01-01", "--cutoff", "2024-01-01"), "either --start or --cutoff"),
        (("--cutoff", "2024-01-01", "--input", "x.csv"), "needs --label and --date"),
        (("--cutoff", "2024-01-01", "--label", "x"), "go with --input"),
        (("--cutoff", "2024-01-01", "--out", "x.txt"), "neither Parquet nor CSV"),
        (("--cutoff", "January"), "does not match the format"),
    ],
)
def test_wrong_usage_exits_2(words: tuple[str, ...], said: str) -> None:
    done = call(*words)
    assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
