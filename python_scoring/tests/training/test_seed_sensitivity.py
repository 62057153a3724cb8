"""Other seeds give other figures of about the same size."""

import pytest

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_training_set
from python_scoring.training.hyperparameters import Recipe
from python_scoring.training.seed_sensitivity import study_seeds


@pytest.fixture
def table(database: object, monkeypatch: pytest.MonkeyPatch) -> LabelledTable:
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    return read_training_set()


def test_other_seeds_give_other_figures_of_about_the_same_size(table: LabelledTable) -> None:
    calls: list[None] = []
    past, test = table.part("train"), table.part("test")
    found = study_seeds(past, test, Recipe(trees=30, seed=2), lambda: calls.append(None))
    assert found.seeds == (2, 1, 3, 4)
    assert len(calls) == 4
    assert found.auc.lowest < found.auc.mean < found.auc.highest < found.auc.lowest + 0.05
