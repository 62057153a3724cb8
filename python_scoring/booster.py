"""What is asked of a trained booster: the margin of each row, and what each feature gave to it."""

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from python_scoring.pair_tables import pair_tables

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


def margins(booster: xgb.Booster, features: Matrix) -> Vector:
    """Return the log odds of each row, shape (n,), as the booster sums them (float32).

    Args:
        booster: The trees.
        features: Shape (n, features), in the booster's order, unknown as NaN.
    """
    margin = booster.inplace_predict(features, predict_type="margin")
    return np.asarray(margin, dtype=np.float64)


class Attribution:
    """What each feature gave to a margin: exact, and counted from the average margin.

    Args:
        booster: The trees. Shallow ones are tabulated; others are left to XGBoost, which takes
            several times as long.

    Attributes:
        tables: The tables of shallow trees; None for others.
    """

    def __init__(self, booster: xgb.Booster) -> None:
        self._booster = booster
        self.tables = pair_tables(booster)
        anything = np.zeros((1, booster.num_features()))
        self.average_margin = float(self._by_xgboost(anything)[0, -1])

    def shares(self, features: Matrix) -> Matrix:
        """Return contributions to the margin, shape (n, features), n > 0.

        Args:
            features: Shape (n, features), in the booster's order, unknown as NaN.
        """
        if self.tables:
            return self.tables.contributions(features)
        return self._by_xgboost(features)[:, :-1]

    def _by_xgboost(self, features: Matrix) -> Matrix:
        data = xgb.DMatrix(features, feature_names=self._booster.feature_names)
        return np.asarray(self._booster.predict(data, pred_contribs=True), dtype=np.float64)
