"""Training keeps the periods apart, repeats itself exactly, and says what it could not do."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.errors import TooFewPositivesError
from python_scoring.features.contract import FeatureContract
from python_scoring.model.artifact import write_artifact
from python_scoring.model.margin.booster import Attribution, margins
from python_scoring.model.margin.exact_margin import ExactMargins
from python_scoring.model.margin.tree_tables import pair_tables
from python_scoring.training.hyperparameters import Recipe, fit_model, logistic_alone
from python_scoring.training.selection import (
    TREE_COUNTS,
    better,
    choose_recipe,
    rounds_for_all,
    simplest_of_the_best,
    usable_folds,
)
from python_scoring.training.train import STEPS, TrainingRun, TrainingSettings, train


@pytest.fixture(scope="module")
def run(table: LabelledTable) -> TrainingRun:
    return train(table, TrainingSettings())


def test_a_signal_is_found_and_the_probabilities_hold(run: TrainingRun) -> None:
    found = run.evaluation
    assert found.auc.low > 0.65
    assert found.top_decile_lift.low > 1.5
    assert found.ece.value < 0.025
    # one invented feature carries nearly all the signal, as a leak would
    assert list(run.draft.metadata["suspects"]) == ["firm_net_change_12mo"]
    [warning] = run.warnings
    assert warning.startswith("firm_net_change_12mo ranks too well alone")
    assert 0.5 < run.draft.metadata["baseline"]["auc"]["value"] <= found.auc.value


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
    assert other.draft.model.booster.save_raw() != run.draft.model.booster.save_raw()


def test_test_rows_influence_nothing_but_the_judgement(
    table: LabelledTable, run: TrainingRun
) -> None:
    """Other outcomes in the test period: same trees, same curve, other figures."""
    flipped = table.converted.copy()
    test = np.flatnonzero(table.parts == "test")
    flipped[test] = flipped[test[::-1]]
    other = train(replace(table, converted=flipped), TrainingSettings())
    assert other.draft.model.booster.save_raw() == run.draft.model.booster.save_raw()
    assert other.draft.curve.to_json() == run.draft.curve.to_json()
    assert other.evaluation.auc != run.evaluation.auc


def test_calibration_rows_do_not_influence_the_trees(
    table: LabelledTable, run: TrainingRun
) -> None:
    held = np.flatnonzero(table.parts == "calibration")
    flipped = table.converted.copy()
    flipped[held] = flipped[held[::-1]]
    other = train(replace(table, converted=flipped), TrainingSettings())
    assert other.draft.model.booster.save_raw() == run.draft.model.booster.save_raw()
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


def test_the_recipe_is_chosen_on_folds_of_the_training_period(table: LabelledTable) -> None:
    calls: list[None] = []
    past = table.part("train")
    choice = choose_recipe(past, seed=1, progress=lambda: calls.append(None))
    assert choice.folds == len(calls) <= STEPS - 3
    rungs = [(rung.family, rung.trees) for rung in choice.ladder]
    assert rungs[0] == ("logistic", 0)
    assert rungs[1:] == [(f, trees) for f in ("shallow", "deep") for trees in TREE_COUNTS]
    chosen = next(rung for rung in choice.ladder if rung.excess <= rung.standard_error)
    assert choice.family == chosen.family
    assert min(rung.excess for rung in choice.ladder) == 0
    folds, most = usable_folds(past), max(TREE_COUNTS)
    assert choice.recipe.trees == rounds_for_all(chosen.trees, past.converted, folds)
    assert chosen.trees < choice.recipe.trees <= most


def test_rounds_grow_with_the_evidence_and_end_where_the_ladder_ends() -> None:
    """Folds learned from 6 and 21 of 64 conversions, the later one judged twice the rows: 16."""
    converted = np.arange(180) < 64
    folds = [(np.arange(6), np.arange(60, 90)), (np.arange(21), np.arange(90, 150))]
    rounds = [rounds_for_all(trees, converted, folds) for trees in (0, 50, 100, 400)]
    assert rounds == [0, 100, 200, 400]


def test_a_declared_sign_is_never_contradicted(table: LabelledTable) -> None:
    """With outcomes reversed, the constrained trees learn nothing rather than the opposite."""
    past = table.part("train")
    position = past.contract.names.index("pit_moves_3yr")
    assert past.contract.signs[position] == 1
    taught = replace(past, converted=past.features[:, position] == 0)
    rows = np.repeat(past.features[:50], 6, axis=0)
    rows[:, position] = np.tile(np.arange(6), 50)
    free = Recipe(monotone=False, start_share=0.0)
    for recipe, rises in ((Recipe(), True), (logistic_alone("ranks", 1), True), (free, False)):
        steps = np.diff(margins(fit_model(taught, recipe), rows).reshape(50, 6), axis=1)
        assert (steps >= 0).all() == rises


def test_a_bag_is_one_booster_and_its_explanations_stay_exact(table: LabelledTable) -> None:
    past = table.part("train")
    model = fit_model(past, Recipe(trees=20))
    assert len(model.booster.get_dump()) == 60
    shares = Attribution(model)
    total = shares.shares(past.features).sum(axis=1) + shares.average_margin
    assert pair_tables(model.booster) is not None
    np.testing.assert_allclose(total, margins(model, past.features), atol=1e-5)


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


def test_the_simplest_within_one_standard_error_of_the_best_is_taken() -> None:
    rng = np.random.default_rng(0)
    base = rng.random(400)
    noise, gain = rng.normal(size=400), np.full(400, 0.05)
    assert simplest_of_the_best(np.column_stack([base, base - 0.001 * noise])) == 0
    assert simplest_of_the_best(np.column_stack([base, base - gain + 0.01 * noise])) == 1
    assert (
        simplest_of_the_best(np.column_stack([base, base - gain, base - gain - 1e-4 * noise])) == 1
    )


def test_a_table_without_signal_gets_no_trees(table: LabelledTable) -> None:
    past = table.part("train")
    noise = np.random.default_rng(3).normal(size=past.features.shape)
    choice = choose_recipe(replace(past, features=noise), 1, lambda: None)
    assert (choice.family, choice.recipe.trees) == ("logistic", 0)
    model = fit_model(past, choice.recipe)
    rows = past.features[:100]
    np.testing.assert_allclose(ExactMargins(model).of(rows), margins(model, rows), atol=1e-12)
    shares = Attribution(model)
    total = shares.shares(rows).sum(axis=1) + shares.average_margin
    np.testing.assert_allclose(total, margins(model, rows), atol=1e-8)


def test_an_interaction_alone_is_found_by_trees(table: LabelledTable) -> None:
    """Two facts that say nothing by themselves: only a model that lets them act together ranks."""
    past = unsigned(table).part("train")
    rng = np.random.default_rng(4)
    features = rng.normal(size=past.features.shape)
    chance = np.where(features[:, 0] * features[:, 1] > 0, 0.16, 0.01)
    taught = replace(past, features=features, converted=rng.random(len(features)) < chance)
    choice = choose_recipe(taught, 1, lambda: None)
    assert choice.family != "logistic"
    later = rng.normal(size=features.shape)
    score = margins(fit_model(taught, choice.recipe), later)
    together = later[:, 0] * later[:, 1] > 0
    assert (score[together][:, None] > score[~together]).mean() > 0.75
    assert choice.ladder[0].auc < 0.6


def unsigned(table: LabelledTable) -> LabelledTable:
    features = (replace(feature, sign=0) for feature in table.contract.features)
    return replace(table, contract=FeatureContract(tuple(features)))


def test_the_lookup_is_the_curve_in_100_bins(run: TrainingRun) -> None:
    rows = [line.split(",") for line in run.draft.lookup.splitlines()]
    assert rows[0] == ["bin", "raw_from", "lead_score", "rows", "converted"]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, 101)]
    scores = np.array([float(row[2]) for row in rows[1:]])
    assert (np.diff(scores) >= 0).all()
    period = run.draft.metadata["periods"]["calibration"]
    assert sum(int(row[3]) for row in rows[1:]) == period["rows"]
    assert sum(int(row[4]) for row in rows[1:]) == period["positives"]
