"""Slope, shift and promised order by SQL, against fits and sums of another kind."""

import datetime as dt
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy.optimize import minimize
from scipy.special import expit, logit

from python_scoring.tests.monitoring.drawn_years import Draw, contacts
from python_scoring.tests.support.feature_engine import CompiledFeatures, compiled_models

MODELS = ("realised_logits", "promised_order")


class MonthSql:
    """The compiled models, in a database in memory."""

    def __init__(self, compiled: CompiledFeatures) -> None:
        self.compiled = compiled

    def rows(self, name: str, drawn: pa.Table) -> dict[str, dict[str, float]]:
        """The rows of a model over contacts of a month, by model version."""
        day = pa.repeat(dt.date(2025, 3, 15), drawn.num_rows)
        with duckdb.connect() as connection:
            connection.execute(
                f"attach ':memory:' as {self.compiled.database}; use {self.compiled.database}"
            )
            connection.register("drawn", drawn.append_column("contacted_date", day))
            connection.execute("create table scored_contacts as from drawn")
            found: pa.Table = connection.sql(self.compiled.code(name)).to_arrow_table()
        return {
            row["model_version"]: row for row in found.to_pylist() if row["population"] == "leads"
        }


@pytest.fixture(scope="module")
def sql(manifest: dict[str, Any]) -> MonthSql:
    return MonthSql(compiled_models(manifest, "model_verdicts"))


def columns(drawn: pa.Table, version: str) -> tuple[np.ndarray, np.ndarray]:
    mine = drawn.filter(pc.equal(drawn["model_version"], version))
    return mine["lead_score"].to_numpy(), mine["label"].to_numpy()


@pytest.mark.parametrize("odds", [0.3, 1.0, 3.0])
def test_slope_and_shift_are_those_of_greatest_likelihood(sql: MonthSql, odds: float) -> None:
    drawn = contacts(Draw(years=3, per_day=400, base_rate=0.06, odds=odds, days=1))
    found = sql.rows("realised_logits", drawn)
    assert len(found) == 3
    for version, row in found.items():
        chance, label = columns(drawn, version)

        def loss(by: np.ndarray, slope: float | None = None) -> float:
            margin = by[0] + (by[1] if slope is None else slope) * logit(chance)  # noqa: B023
            return float(np.logaddexp(0, margin).sum() - (label * margin).sum())  # noqa: B023

        slope = minimize(loss, [0.0, 1.0], method="BFGS", options={"gtol": 1e-8})
        shift = minimize(loss, [0.0], args=(1.0,), method="BFGS", options={"gtol": 1e-8})
        assert row["slope"] == pytest.approx(slope.x[1], abs=1e-4)
        assert row["shift"] == pytest.approx(shift.x[0], abs=1e-4)
        fitted = expit(shift.x[0] + logit(chance))
        width = 1.96 / np.sqrt((fitted * (1 - fitted)).sum())
        assert row["shift_high"] - row["shift"] == pytest.approx(width, rel=1e-3)
        assert row["slope_low"] < row["slope"] < row["slope_high"]


def test_of_a_right_model_the_intervals_hold(sql: MonthSql) -> None:
    drawn = contacts(Draw(years=400, per_day=500, base_rate=0.06, days=1))
    rows = sql.rows("realised_logits", drawn).values()
    for name, truth in (("shift", 0), ("slope", 1)):
        held = np.mean([row[f"{name}_low"] <= truth <= row[f"{name}_high"] for row in rows])
        assert 0.92 <= held <= 0.98


def test_what_separates_calls_from_the_others_has_no_slope(sql: MonthSql) -> None:
    drawn = contacts(Draw(years=1, per_day=100, base_rate=0.1, days=1))
    label = pa.array((drawn["lead_score"].to_numpy() > 0.15).astype("int32"))
    place = drawn.column_names.index("label")
    [row] = sql.rows("realised_logits", drawn.set_column(place, "label", label)).values()
    assert row["slope"] is None
    assert np.isfinite(row["shift"])


def test_the_promised_order_is_that_of_the_pairs(sql: MonthSql) -> None:
    drawn = contacts(Draw(years=2, per_day=60, base_rate=0.2, days=1))
    rounded = pc.round(drawn["lead_score"], 2)
    drawn = drawn.set_column(drawn.column_names.index("lead_score"), "lead_score", rounded)
    for version, row in sql.rows("promised_order", drawn).items():
        chance, _ = columns(drawn, version)
        pairs = np.outer(chance, 1 - chance)
        np.fill_diagonal(pairs, 0)
        before = np.sign(np.subtract.outer(chance, chance)) / 2 + 0.5
        assert row["promised_auc"] == pytest.approx((pairs * before).sum() / pairs.sum())
