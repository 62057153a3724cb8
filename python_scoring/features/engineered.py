"""The engineered features, for callers that hold only the base ones: a single lead, a flat file.

In the warehouse, `lead_scoring_features_pit` computes the same formulas in SQL; a test compares
the two on every row.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from python_scoring.arrays import Vector
from python_scoring.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Columns = dict[str, Vector]

FRESH_START_MONTHS = 12


def restlessness_ratio(base: Columns) -> Vector:
    """Divide tenure at the current firm by the average tenure at earlier ones; in [0, 100].

    Where there is no earlier tenure to compare with (0.1 month or less), the tenure itself.
    """
    tenure = base["current_firm_tenure_months"]
    elsewhere = base["industry_tenure_months"] - tenure
    prior = elsewhere / np.maximum(base["num_prior_firms"], 1)
    ratio = np.where(prior > 0.1, tenure / np.where(prior > 0.1, prior, 1), tenure)
    return np.where(np.isnan(prior), np.nan, np.clip(ratio, 0, 100))


def flight_risk(base: Columns) -> Vector:
    """Multiply moves in three years by the firm's net loss of advisors (at most 100); in ±1000."""
    loss = -np.clip(base["firm_net_change_12mo"], -100, 100)
    # + 0.0 turns -0.0 into 0.0, which SQL and a reader expect
    return np.clip(base["pit_moves_3yr"] * loss, -1000, 1000) + 0.0


def fresh_start(base: Columns) -> Vector:
    """Return 1 where the advisor joined the firm less than a year ago, else 0."""
    tenure = base["current_firm_tenure_months"]
    return np.where(np.isnan(tenure), np.nan, (tenure < FRESH_START_MONTHS).astype(np.float64))


ENGINEERED = {
    "pit_restlessness_ratio": restlessness_ratio,
    "flight_risk_score": flight_risk,
    "is_fresh_start": fresh_start,
}


def require_formulas(names: Sequence[str]) -> None:
    """Refuse engineered features that have no formula here.

    Raises:
        InputError: Names them.
    """
    missing = [name for name in names if name not in ENGINEERED]
    if missing:
        raise InputError(
            f"The engineered feature {', '.join(missing)} has no formula in Python.",
            why="A single lead and a flat file hold base features only; the rest is computed.",
            where="ENGINEERED in python_scoring/features/engineered.py",
            fix="Add the formula of lead_scoring_features_pit.sql there, or declare it as base.",
        )


def engineered_columns(base: Columns) -> Columns:
    """Compute every engineered feature from base columns of float64, shape (n,), NaN = unknown.

    Unknown in, unknown out. Formulas: the contract of `lead_scoring_features_pit`.
    """
    return {name: formula(base) for name, formula in ENGINEERED.items()}


def engineered_features(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return the engineered features of a frame of base features, same index, float64."""
    import pandas as pd

    base = {name: frame[name].to_numpy("float64", na_value=np.nan) for name in frame.columns}
    return pd.DataFrame(engineered_columns(base), index=frame.index)
