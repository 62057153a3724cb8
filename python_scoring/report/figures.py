"""Gathers every figure of the report as plain data; page, card and pictures only print it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from python_scoring.arrays import Days, Vector
from python_scoring.call_lists.orders import OrdersCompared, compare_orders
from python_scoring.errors import InputError
from python_scoring.metrics.calibration_quality import (
    brier_parts,
    calibration_line,
    reliability_bands,
)
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.ranking import (
    Evaluation,
    compare_rankings,
    cumulative_gains,
    evaluate_ranking,
)
from python_scoring.metrics.segments import judge_segments
from python_scoring.model.artifact import Artifact
from python_scoring.model.calibration_curve import raw_scores
from python_scoring.model.margin.booster import margins
from python_scoring.report.effects import summarise_contributions
from python_scoring.report.expectations import Expectations
from python_scoring.report.feature_power import feature_power
from python_scoring.report.hypotheses import Hypothesis
from python_scoring.report.judged_rows import JudgedRows
from python_scoring.report.segments import segmentations
from python_scoring.report.verdicts import (
    claims_of_no_leakage,
    compare_with_logistic,
    headline,
    judge_calibration,
    judge_signal,
    judge_spread,
    list_limits,
    words_for,
)
from python_scoring.training.hyperparameters import Recipe
from python_scoring.training.logistic_baseline import logistic_scores
from python_scoring.training.seed_sensitivity import study_seeds

SHARES = np.linspace(0, 1, 21)
HISTOGRAM_BINS = 30
# above 0: a mobile advisor at a firm that loses advisors
GOLDEN_BY = "flight_risk_score"
NOTABLE_DIFFERENCE = 1e-6


@dataclass(frozen=True)
class ScoredTest:
    """The test rows as the model scores them.

    Args:
        raw: Raw scores, shape (n,); they rank.
        probabilities: Calibrated, shape (n,).
        months: Month of contact, shape (n,).
        evaluation: Figures of all of them, as the artifact recorded them.
    """

    raw: Vector
    probabilities: Vector
    months: Days
    evaluation: Evaluation


def score_test(artifact: Artifact, rows: JudgedRows) -> ScoredTest:
    """Score the test rows again; the figures are those that were recorded when it was judged.

    Raises:
        InputError: The figures are not those that the artifact recorded: these are other rows.
    """
    raw = raw_scores(margins(artifact.model, rows.test.features))
    probabilities = artifact.curve.apply(raw)
    recorded = Evaluation.from_json(artifact.metadata["metrics"])
    now = float(roc_auc_score(rows.test.converted, raw))
    if abs(now - recorded.auc.value) > NOTABLE_DIFFERENCE:
        raise InputError(
            f"The test rows of {rows.test.source} are not those that the model was judged on.",
            why="Figures of other rows would be reported as this model's.",
            where=f"AUC {recorded.auc.value:.6f} when trained, {now:.6f} now, on as many rows",
            fix="Pass the table it was trained on, or train again on this one.",
        )
    return ScoredTest(raw, probabilities, rows.test.dates.astype("datetime64[M]"), recorded)


def assemble(
    artifact: Artifact,
    rows: JudgedRows,
    expected: Expectations,
    hypotheses: list[Hypothesis] | None,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Compute every figure of the report.

    Args:
        artifact: The model.
        rows: The rows it was learned from and judged on.
        expected: What the backtest lets expect.
        hypotheses: Evidence from the warehouse; None for another table.
        progress: Called `SEEDS` times.

    Returns:
        Plain data, ready for JSON; what cannot be computed is None.

    Raises:
        InputError: The rows are not the model's.
    """
    scored, metadata = score_test(artifact, rows), artifact.metadata
    figures = {
        **_identity(artifact),
        "words": words_for(metadata["source"]),
        "metrics": scored.evaluation,
        "expectations": expected,
        "hypotheses": hypotheses,
        **_verdicts(metadata, scored),
        **_ranking(artifact, rows, scored),
        **_probabilities(rows, scored),
        **_facts(artifact, rows, scored),
        "call_orders": _call_orders(artifact, rows, scored),
        "seeds": study_seeds(rows.past, rows.test, recipe_of(artifact), progress),
    }
    plain: dict[str, Any] = _plain(figures)
    return plain


def recipe_of(artifact: Artifact) -> Recipe:
    """Return the recipe of a model; the trees of format 2 start at a constant."""
    start = {} if artifact.model.linear else {"start_share": 0.0}
    return Recipe(**start | artifact.metadata["choice"]["recipe"])


