"""Searches the booster's settings with Optuna, on time-ordered folds of the training period.

The ladder that training climbs on its own is some points of this space. A search can be
cut at any moment and goes on where it stopped: each trial is a line of its journal. The best of
many trials on few conversions is partly the luckiest, so it takes the default's place only where
its gain over the same folds is larger than the standard error of that gain.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from numpy.typing import NDArray
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.sample_size import MIN_POSITIVES
from python_scoring.errors import InputError, TooFewPositivesError
from python_scoring.io.atomic import atomic_file, writing
from python_scoring.io.strict_json import parse_json
from python_scoring.training.hyperparameters import Recipe, default_recipe
from python_scoring.training.selection import (
    TREE_COUNTS,
    Fold,
    auc_pr_by_trees,
    better,
    usable_folds,
)

FOLD_SCORES, TREES, TABLE = "auc_pr_of_folds", "trees", "table"
# settings of a recipe that no trial varies
FIXED = ("seed", "trees", "monotone", "form")


@dataclass(frozen=True)
class Budget:
    """When a search ends: after so many minutes, or once its journal holds so many trials."""

    minutes: float
    trials: int | None = None


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Args:
        recipe: What to train with: the best settings, or the default where they gain too little.
        improved: Whether it is not the default.
        trials: Finished trials in the journal.
        auc_pr_of_folds: Of the default and of the best settings, oldest fold first.
    """

    recipe: Recipe
    improved: bool
    trials: int
    auc_pr_of_folds: dict[str, list[float]]

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return asdict(self)


def search(
    past: LabelledTable,
    journal: Path,
    budget: Budget,
    seed: int,
    progress: Callable[[float, float], None] = lambda seconds, best: None,
) -> SearchResult:
    """Search until the budget is spent, and judge the best settings against the default.

    Args:
        past: Rows of the training period, in order of their day.
        journal: File of trials; an existing one is continued.
        budget: When to end.
        seed: Seed of the sampler and of row sampling.
        progress: Called after each trial with the seconds spent and the best mean AUC-PR so far.

    Raises:
        TooFewPositivesError: The folds hold too few conversions to search on.
        InputError: The journal is of another table, or no journal.
    """
    folds = usable_folds(past)
    positives = sum(int(past.converted[later].sum()) for _, later in folds)
    if positives < MIN_POSITIVES:
        raise TooFewPositivesError(
            f"The training period's folds hold {positives} conversions, {MIN_POSITIVES} needed.",
            why="The best of many settings would be the luckiest.",
            fix="Train without a search; the default recipe is made for few conversions.",
        )
    study = _study(journal, past, seed)
    began = time.monotonic()

    def after(study: optuna.Study, _: optuna.trial.FrozenTrial) -> None:
        spent = time.monotonic() - began
        progress(spent, study.best_value)
        if spent > 60 * budget.minutes or len(_finished(study)) >= (budget.trials or np.inf):
            study.stop()

    if len(_finished(study)) < (budget.trials or np.inf) or not _of_default(study, past, seed):
        study.optimize(lambda trial: _mean_auc_pr(trial, past, folds, seed), callbacks=[after])
    return _result(study, past, seed)


def write_recipe(result: SearchResult, source: str, path: Path) -> None:
    """Write the recipe, and what the search showed, as JSON that `read_recipe` reads."""
    document = {"source": source, **result.to_json()}
    with atomic_file(path) as beside:
        beside.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def read_recipe(path: Path, seed: int) -> Recipe:
    """Read a recipe that `write_recipe` wrote.

    Raises:
        InputError: No such file, or it holds no recipe.
    """
    try:
        recipe = Recipe(**parse_json(path.read_bytes())["recipe"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path.name} holds no recipe: {error}.",
            where=str(path),
            fix="Name a file that `lead-scoring search --out` wrote.",
        ) from error
    return replace(recipe, seed=seed)


