"""The calibration curve: from the model's raw score to the rate at which such leads convert."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from python_scoring.arrays import Vector
from python_scoring.errors import ArtifactError


@dataclass(frozen=True)
class CalibrationCurve:
    """A non-decreasing curve of straight pieces, with what is needed to read its values.

    Args:
        method: How it was fitted: `isotonic`, `platt`, or `moved` from an earlier one.
        scores: Raw scores of its points, increasing, shape (k,).
        probabilities: Their probabilities, non-decreasing, inside (0, 1), shape (k,).
        base_rate: Share of conversions in the period it was fitted on.
    """

    method: str
    scores: Vector
    probabilities: Vector
    base_rate: float

    def apply(self, scores: Vector) -> Vector:
        """Map raw scores, shape (n,), to probabilities, shape (n,).

        Scores outside the fitted range get the probability of the nearest end.
        """
        return np.interp(scores, self.scores, self.probabilities)

    def apply_margins(self, margins: Vector) -> Vector:
        """Map margins (log odds before calibration), shape (n,), to probabilities, shape (n,)."""
        return self.apply(raw_scores(margins))

    def to_json(self) -> dict[str, Any]:
        """Return the curve as plain data."""
        return {
            "method": self.method,
            "base_rate": self.base_rate,
            "points": [
                list(p) for p in zip(self.scores.tolist(), self.probabilities.tolist(), strict=True)
            ],
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> "CalibrationCurve":
        """Read a curve that `to_json` wrote.

        Raises:
            ArtifactError: It is not such a curve, it falls somewhere, or a score or probability
                lies outside 0 to 1.
        """
        try:
            points = np.array(data["points"], dtype=np.float64).reshape(-1, 2)
            scores, rates = points.T.copy()
            curve = CalibrationCurve(str(data["method"]), scores, rates, float(data["base_rate"]))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ArtifactError(f"The calibration curve cannot be read: {error}.") from error
        inside = (points >= 0) & (points <= 1)  # false for NaN too
        if not inside.all() or not 0 < curve.base_rate < 1:
            raise ArtifactError(
                "The calibration curve has a score or probability outside 0 to 1, or a base rate "
                f"that is no rate ({curve.base_rate:g}).",
                why="Published scores are probabilities, and lift is a score over the base rate.",
                fix="Train again, or restore the artifact.",
            )
        steps = np.diff(points, axis=0)
        if not len(points) or (steps[:, 0] <= 0).any() or (steps[:, 1] < 0).any():
            raise ArtifactError(
                "The calibration curve does not rise.",
                why="A better raw score would be published as a worse one.",
                fix="Train again, or restore the artifact.",
            )
        return curve


def raw_scores(margins: Vector) -> Vector:
    """Turn margins (log odds), shape (n,), into the raw scores in (0, 1), shape (n,)."""
    return 1 / (1 + np.exp(-margins.astype(np.float64)))
