"""Training keeps the periods apart, repeats itself exactly, and says what it could not do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_training_set
from python_scoring.errors import TooFewPositivesError
from python_scoring.features.contract import FeatureContract
from python_scoring.model.artifact import write_artifact
from python_scoring.model.trees.booster import Attribution, margins
from python_scoring.model.trees.tree_tables import pair_tables
from python_scoring.training.hyperparameters import Recipe, fit_booster
from python_scoring.training.selection import TREE_COUNTS, better, choose_recipe
from python_scoring.training.train import STEPS, TrainingRun, TrainingSettings, train


@pytest.fixture(scope="module")
def table(database: Path) -> LabelledTable:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_SCORING_DB", str(database))
        return read_training_set()


@pytest.fixture(scope="module")
def run(table: LabelledTable) -> TrainingRun:
    return train(table, TrainingSettings())


def test_a_signal_is_found_and_the_probabilities_hold(run: TrainingRun) -> None:
    found = run.evaluation
    assert found.auc.low > 0.65
    assert found.top_decile_lift.low > 1.5
    assert found.ece.value < 0.02
    # one invented feature carries nearly all the signal, as a leak would
    assert list(run.draft.metadata["suspects"]) == ["firm_net_change_12mo"]
    [warning] = run.warnings
    assert warning.startswith("firm_net_change_12mo predicts the label too well")
    assert 0.5 < run.draft.metadata["baseline"]["auc"]["value"] < found.auc.value


def test_the_same_table_gives_the_same_bytes(
    table: LabelledTable, run: TrainingRun, tmp_path: Path
) -> None:
    runs = {"first": run, "again": train(table, TrainingSettings())}
    versions = {
        name: write_artifact(r.draft, tmp_path / name, name="b") for name, r in runs.items()
    }
    assert versions["first"] == versions["again"]
    first, again = (tmp_path / name / version for name, version in versions.items())
    for path in first.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()
    other = train(table, TrainingSettings(seed=7))
    assert other.draft.booster.save_raw() != run.draft.booster.save_raw()


def test_test_rows_influence_nothing_but_the_judgement(
    table: LabelledTable, run: TrainingRun
) -> None:
    """Other outcomes in the test period: same trees, same curve, other figures."""
    flipped = table.converted.copy()
    test = np.flatnonzero(table.parts == "test")
    flipped[test] = flipped[test[::-1]]
    other = train(replace(table, converted=flipped), TrainingSettings())
    assert other.draft.booster.save_raw() == run.draft.booster.save_raw()
    assert other.draft.curve.to_json() == run.draft.curve.to_json()
    assert other.evaluation.auc != run.evaluation.auc


def test_calibration_rows_do_not_influence_the_trees(
    table: LabelledTable, run: TrainingRun
) -> None:
    held = np.flatnonzero(table.parts == "calibration")
    flipped = table.converted.copy()
    flipped[held] = flipped[held[::-1]]
    other = train(replace(table, converted=flipped), TrainingSettings())
    assert other.draft.booster.save_raw() == run.draft.booster.save_raw()
    assert other.draft.curve.to_json() != run.draft.curve.to_json()


def fewer(table: LabelledTable, part: str, keep: int) -> LabelledTable:
    rows = np.flatnonzero((table.parts == part) & table.converted)[keep:]
    converted = table.converted.copy()
    converted[rows] = False
    return replace(table, converted=converted)


@pytest.mark.parametrize("part", ["train", "calibration"])
def test_too_few_conversions_stop_the_run_unless_forced(table: LabelledTable, part: str) -> None:
    short = fewer(table, part, keep=20)
    with pytest.raises(TooFewPositivesError, match=f"Only 20 conversions in the {part} period"):
        train(short, TrainingSettings())
    forced = train(short, TrainingSettings(force=True))
    assert any("--force" in warning for warning in forced.warnings)
    assert forced.draft.metadata["settings"]["force"] is True


def test_a_test_period_without_conversions_cannot_judge(table: LabelledTable) -> None:
    with pytest.raises(TooFewPositivesError, match="Only 0 conversions in the test period"):
        train(fewer(table, "test", keep=0), TrainingSettings(force=True))


def test_features_that_say_nothing_are_named(table: LabelledTable) -> None:
    features = table.features.copy()
    features[:, 0], features[:, 1] = np.nan, 5
    warnings = train(replace(table, features=features), TrainingSettings()).warnings
    assert "aum_growth_since_jan2024_pct is unknown in every training row" in warnings[0]
    assert "current_firm_tenure_months is the same in every training row" in warnings[1]


def test_a_base_rate_that_moved_is_said(table: LabelledTable) -> None:
    converted = table.converted.copy()
    converted[(table.parts == "test") & (np.arange(len(converted)) % 3 == 0)] = True
    warnings = train(replace(table, converted=converted), TrainingSettings()).warnings
    assert any("calibration does not hold in the test period" in warning for warning in warnings)


def test_features_without_signal_are_called_so(table: LabelledTable) -> None:
    noise = np.random.default_rng(1).normal(size=table.features.shape)
    warnings = train(replace(table, features=noise), TrainingSettings()).warnings
    assert any("better than chance" in warning for warning in warnings)
    assert any("a logistic regression ranks" in warning for warning in warnings)


def test_the_recipe_is_chosen_on_folds_of_the_training_period(table: LabelledTable) -> None:
    calls: list[None] = []
    choice = choose_recipe(table.part("train"), seed=1, progress=lambda: calls.append(None))
    assert choice.recipe.trees in TREE_COUNTS
    assert 4 * choice.folds == len(calls) <= STEPS - 3
    assert set(choice.mean_auc_pr) == {"plain", "bagged", "monotone", "weighted", "logistic"}
    assert min(choice.mean_auc_pr.values()) > table.converted.mean()


def unsigned(table: LabelledTable) -> LabelledTable:
    features = (replace(feature, sign=0) for feature in table.contract.features)
    return replace(table, contract=FeatureContract(tuple(features)))


def test_constraints_are_a_family_only_where_a_sign_is_declared(table: LabelledTable) -> None:
    choice = choose_recipe(unsigned(table).part("train"), seed=1, progress=lambda: None)
    assert set(choice.mean_auc_pr) == {"plain", "bagged", "weighted", "logistic"}


def test_a_declared_sign_is_never_contradicted(table: LabelledTable) -> None:
    """With outcomes reversed, the constrained trees learn nothing rather than the opposite."""
    past = table.part("train")
    position = past.contract.names.index("pit_moves_3yr")
    assert past.contract.signs[position] == 1
    taught = replace(past, converted=past.features[:, position] == 0)
    rows = np.repeat(past.features[:50], 6, axis=0)
    rows[:, position] = np.tile(np.arange(6), 50)
    for recipe, rises in ((Recipe(), True), (Recipe(monotone=False), False)):
        steps = np.diff(margins(fit_booster(taught, recipe), rows).reshape(50, 6), axis=1)
        assert (steps >= 0).all() == rises


def test_a_bag_is_one_booster_and_its_explanations_stay_exact(table: LabelledTable) -> None:
    past = table.part("train")
    booster = fit_booster(past, Recipe(trees=20))
    assert len(booster.get_dump()) == 100
    shares = Attribution(booster)
    total = shares.shares(past.features).sum(axis=1) + shares.average_margin
    assert pair_tables(booster) is not None
    np.testing.assert_allclose(total, margins(booster, past.features), atol=1e-4)


def test_a_gain_within_its_error_changes_nothing() -> None:
    lucky = np.array([[0.10, 0.20], [0.10, 0.05], [0.10, 0.09]])
    steady = np.array([[0.10, 0.12], [0.10, 0.13], [0.10, 0.12]])
    assert [better(lucky, 0), better(steady, 0), better(steady, 1)] == [0, 1, 1]
    assert better(steady[:1], 0) == 0


def test_without_a_usable_fold_the_default_recipe_stands(table: LabelledTable) -> None:
    short = fewer(table, "train", keep=4)
    assert choose_recipe(short.part("train"), seed=1, progress=lambda: None).folds == 0
    forced = train(short, TrainingSettings(force=True))
    assert any("default recipe" in warning for warning in forced.warnings)


def test_weighting_makes_conversions_as_heavy_as_the_rest() -> None:
    converted = np.arange(100) < 20
    weights = [
        Recipe(weighted=weighted).parameters(converted, [0])["scale_pos_weight"]
        for weighted in (True, False)
    ]
    assert weights == [4, 1]


def test_the_lookup_is_the_curve_in_100_bins(run: TrainingRun) -> None:
    rows = [line.split(",") for line in run.draft.lookup.splitlines()]
    assert rows[0] == ["bin", "raw_from", "lead_score", "rows", "converted"]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, 101)]
    scores = np.array([float(row[2]) for row in rows[1:]])
    assert (np.diff(scores) >= 0).all()
    period = run.draft.metadata["periods"]["calibration"]
    assert sum(int(row[3]) for row in rows[1:]) == period["rows"]
    assert sum(int(row[4]) for row in rows[1:]) == period["positives"]
