"""Says which facts moved a lead's published probability, and by how many percentage points.

XGBoost's own contributions are exact, but they add up to the margin, which is not published. They
are carried to the calibrated probability along the straight path from the average margin to the
lead's (Aumann and Shapley): each keeps its share of the way, so that

    base + sum of contributions = published probability

where the base is the calibrated probability of the average margin. Every sign is kept, since the
calibration curve never falls.
"""

from dataclasses import dataclass

import numpy as np

from python_scoring.arrays import Integers, Matrix, Vector
from python_scoring.features.contract import FeatureContract
from python_scoring.model.calibration_curve import CalibrationCurve

DRIVERS = 3
NEARLY_NOTHING = 1e-6


@dataclass(frozen=True)
class Explanation:
    """Contributions of groups of features to the published probability.

    Args:
        base: Calibrated probability of the average margin, from which contributions count.
        probabilities: Published probabilities, shape (n,).
        contributions: One column per group of the contract, shape (n, groups); probability.
        strongest: For each group the feature that moved it most its way, shape (n, groups).
    """

    base: float
    probabilities: Vector
    contributions: Matrix
    strongest: Integers

    def drivers(self) -> tuple[Integers, Matrix]:
        """Return the three strongest groups of each lead: feature and contribution, shape (n, 3).

        Where fewer groups moved the score, the feature is -1 and the contribution NaN.
        """
        order = np.argsort(-np.abs(self.contributions), axis=1, kind="stable")[:, :DRIVERS]
        moved = np.take_along_axis(self.contributions, order, axis=1)
        features = np.take_along_axis(self.strongest, order, axis=1)
        pad = ((0, 0), (0, DRIVERS - order.shape[1]))
        features = np.pad(np.where(moved == 0, -1, features), pad, constant_values=-1)
        return features, np.pad(np.where(moved == 0, np.nan, moved), pad, constant_values=np.nan)


def explain(
    shares: Matrix, bias: float, margins: Vector, curve: CalibrationCurve, contract: FeatureContract
) -> Explanation:
    """Carry contributions to the margin over to the published probability, group by group.

    Args:
        shares: Contributions to the margin, shape (n, features).
        bias: The average margin, from which they count.
        margins: Margins of the leads as published, shape (n,).
        curve: Calibration.
        contract: Grouping of the features.
    """
    shares = _settle_rounding(shares, margins - bias)
    start, probabilities = (
        float(curve.apply_margins(np.array([bias]))[0]),
        curve.apply_margins(margins),
    )
    way = margins - bias
    still = np.abs(way) < 1e-12
    rate = np.where(still, _slope(curve, bias), (probabilities - start) / np.where(still, 1.0, way))
    totals, strongest = _by_group(shares, list(contract.groups.values()))
    return Explanation(start, probabilities, totals * rate[:, None], strongest)


def _settle_rounding(shares: Matrix, way: Vector) -> Matrix:
    """Spread what float32 sums lack over the contributions, in proportion to their size."""
    size = np.abs(shares)
    whole: Vector = size.sum(axis=1)
    lacking = (way - shares.sum(axis=1)) / np.where(whole > 0, whole, 1.0)
    return np.asarray(shares + size * lacking[:, None])


def _slope(curve: CalibrationCurve, margin: float) -> float:
    around = curve.apply_margins(margin + np.array([-NEARLY_NOTHING, NEARLY_NOTHING]))
    return float(around[1] - around[0]) / (2 * NEARLY_NOTHING)


def _by_group(shares: Matrix, groups: list[list[int]]) -> tuple[Matrix, Integers]:
    totals = np.column_stack([shares[:, members].sum(axis=1) for members in groups])
    strongest = [
        np.array(members)[(shares[:, members] * np.sign(total)[:, None]).argmax(axis=1)]
        for members, total in zip(groups, totals.T, strict=True)
    ]
    return totals, np.column_stack(strongest)
