"""Chooses family and number of rounds on time-ordered folds of the training period.

Both are decided by AUC-PR on later days than were learned from. Differences on folds of a few dozen
conversions are mostly chance, so a choice leaves the default only where its gain is larger than the
standard error of that gain.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

from python_scoring.arrays import Integers, Matrix
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.sample_size import MIN_POSITIVES
from python_scoring.dataset.splits import time_ordered_folds
from python_scoring.model.trees.booster import training_matrix
from python_scoring.training.hyperparameters import (
    BAGGED,
    MONOTONE,
    PLAIN,
    WEIGHTED,
    Recipe,
    default_recipe,
    fit_booster,
)
from python_scoring.training.logistic_baseline import logistic_scores

Fold = tuple[Integers, Integers]
FOLDS = 5
TREE_COUNTS = (50, 100, 150, 200)
MIN_FOLD_POSITIVES = 5
FITS = FOLDS * 4


@dataclass(frozen=True)
class Choice:
    """The recipe that the folds chose, and what they showed.

    Args:
        recipe: What is trained.
        family: Its name among the families; `searched` where a search of its own found it.
        folds: Folds that had conversions enough to be used.
        mean_auc_pr: Mean over the folds of each family at its best number of rounds, and of the
            logistic baseline.
    """

    recipe: Recipe
    family: str
    folds: int
    mean_auc_pr: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return the choice as plain data."""
        return asdict(self)


def choose_recipe(table: LabelledTable, seed: int, progress: Callable[[], None]) -> Choice:
    """Choose family and rounds on time-ordered folds of the training rows.

    Without folds that together hold the conversions that training asks for, the default stands.

    Args:
        table: Training rows, in order of their day.
        seed: Seed of the row sampling.
        progress: Called after each family of a fold; at most `FITS` times.
    """
    recipes = _families(table, seed)
    default = MONOTONE if MONOTONE in recipes else BAGGED
    folds = usable_folds(table)
    if sum(int(table.converted[stretch].sum()) for _, stretch in folds) < MIN_POSITIVES:
        return Choice(recipes[default], default, 0, {})
    curves: dict[str, list[list[float]]] = {name: [] for name in recipes}
    logistic = []
    for past, stretch in folds:
        for name, recipe in recipes.items():
            curves[name].append(auc_pr_by_trees(table, recipe, past, stretch))
            progress()
        logistic.append(_logistic_auc_pr(table, past, stretch))
    scores = {name: np.array(curve) for name, curve in curves.items()}
    best = {
        name: better(score, TREE_COUNTS.index(Recipe().trees)) for name, score in scores.items()
    }
    names = list(recipes)
    at_best = np.column_stack([scores[name][:, best[name]] for name in names])
    family = names[better(at_best, names.index(default))]
    means = dict(zip(names, at_best.mean(axis=0).tolist(), strict=True))
    chosen = replace(recipes[family], trees=TREE_COUNTS[best[family]])
    return Choice(chosen, family, len(folds), means | {"logistic": float(np.mean(logistic))})


def better(scores: Matrix, default: int) -> int:
    """Return the column of the best mean, or the default where it gains less than its error.

    Args:
        scores: One row a fold, one column a candidate.
        default: Column that stands when in doubt.
    """
    best = int(scores.mean(axis=0).argmax())
    gain = scores[:, best] - scores[:, default]
    error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.inf
    return best if gain.mean() > error else default


def usable_folds(table: LabelledTable) -> list[Fold]:
    """Return the time-ordered folds, rows learned from and rows judged, that hold both outcomes."""

    def tells_apart(rows: Integers) -> bool:
        positives = int(table.converted[rows].sum())
        return MIN_FOLD_POSITIVES <= positives < len(rows)

    folds = time_ordered_folds(table.dates, FOLDS, table.gap_days)
    return [fold for fold in folds if all(tells_apart(rows) for rows in fold)]


def auc_pr_by_trees(
    table: LabelledTable, recipe: Recipe, past: Integers, stretch: Integers
) -> list[float]:
    """Return the AUC-PR of a fold's later rows, one figure for each of `TREE_COUNTS`."""
    learned, later = table.take(past), table.take(stretch)
    booster = fit_booster(learned, replace(recipe, trees=max(TREE_COUNTS)))
    data = training_matrix(table.contract, later.known_to(learned).features)
    scores = (booster.predict(data, iteration_range=(0, count)) for count in TREE_COUNTS)
    return [float(average_precision_score(table.converted[stretch], score)) for score in scores]


def _logistic_auc_pr(table: LabelledTable, past: Integers, stretch: Integers) -> float:
    learned = table.take(past)
    score = logistic_scores(learned, table.take(stretch).known_to(learned).features)
    return float(average_precision_score(table.converted[stretch], score))


def _families(table: LabelledTable, seed: int) -> dict[str, Recipe]:
    """Return what is compared; constraints only where the contract declares a sign."""
    default = default_recipe(table, seed)
    families = {
        PLAIN: replace(default, bag=1, column_share=1.0, monotone=False),
        BAGGED: replace(default, monotone=False),
        MONOTONE: default,
        WEIGHTED: replace(default, weighted=True),
    }
    return {
        name: recipe for name, recipe in families.items() if default.monotone or name != MONOTONE
    }
