"""A logistic regression: judged beside every model, and what the trees are boosted from.

A booster that does not rank better is not worth its complexity. Features are put on one scale by
their ranks, since a linear model would follow the long tails of counts and dollars, or, where the
folds say so, on their own scale between the outer half percents. An unknown value is the mean, and
whether it is unknown is one more input; so is each category. A sign that the feature contract
declares holds: its coefficient is bounded.

What the trees start from is fitted out of fold in time order: each fifth of the rows gets the
margins of a regression on what lies before it. Its own margins would be those of a model that has
seen the outcomes, and the trees would learn to undo that.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, ndtri
from threadpoolctl import threadpool_limits

from python_scoring.arrays import Flags, Matrix, Vector
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.sample_size import MIN_POSITIVES
from python_scoring.features.contract import FeatureContract
from python_scoring.model.calibration_curve import raw_scores
from python_scoring.model.margin.linear_part import (
    BILLION,
    STEPS,
    STRAIGHT,
    LinearPart,
    LinearSums,
    Term,
)

RANKS, VALUES = "ranks", "values"
# of 20 equal shares of the rows; a position beyond 2.5 standard deviations is 2.5
QUANTILES = np.linspace(0, 1, 21)
FARTHEST = 2.5
OUTER = (0.005, 0.995)
PENALTY = 10.0
BLOCKS = 5
FEWEST_TO_FIT = 5
_LIMITS = {"maxiter": 500, "ftol": 1e-10}


@dataclass(frozen=True)
class LogisticStart:
    """What trees are boosted from.

    Args:
        linear: The regression on all rows, which scores.
        margins: Out-of-fold margins of the rows, shape (n,), from which the trees learn.
    """

    linear: LinearPart
    margins: Vector

    def shrunk(self, share: float) -> "LogisticStart":
        """Return the start with a share of its log odds, counted from the usual lead's."""
        usual = self.linear.intercept
        return LogisticStart(shrunk(self.linear, share), usual + share * (self.margins - usual))


def logistic_scores(past: LabelledTable, features: Matrix) -> Vector:
    """Learn the baseline from past rows and return its scores of others, shape (n,).

    Args:
        past: Rows to learn from, both outcomes present.
        features: Rows to score, shape (n, features), unknown as NaN.
    """
    return raw_scores(linear_margins(fit_logistic(past), past.contract, features))


def linear_margins(linear: LinearPart, contract: FeatureContract, features: Matrix) -> Vector:
    """Return the log odds that a linear part gives, shape (n,), for (n, features)."""
    return LinearSums(linear, contract.names).billionths(features) / BILLION


