"""The interval of a rate."""

from scipy.stats import binomtest

from python_scoring.metrics.intervals import Interval


def wilson(conversions: int, rows: int, confidence: float = 0.95) -> Interval:
    """Return a rate with Wilson's interval (1927), which stays inside 0 and 1."""
    bounds = binomtest(conversions, rows).proportion_ci(confidence, method="wilson")
    return Interval(conversions / rows, float(bounds.low), float(bounds.high))
