"""How the booster is learned, and the few choices that folds inside the training period decide.

Leads convert rarely and for many small reasons. Shallow trees added slowly find these and little
else: depth 2 allows two facts to act together, no more. Open choices are the number of trees and
whether conversions weigh more; both are decided by AUC-PR on later days than were learned from.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from python_scoring.labelled_table import LabelledTable
from python_scoring.splits import time_ordered_folds

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
Labels = NDArray[np.bool_]

FOLDS = 5
TREE_COUNTS = (100, 150, 200, 250, 300)
MIN_FOLD_POSITIVES = 5


@dataclass(frozen=True)
class Recipe:
    """Settings of the booster; `weighted` gives conversions the weight of all other rows."""

    trees: int = 200
    weighted: bool = False
    depth: int = 2
    learning_rate: float = 0.03
    reg_lambda: float = 5.0
    min_child_weight: float = 5.0
    row_share: float = 0.8
    seed: int = 42

    def parameters(self, converted: Labels) -> dict[str, Any]:
        """Return XGBoost's parameters for these outcomes."""
        weight = float((~converted).sum() / converted.sum()) if self.weighted else 1.0
        return {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "max_depth": self.depth,
            "eta": self.learning_rate,
            "lambda": self.reg_lambda,
            "min_child_weight": self.min_child_weight,
            "subsample": self.row_share,
            "scale_pos_weight": weight,
            "seed": self.seed,
        }


@dataclass(frozen=True)
class Choice:
    """The recipe that the folds chose, and what they showed."""

    recipe: Recipe
    folds: int
    mean_auc_pr: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return the choice as plain data."""
        return asdict(self)


def choose_recipe(table: LabelledTable, seed: int, progress: Callable[[], None]) -> Choice:
    """Choose trees and weighting on time-ordered folds of the training rows.

    The weighting changes what the raw score means, so it is taken only where its gain exceeds the
    standard error of that gain over the folds. Without a usable fold, the default stands.

    Args:
        table: Training rows, in order of their day.
        seed: Seed of the row sampling.
        progress: Called after each of the two fits of a fold.
    """
    plain = Recipe(seed=seed)
    candidates = {"plain": plain, "weighted": replace(plain, weighted=True)}
    curves: dict[str, list[list[float]]] = {name: [] for name in candidates}
    for past, stretch in _usable_folds(table):
        for name, recipe in candidates.items():
            curves[name].append(_auc_pr_by_trees(table, recipe, past, stretch))
            progress()
    if not curves["plain"]:
        return Choice(plain, 0, {})
    scores = {name: np.array(curve) for name, curve in curves.items()}
    best = {name: int(score.mean(axis=0).argmax()) for name, score in scores.items()}
    gain = scores["weighted"][:, best["weighted"]] - scores["plain"][:, best["plain"]]
    error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.inf
    chosen = "weighted" if gain.mean() > error else "plain"
    return Choice(
        replace(candidates[chosen], trees=TREE_COUNTS[best[chosen]]),
        len(gain),
        {name: float(score.mean(axis=0).max()) for name, score in scores.items()},
    )


def fit_booster(
    features: Matrix, converted: Labels, names: list[str], recipe: Recipe
) -> xgb.Booster:
    """Fit the booster on a matrix of shape (n, features), unknown as NaN, and its outcomes."""
    data = xgb.DMatrix(features, converted, feature_names=names)
    return xgb.train(recipe.parameters(converted), data, recipe.trees)


def _usable_folds(table: LabelledTable) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    def tells_apart(rows: NDArray[np.int64]) -> bool:
        positives = int(table.converted[rows].sum())
        return MIN_FOLD_POSITIVES <= positives < len(rows)

    folds = time_ordered_folds(table.dates, FOLDS, table.gap_days)
    return [fold for fold in folds if all(tells_apart(rows) for rows in fold)]


def _auc_pr_by_trees(
    table: LabelledTable, recipe: Recipe, past: NDArray[np.int64], stretch: NDArray[np.int64]
) -> list[float]:
    recipe = replace(recipe, trees=max(TREE_COUNTS))
    names = table.contract.names
    booster = fit_booster(table.features[past], table.converted[past], names, recipe)
    data = xgb.DMatrix(table.features[stretch], feature_names=names)
    scores = (booster.predict(data, iteration_range=(0, count)) for count in TREE_COUNTS)
    return [float(average_precision_score(table.converted[stretch], score)) for score in scores]
