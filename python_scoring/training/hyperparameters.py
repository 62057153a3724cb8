"""How the booster is learned.

Leads convert rarely and for many small reasons. Shallow trees added slowly find these and little
else: depth 2 allows two features to interact, no more. Each round adds the average of five trees,
grown on other rows and other features, which lowers the variance. Where the business knows that a
feature can only raise or only lower the score, the trees are constrained to that direction.
"""

from dataclasses import dataclass
from typing import Any

import xgboost as xgb

from python_scoring.arrays import Flags
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.model.trees.booster import training_matrix

# above this many conversions one tree a round is steady enough, and five cost five times the hours
BAG_BELOW_POSITIVES = 5000
PLAIN, BAGGED, MONOTONE, WEIGHTED = "plain", "bagged", "monotone", "weighted"
SEARCHED = "searched"


@dataclass(frozen=True)
class Recipe:
    """Settings of the booster.

    Args:
        trees: Rounds; each adds `bag` trees, averaged.
        bag: Trees in a round, each on its own sample of rows and features.
        monotone: Obey the signs that the feature contract declares.
        weighted: Give conversions the weight of all other rows.
        depth: Features that may interact.
        learning_rate: Share of a round's correction that is taken over.
        reg_lambda: Pull of each leaf towards no effect.
        min_child_weight: Evidence that a leaf needs, in expected conversions; more would keep the
            trees from learning anything where a training period holds a few dozen.
        row_share: Share of the rows that a tree sees.
        column_share: Share of the features that a branch may choose from.
        seed: Seed of both samples.
    """

    trees: int = 100
    bag: int = 5
    monotone: bool = True
    weighted: bool = False
    depth: int = 2
    learning_rate: float = 0.03
    reg_lambda: float = 5.0
    min_child_weight: float = 2.0
    row_share: float = 0.8
    column_share: float = 0.5
    seed: int = 42

    def parameters(self, converted: Flags, signs: list[int]) -> dict[str, Any]:
        """Return XGBoost's parameters for these outcomes and the declared sign of each feature."""
        weight = float((~converted).sum() / converted.sum()) if self.weighted else 1.0
        return {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "max_depth": self.depth,
            "eta": self.learning_rate,
            "lambda": self.reg_lambda,
            "min_child_weight": self.min_child_weight,
            "subsample": self.row_share,
            "colsample_bynode": self.column_share,
            "num_parallel_tree": self.bag,
            "monotone_constraints": tuple(signs if self.monotone else [0] * len(signs)),
            "scale_pos_weight": weight,
            "seed": self.seed,
        }


def default_recipe(table: LabelledTable, seed: int) -> Recipe:
    """Return the recipe that stands until the folds show a better one."""
    steady = int(table.converted.sum()) >= BAG_BELOW_POSITIVES
    return Recipe(seed=seed, bag=1 if steady else Recipe().bag, monotone=any(table.contract.signs))


def fit_booster(table: LabelledTable, recipe: Recipe) -> xgb.Booster:
    """Fit the booster on all rows of a table."""
    data = training_matrix(table.contract, table.features, table.converted)
    parameters = recipe.parameters(table.converted, table.contract.signs)
    return xgb.train(parameters, data, recipe.trees)
