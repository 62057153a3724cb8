"""Probabilities with outcomes drawn with them."""

import numpy as np


def predicted(rows: int, seed: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities on a grid, so that many tie, and outcomes drawn with them."""
    rng = np.random.default_rng(seed)
    probabilities = (1 + rng.integers(0, steps, rows)) / (2 * steps + 1)
    converted = rng.random(rows) < probabilities
    converted[:2] = [True, False]
    return probabilities, converted
