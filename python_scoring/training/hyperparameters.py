"""How a model is learned: a logistic regression, and trees that are boosted from it.

The trees start from half the log odds of the logistic regression and learn what is left. From all
of them they would have to undo what the regression overstates, which with few conversions is much;
half leaves both parts room, and trees add the rest where it is real. Leads convert rarely and for
many small reasons: shallow trees added slowly find these and little else. Each round adds the
average of a few trees, grown on other rows and other features, which lowers the variance. Where the
business knows that a feature can only raise or only lower the score, both parts keep that sign.
"""

from dataclasses import dataclass
from typing import Any

from python_scoring.arrays import Flags
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.model.margin.booster import training_matrix
from python_scoring.model.margin.ranking_model import RankingModel
from python_scoring.model.xgboost_alone import xgb
from python_scoring.training.logistic_baseline import RANKS, LogisticStart, logistic_start

# above this many conversions one tree a round is steady, and three cost three times the hours
BAG_BELOW_POSITIVES = 5000
START_SHARE = 0.5
SEARCHED = "searched"


@dataclass(frozen=True)
class Recipe:
    """Settings of a model.

    Args:
        trees: Rounds; each adds `bag` trees, averaged. 0: the logistic regression alone.
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
        start_share: Share of the logistic's log odds from which the trees start; 0 for a constant,
            as models of artifact format 2 did.
        form: How the logistic sees numbers: by `ranks` or by `values`.
    """

    trees: int = 100
    bag: int = 3
    monotone: bool = True
    weighted: bool = False
    depth: int = 2
    learning_rate: float = 0.03
    reg_lambda: float = 5.0
    min_child_weight: float = 2.0
    row_share: float = 0.8
    column_share: float = 0.5
    seed: int = 42
    start_share: float = START_SHARE
    form: str = RANKS

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


def logistic_alone(form: str, seed: int) -> Recipe:
    """Return the recipe without trees."""
    return Recipe(trees=0, start_share=1.0, form=form, seed=seed)


def fit_model(
    table: LabelledTable, recipe: Recipe, start: LogisticStart | None = None
) -> RankingModel:
    """Fit the logistic regression and the trees on all rows of a table.

    Args:
        table: Training rows.
        recipe: Settings.
        start: The regression in the recipe's form, where it was fitted on these rows already.
    """
    parameters = recipe.parameters(table.converted, table.contract.signs)
    if not recipe.start_share:
        data = training_matrix(table.contract, table.features, table.converted)
        return RankingModel(xgb.train(parameters, data, recipe.trees))
    begin = (start or logistic_start(table, recipe.form)).shrunk(recipe.start_share)
    data = training_matrix(table.contract, table.features, table.converted, begin.margins)
    # log odds of 0: the constant is in the linear part
    booster = xgb.train({**parameters, "base_score": 0.5}, data, recipe.trees)
    return RankingModel(booster, begin.linear)
