"""The linear part of a margin: a sum of one curve per feature, in whole billionths of log odds.

A term places a value between knots, turns it into a position, and weighs it:

    f(x) = coefficient * (position(x) - centre) / scale

The position is straight between two knots and flat beyond the outer ones; for texts each number is
a step of its own. An unknown value has log odds of its own. At the knots f is in whole billionths;
between them it is `floor((x - knot) * slope + 0.5)` above the knot: a subtraction, a product, a sum
and a floor, each of which IEEE 754 rounds in one way only. So Python and SQL give the same whole
number (see `exact_margin`), and f never falls where the coefficient is positive.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from python_scoring.arrays import Integers, Matrix, Vector
from python_scoring.errors import ArtifactError

STRAIGHT, STEPS = "straight", "steps"
BILLION = 1_000_000_000
# log odds beyond this say nothing more, and whole billionths of them stay exact in a double
LARGEST_LOG_ODDS = 1_000.0


@dataclass(frozen=True)
class Term:
    """What one feature gives to the margin, in log odds.

    Args:
        feature: Its name.
        kind: `straight` between the knots, or `steps` for the numbers of categories.
        knots: Values, increasing, shape (k,), k > 0.
        positions: Their positions, shape (k,).
        coefficient: Log odds of one `scale`.
        centre: Position that gives nothing; the mean of the training rows.
        scale: Positive; the standard deviation of the positions of the training rows.
        unknown: Log odds of an unknown value.
        average: Mean of the term over the training rows, from which contributions count.
    """

    feature: str
    kind: str
    knots: tuple[float, ...]
    positions: tuple[float, ...]
    coefficient: float
    centre: float
    scale: float
    unknown: float
    average: float

    def billionths(self) -> Integers:
        """Return the log odds at the knots in whole billionths, shape (k,)."""
        straight = (np.array(self.positions) - self.centre) / self.scale
        return whole_billionths(self.coefficient * straight)

    def slopes(self) -> Vector:
        """Return billionths per unit of value from each knot to the next, shape (k - 1,)."""
        if self.kind == STEPS:
            return np.zeros(len(self.knots) - 1)
        return np.diff(self.billionths()) / np.diff(self.knots)


@dataclass(frozen=True)
class LinearPart:
    """Terms of different features, and the log odds of a lead for which each gives nothing."""

    intercept: float
    terms: tuple[Term, ...]

    @property
    def average_margin(self) -> float:
        """Mean over the training rows."""
        return self.intercept + sum(term.average for term in self.terms)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        terms = [
            vars(term) | {"knots": list(term.knots), "positions": list(term.positions)}
            for term in self.terms
        ]
        return {"intercept": self.intercept, "terms": terms}

    @staticmethod
    def from_json(data: dict[str, Any], names: list[str]) -> "LinearPart":
        """Read what `to_json` wrote.

        Args:
            data: The plain data.
            names: The model's features, which terms may name.

        Raises:
            ArtifactError: It is no such part, or a number in it cannot be.
        """
        try:
            terms = [
                Term(**term | {n: tuple(term[n]) for n in ("knots", "positions")})
                for term in data["terms"]
            ]
            part = LinearPart(float(data["intercept"]), tuple(terms))
            _check(part, names)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise ArtifactError(
                f"The linear part cannot be used: {error}.",
                why="Every score would be another than the one that was judged.",
                fix="Train again, or restore the artifact.",
            ) from error
        return part


class LinearSums:
    """A linear part, ready to compute.

    Args:
        part: The linear part.
        names: Features in the order of the matrices to come.
    """

    def __init__(self, part: LinearPart, names: list[str]) -> None:
        self._lookups = [(names.index(term.feature), _Lookup(term)) for term in part.terms]
        self._intercept = int(whole_billionths(np.array(part.intercept)))

    def billionths(self, features: Matrix) -> Integers:
        """Return the margin that the linear part gives, shape (n,), for (n, features)."""
        total = np.full(len(features), self._intercept, np.int64)
        for place, lookup in self._lookups:
            total += lookup.of(features[:, place])
        return total

    def add_contributions(self, features: Matrix, shares: Matrix) -> Integers:
        """Add what each feature gives beyond its average; return the margin, as `billionths`.

        Args:
            features: Shape (n, features).
            shares: Contributions to add to, shape (n, features).
        """
        total = np.full(len(features), self._intercept, np.int64)
        for place, lookup in self._lookups:
            given = lookup.of(features[:, place])
            total += given
            shares[:, place] += given / BILLION - lookup.average
        return total


class _Lookup:
    """A term as arrays by place: before the first knot, from each knot on, and unknown."""

    def __init__(self, term: Term) -> None:
        at = term.billionths()
        unknown = whole_billionths(np.array([term.unknown]))
        self.average = term.average
        self._knots = np.array(term.knots)
        self._from = np.array([0.0, *term.knots, 0.0])
        self._slope = np.array([0.0, *term.slopes(), 0.0, 0.0])
        self._at = np.concatenate([at[:1], at, unknown])

    def of(self, values: Vector) -> Integers:
        """Return billionths, shape (n,)."""
        place = np.searchsorted(self._knots, values, side="right")
        unknown = np.isnan(values)
        if unknown.any():
            place[unknown] = len(self._knots) + 1
            values = np.where(unknown, 0.0, values)
        beyond = (values - self._from.take(place)) * self._slope.take(place)
        given: Integers = self._at.take(place) + np.floor(beyond + 0.5).astype(np.int64)
        return given


def whole_billionths(log_odds: Vector) -> Integers:
    """Return log odds in whole billionths."""
    return np.asarray(np.rint(BILLION * log_odds)).astype(np.int64)


def _check(part: LinearPart, names: list[str]) -> None:
    named = [term.feature for term in part.terms]
    if len(set(named)) < len(named) or not set(named) <= set(names):
        raise ValueError("a feature has two terms, or is none of the model's")
    if not abs(part.intercept) < LARGEST_LOG_ODDS:
        raise ValueError("the intercept is no log odds")
    for term in part.terms:
        _check_term(term)


def _check_term(term: Term) -> None:
    numbers = np.array([*term.knots, *term.positions, term.coefficient, term.centre], np.float64)
    rising = bool((np.diff(term.knots) > 0).all())
    if term.kind not in (STRAIGHT, STEPS) or len(term.knots) != len(term.positions):
        raise ValueError(f"the term of {term.feature[:40]} has another shape")
    if not (term.knots and np.isfinite(numbers).all() and rising and term.scale > 0):
        raise ValueError(f"a number of {term.feature[:40]} is not finite, or its knots do not rise")
    largest = LARGEST_LOG_ODDS * BILLION
    log_odds = BILLION * np.array([term.unknown, term.average])
    if not (np.abs(np.append(term.billionths(), log_odds)) < largest).all():
        raise ValueError(f"{term.feature[:40]} gives what is no log odds")
    if not np.isfinite(term.slopes()).all():
        raise ValueError(f"knots of {term.feature[:40]} lie too close together")
