"""When a figure is too good to be honest, and the words for it.

A threshold is passed only when the *lower* end of the 99 % interval passes it: a suspicion must not
rest on chance. The defaults come from what honest models do: in recruiting, as in credit scoring, a
whole model reaches an AUC of 0.60 to 0.75 and a top-decile lift of 2 to 3, made of many features.
"""

from dataclasses import dataclass, field
from math import isnan

from python_scoring.metrics.intervals import Interval

EQUAL_SHARES = 3


@dataclass(frozen=True)
class Thresholds:
    """What a single feature may show at most.

    Args:
        auc: Ranking power. 0.70 is what a whole model needs to be called acceptable (Hosmer,
            Lemeshow, Applied Logistic Regression, 2000).
        information_value: Above 0.3 a predictor counts as strong, above 0.5 as suspicious (Siddiqi,
            Credit Risk Scorecards, 2006); that it surely lies above 0.4 is seldom honest.
        gain_share: Of a booster's gain; more than half means that the others hardly count. Of few
            features one may well hold half: never less than three equal shares is allowed.
        lift: Rate of positives in a tenth or at a value, over the base rate.
        missing_ratio: Rate of positives where nothing, or the usual filler, stands, against the
            other rows. Whether a field was filled in should not predict the outcome.
        fade: Loss of AUC from the first fifth of the time to the last.
    """

    auc: float = 0.70
    information_value: float = 0.40
    gain_share: float = 0.50
    lift: float = 5.0
    missing_ratio: float = 2.0
    fade: float = 0.05


@dataclass(frozen=True)
class Strength:
    """How well a feature predicts the label; see `metrics/feature_strength`."""

    auc: Interval
    information_value: Interval
    lift: Interval


@dataclass(frozen=True)
class FeatureFigures:
    """What was measured of one feature; the last three need a date.

    Args:
        name: The feature.
        missing_share: Share of rows without a value, 0 to 1.
        overall: Its strength over all rows.
        gain_share: See `gain.gain_shares`.
        missing_ratio: Of rows without a value, see `feature_strength.rate_ratio`.
        filler: The value that may stand for a missing one, see `feature_strength.filler_rows`.
        filler_ratio: Of rows with that value, see `feature_strength.rate_ratio`.
        same_time: Its strength among rows of the same period.
        fifths: AUC of each fifth, all pointing the same way.
        fade: AUC of the first fifth less that of the last.
    """

    name: str
    missing_share: float
    overall: Strength
    gain_share: Interval
    missing_ratio: Interval
    filler: float | None = None
    filler_ratio: Interval | None = None
    same_time: Strength | None = None
    fifths: tuple[float, ...] = ()
    fade: Interval | None = None


@dataclass(frozen=True)
class Reason:
    """Why a feature is suspect: a short name of the test, and a sentence with the figures."""

    test: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """A feature's figures, the reasons to suspect it, and why somebody acknowledged them."""

    figures: FeatureFigures
    reasons: tuple[Reason, ...] = field(default=())
    acknowledged: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the feature is suspect and nobody has acknowledged it."""
        return bool(self.reasons) and self.acknowledged is None


def reasons_for(figures: FeatureFigures, allowed: Thresholds, features: int) -> tuple[Reason, ...]:
    """All reasons to suspect one of so many features."""
    strength = _strength_reasons(figures.same_time or figures.overall, allowed)
    candidates = [
        *(strength or _clock(figures, allowed)),
        _over(
            "gain_share",
            figures.gain_share,
            max(allowed.gain_share, EQUAL_SHARES / features),
            "leaves little to the other features: it holds {figure} of a booster's gain",
        ),
        _over(
            "missing_ratio",
            figures.missing_ratio,
            allowed.missing_ratio,
            "predicts the label by being empty: the rates differ by a factor of {figure}",
        ),
        _filler(figures, allowed),
        _fading(figures, allowed),
    ]
    return tuple(reason for reason in candidates if reason is not None)


def figure(interval: Interval) -> str:
    """A figure with its interval, for people."""
    if isnan(interval.value):
        return "unknown"
    return f"{interval.value:.2f} ({interval.low:.2f} to {interval.high:.2f})"


def _strength_reasons(strength: Strength, allowed: Thresholds) -> list[Reason]:
    candidates = [
        _over("auc", strength.auc, allowed.auc, "ranks too well alone: AUC {figure}"),
        _over(
            "information_value",
            strength.information_value,
            allowed.information_value,
            "predicts the label too well: information value {figure}",
        ),
        _over(
            "lift",
            strength.lift,
            allowed.lift,
            "marks a group that is too sure: lift {figure} in a tenth or at a value",
        ),
    ]
    return [reason for reason in candidates if reason is not None]


def _clock(figures: FeatureFigures, allowed: Thresholds) -> list[Reason]:
    """A feature that is strong over all rows, but not among rows of the same time."""
    if figures.same_time is None or not _strength_reasons(figures.overall, allowed):
        return []
    text = (
        f"follows the date rather than the lead: AUC {figure(figures.overall.auc)} over all rows, "
        f"{figure(figures.same_time.auc)} among rows of the same time; information value "
        f"{figure(figures.overall.information_value)}, then "
        f"{figure(figures.same_time.information_value)}"
    )
    return [Reason("clock", text)]


def _filler(figures: FeatureFigures, allowed: Thresholds) -> Reason | None:
    if figures.filler is None or figures.filler_ratio is None:
        return None
    text = (
        f"predicts the label by whether it was filled in: where it is {figures.filler:g}, the rate "
        "differs by a factor of {figure}"
    )
    return _over("filler_ratio", figures.filler_ratio, allowed.missing_ratio, text)


def _fading(figures: FeatureFigures, allowed: Thresholds) -> Reason | None:
    if figures.fade is None or not figures.fade.low > allowed.fade:
        return None
    course = ", ".join(f"{auc:.2f}" for auc in figures.fifths)
    text = (
        f"loses power towards the end: AUC {course} by fifths of the time; a column that is filled "
        "in later knows more of old rows than of new ones"
    )
    return Reason("fade", text)


def _over(test: str, interval: Interval, limit: float, text: str) -> Reason | None:
    if not interval.low > limit:
        return None
    return Reason(test, f"{text.format(figure=figure(interval))}, surely above {limit:g}")
