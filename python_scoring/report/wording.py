"""How figures are written, the same in sentences, tables and the model card."""

from python_scoring.metrics.intervals import Interval

NOTHING = "\N{EN DASH}"


def percent(share: float | None, digits: int = 1) -> str:
    """Write a share as 4.2 %."""
    return NOTHING if share is None else f"{100 * share:.{digits}f} %"


def number(value: float | None, digits: int = 2) -> str:
    """Write a number as 1,234.50."""
    return NOTHING if value is None else f"{value:,.{digits}f}"


def whole(value: float | None) -> str:
    """Write a count as 1,234."""
    return number(value, 0)


def percent_range(share: Interval) -> str:
    """Write a share and its interval as 4.2 % (3.5 to 4.9 %)."""
    return f"{percent(share.value)} ({100 * share.low:.1f} to {percent(share.high)})"


def number_range(figure: Interval, digits: int = 2) -> str:
    """Write a figure and its interval as 3.58 (2.90 to 4.39)."""
    low, high = number(figure.low, digits), number(figure.high, digits)
    return f"{number(figure.value, digits)} ({low} to {high})"


def one_in(rate: float) -> str:
    """Write a rate as one in 6.7, or one in 24 where a tenth says nothing; never where it is 0."""
    if rate <= 0:
        return "none"
    return f"one in {1 / rate:.{1 if rate > 0.1 else 0}f}"
