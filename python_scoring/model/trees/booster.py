"""What goes into a booster, and what is asked of it: margins, and what each feature gave."""

import numpy as np
import xgboost as xgb

from python_scoring.arrays import Flags, Matrix, Vector
from python_scoring.features.contract import FeatureContract
from python_scoring.model.trees.tree_tables import pair_tables


def training_matrix(
    contract: FeatureContract, features: Matrix, converted: Flags | None = None
) -> xgb.DMatrix:
    """Return features, shape (n, features), as XGBoost learns from them, with outcomes if given."""
    texts = set(contract.category_positions)
    kinds = ["c" if place in texts else "float" for place in range(len(contract.names))]
    return xgb.DMatrix(
        features,
        converted,
        feature_names=contract.names,
        feature_types=kinds if texts else None,
        enable_categorical=bool(texts),
    )


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
        data = xgb.DMatrix(
            features,
            feature_names=self._booster.feature_names,
            feature_types=self._booster.feature_types,
            enable_categorical=True,
        )
        return np.asarray(self._booster.predict(data, pred_contribs=True), dtype=np.float64)
