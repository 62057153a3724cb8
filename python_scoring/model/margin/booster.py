"""What goes into a booster, and what is asked of a model: margins, and what each feature gave."""

from collections.abc import Sequence

import numpy as np

from python_scoring.arrays import Flags, Matrix, Vector
from python_scoring.features.contract import FeatureContract
from python_scoring.model.margin.exact_margin import ExactMargins, within_float32
from python_scoring.model.margin.linear_part import BILLION, LinearSums
from python_scoring.model.margin.ranking_model import RankingModel
from python_scoring.model.margin.tree_tables import chunks, pair_tables
from python_scoring.model.xgboost_alone import xgb


def training_matrix(
    contract: FeatureContract,
    features: Matrix,
    converted: Flags | None = None,
    start: Vector | None = None,
) -> xgb.DMatrix:
    """Return features, shape (n, features), as XGBoost learns from them.

    Args:
        contract: Their names and types.
        features: Shape (n, features), unknown as NaN.
        converted: Outcomes, shape (n,), where it is learned from them.
        start: Margins from which the trees start, shape (n,); where None, a constant.
    """
    texts = set(contract.category_positions)
    kinds = ["c" if place in texts else "float" for place in range(len(contract.names))]
    return xgb.DMatrix(
        within_float32(features),
        converted,
        feature_names=contract.names,
        feature_types=kinds if texts else None,
        enable_categorical=bool(texts),
        base_margin=start,
    )


def margins(model: RankingModel, features: Matrix) -> Vector:
    """Return the log odds of each row, shape (n,), the trees as the booster sums them (float32).

    Args:
        model: Linear part and trees.
        features: Shape (n, features), in the booster's order, unknown as NaN.
    """
    return margins_by_rounds(model, features, [model.booster.num_boosted_rounds()])[0]


def margins_by_rounds(model: RankingModel, features: Matrix, rounds: Sequence[int]) -> list[Vector]:
    """Return the log odds of each row, shape (n,), for each number of rounds of trees.

    Args:
        model: Linear part and trees.
        features: Shape (n, features), in the booster's order, unknown as NaN.
        rounds: Numbers of rounds; with 0 there is the linear part alone.
    """
    linear = np.zeros(len(features))
    if model.linear:
        linear = LinearSums(model.linear, feature_names(model)).billionths(features) / BILLION
    return [linear + _tree_margins(model.booster, features, count) for count in rounds]


def _tree_margins(booster: xgb.Booster, features: Matrix, rounds: int) -> Vector:
    if not rounds:  # XGBoost takes an empty range for all rounds
        return np.zeros(len(features))
    margin = booster.inplace_predict(features, iteration_range=(0, rounds), predict_type="margin")
    return np.asarray(margin, dtype=np.float64)


def feature_names(model: RankingModel) -> list[str]:
    """Return the names of a model's features, in order."""
    return list(model.booster.feature_names or [])


class Attribution:
    """What each feature gave to a margin: exact, and counted from the average margin.

    Args:
        model: Linear part and trees. Shallow trees are tabulated; others are left to XGBoost, which
            takes many times as long.

    Attributes:
        tables: The tables of shallow trees; None for others.
        average_margin: What contributions count from.
    """

    def __init__(self, model: RankingModel) -> None:
        self._booster = model.booster
        self._margins = ExactMargins(model)
        self._linear = LinearSums(model.linear, feature_names(model)) if model.linear else None
        self.tables = pair_tables(model.booster)
        anything = np.zeros((1, model.booster.num_features()))
        self.average_margin = float(self._by_xgboost(anything)[0, -1])
        if model.linear:
            self.average_margin += model.linear.average_margin

    def shares(self, features: Matrix) -> Matrix:
        """Return contributions to the margin, shape (n, features), as `explained` does."""
        return self.explained(features)[0]

    def explained(self, features: Matrix) -> tuple[Matrix, Vector]:
        """Return contributions to the margin, shape (n, features), and margins, shape (n,).

        Args:
            features: Shape (n, features), n > 0, in the booster's order, unknown as NaN.
        """
        parts = [self._explained(part) for part in chunks(features)]
        shares, found = zip(*parts, strict=True)
        return np.concatenate(shares), np.concatenate(found)

    def _explained(self, features: Matrix) -> tuple[Matrix, Vector]:
        if self.tables:
            shares, sums = self.tables.explained(features)
        else:
            shares, sums = self._by_xgboost(features)[:, :-1], self._margins.leaf_sums(features)
        if self._linear:
            sums = sums + self._linear.add_contributions(features, shares)
        return shares, self._margins.of_sums(sums)

    def _by_xgboost(self, features: Matrix) -> Matrix:
        data = xgb.DMatrix(
            within_float32(features),
            feature_names=self._booster.feature_names,
            feature_types=self._booster.feature_types,
            enable_categorical=True,
        )
        return np.asarray(self._booster.predict(data, pred_contribs=True), dtype=np.float64)
