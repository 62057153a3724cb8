"""Walks training forward in time: every stretch is scored by a model that knew only its past.

A test period judges one model once. A backtest asks what the whole procedure, choices included,
would have done month after month: for each stretch the recipe is chosen and the model fitted on
the rows contacted at least `gap_days` before the stretch began, and on nothing else.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from python_scoring.arrays import Days, Flags, Vector
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.sample_size import MIN_POSITIVES, require_positives
from python_scoring.errors import InputError
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.ranking import RankingEvaluation, compare_rankings, evaluate_ranking
from python_scoring.model.calibration_curve import raw_scores
from python_scoring.model.margin.booster import margins
from python_scoring.training.hyperparameters import fit_model
from python_scoring.training.logistic_baseline import logistic_scores
from python_scoring.training.selection import FOLDS, Choice, choose_recipe

STEPS_PER_STRETCH = FOLDS + 1
MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Stretch:
    """Days that one model scores: from `start`, before `end`."""

    start: np.datetime64
    end: np.datetime64


@dataclass(frozen=True)
class ScoredStretch:
    """What was known before a stretch, and what was scored in it."""

    start: str
    learned_from: int
    learned_conversions: int
    scored: int
    conversions: int
    choice: dict[str, Any]


@dataclass(frozen=True)
class Backtest:
    """Out-of-time scores in the order of the input, and how well they rank.

    Args:
        dates: Day of contact, shape (n,).
        converted: Outcomes, shape (n,).
        scores: Raw scores, shape (n,); comparable within one stretch only.
        baseline: How well the logistic baseline ranks, learned and judged on the same rows.
        gain: First minus baseline of AUC, AUC-PR and lift, on the same draws of rows.
        stretches: One entry for each, oldest first.
        evaluation: How well leads are ranked, each month by itself, pooled over the months.
        warnings: What a reader of the figures must know.
    """

    dates: Days
    converted: Flags
    scores: Vector
    stretches: list[ScoredStretch]
    evaluation: RankingEvaluation
    baseline: RankingEvaluation
    gain: dict[str, Interval]
    warnings: list[str]

    def to_table(self) -> pa.Table:
        """Return contacted_date, target (0 or 1) and score, one row a scored lead."""
        columns = [
            pa.array(self.dates.astype("datetime64[D]"), pa.date32()),
            pa.array(self.converted.astype(np.int8)),
            pa.array(self.scores),
        ]
        return pa.Table.from_arrays(columns, names=["contacted_date", "target", "score"])

    def to_json(self) -> dict[str, Any]:
        """Return figures, stretches and warnings as plain data."""
        return {
            "metrics": self.evaluation.to_json(),
            "baseline": self.baseline.to_json(),
            "gain": {name: asdict(estimate) for name, estimate in self.gain.items()},
            "stretches": [asdict(stretch) for stretch in self.stretches],
            "warnings": self.warnings,
        }


def rolling_stretches(dates: Days, start: np.datetime64, step: str) -> list[Stretch]:
    """Cut the days from `start` on into calendar months or quarters that hold rows.

    A start inside a month makes a shorter first stretch; the next begins with its month.

    Args:
        dates: Day of each row, shape (n,).
        start: First day to score.
        step: `month` or `quarter`.

    Raises:
        InputError: No row lies on or after the start.
    """
    _require_rows_from(dates, start)
    size = MONTHS[step]
    block = start.astype("datetime64[M]").astype(int) // size
    last = dates.max().astype("datetime64[M]").astype(int) // size
    firsts = [np.datetime64(int(b) * size, "M") for b in range(block, last + 2)]
    days = [first.astype("datetime64[D]") for first in firsts]
    pairs = zip([start, *days[1:]], days[1:], strict=False)
    cut = [Stretch(begin, end) for begin, end in pairs]
    return [s for s in cut if ((dates >= s.start) & (dates < s.end)).any()]


def one_stretch(dates: Days, cutoff: np.datetime64) -> list[Stretch]:
    """Return everything from the cutoff on as one stretch, scored by one model.

    Raises:
        InputError: No row lies on or after the cutoff.
    """
    _require_rows_from(dates, cutoff)
    return [Stretch(cutoff, dates.max() + np.timedelta64(1, "D"))]


def backtest(
    table: LabelledTable,
    stretches: list[Stretch],
    gap_days: int,
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> Backtest:
    """Train before each stretch, score it, and judge all stretches together.

    Args:
        table: Leads with known outcomes; its parts are not looked at.
        stretches: What to score, in order.
        gap_days: Rows younger than this when a stretch begins are not learned from; at least the
            time in which an outcome is decided.
        seed: Seed of row sampling and bootstrap.
        progress: Called up to `STEPS_PER_STRETCH` times for each stretch.

    Raises:
        TooFewPositivesError: The past of a stretch, or all stretches together, hold no conversion.
    """
    scores, logistic = np.full((2, len(table.dates)), np.nan)
    done = []
    for stretch in stretches:
        rows = (table.dates >= stretch.start) & (table.dates < stretch.end)
        past = table.take(table.dates < stretch.start - np.timedelta64(gap_days, "D"))
        # a file that was not split has a gap of 0, and folds inside the past need the same one
        past = replace(past, gap_days=gap_days)
        require_positives(past.converted, f"past of {stretch.start}", force=True)
        choice = choose_recipe(past, seed, progress)
        model = fit_model(past, choice.recipe)
        now = table.take(rows).known_to(past)
        scores[rows] = raw_scores(margins(model, now.features))
        logistic[rows] = logistic_scores(past, now.features)
        done.append(_summary(stretch, past, now, choice))
        progress()
    scored = np.flatnonzero(~np.isnan(scores))
    in_order = scored[np.argsort(table.positions[scored])]
    return _judge(table.take(in_order), scores[in_order], logistic[in_order], done, seed)


def _judge(
    table: LabelledTable,
    scores: Vector,
    logistic: Vector,
    stretches: list[ScoredStretch],
    seed: int,
) -> Backtest:
    require_positives(table.converted, "backtested", force=True)
    months = table.dates.astype("datetime64[M]")
    ranks, other = rank_in(months, scores), rank_in(months, logistic)
    return Backtest(
        table.dates,
        table.converted,
        scores,
        stretches,
        evaluate_ranking(ranks, table.converted, seed, months),
        evaluate_ranking(other, table.converted, seed, months),
        compare_rankings(ranks, other, table.converted, seed, months),
        _warnings(stretches),
    )


def rank_in(groups: NDArray[Any], scores: Vector) -> Vector:
    """Return each score's share of its group that lies at or below it, ties sharing the middle.

    Models of different months need not share a scale, and a call list is made within a month.
    """
    ranks = np.empty(len(scores))
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        _, rank, counts = np.unique(scores[rows], return_inverse=True, return_counts=True)
        ranks[rows] = ((np.cumsum(counts) - (counts - 1) / 2) / len(rows))[rank]
    return ranks


def _summary(
    stretch: Stretch, past: LabelledTable, now: LabelledTable, choice: Choice
) -> ScoredStretch:
    learned, seen = int(past.converted.sum()), int(now.converted.sum())
    sizes = (len(past.dates), learned, len(now.dates), seen)
    return ScoredStretch(str(stretch.start), *sizes, choice.to_json())


def _warnings(stretches: list[ScoredStretch]) -> list[str]:
    return [
        f"the model for {s.start} learned from {s.learned_conversions} conversions; training asks "
        f"for {MIN_POSITIVES}"
        for s in stretches
        if s.learned_conversions < MIN_POSITIVES
    ]


def _require_rows_from(dates: Days, start: np.datetime64) -> None:
    if dates.max() < start:
        raise InputError(
            f"No row with a known outcome was contacted on or after {start}.",
            where=f"contacts from {dates.min()} to {dates.max()}",
            fix="Name an earlier day.",
        )
