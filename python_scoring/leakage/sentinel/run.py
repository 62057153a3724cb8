"""Net 5: statistics that are implausible for an honest feature, on any labelled table.

It knows nothing of how the features were made, so it can be tried on any file; and it cannot tell
a leak from a very good feature, so a suspect can be acknowledged by name, with a reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from python_scoring.arrays import Flags, Integers, Vector
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.errors import InputError
from python_scoring.leakage.sentinel.gain import gain_shares
from python_scoring.leakage.sentinel.labelled_columns import (
    LabelledColumns,
    learned_columns,
    read_columns,
)
from python_scoring.leakage.sentinel.suspicion import (
    FeatureFigures,
    Strength,
    Thresholds,
    Verdict,
    reasons_for,
)
from python_scoring.metrics.feature_strength import (
    auc_within,
    best_lift,
    filler_rows,
    groups_of,
    information_value,
    rate_ratio,
    signed_auc,
    unsigned,
)
from python_scoring.metrics.intervals import Interval

__all__ = ["SentinelReport", "Thresholds", "find_suspects", "judge", "read_columns"]

SEED = 7


@dataclass(frozen=True)
class SentinelReport:
    """What the sentinel says of a table.

    Args:
        source: Name of the file.
        rows: Rows with a label.
        positives: Those with label 1.
        thresholds: What was allowed.
        verdicts: One for each feature, the most suspect first.
        skipped: Columns that were not judged, with the reason.
    """

    source: str
    rows: int
    positives: int
    thresholds: Thresholds
    verdicts: tuple[Verdict, ...]
    skipped: Mapping[str, str]

    @property
    def is_clean(self) -> bool:
        """Whether no suspect is left that nobody has acknowledged."""
        return not any(verdict.is_open for verdict in self.verdicts)


def judge(
    table: LabelledColumns,
    thresholds: Thresholds,
    acknowledged: Mapping[str, str],
    on_feature: Callable[[str], None] = lambda name: None,
) -> SentinelReport:
    """Judge every feature of a table.

    Args:
        table: The table.
        thresholds: What a feature may show at most.
        acknowledged: Features that are known to be suspect, each with the reason why it may stay.
        on_feature: Called with each feature's name, for a progress bar.

    Raises:
        InputError: An acknowledged name is no feature.
    """
    unknown = [name for name in acknowledged if name not in table.columns]
    if unknown:
        raise InputError(
            f"{', '.join(unknown)} is acknowledged, but is no feature of {table.source}.",
            why="A misspelt name would leave the real suspect in place.",
            where=f"its features are {', '.join(table.columns)}",
            fix="Correct the name.",
        )
    shares = gain_shares(table.columns, table.positive, SEED)
    verdicts = []
    for name in table.columns:
        figures = _figures(table, name, shares[name])
        reasons = reasons_for(figures, thresholds, len(table.columns))
        verdicts.append(Verdict(figures, reasons, acknowledged.get(name)))
        on_feature(name)
    verdicts.sort(key=lambda v: (-len(v.reasons), -v.figures.overall.auc.value))
    rows, positives = len(table.positive), int(table.positive.sum())
    return SentinelReport(table.source, rows, positives, thresholds, tuple(verdicts), table.skipped)


def find_suspects(table: LabelledTable) -> dict[str, list[str]]:
    """Return the features that predict too well to be honest, each with the reasons.

    Args:
        table: The rows that a model learns from, both outcomes present.
    """
    report = judge(learned_columns(table), Thresholds(), {})
    return {
        verdict.figures.name: [reason.text for reason in verdict.reasons]
        for verdict in report.verdicts
        if verdict.reasons
    }


def _figures(table: LabelledColumns, name: str, share: Interval) -> FeatureFigures:
    values, positive = table.columns[name], table.positive
    codes = table.categories.get(name)
    groups = groups_of(values) if codes is None else codes + 1
    unknown = np.isnan(values) if codes is None else codes < 0
    all_time = np.zeros(len(positive), dtype=np.int64)
    periods = all_time if table.periods is None else table.periods
    filler = filler_rows(values) if codes is None else None
    overall = _strength(unsigned(signed_auc(values, positive)), groups, positive, all_time)
    return FeatureFigures(
        name=name,
        missing_share=float(unknown.mean()),
        overall=overall,
        gain_share=share,
        missing_ratio=rate_ratio(unknown, positive, periods),
        filler=filler[0] if filler else None,
        filler_ratio=rate_ratio(filler[1], positive, periods) if filler else None,
        **_over_time(table, values, groups),
    )


def _over_time(table: LabelledColumns, values: Vector, groups: Integers) -> dict[str, Any]:
    """The figures that need a date, none without one."""
    if table.periods is None or table.fifths is None:
        return {}
    auc, _ = auc_within(values, table.positive, table.periods)
    _, fifths = auc_within(values, table.positive, table.fifths)
    return {
        "same_time": _strength(auc, groups, table.positive, table.periods),
        "fifths": tuple(auc.value for auc in fifths),
        "fade": _difference(fifths[0], fifths[-1]),
    }


def _strength(auc: Interval, groups: Integers, positive: Flags, folds: Integers) -> Strength:
    iv = information_value(groups, positive, folds, SEED)
    return Strength(auc, iv, best_lift(groups, positive, folds))


def _difference(first: Interval, last: Interval) -> Interval:
    """First less last, for independent figures."""
    margin = float(np.hypot(first.high - first.value, last.high - last.value))
    value = first.value - last.value
    return Interval(value, value - margin, value + margin)
