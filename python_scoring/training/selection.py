"""Chooses how much a model may learn, on time-ordered folds of the training period.

The candidates are a ladder: the logistic regression alone, shallow trees, deep ones, each with
more and more rounds. They are compared by log loss on later days than were learned from, once a
slope and an offset were fitted to each: what is left says how well a candidate ranks, and every row
counts, so that a few dozen conversions tell more than they do by AUC-PR. Level and scale are
calibration's.
The best of many is partly the luckiest: the simplest candidate whose loss exceeds the least by no
more than the standard error of the difference, over the rows, is taken. The whole period holds more
conversions than a fold learned from, so that it is fitted with more rounds than were chosen.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from math import sqrt
from typing import Any, TypeVar

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score
from threadpoolctl import threadpool_limits

from python_scoring.arrays import Flags, Integers, Matrix, Vector
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.sample_size import MIN_POSITIVES
from python_scoring.dataset.splits import time_ordered_folds
from python_scoring.metrics.ranking_loss import ranking_losses
from python_scoring.model.margin.booster import margins, margins_by_rounds
from python_scoring.model.margin.linear_part import LinearPart
from python_scoring.training.hyperparameters import (
    Recipe,
    default_recipe,
    fit_model,
    logistic_alone,
)
from python_scoring.training.logistic_baseline import (
    RANKS,
    VALUES,
    fit_logistic,
    linear_margins,
    logistic_start,
)

Fold = tuple[Integers, Integers]
Given = TypeVar("Given")
Found = TypeVar("Found")
FOLDS = 5
TREE_COUNTS = (50, 100, 200, 400)
MIN_FOLD_POSITIVES = 5
LOGISTIC, SHALLOW, DEEP = "logistic", "shallow", "deep"
# deep trees with enough rounds to fit a strong signal; regularised less, since the folds decide
DEEP_SETTINGS: dict[str, Any] = {
    "depth": 4,
    "learning_rate": 0.05,
    "reg_lambda": 2.0,
    "min_child_weight": 1.0,
}
AT_ONCE = 2
"""Folds that are fitted at the same time: a fold leaves a core idle for half of its time."""


@dataclass(frozen=True)
class Rung:
    """A candidate, and how it did on the folds.

    Args:
        family: `logistic`, `shallow` or `deep`.
        trees: Rounds.
        log_loss: Mean over the folds' later rows, slope and offset fitted.
        excess: That less the least of all.
        standard_error: Of the excess.
        auc: Mean over the folds.
        auc_pr: Likewise.
    """

    family: str
    trees: int
    log_loss: float
    excess: float
    standard_error: float
    auc: float
    auc_pr: float


@dataclass(frozen=True)
class Choice:
    """The recipe that the folds chose, and what they showed.

    Args:
        recipe: What is trained: the chosen candidate, with more rounds for the whole period.
        family: Its name on the ladder; `searched` where a search of its own found it.
        folds: Folds that had conversions enough to be used.
        ladder: The candidates, the simplest first; empty where nothing was compared.
    """

    recipe: Recipe
    family: str
    folds: int
    ladder: list[Rung]

    def to_json(self) -> dict[str, Any]:
        """Return the choice as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class _Candidate:
    family: str
    recipe: Recipe


def choose_recipe(table: LabelledTable, seed: int, progress: Callable[[], None]) -> Choice:
    """Choose a rung of the ladder on time-ordered folds of the training rows.

    Without folds that together hold the conversions that training asks for, the default stands.

    Args:
        table: Training rows, in order of their day.
        seed: Seed of the row sampling.
        progress: Called after each fold; at most `FOLDS` times.
    """
    folds = usable_folds(table)
    if sum(int(table.converted[stretch].sum()) for _, stretch in folds) < MIN_POSITIVES:
        return Choice(default_recipe(table, seed), SHALLOW, 0, [])
    form, linear = _choose_form(table, folds)
    candidates = _ladder(table, seed, form)
    later = []
    of_fold = partial(_margins, table, candidates)
    for margins_of_fold in _of_each(zip(folds, linear, strict=True), of_fold):
        later.append(margins_of_fold)
        progress()
    outcomes = [table.converted[stretch] for _, stretch in folds]
    losses = np.column_stack(
        [
            np.concatenate([ranking_losses(m[i], y) for m, y in zip(later, outcomes, strict=True)])
            for i in range(len(candidates))
        ]
    )
    chosen = candidates[simplest_of_the_best(losses)]
    trees = rounds_for_all(chosen.recipe.trees, table.converted, folds)
    rungs = _rungs(candidates, losses, later, outcomes)
    return Choice(replace(chosen.recipe, trees=trees), chosen.family, len(folds), rungs)


