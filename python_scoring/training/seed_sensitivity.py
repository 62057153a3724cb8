"""How much a model's figures vary with its seed."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.ranking import evaluate_ranking
from python_scoring.model.margin.booster import margins
from python_scoring.training.hyperparameters import Recipe, fit_model

OTHER_SEEDS = (1, 2, 3, 4)
# the most that are fitted: these, and the model's own
SEEDS = len(OTHER_SEEDS) + 1


@dataclass(frozen=True)
class SeedRange:
    """A figure over models that differ in their seed only.

    Args:
        mean: Mean over the seeds.
        lowest: That of the worst seed.
        highest: That of the best seed.
    """

    mean: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class SeedStudy:
    """The recipe refitted with other seeds, judged on the test rows.

    Args:
        seeds: Seeds, the model's own first.
        auc: Over these seeds.
        auc_pr: Likewise.
        top_decile_lift: Likewise.
    """

    seeds: tuple[int, ...]
    auc: SeedRange
    auc_pr: SeedRange
    top_decile_lift: SeedRange


def study_seeds(
    past: LabelledTable,
    test: LabelledTable,
    recipe: Recipe,
    progress: Callable[[], None] = lambda: None,
) -> SeedStudy:
    """Refit a recipe with the seeds 1 to 4 beside its own, and judge each on the test rows.

    Args:
        past: Training rows.
        test: Test rows.
        recipe: The recipe as it was chosen; nothing is chosen again.
        progress: Called once a seed, at most `SEEDS` times.
    """
    seeds = tuple(dict.fromkeys((recipe.seed, *OTHER_SEEDS)))
    evaluations = []
    for seed in seeds:
        model = fit_model(past, replace(recipe, seed=seed))
        evaluations.append(evaluate_ranking(margins(model, test.features), test.converted, seed=0))
        progress()
    return SeedStudy(
        seeds,
        _range([evaluation.auc for evaluation in evaluations]),
        _range([evaluation.auc_pr for evaluation in evaluations]),
        _range([evaluation.top_decile_lift for evaluation in evaluations]),
    )


def _range(figures: list[Interval]) -> SeedRange:
    values = np.array([figure.value for figure in figures])
    return SeedRange(float(values.mean()), float(values.min()), float(values.max()))
