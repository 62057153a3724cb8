"""Scores leads with a model of the registry: one at a time, or a table of them."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from python_scoring.booster import Attribution
from python_scoring.categories import CATEGORY, category_numbers
from python_scoring.curve import raw_scores
from python_scoring.errors import InputError
from python_scoring.exact_margin import ExactMargins
from python_scoring.explain import DRIVERS, Explanation, explain
from python_scoring.feature_contract import Feature
from python_scoring.narrative import driver_phrases, narratives
from python_scoring.registry_uri import reachable_registry
from python_scoring.score_buckets import read_buckets

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

_DRIVER_FIELDS = [
    (f"driver_{number}_{part}", kind)
    for number in range(1, DRIVERS + 1)
    for part, kind in (
        ("feature", pa.string()),
        ("value", pa.float64()),
        ("contribution", pa.float64()),
    )
]
SCORE_SCHEMA = pa.schema(
    [
        ("uncalibrated_score", pa.float64()),
        ("lead_score", pa.float64()),
        ("lift_vs_base", pa.float64()),
        ("base_rate", pa.float64()),
        ("score_bucket", pa.string()),
        ("action_recommended", pa.string()),
        *_DRIVER_FIELDS,
        ("narrative", pa.string()),
        ("model_version", pa.string()),
        ("model_sha256", pa.string()),
    ]
)


class LeadScorer:
    """A model, loaded and checked once; safe to call from many threads, since nothing changes.

    Args:
        model_version: A version of the registry or a folder that holds one; the promoted version
            where None or empty.
        registry: Folder or URI (`gs://`, `file://`) of the registry; where None,
            LEAD_SCORING_MODELS, else the repository's.

    Raises:
        RegistryError: No such version.
        ArtifactError: It is damaged.
    """

    def __init__(
        self, model_version: str | None = None, registry: Path | str | None = None
    ) -> None:
        with reachable_registry(registry, model_version) as reachable:
            self._artifact = reachable.load(model_version)
        self._margins = ExactMargins(self._artifact.booster)
        self._buckets = read_buckets()
        self.contract = self._artifact.contract
        self.model_version = self._artifact.version
        self.model_sha256 = self._artifact.sha256
        self.base_rate = self._artifact.curve.base_rate

    @property
    def test_start_date(self) -> str:
        """First day, YYYY-MM-DD, of whose leads the model has learned nothing."""
        return str(self._artifact.metadata["periods"]["test"]["from"])

    @property
    def feature_names(self) -> list[str]:
        """Columns that the model reads, in order."""
        return self.contract.names

    def score_lead(self, features: Mapping[str, Any]) -> dict[str, Any]:
        """Score one lead from its base features.

        Args:
            features: Each base feature by name; None where unknown. The predecessor's spelling
                (`pit_mobility_tier_Highly Mobile`) is understood.

        Returns:
            lead_score, score_bucket, action_recommended, model_version, uncalibrated_score and
            engineered_features. A text that training never saw is scored as unknown.

        Raises:
            InputError: Lists every feature that is missing, unknown, or of the wrong type.
        """
        values = self._checked(features)
        matrix = self.contract.stack({name: np.array([value]) for name, value in values.items()})
        raw = raw_scores(self._margins.of(matrix))
        score = self._artifact.curve.apply(raw)
        bucket, action = self._buckets.of(score)
        row = dict(zip(self.contract.names, matrix[0].tolist(), strict=True))
        return {
            "lead_score": float(score[0]),
            "score_bucket": bucket[0],
            "action_recommended": action[0],
            "model_version": self.model_version,
            "uncalibrated_score": float(raw[0]),
            "engineered_features": {
                name: None if np.isnan(row[name]) else row[name]
                for name in self.contract.engineered_names
            },
        }

    def score_frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Score a table of leads and say why.

        Args:
            frame: The contract's features as columns; engineered ones are computed where absent,
                other columns are ignored. Null is unknown.

        Returns:
            The columns of `SCORE_SCHEMA`, same index. Contributions are percentage points of
            `lead_score`, counted from the explanation's base (see `explain_frame`).

        Raises:
            InputError: A base feature is absent, not numeric, or infinite somewhere.
        """
        matrix = self.contract.matrix(frame)
        if not len(frame):
            empty: pd.DataFrame = SCORE_SCHEMA.empty_table().to_pandas()
            return empty.set_index(frame.index)
        margin = self._margins.of(matrix, self._attribution.tables)
        explanation = self._explain(matrix, margin)
        scores = explanation.probabilities
        bucket, action = self._buckets.of(scores)
        columns: dict[str, Any] = {
            "uncalibrated_score": raw_scores(margin),
            "lead_score": scores,
            "lift_vs_base": scores / self.base_rate,
            "base_rate": self.base_rate,
            "score_bucket": bucket,
            "action_recommended": action,
        }
        columns |= self._driver_columns(matrix, explanation)
        columns |= {"model_version": self.model_version, "model_sha256": self.model_sha256}
        return pd.DataFrame(columns, index=frame.index, columns=SCORE_SCHEMA.names)

    def explain_frame(self, frame: pd.DataFrame) -> Explanation:
        """Return the contributions of all groups, and the base from which they count."""
        matrix = self.contract.matrix(frame)
        return self._explain(matrix, self._margins.of(matrix, self._attribution.tables))

    @cached_property
    def _attribution(self) -> Attribution:
        """Made when first asked for: a service that scores single leads never does."""
        return Attribution(self._artifact.booster)

    def _explain(self, matrix: Matrix, margin: Vector) -> Explanation:
        shares, start = self._attribution.shares(matrix), self._attribution.average_margin
        return explain(shares, start, margin, self._artifact.curve, self.contract)

    def _driver_columns(self, matrix: Matrix, explanation: Explanation) -> dict[str, Any]:
        drivers, contributions = explanation.drivers()
        names = np.array([*self.contract.names, None], dtype=object)
        values = np.take_along_axis(matrix, np.maximum(drivers, 0), axis=1)
        # a category's number means nothing outside the model; the narrative tells the text
        texts = np.isin(drivers, self.contract.category_positions)
        values = np.where((drivers < 0) | texts, np.nan, values)
        columns: dict[str, Any] = {}
        for place in range(DRIVERS):
            columns[f"driver_{place + 1}_feature"] = names[drivers[:, place]]
            columns[f"driver_{place + 1}_value"] = values[:, place]
            columns[f"driver_{place + 1}_contribution"] = 100 * contributions[:, place]
        phrases = driver_phrases(self.contract, matrix, drivers)
        columns["narrative"] = narratives(
            explanation.probabilities, self.base_rate, drivers, contributions, phrases
        )
        return columns

    def _checked(self, features: Mapping[str, Any]) -> dict[str, float]:
        """Return the base features as floats, unknown as NaN, or list all that is wrong."""
        given = {str(name).lower().replace(" ", "_"): value for name, value in features.items()}
        wanted = {f.name: f for f in self.contract.features if f.kind == "base"}
        findings = [f"{name} is missing" for name in wanted if name not in given]
        findings += [f"{name} is not a feature" for name in given if name not in wanted]
        values = {n: _as_float(given[n], f) for n, f in wanted.items() if n in given}
        findings += [
            f"{name} is {given[name]!r}, not {_expected(wanted[name])} or null"
            for name, value in values.items()
            if value is None
        ]
        if findings:
            raise InputError(
                f"The lead cannot be scored: {'; '.join(findings)}.",
                why="A guessed value would be scored as if it were known.",
                fix="Send every base feature by name, null where unknown.",
            )
        return {name: value for name, value in values.items() if value is not None}


def _as_float(value: object, feature: Feature) -> float | None:
    """Return a value as the trees take it, null as NaN, and None for what it cannot be."""
    if value is None or value is pd.NA:
        return np.nan
    if feature.type == CATEGORY:
        if not isinstance(value, str):
            return None
        return float(category_numbers(np.array([value], dtype=object), feature.categories)[0])
    if not isinstance(value, Real | Decimal | np.bool_):
        return None
    number = float(value)
    return number if np.isfinite(number) else None


def _expected(feature: Feature) -> str:
    return "a text" if feature.type == CATEGORY else "a finite number"
