"""The margin of a row, to the last bit the same on every engine.

XGBoost adds the leaves of a row in float32, one tree after the other, and what rounding loses
depends on that order: no other engine repeats it, so that rows of nearly equal scores change ranks
(docs/measurements). Here leaves are whole billionths. Whole numbers add up exactly in any order, so
Python and SQL publish one ranking. From XGBoost's own margin the sum differs by what float32 lost:
some millionths with 500 trees.
"""

import json
from typing import Any

import numpy as np

from python_scoring.arrays import Integers, Matrix, Vector
from python_scoring.model.margin.linear_part import BILLION, LinearSums
from python_scoring.model.margin.ranking_model import RankingModel
from python_scoring.model.margin.tree_tables import leaf_billionths
from python_scoring.model.xgboost_alone import xgb

Learner = dict[str, Any]

_LARGEST = float(np.finfo(np.float32).max)
# rows at a time: a leaf number for each row and tree
CHUNK = 2048


def within_float32(features: Matrix) -> Matrix:
    """Return features as the trees compare them: XGBoost refuses what float32 cannot hold.

    Args:
        features: Shape (n, features); unknown is NaN, and stays so.

    Returns:
        The same, with what is too large as the largest that float32 holds.
    """
    clipped: Matrix = np.clip(features, -_LARGEST, _LARGEST)
    return clipped


def learner_of(booster: xgb.Booster) -> Learner:
    """Return a booster as the plain data of XGBoost's JSON format (its key `learner`)."""
    learner: Learner = json.loads(booster.save_raw("json"))["learner"]
    return learner


def start_billionths(learner: Learner) -> int:
    """Return the margin before any tree, the log odds of `base_score`, in billionths."""
    share = float(np.float32(learner["learner_model_param"]["base_score"].strip("[]")))
    return round(BILLION * float(np.log(share / (1 - share))))


class ExactMargins:
    """Margins of a model whose booster is one of `binary:logistic`, ready to compute.

    Args:
        model: Linear part and trees.
    """

    def __init__(self, model: RankingModel) -> None:
        learner = learner_of(model.booster)
        trees = learner["gradient_booster"]["model"]["trees"]
        self._booster = model.booster
        self._start = start_billionths(learner)
        names = list(model.booster.feature_names or [])
        self._linear = LinearSums(model.linear, names) if model.linear else None
        nodes = max((len(tree["parents"]) for tree in trees), default=0)
        self._leaves = np.zeros((len(trees), nodes), np.int64)
        for row, tree in zip(self._leaves, trees, strict=True):
            row[: len(tree["parents"])] = leaf_billionths(tree)

    def of(self, features: Matrix) -> Vector:
        """Return the log odds of each row, shape (n,).

        Args:
            features: Shape (n, features), in the booster's order, unknown as NaN.
        """
        sums = self.leaf_sums(features)
        return self.of_sums(sums + self._linear.billionths(features) if self._linear else sums)

    def of_sums(self, billionths: Integers) -> Vector:
        """Return the log odds that the leaves and the linear part add up to, shape (n,)."""
        return np.asarray((self._start + billionths) / BILLION)

    def leaf_sums(self, features: Matrix) -> Integers:
        """Return the sum of the leaves that each row picks, in billionths, shape (n,)."""
        if not len(self._leaves):
            return np.zeros(len(features), np.int64)
        parts = (features[start : start + CHUNK] for start in range(0, len(features), CHUNK))
        return np.concatenate([self._of_chunk(part) for part in parts])

    def _of_chunk(self, features: Matrix) -> Integers:
        data = xgb.DMatrix(
            within_float32(features),
            feature_names=self._booster.feature_names,
            feature_types=self._booster.feature_types,
            enable_categorical=True,
        )
        # XGBoost leaves out the second dimension where there is one tree
        picked = self._booster.predict(data, pred_leaf=True).reshape(len(features), -1)
        trees = np.arange(len(self._leaves))
        sums: Integers = self._leaves[trees, picked.astype(np.int64)].sum(axis=1)
        return sums
