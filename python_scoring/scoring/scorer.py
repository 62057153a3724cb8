"""Scores leads with a model of the registry: one, many, or a table of them.

pandas and pyarrow are imported where a table is scored: a service that answers for single leads
starts in half the time without them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from python_scoring.arrays import Matrix, Vector
from python_scoring.explanation.contributions import DRIVERS, Explanation, explain
from python_scoring.explanation.narrative import driver_phrases, narratives
from python_scoring.features.lead_input import LeadFeatures
from python_scoring.model.calibration_curve import raw_scores
from python_scoring.model.margin.booster import Attribution
from python_scoring.model.margin.exact_margin import ExactMargins
from python_scoring.model.registry import Registry
from python_scoring.scoring.buckets import read_buckets

if TYPE_CHECKING:
    import pandas as pd


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
        self._artifact = Registry(registry).load(model_version)
        self._margins = ExactMargins(self._artifact.model)
        self._buckets = read_buckets()
        self.contract = self._artifact.contract
        self._reader = LeadFeatures(self.contract)
        self.model_version = self._artifact.version
        self.model_sha256 = self._artifact.sha256
        self.base_rate = self._artifact.curve.base_rate

    @property
    def test_start_date(self) -> str:
        """First day, YYYY-MM-DD, of whose leads the model has learned nothing."""
        return str(self._artifact.metadata["periods"]["test"]["from"])

    @property
    def periods(self) -> dict[str, date]:
        """Days between which the leads were contacted that it learned from and was judged on."""
        return self._artifact.periods

    @cached_property
    def strongest_features(self) -> dict[str, str | None]:
        """The strongest feature of each of its strongest groups, by name of the column."""
        return self._artifact.strongest_features

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
        return self.score_leads([features])[0]

    def score_leads(self, leads: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Score many leads in one pass; each is answered as by `score_lead`, in the same order.

        Raises:
            InputError: As `score_lead`, for all leads at once.
        """
        if not leads:
            return []
        matrix = self.contract.stack(self._reader.columns(leads))
        raw = raw_scores(self._margins.of(matrix))
        scores = self._artifact.curve.apply(raw)
        buckets, actions = self._buckets.of(scores)
        return [
            {
                "lead_score": score,
                "score_bucket": bucket,
                "action_recommended": action,
                "model_version": self.model_version,
                "uncalibrated_score": uncalibrated,
                "engineered_features": derived,
            }
            for score, bucket, action, uncalibrated, derived in zip(
                scores.tolist(), buckets, actions, raw.tolist(), self._derived(matrix), strict=True
            )
        ]

    def score_frame(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """Score a table of leads and say why.

        Args:
            frame: As of `model_scores`.

        Returns:
            The columns of `SCORE_SCHEMA`, same index: those of `model_scores`, and the bucket, the
            action and the lift that follow from the score.

        Raises:
            InputError: A base feature is absent, not numeric, or infinite somewhere.
        """
        from python_scoring.scoring.output_columns import SCORE_SCHEMA

        scored = self.model_scores(frame)
        bucket, action = self._buckets.of(scored["lead_score"].to_numpy())
        complete: pd.DataFrame = scored.assign(
            lift_vs_base=scored["lead_score"] / self.base_rate,
            score_bucket=bucket,
            action_recommended=action,
        )[SCORE_SCHEMA.names]
        return complete

    def model_scores(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """Return what only the model can say of a table of leads: scores, drivers, narratives.

        Args:
            frame: The contract's features as columns; engineered ones are computed where absent,
                other columns are ignored. Null is unknown.

        Returns:
            The columns of `MODEL_SCHEMA`, same index. Contributions are percentage points of
            `lead_score`, counted from the explanation's base (see `explain_frame`).

        Raises:
            InputError: A base feature is absent, not numeric, or infinite somewhere.
        """
        import pandas as pd

        from python_scoring.scoring.output_columns import MODEL_SCHEMA

        matrix = self.contract.matrix(frame)
        if not len(frame):
            empty: pd.DataFrame = MODEL_SCHEMA.empty_table().to_pandas()
            return empty.set_index(frame.index)
        margin, explanation = self._explain(matrix)
        columns: dict[str, Any] = {
            "uncalibrated_score": raw_scores(margin),
            "lead_score": explanation.probabilities,
            "base_rate": self.base_rate,
        }
        columns |= self._driver_columns(matrix, explanation)
        columns |= {"model_version": self.model_version, "model_sha256": self.model_sha256}
        return pd.DataFrame(columns, index=frame.index, columns=MODEL_SCHEMA.names)

    def explain_frame(self, frame: "pd.DataFrame") -> Explanation:
        """Return the contributions of all groups, and the base from which they count."""
        matrix = self.contract.matrix(frame)
        return self._explain(matrix)[1]

    @cached_property
    def _attribution(self) -> Attribution:
        """Made when first asked for: a service that scores single leads never does."""
        return Attribution(self._artifact.model)

    def _explain(self, matrix: Matrix) -> tuple[Vector, Explanation]:
        shares, margin = self._attribution.explained(matrix)
        start = self._attribution.average_margin
        return margin, explain(shares, start, margin, self._artifact.curve, self.contract)

    def _driver_columns(self, matrix: Matrix, explanation: Explanation) -> dict[str, Any]:
        drivers, contributions = explanation.drivers()
        names = np.array([*self.contract.names, None], dtype=object)
        values = np.take_along_axis(matrix, np.maximum(drivers, 0), axis=1)
        # a category's number means nothing outside the model; the narrative names the text
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

    def _derived(self, matrix: Matrix) -> list[dict[str, float | None]]:
        """Return the engineered features of each row, unknown as None."""
        names = self.contract.engineered_names
        places = [self.contract.names.index(name) for name in names]
        return [
            {n: None if isnan(value) else value for n, value in zip(names, row, strict=True)}
            for row in matrix[:, places].tolist()
        ]
