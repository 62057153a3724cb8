"""Champion against challenger, by SQL on drawn contacts, looked at again and again."""

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from python_scoring.tests.support.feature_engine import CompiledFeatures, compiled_models

STREAMS, CONTACTS = 200, 2400
LOOKS = range(200, CONTACTS + 1, 200)
CHANCE = 0.08


class ComparisonSql:
    """The compiled model, in a database in memory."""

    def __init__(self, compiled: CompiledFeatures) -> None:
        self.database = compiled.database
        self.code = compiled.code("challenger_comparison")

    def so_far(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """The rows of all contacts so far, one a champion, in order of its name."""
        with duckdb.connect() as connection:
            connection.execute(f"attach ':memory:' as {self.database}; use {self.database}")
            connection.register("drawn", contacts)
            connection.execute("create table challenger_contacts as from drawn")
            query = f"select * from ({self.code}) where contact_month is null"
            query += " and population = 'all' order by champion_version"
            found: pd.DataFrame = connection.sql(query).df()
        return found


@pytest.fixture(scope="module")
def sql(manifest: dict[str, Any]) -> ComparisonSql:
    return ComparisonSql(compiled_models(manifest, "challenger_comparison"))


def drawn(seed: int, champion_error: float, challenger_error: float) -> pd.DataFrame:
    """Streams of contacts, each a champion; both models miss the true log odds by so much."""
    rng = np.random.default_rng(seed)
    count = STREAMS * CONTACTS
    truth = logit(CHANCE) + 0.7 * rng.normal(size=count)
    label = (rng.random(count) < expit(truth)).astype(int)
    chances = {
        name: expit(truth + error * rng.normal(size=count) - error * error / 2)
        for name, error in (("champion", champion_error), ("challenger", challenger_error))
    }
    logs = {
        f"{name}_log_score": np.log(np.where(label == 1, chance, 1 - chance))
        for name, chance in chances.items()
    }
    return pd.DataFrame(
        {
            "champion_version": [f"v{number:03}" for number in np.arange(count) // CONTACTS],
            "challenger_version": "new",
            "place": np.arange(count) % CONTACTS,
            "contact_month": np.datetime64("2025-03-01"),
            "population": "leads",
            "is_ripe": True,
            "label": label,
            "champion_score": chances["champion"],
            "challenger_score": chances["challenger"],
            "champion_decile": 1,
            "challenger_decile": 1,
        }
        | logs
    )


def ever(sql: ComparisonSql, contacts: pd.DataFrame, true_gain: float) -> dict[str, float]:
    """Shares of streams that were ever wrong about the gain, and that ever named each model."""
    found = {name: np.zeros(STREAMS, bool) for name in ("wrong", "challenger", "champion")}
    for look in LOOKS:
        rows = sql.so_far(contacts[contacts["place"] < look])
        low, high = rows["mean_gain_low"].to_numpy(), rows["mean_gain_high"].to_numpy()
        found["wrong"] |= (true_gain < low) | (true_gain > high)
        for name in ("challenger", "champion"):
            found[name] |= (rows["better_version"] == name).to_numpy()
    return {name: float(flags.mean()) for name, flags in found.items()}


@pytest.mark.parametrize("seed", [1, 2])
def test_of_two_that_are_equally_good_none_is_named(sql: ComparisonSql, seed: int) -> None:
    found = ever(sql, drawn(seed, 0.5, 0.5), true_gain=0.0)
    assert found["wrong"] <= 0.05
    assert found["wrong"] == pytest.approx(found["challenger"] + found["champion"])


def test_the_better_one_is_found_and_its_gain_is_in_the_interval(sql: ComparisonSql) -> None:
    contacts = drawn(3, 1.2, 0.2)
    gain = (contacts["challenger_log_score"] - contacts["champion_log_score"]).mean()
    found = ever(sql, contacts, true_gain=float(gain))
    assert found["wrong"] <= 0.05
    assert found["challenger"] >= 0.9
    assert found["champion"] == 0
    swapped = ever(sql, drawn(4, 0.2, 1.2), true_gain=-float(gain))
    assert swapped["champion"] >= 0.9
    assert swapped["challenger"] == 0


def test_a_handful_of_calls_gives_no_interval(sql: ComparisonSql) -> None:
    few = drawn(5, 0.2, 0.2)
    rows = sql.so_far(few[few["place"] < 60])
    assert rows.loc[rows["call_count"] < 10, "mean_gain_low"].isna().all()
    assert rows.loc[rows["call_count"] >= 10, "mean_gain_low"].notna().all()
    assert 0 < (rows["call_count"] < 10).sum() < STREAMS
