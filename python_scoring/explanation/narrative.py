"""Puts a score and its drivers into sentences that a salesperson reads.

A fact is named only where it moves the published probability by enough to be seen in it, and as
raising or lowering it exactly as its contribution does. No reason is given beyond that.
"""

import numpy as np

from python_scoring.arrays import Integers, Matrix, Objects, Vector
from python_scoring.features.categories import CATEGORY
from python_scoring.features.contract import FeatureContract
from python_scoring.features.feature import Feature

LONGEST = 255
# half of the last digit that is printed of the probability
VISIBLE = 0.0005


def narratives(
    probabilities: Vector,
    base_rate: float,
    drivers: Integers,
    contributions: Matrix,
    phrases: Objects,
) -> Objects:
    """Write the sentences for each lead, at most 255 characters each.

    Args:
        probabilities: Published probabilities, shape (n,).
        base_rate: The usual rate, with which they are compared.
        drivers: Position of each driver's feature or -1, shape (n, 3).
        contributions: Their contributions to the probability, shape (n, 3).
        phrases: Their words, shape (n, 3), from `driver_phrases`.
    """
    moved = np.nan_to_num(contributions)
    visible = (drivers >= 0) & (np.abs(moved) >= VISIBLE)
    directions = np.where(visible, np.sign(moved), 0).astype(np.int64)
    return _compose(_openings(probabilities, base_rate), directions, phrases)


def driver_phrases(contract: FeatureContract, features: Matrix, drivers: Integers) -> Objects:
    """Return the words of each driver, such as "months at the current firm: 14", shape (n, 3)."""
    phrases = np.full(drivers.shape, "", dtype=object)
    for position, feature in enumerate(contract.features):
        rows, ranks = np.nonzero(drivers == position)
        if len(rows):
            values, which = np.unique(features[rows, position], return_inverse=True)
            words = [f"{feature.label}: {spoken(feature, value)}" for value in values.tolist()]
            phrases[rows, ranks] = np.array(words, dtype=object)[which]
    return phrases


def spoken(feature: Feature, value: float) -> str:
    """Return a value as one says it: yes or no, 1.2 billion, 14, 0.33, a category, unknown."""
    if np.isnan(value):
        return "unknown"
    if feature.type == CATEGORY:
        return feature.categories[int(value)]
    if feature.type == "flag":
        return "yes" if value else "no"
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(value) >= size:
            return f"{value / size:,.1f} {word}"
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _openings(probabilities: Vector, base_rate: float) -> Objects:
    lifts = np.round(probabilities / base_rate, 1)
    printed, which = np.unique(
        np.column_stack([np.round(100 * probabilities, 1), lifts]).view(np.complex128),
        return_inverse=True,
    )
    texts = [_opening(pair.real, pair.imag, 100 * base_rate) for pair in printed.tolist()]
    return np.asarray(np.array(texts, dtype=object)[which.ravel()])


def _opening(percent: float, lift: float, usual: float) -> str:
    compared = "about the usual" if lift == 1 else f"{lift:.1f} times the usual"
    return f"{percent:.1f} %, {compared} {usual:.1f} %."


def _compose(openings: Objects, directions: Integers, phrases: Objects) -> Objects:
    """Write all leads whose drivers raise and lower in the same positions at once."""
    texts: Objects = openings + " No single fact moves it much."
    patterns = (directions + 1) @ (9, 3, 1)
    for pattern in np.unique(patterns[directions.any(axis=1)]):
        rows = np.flatnonzero(patterns == pattern)
        signs, words = directions[rows[0]], phrases[rows]
        texts[rows] = openings[rows] + _clause(" Raises it: ", words[:, signs > 0])
        texts[rows] += _clause(" Lowers it: ", words[:, signs < 0])
    long = np.flatnonzero(np.frompyfunc(len, 1, 1)(texts) > LONGEST)
    if len(long):
        texts[long] = _shortened(texts[long], openings[long], directions[long], phrases[long])
    return texts


def _shortened(
    texts: Objects, openings: Objects, directions: Integers, phrases: Objects
) -> Objects:
    """Leave out the weakest reason, which stands last; a single one that is too long is cut."""
    alone = np.count_nonzero(directions, axis=1) == 1
    last = directions.shape[1] - 1 - (directions != 0)[:, ::-1].argmax(axis=1)
    fewer = directions.copy()
    fewer[np.arange(len(fewer)), last] = 0
    shorter = np.array([text[:LONGEST] for text in texts], dtype=object)
    if not alone.all():
        shorter[~alone] = _compose(openings[~alone], fewer[~alone], phrases[~alone])
    return shorter


def _clause(opening: str, words: Objects) -> Objects | str:
    """Join reasons, shape (n, k), into one sentence each; nothing where there are none."""
    if not words.shape[1]:
        return ""
    text: Objects = opening + words[:, 0]
    for more in words.T[1:]:
        text = text + "; " + more
    return np.asarray(text + ".")
