"""How far each group of features moves the probability, and in which direction."""

from dataclasses import dataclass

import numpy as np

from python_scoring.arrays import Integers, Matrix, Vector
from python_scoring.explanation.contributions import Explanation, explain
from python_scoring.explanation.narrative import spoken
from python_scoring.features.categories import CATEGORY
from python_scoring.features.feature import Feature
from python_scoring.model.artifact import Artifact
from python_scoring.model.margin.booster import Attribution, margins

SHOWN_DEPENDENCES = 3
MOST_POINTS = 10
HEAVY_SHARE = 0.2


@dataclass(frozen=True)
class GroupContribution:
    """How far one group of facts moves the probability.

    Args:
        group: Name of the group.
        facts: Words for its facts, the one that moves most first.
        mean_size: Mean size of its contribution, as a share (0.01 is one percentage point).
    """

    group: str
    facts: list[str]
    mean_size: float


@dataclass(frozen=True)
class DependencePoint:
    """Rows of like value of a fact.

    Args:
        value: The middle of their values, in words.
        rows: How many.
        mean: Mean contribution of the fact's group to the probability.
        low: Contribution that a tenth of the rows stay below.
        high: Contribution that a tenth of the rows exceed.
    """

    value: str
    rows: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Dependence:
    """How a group's contribution goes with its strongest fact.

    Args:
        label: Words for the fact.
        finding: What the picture shows, in a sentence.
        points: By value, unknown last.
    """

    label: str
    finding: str
    points: list[DependencePoint]


@dataclass(frozen=True)
class Contributions:
    """Contributions over the test rows.

    Args:
        base: Probability from which contributions count.
        groups: The one that moves most first.
        dependences: Of the strongest groups.
        strongest: Position of the strongest feature of each of those groups.
    """

    base: float
    groups: list[GroupContribution]
    dependences: list[Dependence]
    strongest: list[int]


def summarise_contributions(artifact: Artifact, features: Matrix) -> Contributions:
    """Explain every row and sum up.

    Args:
        artifact: The model.
        features: Rows to explain, shape (n, features), n > 0.
    """
    contract, attribution = artifact.contract, Attribution(artifact.model)
    shares = attribution.shares(features)
    explained = explain(
        shares,
        attribution.average_margin,
        margins(artifact.model, features),
        artifact.curve,
        contract,
    )
    sizes, shares_by_size = (
        np.abs(explained.contributions).mean(axis=0),
        np.abs(shares).mean(axis=0),
    )
    names, members = list(contract.groups), list(contract.groups.values())
    ranked = [[m[i] for i in np.argsort(-shares_by_size[m], kind="stable")] for m in members]
    order = np.argsort(-sizes, kind="stable").tolist()
    groups = [
        GroupContribution(
            names[g].replace("_", " "),
            [contract.features[i].label for i in ranked[g]],
            float(sizes[g]),
        )
        for g in order
    ]
    shown = [g for g in order[:SHOWN_DEPENDENCES] if sizes[g] > 0]
    strongest = [ranked[g][0] for g in shown]
    dependences = [
        _dependence(contract.features[i], features[:, i], explained, g)
        for i, g in zip(strongest, shown, strict=True)
    ]
    return Contributions(explained.base, groups, dependences, strongest)


def _dependence(feature: Feature, values: Vector, explained: Explanation, group: int) -> Dependence:
    contributions = explained.contributions[:, group]
    numbers = _by_category(values) if feature.type == CATEGORY else _by_size(values)
    points = [
        _point(feature, values[numbers == number], contributions[numbers == number])
        for number in range(int(numbers.max()) + 1)
    ]
    known = [point for point in points if point.value != "unknown"]
    return Dependence(feature.label, _finding(feature, known), points)


def _by_size(values: Vector) -> Integers:
    """Number the rows in groups of like value, about as many rows in each; unknown last.

    A value that a fifth of the rows share is a group by itself: mixed with its neighbours, it would
    hide what they do.
    """
    known = values[~np.isnan(values)]
    distinct, counts = np.unique(known, return_counts=True)
    edges = distinct
    if len(distinct) > MOST_POINTS:
        usual = int(counts.argmax())
        heavy = counts[usual] >= HEAVY_SHARE * len(known)
        rest = known[known != distinct[usual]] if heavy else known
        edges = np.quantile(rest, np.arange(1, MOST_POINTS - 1) / (MOST_POINTS - 1))
        edges = np.append(edges, distinct[usual : usual + 2] if heavy else [])
    numbers = np.searchsorted(np.unique(edges), values, side="right")
    numbers[np.isnan(values)] = len(edges) + 1
    return np.unique(numbers, return_inverse=True)[1].astype(np.int64)


def _by_category(values: Vector) -> Integers:
    """Number the rows of each of the most frequent categories; unknown and rare ones last."""
    distinct, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    kept = np.sort(distinct[np.argsort(-counts, kind="stable")][: MOST_POINTS - 1])
    rare = np.where(np.isin(values, kept), values, np.nan)
    return np.unique(rare, return_inverse=True)[1].astype(np.int64)


def _point(feature: Feature, values: Vector, contributions: Vector) -> DependencePoint:
    low, high = np.quantile(contributions, [0.1, 0.9])
    return DependencePoint(
        spoken(feature, float(np.quantile(values, 0.5, method="inverted_cdf"))),
        len(values),
        float(contributions.mean()),
        float(low),
        float(high),
    )


def _finding(feature: Feature, points: list[DependencePoint]) -> str:
    means = [point.mean for point in points]
    if len(points) < 2 or max(means) - min(means) < 1e-6:
        return f"The score hardly depends on “{feature.label}”."
    best = points[int(np.argmax(means))]
    about = "" if feature.type == CATEGORY else "around "
    return f"Highest scores where “{feature.label}” is {about}{best.value}."
