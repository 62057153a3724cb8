"""How well log odds rank, as a log loss: every row counts, and level and scale do not."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from python_scoring.arrays import Flags, Vector


def ranking_losses(margin: Vector, converted: Flags) -> Vector:
    """Return each row's log loss, shape (n,), after a slope and an offset were fitted to the rows.

    Args:
        margin: Log odds, shape (n,); only how they rank and how far they lie apart counts.
        converted: Outcomes, shape (n,), both present.
    """
    outcomes = converted.astype(np.float64)
    placed = (margin - margin.mean()) / (margin.std() or 1.0)

    def loss(line: Vector) -> tuple[float, Vector]:
        fitted = line[0] + line[1] * placed
        miss = expit(fitted) - outcomes
        value = np.logaddexp(0, fitted).mean() - outcomes @ fitted / len(fitted)
        return float(value), np.array([miss.mean(), miss @ placed / len(fitted)])

    rate = outcomes.mean()
    start = np.array([np.log(rate / (1 - rate)), 0.1])
    # a candidate that ranks the wrong way round is worth what a constant is
    line = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(None, None), (0, None)]).x
    fitted = line[0] + line[1] * placed
    return np.asarray(np.logaddexp(0, fitted) - outcomes * fitted)
