"""A figure with its interval."""

from dataclasses import dataclass

Z95 = 1.959963984540054
Z99 = 2.5758293035489004


@dataclass(frozen=True)
class Interval:
    """A figure with its interval, 95 % unless its maker says otherwise; NaN where none is known."""

    value: float
    low: float
    high: float


UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))


def wald(value: float, error: float) -> Interval:
    """Return a figure with its 95 % interval from its standard error."""
    return Interval(value, value - Z95 * error, value + Z95 * error)
