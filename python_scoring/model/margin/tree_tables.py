"""Exact contributions of shallow trees by table look-up, much faster than XGBoost's own.

A tree of depth 2 is two branches, and each branch is a game of at most two players: the feature a
at the root, which opens the branch or not, and the feature b below, which picks the leaf. With
I = 1 where a opens the branch, p = the share of training weight that it got, V = the leaf that b
picks and U = the average leaf, Shapley's values (as in TreeSHAP, Lundberg 2018, weights on the
path) are

    a: (I - p) (U + V) / 2        b: (I + p) (V - U) / 2

(where b is a again, the two add up to its own I V - p U). Summed over all trees they depend on the
pair of values only, and every value counts only by the thresholds it lies between. So each pair of
features becomes a table, and a million rows are a few gathers. A branch that ends in one leaf is a
pair of its root with itself. The leaves are tabulated too, in whole billionths: their sum
is the margin (see `exact_margin`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_scoring.arrays import Integers, Matrix, Vector
from python_scoring.model.xgboost_alone import xgb

Pair = tuple[int, int]

# rows at a time: their bins and sums stay in the processor's cache
CHUNK = 8192


@dataclass(frozen=True)
class PairTable:
    """What the branches of one pair of features give, by bin of the first and of the second.

    Args:
        first: Contribution of the first feature to the margin.
        second: Contribution of the second.
        leaves: Sum of the leaves picked, in billionths.
    """

    first: Matrix
    second: Matrix
    leaves: Integers


@dataclass(frozen=True)
class PairTables:
    """Contributions and leaves of a booster, ready to look up.

    Args:
        cuts: Thresholds of each feature, ascending, float32.
        tables: One for each pair of features that share a branch.
        constant: Leaves of the trees that are one leaf, in billionths.
    """

    cuts: list[NDArray[np.float32]]
    tables: dict[Pair, PairTable]
    constant: int

    def explained(self, features: Matrix) -> tuple[Matrix, Integers]:
        """Return contributions to the margin, shape (n, features), and sums of the leaves picked.

        Args:
            features: Shape (n, features); a chunk of a long table is faster than the whole.

        Returns:
            Contributions in log odds, and sums in billionths, shape (n,).
        """
        # one row per feature: additions along rows stay in the cache
        shares = np.zeros(features.shape[::-1])
        sums = np.full(len(features), self.constant, np.int64)
        for (first, second), table, place in self._places(features):
            shares[first] += table.first.ravel()[place]
            shares[second] += table.second.ravel()[place]
            sums += table.leaves.ravel()[place]
        return shares.T, sums

    def _places(self, features: Matrix) -> Iterator[tuple[Pair, PairTable, Integers]]:
        """Yield each table with the place of each row in it, counted through its rows."""
        bins = [_bins(cut, column) for cut, column in zip(self.cuts, features.T, strict=True)]
        for (first, second), table in self.tables.items():
            yield (first, second), table, bins[first] * table.first.shape[1] + bins[second]


@dataclass(frozen=True)
class _Branch:
    """One side of a tree's root: who opens it, who picks the leaf, and the leaves."""

    root: int
    opens: Vector
    share: float
    below: int
    leaf: Vector
    mean: float


def pair_tables(booster: xgb.Booster) -> PairTables | None:
    """Tabulate a booster of numeric splits with depth 2 or less; None for any other."""
    model = json.loads(booster.save_raw("json"))["learner"]
    trees = model["gradient_booster"]["model"]["trees"]
    if any(tree["categories_nodes"] or _depth(tree) > 2 for tree in trees):
        return None
    cuts = _cuts(trees, booster.num_features())
    tables: dict[Pair, PairTable] = {}
    for branch in (branch for tree in trees for branch in _branches(tree, cuts)):
        pair = (branch.root, branch.below)
        shape = (len(branch.opens), len(branch.leaf))
        empty = PairTable(np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int64))
        _add(tables.setdefault(pair, empty), branch)
    lone = (leaf_billionths(tree)[0] for tree in trees if tree["left_children"][0] == -1)
    return PairTables(cuts, tables, int(sum(lone)))