def _study(journal: Path, past: LabelledTable, seed: int) -> optuna.Study:
    """Open the study of a journal, new or begun, and make sure that it is of this table."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with writing(journal):
        journal.parent.mkdir(parents=True, exist_ok=True)
    fingerprint = _fingerprint(past)
    try:
        study = optuna.create_study(
            study_name="recipe",
            direction="maximize",
            storage=JournalStorage(JournalFileBackend(str(journal))),
            load_if_exists=True,
        )
        known = study.user_attrs.get(TABLE)
    except (ValueError, KeyError, OSError) as error:
        raise InputError(
            f"{journal.name} is no journal of a search: {error}.",
            where=str(journal),
            fix="Name another file with --journal.",
        ) from error
    if known not in (None, fingerprint):
        raise InputError(
            "The journal belongs to a search over other rows or features.",
            why="Figures from two tables cannot be compared.",
            where=str(journal),
            fix="Name another file with --journal, or remove this one.",
        )
    if known is None:
        study.set_user_attr(TABLE, fingerprint)
    if not _of_default(study, past, seed):
        study.enqueue_trial(_as_parameters(default_recipe(past, seed)))
    # a search that continues must not draw its first points again
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials))
    return study


def _mean_auc_pr(trial: optuna.Trial, past: LabelledTable, folds: list[Fold], seed: int) -> float:
    recipe = _suggest(trial, past, seed)
    curves = np.array([auc_pr_by_trees(past, recipe, *fold) for fold in folds])
    best = int(curves.mean(axis=0).argmax())
    trial.set_user_attr(TREES, TREE_COUNTS[best])
    trial.set_user_attr(FOLD_SCORES, curves[:, best].tolist())
    return float(curves[:, best].mean())


def _suggest(trial: optuna.Trial, past: LabelledTable, seed: int) -> Recipe:
    return Recipe(
        bag=trial.suggest_categorical("bag", [1, 3]),
        monotone=any(past.contract.signs),
        weighted=trial.suggest_categorical("weighted", [False, True]),
        depth=trial.suggest_int("depth", 1, 4),
        learning_rate=trial.suggest_float("learning_rate", 0.01, 0.1, log=True),
        reg_lambda=trial.suggest_float("reg_lambda", 0.5, 50, log=True),
        min_child_weight=trial.suggest_float("min_child_weight", 0.5, 20, log=True),
        row_share=trial.suggest_float("row_share", 0.5, 1.0),
        column_share=trial.suggest_float("column_share", 0.3, 1.0),
        start_share=trial.suggest_float("start_share", 0.0, 1.0),
        seed=seed,
    )


def _as_parameters(recipe: Recipe) -> dict[str, Any]:
    return {n: v for n, v in asdict(recipe).items() if n not in FIXED}


def _result(study: optuna.Study, past: LabelledTable, seed: int) -> SearchResult:
    default, best = _of_default(study, past, seed)[0], study.best_trial
    scores = np.array([default.user_attrs[FOLD_SCORES], best.user_attrs[FOLD_SCORES]]).T
    improved = better(scores, default=0) == 1
    winner = best if improved else default
    recipe = replace(default_recipe(past, seed), **winner.params, trees=winner.user_attrs[TREES])
    auc_pr_of_folds = dict(zip(("default", "best"), scores.T.tolist(), strict=True))
    return SearchResult(recipe, improved, len(_finished(study)), auc_pr_of_folds)


def _of_default(
    study: optuna.Study, past: LabelledTable, seed: int
) -> list[optuna.trial.FrozenTrial]:
    """Return the finished trials of the default, told by its settings: the first may be cut."""
    settings = _as_parameters(default_recipe(past, seed))
    return [trial for trial in _finished(study) if trial.params == settings]


def _finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))


def _fingerprint(past: LabelledTable) -> str:
    digest = hashlib.sha256(json.dumps(past.contract.to_json()).encode())
    columns: tuple[NDArray[Any], ...] = (past.features, past.converted, past.dates.astype(np.int64))
    for column in columns:
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()
