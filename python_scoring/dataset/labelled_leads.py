"""What training starts from: features, outcome, day and part of each lead, checked."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from python_scoring.arrays import Days, Flags, Integers, Matrix, Texts
from python_scoring.features.contract import FeatureContract


@dataclass(frozen=True)
class LabelledTable:
    """Leads whose outcome is known, in order of their day.

    Args:
        source: Name of the file or relation they come from.
        contract: The features, in the order of the matrix.
        features: Shape (n, features), unknown as NaN.
        converted: Outcomes, shape (n,).
        dates: Day of contact, shape (n,), ascending.
        positions: Position of each row in the source, from 0, shape (n,).
        parts: train, calibration, test or gap, shape (n,); all empty where nothing was split.
        gap_days: Days left out between the parts.
        counts: Rows read, without outcome yet, in each part, and of a file exact copies of others.
        left_out: Columns that were not used, each with the reason.
        unseen: For each feature of texts, rows after the training period whose text that period
            never held; they count as unknown.
        arrivals: Registrations behind the features by what the day rests on from which they count
            as known; empty where that is unknown, as of a file.
    """

    source: str
    contract: FeatureContract
    features: Matrix
    converted: Flags
    dates: Days
    positions: Integers
    parts: Texts
    gap_days: int
    counts: dict[str, int]
    left_out: dict[str, str] = field(default_factory=dict)
    unseen: dict[str, int] = field(default_factory=dict)
    arrivals: dict[str, int] = field(default_factory=dict)

    def part(self, name: str) -> "LabelledTable":
        """Return the rows of one part."""
        return self.take(self.parts == name)

    def take(self, rows: Flags | Integers) -> "LabelledTable":
        """Return the rows that a mask or positions in this table name, in that order."""
        return replace(
            self,
            features=self.features[rows],
            converted=self.converted[rows],
            dates=self.dates[rows],
            positions=self.positions[rows],
            parts=self.parts[rows],
        )

    def frame(self) -> pd.DataFrame:
        """Return the features as columns, texts as texts, so that another model can score them."""
        frame = pd.DataFrame(self.features, columns=self.contract.names)
        for position in self.contract.category_positions:
            feature = self.contract.features[position]
            words = np.array([*feature.categories, None], dtype=object)
            numbers_or_last = np.nan_to_num(self.features[:, position], nan=len(words) - 1)
            frame[feature.name] = words[numbers_or_last.astype(int)]
        return frame

    def known_to(self, past: "LabelledTable") -> "LabelledTable":
        """Return the table with every category that `past` never held as unknown.

        Args:
            past: All rows of this table up to some day: categories are numbered in time.
        """
        texts = self.contract.category_positions
        if not texts:
            return self
        features = self.features.copy()
        newest = np.nan_to_num(past.features[:, texts], nan=-1).max(axis=0)
        features[:, texts] = np.where(features[:, texts] > newest, np.nan, features[:, texts])
        return replace(self, features=features)
