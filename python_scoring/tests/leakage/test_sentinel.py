"""The sentinel names features that predict too well, and no honest ones."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.cli.main import main
from python_scoring.leakage.sentinel.gain import gain_shares
from python_scoring.metrics.feature_strength import (
    auc_within,
    best_lift,
    filler_rows,
    groups_of,
    information_value,
    rate_ratio,
    signed_auc,
)

ROWS = 6000
RATE = 0.05


@pytest.fixture(scope="module")
def honest() -> pd.DataFrame:
    """Leads of two years with features that know a little, as honest ones do."""
    rng = np.random.default_rng(1)
    need, luck = rng.normal(size=ROWS), rng.normal(size=ROWS)
    label = (0.6 * need + luck) > np.quantile(0.6 * need + luck, 1 - RATE)
    tenure = np.round(60 - 20 * need + 30 * rng.normal(size=ROWS)).clip(0)
    assets = np.exp(rng.normal(size=ROWS))
    assets[rng.random(ROWS) < 0.2] = np.nan
    return pd.DataFrame(
        {
            "label": label.astype(int),
            "day": pd.Timestamp("2023-01-01") + pd.to_timedelta(np.arange(ROWS) // 9, "D"),
            "tenure": tenure,
            "moves": rng.poisson(0.4, ROWS),
            "assets": assets,
            "is_fresh": tenure < 12,
            "region": np.array(["north", "south", "west", None])[rng.integers(0, 4, ROWS)],
        }
    )


def sentinel(folder: Path, table: pd.DataFrame, *arguments: str) -> Result:
    """Run the command on a table."""
    table.to_parquet(folder / "t.parquet", index=False)
    words = ["audit", "sentinel", "--input", str(folder / "t.parquet"), "--label", "label"]
    return CliRunner().invoke(main, [*words, *arguments])


def suspects(result: Result) -> dict[str, set[str]]:
    """Tests that each suspect failed."""
    verdicts = json.loads(result.stdout)["verdicts"]
    return {
        each["figures"]["name"]: {reason["test"] for reason in each["reasons"]}
        for each in verdicts
        if each["reasons"]
    }


def mixed(rng: np.random.Generator, signal: np.ndarray, noise: float) -> np.ndarray:
    """A signal with noise."""
    return signal + noise * rng.normal(size=len(signal))


def planted(honest: pd.DataFrame, leak: str) -> pd.DataFrame:
    """The honest table with one leak."""
    rng = np.random.default_rng(2)
    table, label = honest.copy(), honest["label"].to_numpy().astype(float)
    old = 1 - np.arange(ROWS) / ROWS
    if leak == "known after the call":
        table["leak"] = mixed(rng, label, 0.4)
    elif leak == "known after the call, without direction":
        table["leak"] = np.where(label == 1, mixed(rng, 0 * label, 0.2), mixed(rng, label, 1.0))
    elif leak == "a rare mark":
        table["leak"] = ((label == 1) & (rng.random(ROWS) < 0.5)).astype(int)
    elif leak == "empty unless it succeeded":
        table["leak"] = np.where(
            rng.random(ROWS) < np.where(label == 1, 0.5, 0.2), rng.normal(size=ROWS), np.nan
        )
    elif leak == "zero unless it failed":
        gap = np.round(rng.gamma(2, 200, ROWS))
        table["leak"] = np.where(rng.random(ROWS) < np.where(label == 1, 0.45, 0.15), 0, gap)
    elif leak == "filled in later":
        table["leak"] = label * (old > 0.3) + mixed(rng, 0 * label, 1.1)
    elif leak == "a category":
        table["leak"] = np.where((label == 1) & (rng.random(ROWS) < 0.6), "done", "open")
    return table


@pytest.mark.parametrize(
    ("leak", "test"),
    [
        ("known after the call", "auc"),
        ("known after the call", "gain_share"),
        ("known after the call, without direction", "information_value"),
        ("a rare mark", "lift"),
        ("empty unless it succeeded", "missing_ratio"),
        ("zero unless it failed", "filler_ratio"),
        ("filled in later", "fade"),
        ("a category", "auc"),
    ],
)
def test_a_planted_leak_is_named_for_its_reason(
    tmp_path: Path, honest: pd.DataFrame, leak: str, test: str
) -> None:
    result = sentinel(tmp_path, planted(honest, leak), "--date", "day", "--json")
    assert result.exit_code == 1
    found = suspects(result)
    assert set(found) == {"leak"}
    assert test in found["leak"]


@pytest.mark.parametrize("date", [(), ("--date", "day")])
def test_honest_features_are_not_named(
    tmp_path: Path, honest: pd.DataFrame, date: tuple[str, ...]
) -> None:
    result = sentinel(tmp_path, honest, *date)
    assert result.exit_code == 0, result.stdout
    assert "Clean: no suspect" in result.stdout


def test_few_rows_make_no_suspects(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    noise = {f"noise_{i}": rng.normal(size=120) for i in range(40)}
    table = pd.DataFrame({"label": rng.random(120) < 0.1, **noise})
    assert sentinel(tmp_path, table).exit_code == 0


def test_a_feature_that_only_follows_the_date_is_called_a_clock(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    year = np.arange(ROWS) / ROWS
    table = pd.DataFrame(
        {
            "label": (rng.random(ROWS) < 0.02 + 0.4 * year**3).astype(int),
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(ROWS) // 6, "D"),
            "interest_rate": mixed(rng, 5 - 4 * year, 0.02),
            "age": rng.integers(20, 70, ROWS),
        }
    )
    assert suspects(sentinel(tmp_path, table, "--date", "day", "--json")) == {
        "interest_rate": {"clock"}
    }
    assert "auc" in suspects(sentinel(tmp_path, table, "--json"))["interest_rate"]


def test_an_acknowledged_suspect_passes_with_its_reason(
    tmp_path: Path, honest: pd.DataFrame
) -> None:
    table = planted(honest, "known after the call")
    result = sentinel(tmp_path, table, "--acknowledge", "leak=known on the day = yes, asked sales")
    assert result.exit_code == 0
    assert "ACKNOWLEDGED leak: known on the day = yes, asked sales" in result.stdout


def test_an_acknowledgement_covers_no_other_feature(tmp_path: Path, honest: pd.DataFrame) -> None:
    table = planted(honest, "known after the call").assign(twin=lambda t: -t["leak"])
    result = sentinel(tmp_path, table, "--acknowledge", "leak=known", "--json")
    assert result.exit_code == 1
    open_names = [
        v["figures"]["name"] for v in json.loads(result.stdout)["verdicts"] if v["is_open"]
    ]
    assert open_names == ["twin"]


@pytest.mark.parametrize("option", ["--max-auc=0.55", "--max-iv=0.05", "--max-lift=1.2"])
def test_a_lower_threshold_names_more(tmp_path: Path, honest: pd.DataFrame, option: str) -> None:
    result = sentinel(tmp_path, honest, option, "--json")
    assert result.exit_code == 1
    assert "tenure" in suspects(result)


@pytest.mark.parametrize(
    ("leak", "options"),
    [
        (
            "known after the call",
            ["--max-auc=0.99", "--max-iv=99", "--max-gain-share=0.99", "--max-lift=99"],
        ),
        ("a rare mark", ["--max-iv=99", "--max-lift=99", "--max-gain-share=0.99"]),
        ("empty unless it succeeded", ["--max-missing-ratio=99"]),
        ("zero unless it failed", ["--max-missing-ratio=99", "--max-iv=99"]),
        ("filled in later", ["--max-fade=1", "--max-iv=99", "--max-gain-share=0.99"]),
    ],
)
def test_a_higher_threshold_names_less(
    tmp_path: Path, honest: pd.DataFrame, leak: str, options: list[str]
) -> None:
    assert sentinel(tmp_path, planted(honest, leak), "--date", "day", *options).exit_code == 0


def test_rows_without_a_label_do_not_count(tmp_path: Path, honest: pd.DataFrame) -> None:
    young = honest.head(500).assign(label=np.nan, tenure=1e6)
    both = pd.concat([honest.assign(label=honest["label"].astype(float)), young])
    first = json.loads(sentinel(tmp_path, honest, "--json").stdout)
    assert json.loads(sentinel(tmp_path, both, "--json").stdout)["verdicts"] == first["verdicts"]


def test_columns_that_cannot_be_features_are_listed(tmp_path: Path, honest: pd.DataFrame) -> None:
    table = honest.assign(name=[f"person {i}" for i in range(ROWS)])
    result = sentinel(tmp_path, table)
    assert "Not looked at: name (6000 different texts)" in result.stdout
    assert "Not looked at: day (its type is timestamp" in result.stdout


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        ({"label": 2}, (), "only 0, 1 or null"),
        ({"label": 0}, (), "Every label of t.parquet is 0"),
        ({}, ("--features", "salary"), "no column salary"),
        ({}, ("--date", "when"), "no column when"),
        ({"day": pd.Timestamp("2024-01-01")}, ("--date", "day"), "the same date"),
        ({"tenure": np.inf}, (), "infinite"),
        ({}, ("--acknowledge", "tenur=it is fine"), "acknowledged, but is no feature"),
        ({}, ("--acknowledge", "tenure"), "has no reason"),
        ({}, ("--features", "day"), "No column of t.parquet can be a feature"),
    ],
)
def test_what_cannot_run_says_why(
    tmp_path: Path,
    honest: pd.DataFrame,
    change: dict[str, Any],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    result = sentinel(tmp_path, honest.assign(**change), *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_no_such_file() -> None:
    result = CliRunner().invoke(
        main, ["audit", "sentinel", "--input", "no.parquet", "--label", "x"]
    )
    assert result.exit_code == 2
    assert "no file no.parquet" in result.stderr


def test_auc_counts_pairs() -> None:
    values = np.array([1.0, 2.0, 2.0, 3.0, np.nan])
    positive = np.array([False, True, False, True, True])
    # pairs (positive, negative): 2 > 1, 2 = 2, 3 > 1, 3 > 2
    assert signed_auc(values, positive).value == pytest.approx(3.5 / 4)


def test_auc_within_compares_rows_of_one_fold_only() -> None:
    folds = np.array([0] * 4 + [1] * 4)
    positive = np.array([0, 0, 0, 1, 1, 1, 1, 0], dtype=bool)
    values = folds.astype(float)
    assert signed_auc(values, positive).value == pytest.approx(0.75)
    assert auc_within(values, positive, folds)[0].value == pytest.approx(0.5)


def test_information_value_by_hand() -> None:
    # 80 of 100 positives in group 0, 50 of 100 negatives: (0.3 ln 1.6) + (-0.3 ln 0.4)
    groups = np.array([0] * 80 + [1] * 20 + [0] * 50 + [1] * 50)
    positive = np.array([True] * 100 + [False] * 100)
    folds = np.zeros(200, dtype=np.int64)
    expected = 0.3 * np.log(1.6) - 0.3 * np.log(0.4) - (1 / 100 + 1 / 100)
    assert information_value(groups, positive, folds, 0).value == pytest.approx(expected, abs=0.01)


def test_lift_by_hand() -> None:
    groups = np.array([0] * 100 + [1] * 900)
    positive = np.array([True] * 50 + [False] * 50 + [True] * 50 + [False] * 850)
    lift = best_lift(groups, positive, np.zeros(1000, dtype=np.int64))
    assert lift.value == pytest.approx(5.0)
    assert 3.5 < lift.low < 4.2


def test_rate_ratio_by_hand() -> None:
    members = np.array([True] * 1000 + [False] * 1000)
    positive = np.array([True] * 100 + [False] * 900 + [True] * 50 + [False] * 950)
    ratio = rate_ratio(members, positive, np.zeros(2000, dtype=np.int64))
    assert ratio.value == pytest.approx(2.0, abs=0.02)
    assert ratio.low == pytest.approx(1.29, abs=0.03)
    assert ratio.high == pytest.approx(3.08, abs=0.06)


def test_filler_is_a_frequent_value_among_many() -> None:
    values = np.concatenate([np.zeros(20), np.arange(1.0, 101)])
    filler = filler_rows(values)
    assert filler is not None
    assert (filler[0], int(filler[1].sum())) == (0.0, 20)
    assert filler_rows(np.arange(100.0)) is None
    assert filler_rows(np.repeat([1.0, 2.0], 50)) is None


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-6, 3.0, 1e9]))
def test_figures_depend_on_order_alone(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    values, positive = rng.integers(0, 30, 300).astype(float), rng.random(300) < 0.3
    positive[:2] = True, False
    stretched = values**3 * scale
    assert signed_auc(stretched, positive) == signed_auc(values, positive)
    assert signed_auc(-values, positive).value == pytest.approx(
        1 - signed_auc(values, positive).value
    )
    shuffled = rng.permutation(300)
    groups = groups_of(values)
    assert (groups_of(values[shuffled]) == groups[shuffled]).all()


def test_power_points_the_same_way_whatever_the_sign() -> None:
    folds = np.array([0] * 4 + [1] * 4)
    positive = np.array([0, 0, 1, 1] * 2, dtype=bool)
    falling = np.array([4.0, 3.0, 2.0, 1.0] * 2)
    mean, each = auc_within(falling, positive, folds)
    assert (mean.value, [auc.value for auc in each]) == (1.0, [1.0, 1.0])


def test_unknown_values_are_a_group_of_their_own() -> None:
    groups = groups_of(np.array([1.0, 2.0, np.nan, 2.0, np.nan]))
    assert groups[2] == groups[4]
    assert len(set(groups)) == 3
    tenths = groups_of(np.concatenate([np.arange(100.0), [np.nan]]))
    assert (tenths == tenths[-1]).sum() == 1


def test_a_lift_needs_fifty_rows() -> None:
    groups = np.array([0] * 49 + [1] * 951)
    positive = np.array([True] * 49 + [False] * 951)
    lift = best_lift(groups, positive, np.zeros(1000, dtype=np.int64))
    assert lift.value == pytest.approx(0.0)


def test_a_group_of_a_good_time_does_not_stand_out() -> None:
    folds = np.repeat([0, 1], 1000)
    positive = np.concatenate([np.arange(1000) % 20 == 0, np.arange(1000) % 2 == 0])
    assert best_lift(folds, positive, folds).value == pytest.approx(1.0)
    assert rate_ratio(folds == 1, positive, folds).value == pytest.approx(1.0, abs=0.02)
    no_folds = np.zeros(2000, dtype=np.int64)
    assert rate_ratio(folds == 1, positive, no_folds).value == pytest.approx(10.0, abs=0.2)


def test_texts_do_not_rank_by_their_own_rows(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    codes = rng.integers(0, 45, 4000)
    table = pd.DataFrame({"label": rng.random(4000) < 0.2, "code": [f"c{code}" for code in codes]})
    verdict = json.loads(sentinel(tmp_path, table, "--json").stdout)["verdicts"][0]
    assert verdict["figures"]["overall"]["auc"]["value"] < 0.54


def test_a_value_that_float32_cannot_hold_is_judged_as_the_largest_it_can() -> None:
    """1e39 is a number in a file, and XGBoost refuses it."""
    rng = np.random.default_rng(4)
    positive, other = rng.random(2000) < 0.2, rng.normal(size=2000)
    found = gain_shares({"huge": np.where(positive, 1e39, -1e39), "other": other}, positive, seed=1)
    assert found["huge"].low > 0.9