def leaf_billionths(tree: dict[str, Any]) -> Integers:
    """Return the leaf value of each node of a tree in whole billionths, 0 where it splits."""
    is_leaf = np.array(tree["left_children"]) == -1
    return _billionths(np.where(is_leaf, tree["split_conditions"], 0))


def _billionths(leaves: Vector) -> Integers:
    return np.rint(1e9 * leaves).astype(np.int64)


def _add(table: PairTable, branch: _Branch) -> None:
    """Add a branch to the table of its pair."""
    table.first[:] += np.outer(branch.opens - branch.share, branch.leaf + branch.mean) / 2
    table.second[:] += np.outer(branch.opens + branch.share, branch.leaf - branch.mean) / 2
    table.leaves[:] += np.outer(branch.opens.astype(np.int64), _billionths(branch.leaf))


def chunks(features: Matrix) -> Iterator[Matrix]:
    """Yield rows, some thousands at a time."""
    return (features[start : start + CHUNK] for start in range(0, len(features), CHUNK))


def _bins(cut: NDArray[np.float32], values: Vector) -> Integers:
    """Place values between thresholds as XGBoost compares, in float32; unknown is the last bin."""
    with np.errstate(over="ignore"):  # what float32 cannot hold lies beyond every threshold
        narrow = values.astype(np.float32)
    return np.where(np.isnan(narrow), len(cut) + 1, np.searchsorted(cut, narrow, side="right"))


def _cuts(trees: list[dict[str, Any]], features: int) -> list[NDArray[np.float32]]:
    found: list[set[float]] = [set() for _ in range(features)]
    for tree in trees:
        for node, left in enumerate(tree["left_children"]):
            if left != -1:
                found[tree["split_indices"][node]].add(tree["split_conditions"][node])
    return [np.array(sorted(cut), dtype=np.float32) for cut in found]


def _branches(tree: dict[str, Any], cuts: list[NDArray[np.float32]]) -> Iterator[_Branch]:
    """Yield the two branches of a tree; a tree that is one leaf moves nothing."""
    if tree["left_children"][0] == -1:
        return
    root, goes_left = tree["split_indices"][0], _goes_left(tree, 0, cuts)
    for node, opens in (
        (tree["left_children"][0], goes_left),
        (tree["right_children"][0], 1 - goes_left),
    ):
        share = tree["sum_hessian"][node] / tree["sum_hessian"][0]
        if tree["left_children"][node] == -1:
            leaf = tree["split_conditions"][node]
            yield _Branch(root, opens, share, root, np.full(len(opens), leaf), leaf)
        else:
            below, leaf, mean = tree["split_indices"][node], *_leaves(tree, node, cuts)
            yield _Branch(root, opens, share, below, leaf, mean)


def _leaves(
    tree: dict[str, Any], node: int, cuts: list[NDArray[np.float32]]
) -> tuple[Vector, float]:
    """Return the leaf below a node by bin of its feature, and their average by training weight."""
    sides = (tree["left_children"][node], tree["right_children"][node])
    left, right = (tree["split_conditions"][side] for side in sides)
    goes_left = _goes_left(tree, node, cuts)
    weights = [tree["sum_hessian"][side] for side in sides]
    mean = float(np.average([left, right], weights=weights))
    return goes_left * left + (1 - goes_left) * right, mean


def _goes_left(tree: dict[str, Any], node: int, cuts: list[NDArray[np.float32]]) -> Vector:
    """Return 1 for each bin of the node's feature that goes left there, else 0."""
    cut = cuts[tree["split_indices"][node]]
    place = np.searchsorted(cut, np.float32(tree["split_conditions"][node]))
    known = np.arange(len(cut) + 1) <= place
    return np.append(known, bool(tree["default_left"][node])).astype(np.float64)


def _depth(tree: dict[str, Any], node: int = 0) -> int:
    children = (tree["left_children"][node], tree["right_children"][node])
    return 0 if children[0] == -1 else 1 + max(_depth(tree, child) for child in children)
