"""Judges a model segment by segment: by month, by kind of lead.

An average can hide that a model works for one half of the leads only. A segment too small to be
judged is listed with a note: left out, it would look as if it had been judged.
"""

from dataclasses import dataclass

from python_scoring.arrays import Flags, Texts, Vector
from python_scoring.metrics.intervals import Interval
from python_scoring.metrics.proportions import wilson
from python_scoring.metrics.ranking import evaluate_ranking

SMALLEST_ROWS = 100
SMALLEST_CONVERSIONS = 10


@dataclass(frozen=True)
class Segment:
    """Figures of some of the rows.

    Args:
        name: Which rows, in words.
        rows: How many.
        conversions: How many of them converted.
        observed: The rate at which they converted, with Wilson's interval.
        predicted: Their mean probability.
        auc: How they are ranked among themselves; None where the segment is too small.
        top_decile_lift: Rate of their own best tenth over their rate; None likewise.
        note: Why the segment is too small to be judged, else empty.
    """

    name: str
    rows: int
    conversions: int
    observed: Interval
    predicted: float
    auc: Interval | None
    top_decile_lift: Interval | None
    note: str


def judge_segments(
    names: Texts,
    order: list[str],
    ranks: Vector,
    probabilities: Vector,
    converted: Flags,
    seed: int,
) -> list[Segment]:
    """Judge each segment by itself.

    Args:
        names: Segment of each row, shape (n,).
        order: The segments in the order to report them; those without a row are left out.
        ranks: Scores that rank, shape (n,).
        probabilities: Calibrated probabilities, shape (n,).
        converted: Outcomes, shape (n,).
        seed: Seed of the bootstrap.
    """
    masks = [(name, names == name) for name in order]
    return [
        _judge(name, ranks[rows], probabilities[rows], converted[rows], seed)
        for name, rows in masks
        if rows.any()
    ]


def _judge(name: str, ranks: Vector, probabilities: Vector, converted: Flags, seed: int) -> Segment:
    rows, conversions = len(ranks), int(converted.sum())
    note = _too_small(rows, min(conversions, rows - conversions))
    judged = None if note else evaluate_ranking(ranks, converted, seed)
    return Segment(
        name,
        rows,
        conversions,
        wilson(conversions, rows),
        float(probabilities.mean()),
        judged.auc if judged else None,
        judged.top_decile_lift if judged else None,
        note,
    )


def _too_small(rows: int, rarer: int) -> str:
    if rows >= SMALLEST_ROWS and rarer >= SMALLEST_CONVERSIONS:
        return ""
    return f"too small to judge (needs {SMALLEST_ROWS}, and {SMALLEST_CONVERSIONS} of each outcome)"
