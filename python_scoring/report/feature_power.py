"""How strong each feature is alone, and how much of it the other features already contain."""

from dataclasses import dataclass

import numpy as np

from python_scoring.arrays import Integers, Matrix, Vector
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.features.categories import CATEGORY
from python_scoring.metrics.feature_strength import groups_of, information_value
from python_scoring.metrics.intervals import Interval


@dataclass(frozen=True)
class FeaturePower:
    """One feature on the training rows.

    Args:
        name: Column name.
        label: Words for it.
        unknown_share: Share of the rows where it is unknown.
        information_value: Information value less what noise alone gives, with its 99 % interval.
        vif: Variance inflation factor; infinite where the other features determine it, NaN where
            it does not vary or is a text.
    """

    name: str
    label: str
    unknown_share: float
    information_value: Interval
    vif: float


def feature_power(past: LabelledTable, seed: int) -> list[FeaturePower]:
    """Judge every feature on rows of both outcomes, in the order of the contract.

    Args:
        past: Training rows.
        seed: Seed of the bootstrap.
    """
    unknown = np.isnan(past.features).mean(axis=0)
    factors = variance_inflation(_measured(past))
    one_fold = np.zeros(len(past.dates), dtype=np.int64)
    return [
        FeaturePower(
            feature.name,
            feature.label,
            float(unknown[position]),
            information_value(_groups(past, position), past.converted, one_fold, seed),
            float(factors[position]),
        )
        for position, feature in enumerate(past.contract.features)
    ]


def _measured(past: LabelledTable) -> Matrix:
    """Return the features with categories as unknown: their numbers are names, not sizes."""
    features = past.features.copy()
    features[:, past.contract.category_positions] = np.nan
    return features


def _groups(past: LabelledTable, position: int) -> Integers:
    values = past.features[:, position]
    if past.contract.features[position].type == CATEGORY:
        return np.unique(values, return_inverse=True)[1].astype(np.int64)
    return groups_of(values)


def variance_inflation(features: Matrix) -> Vector:
    """Return 1 / (1 - R²) of each feature on all others, shape (features,).

    It is the diagonal of the inverse correlation matrix, taken from the matrix's eigenvectors so
    that features which determine each other are infinite and leave the others alone (Belsley, Kuh
    and Welsch 1980). An unknown value is the median of the known ones, which can only lower it.

    Args:
        features: Shape (n, features), unknown as NaN.
    """
    factors = np.full(features.shape[1], np.nan)
    known = ~np.isnan(features).all(axis=0)
    filled = features[:, known]
    filled = np.where(np.isnan(filled), np.nanmedian(filled, axis=0), filled)
    spread = filled.std(axis=0)
    varies = spread > 1e-12 * np.maximum(np.abs(filled).max(axis=0), 1)
    if not varies.any():
        return factors
    scaled = (filled - filled.mean(axis=0))[:, varies] / spread[varies]
    sizes, directions = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    none = sizes < 1e-9
    parts = directions**2 / np.where(none, 1.0, sizes)
    determined = (directions[:, none] ** 2 > 1e-9).any(axis=1)
    inflation = np.where(determined, np.inf, parts[:, ~none].sum(axis=1))
    factors[np.flatnonzero(known)[varies]] = inflation
    return factors