def _call_orders(artifact: Artifact, rows: JudgedRows, scored: ScoredTest) -> OrdersCompared | None:
    """Compare the orders of the call list; None for a table that has no golden cohort."""
    names, seed = artifact.contract.names, artifact.metadata["settings"]["seed"]
    if GOLDEN_BY not in names:
        return None
    golden = rows.test.features[:, names.index(GOLDEN_BY)] > 0
    scores = (scored.raw, scored.probabilities)
    return compare_orders(*scores, golden, rows.test.converted, scored.months, seed)


def _identity(artifact: Artifact) -> dict[str, Any]:
    metadata = artifact.metadata
    # artifacts of format 2 chose among families, on other figures
    ladder = metadata["choice"].get("ladder", [])
    return {
        "version": artifact.version,
        "sha256": artifact.sha256,
        **{name: metadata[name] for name in ("data_note", "source", "periods", "warnings")},
        "gap_days": metadata["gap_days"],
        "recalibrated": metadata.get("recalibrated"),
        "recipe": metadata["choice"]["recipe"],
        "family": metadata["choice"]["family"],
        "ladder": ladder,
        # by the rule of `simplest_of_the_best`; the recipe may have more rounds than the candidate
        "chosen": next((c for c in ladder if c["excess"] <= c["standard_error"]), None),
        "calibration_method": metadata["calibration"]["method"],
    }


def _verdicts(metadata: Mapping[str, Any], scored: ScoredTest) -> dict[str, Any]:
    signal = judge_signal(scored.evaluation)
    predicted = float(scored.probabilities.mean())
    calibration = judge_calibration(scored.evaluation, predicted)
    best = _best_tenth(scored.evaluation)
    return {
        "headline": headline(scored.evaluation, best, words_for(metadata["source"]), signal),
        "signal": signal,
        "calibration": calibration,
        "best_tenth_rate": best,
        "predicted_rate": predicted,
        "limits": list_limits(metadata, signal, calibration),
        "claims": claims_of_no_leakage(metadata),
    }


def _best_tenth(evaluation: Evaluation) -> Interval:
    lift, base = evaluation.top_decile_lift, evaluation.base_rate.value
    return Interval(lift.value * base, lift.low * base, min(lift.high * base, 1.0))


def _ranking(artifact: Artifact, rows: JudgedRows, scored: ScoredTest) -> dict[str, Any]:
    past, test, seed = rows.past, rows.test, artifact.metadata["settings"]["seed"]
    logistic = logistic_scores(past, test.features)
    gain = compare_rankings(scored.raw, logistic, test.converted, seed, scored.months)
    learned = margins(artifact.model, past.features)
    past_months = past.dates.astype("datetime64[M]")
    gains = cumulative_gains(scored.raw, test.converted, SHARES, seed, scored.months)
    return {
        "train_metrics": evaluate_ranking(learned, past.converted, seed, past_months),
        "baseline": evaluate_ranking(logistic, test.converted, seed, scored.months),
        "gain_over_baseline": gain,
        "baseline_verdict": compare_with_logistic(gain),
        "gains": [
            {"called": share, "found": gain}
            for share, gain in zip(SHARES.round(2).tolist(), gains, strict=True)
        ],
    }


def _probabilities(rows: JudgedRows, scored: ScoredTest) -> dict[str, Any]:
    probabilities, converted = scored.probabilities, rows.test.converted
    line = calibration_line(probabilities, converted)
    edges = np.linspace(0, max(float(probabilities.max()), 1e-6), HISTOGRAM_BINS + 1)
    return {
        "reliability": reliability_bands(probabilities, converted),
        "brier": brier_parts(probabilities, converted),
        "line": line,
        "spread": judge_spread(line.slope),
        "scores": {
            "edges": edges.tolist(),
            "converted": np.histogram(probabilities[converted], edges)[0].tolist(),
            "others": np.histogram(probabilities[~converted], edges)[0].tolist(),
            "converted_median": float(np.median(probabilities[converted])),
            "others_median": float(np.median(probabilities[~converted])),
        },
    }


def _facts(artifact: Artifact, rows: JudgedRows, scored: ScoredTest) -> dict[str, Any]:
    test, seed = rows.test, artifact.metadata["settings"]["seed"]
    summary = summarise_contributions(artifact, test.features)
    judged = (scored.raw, scored.probabilities, test.converted, seed)
    months = scored.months.astype(str)
    return {
        "contributions": summary,
        "features": feature_power(rows.past, seed),
        "months": judge_segments(months, sorted(set(months.tolist())), *judged),
        "segmentations": [
            {"title": s.title, "segments": judge_segments(s.names, s.order, *judged)}
            for s in segmentations(test, summary.strongest, rows.lead_sources)
        ],
    }


def _plain(value: Any) -> Any:
    """Return dataclasses as dictionaries, and figures that are none as None: JSON has no NaN."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value
