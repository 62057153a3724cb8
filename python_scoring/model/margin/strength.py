"""How much each feature moves a model's margins: known from the model alone, without a row of data.

For a term of the linear part it is the standard deviation of what the term gives to the training
rows: the size of its coefficient. For a tree it follows from the training weight on both sides of
each split (its hessians). By the law of total variance a split that sends shares w and 1 - w of a
node's weight to sides of mean leaf a and b adds

    (weight of the node) w (1 - w) (a - b)^2

to the variance of the tree's leaves. The trees of a boosted model mostly move a feature the same
way, so their standard deviations are added.
"""

from typing import Any

import numpy as np

from python_scoring.arrays import Vector
from python_scoring.features.contract import FeatureContract
from python_scoring.model.margin.exact_margin import learner_of
from python_scoring.model.margin.ranking_model import RankingModel

STRONGEST = 3


def strongest_features(model: RankingModel, contract: FeatureContract) -> list[str]:
    """Return the strongest feature of each of the three strongest groups, strongest group first.

    Fewer where fewer groups move anything. Features of texts are left out: they have no range. Ties
    keep the order of the contract.

    Args:
        model: The model.
        contract: Its features, and their groups.
    """
    strengths = feature_strengths(model, contract.names)
    strengths[contract.category_positions] = 0
    groups = [np.array(members) for members in contract.groups.values()]
    totals = [float(strengths[members].sum()) for members in groups]
    order = np.argsort(-np.array(totals), kind="stable")[:STRONGEST]
    return [
        contract.names[groups[place][strengths[groups[place]].argmax()]]
        for place in order.tolist()
        if totals[place] > 0
    ]


def feature_strengths(model: RankingModel, names: list[str]) -> Vector:
    """Return the standard deviation that each feature gives to the margin, shape (features,).

    Args:
        model: The model.
        names: Its features, in order.

    Returns:
        Log odds.
    """
    found = np.zeros(len(names))
    for tree in learner_of(model.booster)["gradient_booster"]["model"]["trees"]:
        variances = np.zeros(len(names))
        _add_variances(tree, variances)
        found += np.sqrt(variances)
    for term in model.linear.terms if model.linear else ():
        found[names.index(term.feature)] += abs(term.coefficient)
    return found


def _add_variances(tree: dict[str, Any], variances: Vector, node: int = 0) -> float:
    """Add what the splits from a node on give, by feature; return the mean leaf below it."""
    sides = (tree["left_children"][node], tree["right_children"][node])
    if sides[0] == -1:
        return float(tree["split_conditions"][node])
    left, right = (_add_variances(tree, variances, side) for side in sides)
    weights = [float(tree["sum_hessian"][side]) for side in sides]
    weight = sum(weights)
    if weight <= 0:
        return (left + right) / 2
    share = weights[0] / weight
    variances[tree["split_indices"][node]] += (
        weight / tree["sum_hessian"][0] * share * (1 - share) * (left - right) ** 2
    )
    return share * left + (1 - share) * right
