"""Cuts a table by time: learn on the past, calibrate on what follows, judge on the newest.

Between two parts lies a gap of at least the label window, so that no label of the earlier part
was decided by events of the later one.
"""

from dataclasses import dataclass

import numpy as np

from python_scoring.arrays import Days, Integers, Texts
from python_scoring.errors import InputError

TRAIN, CALIBRATION, TEST, GAP = "train", "calibration", "test", "gap"


@dataclass(frozen=True)
class SplitRule:
    """Shares of the rows for calibration and test, and the days left out between the parts."""

    calibration_share: float = 0.2
    test_share: float = 0.2
    gap_days: int = 30

    def __post_init__(self) -> None:
        """Refuse shares that leave nothing to learn from.

        Raises:
            InputError: A share outside (0, 1), both together 0.9 or more, or a negative gap.
        """
        shares = (self.calibration_share, self.test_share)
        if min(shares) <= 0 or sum(shares) >= 0.9 or self.gap_days < 0:
            raise InputError(
                f"Shares of {shares[0]:g} and {shares[1]:g} with a gap of {self.gap_days} days "
                "leave no honest split.",
                fix="Take shares above 0 that sum to less than 0.9, and a gap of 0 days or more.",
            )


@dataclass(frozen=True)
class CurveRule:
    """How contacts are cut for another curve of a model that has learned.

    Args:
        since: The first day to calibrate on.
        test_share: Share of the contacts from that day on that judges, the newest; what lies
            before them, and the gap, is calibrated on.
        gap_days: Days left out between what it learned from, calibration and test.
    """

    since: np.datetime64
    test_share: float
    gap_days: int

    def __post_init__(self) -> None:
        """Refuse a share that leaves nothing to calibrate on or to judge by.

        Raises:
            InputError: A share outside (0, 1), or a negative gap.
        """
        if not 0 < self.test_share < 1 or self.gap_days < 0:
            raise InputError(
                f"A test share of {self.test_share:g} with a gap of {self.gap_days} days leaves "
                "no honest split.",
                why="One part of the contacts calibrates, and another one judges.",
                fix="Take a share above 0 and below 1, and a gap of 0 days or more.",
            )


def split_by_date(dates: Days, rule: SplitRule) -> Texts:
    """Name the part of each row: train, calibration, test or gap; shape (n,).

    A part begins on the first day before which its share of rows is reached, so that rows of one
    day stay together. `lead_training_set` follows the same rule in SQL.

    Args:
        dates: Day of each row whose outcome is known, shape (n,), any order.
        rule: Shares and gap.
    """
    ordered = np.sort(dates)
    test_start = _first_day_after_share(ordered, 1 - rule.test_share)
    calibration_start = _first_day_after_share(
        ordered, 1 - rule.test_share - rule.calibration_share
    )
    gap = np.timedelta64(rule.gap_days, "D")
    parts = np.full(len(dates), GAP, dtype="<U11")
    parts[dates < calibration_start - gap] = TRAIN
    parts[(dates >= calibration_start) & (dates < test_start - gap)] = CALIBRATION
    parts[dates >= test_start] = TEST
    return parts


def split_since(
    dates: Days,
    learned: tuple[np.datetime64, np.datetime64],
    fitted_until: np.datetime64,
    rule: CurveRule,
) -> Texts:
    """Name the part of each row where a model that has learned gets another curve; shape (n,).

    The curve is fitted on rows from a day on, and judged on the newest of them.

    Args:
        dates: Day of each row whose outcome is known, shape (n,), any order.
        learned: First and last day of the rows that it learned from.
        fitted_until: Last day of the rows on which its curve was fitted.
        rule: The first day to calibrate on, share of the test, and gap.

    Raises:
        InputError: That day lies before the end of what it learned from and of the gap, or the test
            would hold rows on which its curve was fitted.
    """
    gap = np.timedelta64(rule.gap_days, "D")
    if rule.since <= learned[1] + gap:
        raise InputError(
            f"{rule.since} is no day to calibrate from: the model learned from contacts until "
            f"{learned[1]}, and {rule.gap_days} days of gap follow.",
            why="On what it has learned from, a model is more right than on anything else.",
            fix=f"Name a day after {learned[1] + gap}.",
        )
    later = np.sort(dates[dates >= rule.since])
    parts = np.full(len(dates), GAP, dtype="<U11")
    parts[(dates >= learned[0]) & (dates <= learned[1])] = TRAIN
    if len(later):
        test_start = _first_day_after_share(later, 1 - rule.test_share)
        _require_fresh_test(test_start, fitted_until)
        parts[(dates >= rule.since) & (dates < test_start - gap)] = CALIBRATION
        parts[dates >= test_start] = TEST
    return parts


def _require_fresh_test(test_start: np.datetime64, fitted_until: np.datetime64) -> None:
    if test_start <= fitted_until:
        raise InputError(
            f"The contacts that judge would begin on {test_start}, and the model's own curve was "
            f"fitted on contacts until {fitted_until}.",
            why="A curve is more right on what it was fitted on than on anything else.",
            where=f"they must begin after {fitted_until}",
            fix="Name a later day or a smaller share, or wait for more contacts.",
        )


def time_ordered_folds(dates: Days, folds: int, gap_days: int) -> list[tuple[Integers, Integers]]:
    """Cut rows into growing pasts and the stretch that follows each.

    The days are cut into `folds` + 1 stretches with equal numbers of rows; each but the first is
    validated on, after training on all rows at least `gap_days` before its first day. Stretches
    that have no such past are left out.

    Args:
        dates: Day of each row, shape (n,), any order.
        folds: Stretches to validate on.
        gap_days: Days left out before each.

    Returns:
        Positions of (training rows, validation rows), oldest stretch first.
    """
    ordered = np.sort(dates)
    shares = np.arange(1, folds + 1) / (folds + 1)
    starts = np.unique([_first_day_after_share(ordered, share) for share in shares])
    ends = np.append(starts[1:], ordered[-1] + np.timedelta64(1, "D"))
    cuts = []
    for start, end in zip(starts, ends, strict=True):
        past = np.flatnonzero(dates < start - np.timedelta64(gap_days, "D"))
        stretch = np.flatnonzero((dates >= start) & (dates < end))
        if len(past) and len(stretch):
            cuts.append((past, stretch))
    return cuts


def _first_day_after_share(ordered: Days, share: float) -> np.datetime64:
    """Return the first day of the data before which at least this share of the rows lies."""
    firsts, positions = np.unique(ordered, return_index=True)
    # 1 - 0.2 - 0.2 is a little more than 0.6 in binary; whole rows are compared, so allow for it
    reached = positions + 1e-6 >= share * len(ordered)
    # where the last day holds more than the share, the part is that day
    return np.datetime64(firsts[reached.argmax() if reached.any() else -1])
