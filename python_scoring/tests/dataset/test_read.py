"""What training starts from is complete and ordered, or refused by name."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_flat, read_training_set
from python_scoring.dataset.splits import SplitRule
from python_scoring.errors import InputError, WarehouseError
from python_scoring.features.contract import project_contract


@pytest.fixture
def leads() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "day": pd.date_range("2024-01-01", periods=300).strftime("%Y-%m-%d"),
            "won": rng.random(300) < 0.2,
            "visits": rng.integers(0, 9, 300),
            "price": rng.normal(size=300),
            "plan": rng.choice(["gold", "lead"], 300),
            "name": [f"lead {number}" for number in range(300)],
        }
    )


def flat(folder: Path, frame: pd.DataFrame, features: list[str] | None = None) -> LabelledTable:
    path = folder / "leads.csv"
    frame.to_csv(path, index=False)
    return read_flat(path, label="won", date="day", features=features, rule=SplitRule(gap_days=10))


def test_numbers_and_repeated_texts_are_features_and_names_are_left_out(
    tmp_path: Path, leads: pd.DataFrame
) -> None:
    table = flat(tmp_path, leads)
    assert table.contract.names == ["visits", "price", "plan"]
    assert table.left_out == {"name": "300 different texts"}
    assert flat(tmp_path, leads, ["price"]).contract.names == ["price"]


def test_texts_are_numbered_in_time_and_what_training_never_held_is_unknown(
    tmp_path: Path, leads: pd.DataFrame
) -> None:
    leads.loc[:1, "plan"] = ["lead", None]
    leads.loc[2, "plan"] = "gold"
    leads.loc[295:296, "plan"] = "brand new"
    table = flat(tmp_path, leads)
    plan = table.contract.features[2]
    assert (plan.type, plan.categories) == ("category", ("lead", "gold"))
    np.testing.assert_array_equal(table.features[:3, 2], [0, np.nan, 1])
    assert np.isnan(table.features[295:297, 2]).all()
    assert table.unseen == {"plan": 2}


def test_a_category_is_unknown_to_a_past_that_ends_before_it_appears(
    tmp_path: Path, leads: pd.DataFrame
) -> None:
    leads["plan"] = np.where(leads.index < 100, "gold", "lead")
    table = flat(tmp_path, leads)
    early, late = table.take(np.arange(50)), table.take(np.arange(90, 110))
    seen = late.known_to(early).features[:, 2]
    np.testing.assert_array_equal(np.isnan(seen), np.arange(90, 110) >= 100)
    assert not np.isnan(late.known_to(table).features[:, 2]).any()


def test_exact_copies_are_counted(tmp_path: Path, leads: pd.DataFrame) -> None:
    leads.loc[7, "price"] = np.nan
    again = pd.concat([leads, leads.iloc[[7, 7, 30]]])
    assert flat(tmp_path, again).counts["exact_copies"] == 3


def test_the_order_of_the_rows_changes_nothing(tmp_path: Path, leads: pd.DataFrame) -> None:
    ordered = flat(tmp_path, leads)
    shuffled = flat(tmp_path, leads.sample(frac=1, random_state=1))
    np.testing.assert_array_equal(ordered.features, shuffled.features)
    np.testing.assert_array_equal(ordered.parts, shuffled.parts)


def test_every_row_is_accounted_for(tmp_path: Path, leads: pd.DataFrame) -> None:
    leads["won"] = leads["won"].astype("object").mask(leads.index >= 290)
    counts = flat(tmp_path, leads).counts
    assert (counts["rows"], counts["without_outcome"]) == (300, 10)
    accounted = ("without_outcome", "train", "calibration", "test", "in_gaps")
    assert sum(counts[part] for part in accounted) == counts["rows"]
    assert counts["in_gaps"] == 20


@pytest.mark.parametrize(
    ("features", "said"),
    [
        (["visits", "size"], r"leads\.csv has no column size"),
        (["visits", "won"], "the label or date is one of them"),
        (["visits", "name"], "name: 300 different texts"),
    ],
)
def test_features_that_cannot_be_are_refused(
    tmp_path: Path, leads: pd.DataFrame, features: list[str], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        flat(tmp_path, leads, features)


@pytest.mark.parametrize("name", ["a[b", "a]b", "a<b"])
def test_a_name_that_the_trees_refuse_is_left_out_or_refused(
    tmp_path: Path, leads: pd.DataFrame, name: str
) -> None:
    odd = leads.assign(**{name: leads["visits"]})
    assert "rename it" in flat(tmp_path, odd).left_out[name]
    with pytest.raises(InputError, match="which XGBoost refuses: rename it"):
        flat(tmp_path, odd, ["visits", name])


def test_a_table_without_features_is_refused(tmp_path: Path, leads: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="no other column that can be one"):
        flat(tmp_path, leads[["day", "won", "name"]])


def test_a_time_too_short_for_three_periods_is_refused(tmp_path: Path, leads: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"No row of leads\.csv falls into the train and calibr"):
        flat(tmp_path, leads[:15])


def test_the_training_set_is_read_with_the_split_of_the_warehouse(
    database: Path, training_set: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    table = read_training_set()
    assert table.features.shape == (len(training_set), len(project_contract().names))
    assert table.parts.tolist() == training_set["split"].tolist()
    assert table.gap_days >= 30


def test_a_training_set_that_lacks_a_feature_is_refused(
    tmp_path: Path, training_set: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.register("frame", training_set.drop(columns="is_fresh_start"))
        connection.execute("create table lead_training_set as select * from frame")
    monkeypatch.setenv("LEAD_SCORING_DB", str(path))
    with pytest.raises(InputError, match="lead_training_set has no column is_fresh_start"):
        read_training_set()


def test_a_warehouse_that_was_not_built_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.duckdb"
    monkeypatch.setenv("LEAD_SCORING_DB", str(path))
    with pytest.raises(WarehouseError, match=r"(?s)no database new\.duckdb.*make build"):
        read_training_set()
    duckdb.connect(str(path)).close()
    with pytest.raises(WarehouseError, match=r"(?s)no relation lead_training_set.*make build"):
        read_training_set()
    path.write_bytes(b"something else entirely")
    with pytest.raises(WarehouseError, match="cannot be read"):
        read_training_set()


def test_the_order_in_which_a_build_left_the_rows_does_not_matter(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trees depend on the order of their rows, and DuckDB's depends on which thread was first."""
    shuffled = tmp_path / "shuffled.duckdb"
    with duckdb.connect(str(shuffled)) as connection:
        connection.execute(f"attach '{database}' as built (read_only)")
        connection.execute(
            "create table lead_training_set as"
            " select * from built.lead_training_set order by hash(lead_id)"
        )
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    built = read_training_set()
    monkeypatch.setenv("LEAD_SCORING_DB", str(shuffled))
    again = read_training_set()
    np.testing.assert_array_equal(again.features, built.features)
    np.testing.assert_array_equal(again.converted, built.converted)
    np.testing.assert_array_equal(again.dates, built.dates)
