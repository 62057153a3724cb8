"""Trains one model: chooses the recipe on the past, calibrates on what follows, judges once.

Where the order of a stored model holds and its level does not, only its curve is fitted anew.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np

from python_scoring.arrays import Vector
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import with_parts
from python_scoring.dataset.sample_size import require_positives
from python_scoring.dataset.splits import CALIBRATION, TEST, TRAIN, CurveRule, split_since
from python_scoring.leakage.sentinel.run import find_suspects
from python_scoring.metrics.ranking import Evaluation, RankingEvaluation, evaluate, evaluate_ranking
from python_scoring.model.artifact import Artifact, Draft
from python_scoring.model.calibration_curve import CalibrationCurve, raw_scores
from python_scoring.model.margin.booster import margins
from python_scoring.model.margin.ranking_model import RankingModel
from python_scoring.training.backtest import rank_in
from python_scoring.training.calibrate import Calibration, calibrate, calibration_lookup
from python_scoring.training.hyperparameters import SEARCHED, Recipe, fit_model
from python_scoring.training.logistic_baseline import logistic_scores
from python_scoring.training.selection import FOLDS, Choice, choose_recipe

JUDGING_STEPS = 2
STEPS = FOLDS + 2 + JUDGING_STEPS
LIBRARIES = ("xgboost-cpu", "scikit-learn", "numpy")


@dataclass(frozen=True)
class TrainingSettings:
    """What the caller decides about a run.

    Args:
        seed: Seed of row sampling and bootstrap.
        force: Go on with fewer conversions than a trustworthy estimate needs.
        note: Words about the data that go into the artifact, such as "invented data".
        recipe: What a search found; chosen on folds where None.
    """

    seed: int = 42
    force: bool = False
    note: str = ""
    recipe: Recipe | None = None


@dataclass(frozen=True)
class TrainingRun:
    """A finished run: the draft to write, and how the model did on the test period."""

    draft: Draft
    evaluation: Evaluation
    warnings: list[str]


def train(
    table: LabelledTable,
    settings: TrainingSettings,
    progress: Callable[[], None] = lambda: None,
) -> TrainingRun:
    """Train, calibrate and judge a model, each on the part of the table that is meant for it.

    Args:
        table: Leads with features, outcomes, days and parts.
        settings: Seed, force and note.
        progress: Called up to `STEPS` times.

    Raises:
        TooFewPositivesError: A part holds too few conversions, and `force` is not set.
    """
    past = table.part(TRAIN)
    _require_conversions(table, force=settings.force)
    if settings.recipe:
        choice = Choice(settings.recipe, SEARCHED, 0, [])
    else:
        choice = choose_recipe(past, settings.seed, progress)
    model = fit_model(past, choice.recipe)
    progress()
    suspects = find_suspects(past)
    progress()
    compared = bool(choice.folds or settings.recipe)
    warnings = _of_learning(table, settings, compared=compared)
    later = table.take(np.isin(table.parts, (CALIBRATION, TEST)))
    learned = _Learned(model, choice.to_json(), suspects, warnings, later)
    return _judged(table, settings, learned, progress)


def recalibrate(
    artifact: Artifact,
    table: LabelledTable,
    rule: CurveRule,
    settings: TrainingSettings,
    progress: Callable[[], None] = lambda: None,
) -> TrainingRun:
    """Fit another curve for a stored model, on contacts since a day, and judge it on later ones.

    What ranks stays as it is, to the byte. Below 100 conversions the curve in force is moved by
    one number; above, it is a candidate beside new ones.

    Args:
        artifact: The model.
        table: Leads with the features of the model.
        rule: First day to calibrate on, since when the level is another; the share of the contacts
            since then that judges; the gap.
        settings: Seed, force and note; without a note, the model's.
        progress: Called up to `JUDGING_STEPS` times.

    Raises:
        InputError: The table lacks a feature, the day is not after what the model learned from, or
            the test would begin before its curve's contacts end.
        TooFewPositivesError: A part holds too few conversions, and `force` is not set.
    """
    known = artifact.metadata
    first, last = (np.datetime64(known["periods"][TRAIN][end]) for end in ("from", "to"))
    fitted_until = _curve_fitted_until(known)
    parts = split_since(table.dates, (first, last), fitted_until, rule)
    frame = table.frame()
    features = artifact.contract.matrix(frame)
    unseen = Counter(artifact.contract.unseen_categories(frame[table.dates > last]))
    unseen += Counter(table.unseen)  # what the table's own training period never held is null in it
    own = replace(table, contract=artifact.contract, features=features, unseen=unseen)
    cut = with_parts(own, parts, rule.gap_days)
    _require_conversions(cut, force=settings.force)
    choice, suspects = known["choice"], known["suspects"]
    compared = choice["family"] == SEARCHED or choice["folds"] > 0
    warnings = _of_learning(cut, settings, compared=compared)
    # what was not learned from judges the order, contacts before the curve's first day too
    later = cut.take(cut.dates > last + np.timedelta64(known["gap_days"], "D"))
    seen = bool(cut.part(CALIBRATION).dates.min() <= fitted_until)
    learned = _Learned(artifact.model, choice, suspects, warnings, later, artifact.curve, seen)
    noted = replace(settings, note=settings.note or known["data_note"])
    run = _judged(cut, noted, learned, progress)
    run.draft.metadata["periods"][TRAIN] = known["periods"][TRAIN]
    run.draft.metadata["recalibrated"] = {"from": artifact.version, "since": str(rule.since)}
    return run


def _curve_fitted_until(metadata: dict[str, Any]) -> np.datetime64:
    """Return the last day of contact on which a model's curve may rest.

    A curve that was moved has the shape of an earlier one, which rests on days before the test.
    """
    periods = metadata["periods"]
    if "recalibrated" in metadata:
        return np.datetime64(periods[TEST]["from"], "D") - 1
    return np.datetime64(periods[CALIBRATION]["to"])


def _require_conversions(table: LabelledTable, *, force: bool) -> None:
    require_positives(table.part(TRAIN).converted, TRAIN, force=force)
    require_positives(table.part(CALIBRATION).converted, CALIBRATION, force=force)
    require_positives(table.part(TEST).converted, TEST, force=True)


@dataclass(frozen=True)
class _Learned:
    """What is there before calibration.

    Args:
        later: All rows that judge the order, after the training period and its gap.
        curve: Where it had one already.
        seen: Whether that was fitted on some of the rows to calibrate on.
    """

    model: RankingModel
    choice: dict[str, Any]
    suspects: dict[str, list[str]]
    warnings: list[str]
    later: LabelledTable
    curve: CalibrationCurve | None = None
    seen: bool = False


def _judged(
    table: LabelledTable,
    settings: TrainingSettings,
    learned: _Learned,
    progress: Callable[[], None],
) -> TrainingRun:
    past, held, test = (table.part(name) for name in (TRAIN, CALIBRATION, TEST))
    held_margins = margins(learned.model, held.features)
    calibration = calibrate(held_margins, held.converted, learned.curve, seen=learned.seen)
    progress()
    raw = raw_scores(margins(learned.model, test.features))
    curve = calibration.curve
    months = test.dates.astype("datetime64[M]")
    evaluation = evaluate(raw, curve.apply(raw), test.converted, settings.seed, months)
    logistic = logistic_scores(past, test.features)
    baseline = evaluate_ranking(logistic, test.converted, settings.seed, months)
    progress()
    warnings = learned.warnings + _of_the_test(evaluation, curve.apply(raw))
    warnings += _beaten_by(baseline, evaluation)
    warnings += [f"{name} {'; '.join(reasons)}" for name, reasons in learned.suspects.items()]
    metadata = _metadata(table, settings, learned.choice, calibration, evaluation, warnings)
    metadata["baseline"] = baseline.to_json()
    metadata["time_machine"] = _time_machine(learned, settings.seed).to_json()
    metadata["suspects"] = learned.suspects
    lookup = calibration_lookup(raw_scores(held_margins), held.converted, curve)
    draft = Draft(learned.model, table.contract, curve, lookup, metadata)
    return TrainingRun(draft, evaluation, warnings)


def _beaten_by(baseline: RankingEvaluation, evaluation: Evaluation) -> list[str]:
    if baseline.auc_pr.value <= evaluation.auc_pr.value:
        return []
    return [
        f"a logistic regression ranks the test period better: AUC-PR "
        f"{baseline.auc_pr.value:.3f} against {evaluation.auc_pr.value:.3f}"
    ]


def _time_machine(learned: _Learned, seed: int) -> RankingEvaluation:
    """Judge the ranking of everything after the training period, each month by itself."""
    months = learned.later.dates.astype("datetime64[M]")
    ranks = rank_in(months, margins(learned.model, learned.later.features))
    return evaluate_ranking(ranks, learned.later.converted, seed, months)


def _of_learning(table: LabelledTable, settings: TrainingSettings, *, compared: bool) -> list[str]:
    past = table.part(TRAIN).features
    unknown = np.isnan(past).all(axis=0)
    filled = np.where(np.isnan(past), -np.inf, past)
    constant = (filled == filled[:1]).all(axis=0) & ~unknown
    names = np.array(table.contract.names)
    warnings = [
        f"{n} is unknown in every training row; nothing is learned from it" for n in names[unknown]
    ]
    warnings += [
        f"{n} is the same in every training row; nothing is learned from it"
        for n in names[constant]
    ]
    warnings += [
        f"{rows:,} rows have a {name} that the training period never held; it counts as unknown"
        for name, rows in table.unseen.items()
    ]
    if copies := table.counts.get("exact_copies"):
        warnings.append(f"{copies:,} rows repeat an earlier one in every feature, day and outcome")
    if settings.force:
        warnings.append("trained with --force: the minimum number of conversions was not asked for")
    if not compared:
        warnings.append(
            "no fold of the training period held enough conversions; default recipe taken"
        )
    return warnings


def _of_the_test(evaluation: Evaluation, predicted: Vector) -> list[str]:
    warnings = []
    base = evaluation.base_rate
    if not base.low <= predicted.mean() <= base.high:
        warnings.append(
            f"calibration does not hold in the test period: {predicted.mean():.1%} predicted, "
            f"{base.value:.1%} observed ({base.low:.1%} to {base.high:.1%})"
        )
    if evaluation.auc.low <= 0.5:
        warnings.append("the test period does not show that the model ranks better than chance")
    return warnings


def _metadata(
    table: LabelledTable,
    settings: TrainingSettings,
    choice: dict[str, Any],
    calibration: Calibration,
    evaluation: Evaluation,
    warnings: list[str],
) -> dict[str, Any]:
    return {
        "data_note": settings.note,
        "source": table.source,
        "counts": table.counts,
        "arrivals": table.arrivals,
        "periods": {name: _period(table.part(name)) for name in (TRAIN, CALIBRATION, TEST)},
        "gap_days": table.gap_days,
        "settings": {"seed": settings.seed, "force": settings.force, "note": settings.note},
        "choice": choice,
        "calibration": {
            "method": calibration.curve.method,
            "cross_fitted_log_loss": calibration.cross_fitted_log_loss,
        },
        "metrics": evaluation.to_json(),
        "warnings": warnings,
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def _period(part: LabelledTable) -> dict[str, Any]:
    return {
        "from": str(part.dates.min()),
        "to": str(part.dates.max()),
        "rows": len(part.dates),
        "positives": int(part.converted.sum()),
    }