def logistic_start(
    table: LabelledTable, form: str = RANKS, linear: LinearPart | None = None
) -> LogisticStart:
    """Fit the regression, and its margins out of fold in time order.

    A fifth before which too little lies gets the margins of what lies after it; where that is too
    little as well, those of all rows.

    Args:
        table: Training rows, both outcomes present.
        form: `ranks` or `values`.
        linear: The regression on all rows in that form, where it was fitted already.
    """
    linear = linear or fit_logistic(table, form)
    margins = linear_margins(linear, table.contract, table.features)
    firsts = table.dates[np.arange(1, BLOCKS) * len(table.dates) // BLOCKS]
    starts = np.unique(np.append(table.dates[0], firsts))
    ends = np.append(starts[1:], table.dates[-1] + np.timedelta64(1, "D"))
    gap = np.timedelta64(table.gap_days, "D")
    for start, end in zip(starts, ends, strict=True):
        block = (table.dates >= start) & (table.dates < end)
        before, after = table.dates < start - gap, table.dates >= end + gap
        learned = before if table.converted[before].sum() >= MIN_POSITIVES else after
        if _can_be_fitted(table.converted[learned]):
            past = table.take(learned)
            now = table.take(block).known_to(past)
            margins[block] = linear_margins(fit_logistic(past, form), past.contract, now.features)
    return LogisticStart(linear, margins)


def _can_be_fitted(converted: Flags) -> bool:
    return FEWEST_TO_FIT <= int(converted.sum()) < len(converted)


def shrunk(linear: LinearPart, share: float) -> LinearPart:
    """Return a linear part with a share of each term."""
    terms = [
        replace(
            term,
            coefficient=share * term.coefficient,
            unknown=share * term.unknown,
            average=share * term.average,
        )
        for term in linear.terms
    ]
    return LinearPart(linear.intercept, tuple(terms))


def fit_logistic(table: LabelledTable, form: str = RANKS) -> LinearPart:
    """Fit a ridge logistic regression with the declared signs as bounds.

    Args:
        table: Rows to learn from, both outcomes present.
        form: `ranks`: each value counts by the normal quantile of its rank; `values`: by itself.
    """
    scales = [
        _scale(table.features[:, place], feature.sign, form)
        if place not in table.contract.category_positions
        else _one_hot(table.features[:, place])
        for place, feature in enumerate(table.contract.features)
    ]
    design = np.column_stack([np.ones(len(table.dates)), *(s.columns for s in scales)])
    signs = [0, *(sign for s in scales for sign in s.signs)]
    weights = _fit(design, table.converted, signs)
    terms, used = [], 1
    for name, scale in zip(table.contract.names, scales, strict=True):
        count = scale.columns.shape[1]
        if count:
            terms.append(scale.term(name, weights[used : used + count]))
        used += count
    return LinearPart(float(weights[0]), tuple(terms))


@dataclass(frozen=True)
class _Scale:
    """A feature as the regression sees it.

    Args:
        columns: What it adds to the design, shape (n, columns); none where it says nothing.
        signs: Sign that the coefficient of each column must have, 0 for any.
        kind: Kind of its term.
        knots: As in `Term`.
        positions: As in `Term`; empty for steps, whose positions are fitted.
        centre: As in `Term`; for steps the mean of each column, shape (columns,).
        scale: As in `Term`; for steps of each column.
        unknown_share: Share of the rows whose value is unknown.
    """

    columns: Matrix
    signs: list[int]
    kind: str
    knots: Vector
    positions: Vector
    centre: Vector
    scale: Vector
    unknown_share: float

    def term(self, name: str, weights: Vector) -> Term:
        """Return the term that the fitted weights of the columns make."""
        rises = len(self.positions) > 0
        has_unknown = 0 < self.unknown_share < 1
        beyond = float(weights[-1]) / _spread(self.unknown_share) if has_unknown else 0.0
        knots = tuple(self.knots.tolist())
        if self.kind == STEPS:
            each = weights[: len(self.knots)] / self.scale
            usual = float(each @ self.centre)
            average = self.unknown_share * beyond
            steps = tuple((each - usual).tolist())
            return Term(name, STEPS, knots, steps, 1.0, 0.0, 1.0, beyond - usual, average)
        return Term(
            name,
            STRAIGHT,
            knots,
            tuple(self.positions.tolist()) if rises else (0.0,) * len(knots),
            float(weights[0]) if rises else 0.0,
            float(self.centre[0]),
            float(self.scale[0]),
            beyond,
            self.unknown_share * beyond,
        )


def _spread(share: float) -> float:
    """Return the standard deviation of a flag that holds for a share of the rows."""
    return float(np.sqrt(share * (1 - share)))


def _scale(values: Vector, sign: int, form: str) -> _Scale:
    """Place a number by its rank or its value."""
    unknown = np.isnan(values)
    known = np.sort(values[~unknown])
    share = float(unknown.mean())
    flags = (unknown / _spread(share))[:, None] if 0 < share < 1 else np.empty((len(values), 0))
    none, one = np.empty(0), np.ones(1)
    if not len(known) or known[0] == known[-1]:
        knots = known[:1]
        return _Scale(flags, [0] * flags.shape[1], STRAIGHT, knots, none, 0 * one, one, share)
    knots, positions = _by_rank(known) if form == RANKS else _by_value(known)
    placed = np.interp(values, knots, positions)
    centre = float(placed[~unknown].mean())
    placed[unknown] = centre
    scale = float(placed.std()) or 1.0
    columns = np.column_stack([(placed - centre) / scale, flags])
    signs = [sign] + [0] * flags.shape[1]
    return _Scale(columns, signs, STRAIGHT, knots, positions, centre * one, scale * one, share)


def _by_rank(known: Vector) -> tuple[Vector, Vector]:
    knots = np.unique(np.quantile(known, QUANTILES))
    below, up_to = (np.searchsorted(known, knots, "left"), np.searchsorted(known, knots, "right"))
    ranks = (below + up_to) / 2 / len(known)
    return knots, np.clip(ndtri(ranks), -FARTHEST, FARTHEST)


def _by_value(known: Vector) -> tuple[Vector, Vector]:
    knots = np.unique(np.quantile(known, OUTER))
    knots = knots if len(knots) > 1 else known[[0, -1]]
    return knots, (knots - knots[0]) / (knots[-1] - knots[0])


def _one_hot(numbers: Vector) -> _Scale:
    """Give each number of a text a column."""
    unknown = np.isnan(numbers)
    share = float(unknown.mean())
    knots = np.arange(0 if unknown.all() else int(np.nanmax(numbers)) + 1, dtype=np.float64)
    flags = (numbers[:, None] == knots).astype(np.float64)
    centre = flags.mean(axis=0)
    scale = np.where(np.isin(centre, (0, 1)), 1.0, np.sqrt(centre * (1 - centre)))
    columns = (flags - centre) / scale
    if 0 < share < 1:
        columns = np.column_stack([columns, unknown / _spread(share)])
    signs = [0] * columns.shape[1]
    return _Scale(columns, signs, STEPS, knots, np.empty(0), centre, scale, share)


def _fit(design: Matrix, converted: Flags, signs: list[int]) -> Vector:
    """Minimise log loss plus ridge, the intercept left free; L-BFGS-B on one thread.

    On one thread, since sums over several differ in their last bits from run to run.
    """
    outcomes = converted.astype(np.float64)
    ridge = np.append(0.0, np.full(design.shape[1] - 1, PENALTY))

    def loss(weights: Vector) -> tuple[float, Vector]:
        margins = design @ weights
        value = np.logaddexp(0, margins).sum() - outcomes @ margins
        slope = (expit(margins) - outcomes) @ design
        return float(value + ridge @ weights**2 / 2), slope + ridge * weights

    bounds = [(0 if sign > 0 else None, 0 if sign < 0 else None) for sign in signs]
    rate = outcomes.mean()
    start = np.append(np.log(rate / (1 - rate)), np.zeros(design.shape[1] - 1))
    with threadpool_limits(1, user_api="blas"):
        fitted = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=_LIMITS)
    return np.asarray(fitted.x)
