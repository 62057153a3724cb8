"""A figure with its interval, and the intervals that have a closed form."""

from dataclasses import dataclass

from scipy.stats import binomtest

Z95 = 1.959963984540054
Z99 = 2.5758293035489004


@dataclass(frozen=True)
class Interval:
    """A figure with its interval, 95 % unless its maker says otherwise; NaN where none is known."""

    value: float
    low: float
    high: float


UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))


def wilson(conversions: int, rows: int, confidence: float = 0.95) -> Interval:
    """Return a rate with Wilson's interval (1927), which stays inside 0 and 1."""
    bounds = binomtest(conversions, rows).proportion_ci(confidence, method="wilson")
    return Interval(conversions / rows, float(bounds.low), float(bounds.high))


def wald(value: float, error: float) -> Interval:
    """Return a figure with its 95 % interval from its standard error."""
    return Interval(value, value - Z95 * error, value + Z95 * error)