def rounds_for_all(rounds: int, converted: Flags, folds: list[Fold]) -> int:
    """Return the rounds to fit on all rows where the folds chose a number of rounds.

    They grow with the square root of the evidence: the conversions of all rows, by those that a
    fold learned from (their mean over the judged rows, as in the loss). For a truth that a learner
    can express, the best moment to stop grows with a power of the sample between 1/2, if no more is
    known of the learner, and 1 (Yao, Rosasco and Caponnetto 2007; Raskutti, Wainwright and Yu
    2014). Never more than the ladder holds: no fold was judged with more.

    Args:
        rounds: What the folds chose; 0 stays 0.
        converted: Outcomes of all rows, shape (n,).
        folds: Rows learned from and rows judged.
    """
    learned = [int(converted[past].sum()) for past, _ in folds]
    usual = float(np.average(learned, weights=[len(stretch) for _, stretch in folds]))
    return min(round(rounds * sqrt(int(converted.sum()) / usual)), max(TREE_COUNTS))


def simplest_of_the_best(losses: Matrix) -> int:
    """Return the first column whose mean exceeds the least by no more than its standard error.

    Args:
        losses: One row a lead, one column a candidate, the simplest first.
    """
    excess, error = _excess(losses)
    return int((excess <= error).argmax())


def _excess(losses: Matrix) -> tuple[Vector, Vector]:
    best = int(losses.mean(axis=0).argmin())
    differences = losses - losses[:, best : best + 1]
    return differences.mean(axis=0), differences.std(axis=0, ddof=1) / np.sqrt(len(losses))


def better(scores: Matrix, default: int) -> int:
    """Return the column of the best mean, or the default where it gains less than its error.

    Args:
        scores: One row a fold or a lead, one column a candidate; higher is better.
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
    learned = table.take(past)
    later = table.take(stretch).known_to(learned).features
    model = fit_model(learned, replace(recipe, trees=max(TREE_COUNTS)))
    scores = margins_by_rounds(model, later, TREE_COUNTS)
    return [float(average_precision_score(table.converted[stretch], score)) for score in scores]


def _of_each(given: Iterable[Given], find: Callable[[Given], Found]) -> Iterator[Found]:
    """Yield what is found of each fold, in their order, `AT_ONCE` at a time."""
    # one thread for sums, set here once: set in two folds at a time, neither finds what was before
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(find, given)


def _choose_form(table: LabelledTable, folds: list[Fold]) -> tuple[str, list[LinearPart]]:
    """Return how the regression sees numbers, and the regression of each fold in that form.

    By ranks, unless values gain beyond their error.
    """

    def regressions(fold: Fold) -> tuple[list[LinearPart], Matrix]:
        past, stretch = fold
        learned = table.take(past)
        later = table.take(stretch).known_to(learned).features
        by_form = [fit_logistic(learned, form) for form in (RANKS, VALUES)]
        outcomes = table.converted[stretch]
        losses = [
            ranking_losses(linear_margins(linear, table.contract, later), outcomes)
            for linear in by_form
        ]
        return by_form, np.column_stack(losses)

    found = list(_of_each(folds, regressions))
    form = better(-np.concatenate([losses for _, losses in found]), default=0)
    return (RANKS, VALUES)[form], [by_form[form] for by_form, _ in found]


def _ladder(table: LabelledTable, seed: int, form: str) -> list[_Candidate]:
    """Return what is compared, the simplest first."""
    shallow = replace(default_recipe(table, seed), form=form)
    deep = replace(shallow, **DEEP_SETTINGS)
    families = {SHALLOW: shallow, DEEP: deep}
    return [_Candidate(LOGISTIC, logistic_alone(form, seed))] + [
        _Candidate(family, replace(recipe, trees=trees))
        for family, recipe in families.items()
        for trees in TREE_COUNTS
    ]


def _margins(
    table: LabelledTable, candidates: list[_Candidate], given: tuple[Fold, LinearPart]
) -> list[Vector]:
    """Return the margins that each candidate gives the later rows of a fold.

    Args:
        table: Training rows.
        candidates: The ladder.
        given: The fold, and its regression.
    """
    (past, stretch), linear = given
    learned = table.take(past)
    later = table.take(stretch).known_to(learned).features
    start = logistic_start(learned, candidates[0].recipe.form, linear)
    found = [margins(fit_model(learned, candidates[0].recipe, start), later)]
    for family in (SHALLOW, DEEP):
        recipe = [each.recipe for each in candidates if each.family == family][-1]
        found += margins_by_rounds(fit_model(learned, recipe, start), later, TREE_COUNTS)
    return found


def _rungs(
    candidates: list[_Candidate], losses: Matrix, later: list[list[Vector]], outcomes: list[Flags]
) -> list[Rung]:
    def mean(judge: Callable[[Flags, Vector], float], place: int) -> float:
        folds = zip(later, outcomes, strict=True)
        return float(np.mean([judge(y, scores[place]) for scores, y in folds]))

    excess, error = _excess(losses)
    return [
        Rung(
            candidate.family,
            candidate.recipe.trees,
            float(losses[:, place].mean()),
            float(excess[place]),
            float(error[place]),
            mean(roc_auc_score, place),
            mean(average_precision_score, place),
        )
        for place, candidate in enumerate(candidates)
    ]
