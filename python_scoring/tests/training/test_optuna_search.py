"""A search keeps its trials, continues them, and adopts no gain within the standard error."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_flat
from python_scoring.dataset.splits import TRAIN, SplitRule
from python_scoring.errors import InputError, TooFewPositivesError
from python_scoring.model.artifact import load_artifact
from python_scoring.training import optuna_search
from python_scoring.training.hyperparameters import Recipe
from python_scoring.training.optuna_search import (
    Budget,
    SearchResult,
    read_recipe,
    search,
    write_recipe,
)
from python_scoring.training.selection import TREE_COUNTS

FIRST = Budget(minutes=10, trials=2)
MORE = Budget(minutes=10, trials=4)


@pytest.fixture(scope="module")
def leads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invented leads in which two facts must act together: trees of depth 1 cannot see it."""
    rng = np.random.default_rng(11)
    first, second = rng.random((2, 3000))
    frame = pd.DataFrame(
        {
            "day": pd.date_range("2022-01-01", periods=3000, freq="8h").date,
            "first": first,
            "second": second,
            "won": rng.random(3000) < np.where((first > 0.7) == (second > 0.7), 0.02, 0.2),
        }
    )
    path = tmp_path_factory.mktemp("search") / "leads.parquet"
    frame.to_parquet(path)
    return path


@pytest.fixture(scope="module")
def past(leads: Path) -> LabelledTable:
    rule = SplitRule()
    return read_flat(leads, label="won", date="day", features=None, rule=rule).part(TRAIN)


@pytest.fixture(scope="module")
def journal(past: LabelledTable, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The journal of a search that was stopped after two trials and gone on with for two more."""
    path = tmp_path_factory.mktemp("journal") / "trials.journal"
    assert search(past, path, FIRST, seed=1).trials == 2
    assert search(past, path, MORE, seed=1).trials == 4
    return path


def test_a_search_that_is_over_adds_nothing(past: LabelledTable, journal: Path) -> None:
    again = search(past, journal, MORE, seed=1)
    assert again == search(past, journal, MORE, seed=1)
    assert again.trials == 4


def test_the_default_is_the_first_trial_and_its_equal(past: LabelledTable, tmp_path: Path) -> None:
    alone = search(past, tmp_path / "one.journal", Budget(10, trials=1), seed=1)
    assert not alone.improved
    assert alone.auc_pr_of_folds["default"] == alone.auc_pr_of_folds["best"]
    assert replace(alone.recipe, trees=Recipe().trees) == Recipe(seed=1, monotone=False)


def test_a_default_that_was_interrupted_is_tried_again(
    past: LabelledTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the journal holds, the gain is counted from the default's own figure."""
    recipes: list[Recipe] = []

    def figure(table: LabelledTable, recipe: Recipe, *fold: object) -> list[float]:
        if not recipes:
            recipes.append(recipe)
            raise KeyboardInterrupt
        return [recipe.learning_rate] * len(TREE_COUNTS)

    monkeypatch.setattr(optuna_search, "auc_pr_by_trees", figure)
    path = tmp_path / "cut.journal"
    with pytest.raises(KeyboardInterrupt):
        search(past, path, FIRST, seed=1)
    found = search(past, path, MORE, seed=1)
    assert set(found.auc_pr_of_folds["default"]) == {Recipe().learning_rate}
    assert found.trials == 4


def test_a_journal_that_lacks_the_default_gets_it_beyond_its_trials(
    past: LabelledTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        optuna_search, "auc_pr_by_trees", lambda *fold: [fold[1].reg_lambda] * len(TREE_COUNTS)
    )
    other = Recipe(monotone=False, reg_lambda=7.0)
    with monkeypatch.context() as patch:
        patch.setattr(optuna_search, "default_recipe", lambda *table: other)
        assert set(search(past, tmp_path / "x", FIRST, 1).auc_pr_of_folds["default"]) == {7.0}
    found = search(past, tmp_path / "x", FIRST, seed=1)
    assert set(found.auc_pr_of_folds["default"]) == {Recipe().reg_lambda}
    assert found.trials == 3


def test_it_ends_when_the_minutes_are_spent(past: LabelledTable, tmp_path: Path) -> None:
    assert search(past, tmp_path / "brief.journal", Budget(minutes=1e-9), seed=1).trials == 1


def test_a_journal_of_other_leads_is_refused(past: LabelledTable, journal: Path) -> None:
    other = replace(past, converted=np.roll(past.converted, 1))
    with pytest.raises(InputError, match="over other rows or features"):
        search(other, journal, MORE, seed=1)


def test_what_is_no_journal_is_refused(past: LabelledTable, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("to do\n")
    with pytest.raises(InputError, match=r"notes\.txt is no journal"):
        search(past, tmp_path / "notes.txt", MORE, seed=1)


def test_too_few_conversions_are_not_searched_on(past: LabelledTable, tmp_path: Path) -> None:
    few = past.converted & (np.cumsum(past.converted) <= 25)
    with pytest.raises(TooFewPositivesError, match="conversions, 30 needed"):
        search(replace(past, converted=few), tmp_path / "x.journal", MORE, seed=1)


def test_a_recipe_is_read_as_it_was_written(tmp_path: Path) -> None:
    recipe = Recipe(trees=150, depth=3, learning_rate=0.05, seed=1)
    write_recipe(SearchResult(recipe, True, 9, {}), "leads", tmp_path / "recipe.json")
    assert read_recipe(tmp_path / "recipe.json", seed=5) == replace(recipe, seed=5)
    (tmp_path / "bad.json").write_text('{"recipe": {"leaves": 3}}')
    with pytest.raises(InputError, match=r"bad\.json holds no recipe"):
        read_recipe(tmp_path / "bad.json", seed=5)


def test_training_obeys_the_recipe_that_the_command_found(leads: Path, tmp_path: Path) -> None:
    def run(*words: str | Path) -> Result:
        table = ("--input", leads, "--label", "won", "--date", "day")
        return CliRunner().invoke(main, [str(word) for word in (*words, *table)])

    found = run("search", "--trials", "1", "--out", tmp_path / "recipe.json", "--json")
    assert found.exit_code == 0, found.output
    document = json.loads((tmp_path / "recipe.json").read_text())
    document["recipe"] |= {"trees": 7, "bag": 1}
    (tmp_path / "recipe.json").write_text(json.dumps(document))
    recipe = ("--recipe", tmp_path / "recipe.json", "--out", tmp_path / "models", "--json")
    done = run("train", *recipe)
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["choice"]["family"] == "searched"
    assert load_artifact(Path(report["folder"])).model.booster.num_boosted_rounds() == 7


@pytest.mark.parametrize("minutes", ["0", "inf", "nan", "1e9"])
def test_minutes_without_an_end_are_refused(minutes: str, tmp_path: Path) -> None:
    out = str(tmp_path / "recipe.json")
    done = CliRunner().invoke(main, ["search", "--minutes", minutes, "--trials", "1", "--out", out])
    assert (done.exit_code, "--minutes" in done.stderr) == (2, True), done.stderr
