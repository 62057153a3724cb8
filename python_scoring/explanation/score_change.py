"""Splits the change of a score between two days by the facts that changed and by the model.

Where one model may have followed another, the change is split in two steps:

    published then  --model-->  the newer model on the facts of then  --facts-->  published now

The first step is what the model's version alone did. The second is divided among the groups of
facts by Shapley's rule: each group gets what its change does to the published probability, averaged
over every order in which the groups could have changed. The parts add up to the change, and a group
in which nothing changed gets nothing, which does not hold for differences of contributions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from python_scoring.arrays import Matrix, Vector
from python_scoring.errors import InputError, RegistryError, WarehouseError
from python_scoring.explanation.shapley import shapley
from python_scoring.features.feature import Feature
from python_scoring.io.builds import Build, build_of_day
from python_scoring.io.warehouse.current import warehouse
from python_scoring.model.artifact import Artifact
from python_scoring.model.margin.exact_margin import ExactMargins
from python_scoring.model.registry import Registry

Row = dict[str, Any]

TOLERANCE = 1e-6

_PUBLISHED = {
    "lead": """
        select score_date, lead_score, model_version, model_sha256
        from lead_scores_daily
        where lead_id = ? and score_date between ? and ? order by score_date""",
    "prospect": """
        select score_date, lead_score, model_version, model_sha256
        from prospect_scores
        where advisor_crd = cast(? as bigint) and score_date between ? and ?
        order by score_date""",
}
_FEATURES = "select * from scored_features where prediction_id = ? and score_date = ?"


@dataclass(frozen=True)
class FactChange:
    """One fact then and now; None where unknown."""

    feature: Feature
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Driver:
    """What the changes of a group's facts did to the chance, in percentage points."""

    points: float
    facts: list[FactChange]


@dataclass(frozen=True)
class ScoreChange:
    """Why a published score moved; `model_points` and the drivers' points add up to the change.

    Args:
        subject: Such as "lead 00Q…".
        from_date: The earlier day.
        to_date: The later day.
        score_before: Published then, 0 to 1.
        score_after: Published on the later day, 0 to 1.
        model_before: Version that scored then.
        model_after: Version that scored on the later day.
        model_points: Percentage points that the change of model made.
        build_before: The build that published the earlier day.
        build_after: The build that published the later day.
        drivers: Groups in which a fact changed, the strongest first.
    """

    subject: str
    from_date: date
    to_date: date
    score_before: float
    score_after: float
    model_before: str
    model_after: str
    model_points: float
    build_before: Build
    build_after: Build
    drivers: list[Driver]


def explain_change(
    kind: str,
    key: str,
    from_date: date | None = None,
    to_date: date | None = None,
    registry: Path | str | None = None,
) -> ScoreChange:
    """Explain why the score of a subject moved between two days on which it was scored.

    Args:
        kind: `lead` or `prospect`.
        key: Salesforce id of the lead, or CRD of the prospect.
        from_date: The earlier day; where None, the last one scored before `to_date`.
        to_date: The later day; where None, the newest one scored.
        registry: Place of the models (see `Registry`).

    Raises:
        InputError: It was not scored on these days, or on one day only.
        RegistryError: The model of the later day is gone, or is another one under its name.
        WarehouseError: No build, the facts of a day were not kept, or they do not give the
            score that was published.
    """
    then, now = _two_days(kind, key, from_date, to_date)
    artifact = _artifact_of(now, registry)
    facts = [_facts(f"{kind}:{key}", row["score_date"], artifact) for row in (then, now)]
    predict = _predictor(artifact)
    known, reached = (float(predict(matrix)[0]) for matrix in facts)
    _check_reproduced(reached, now)
    if then["model_sha256"] == now["model_sha256"]:
        _check_reproduced(known, then)
    return ScoreChange(
        f"{kind} {key}",
        then["score_date"],
        now["score_date"],
        then["lead_score"],
        now["lead_score"],
        then["model_version"],
        now["model_version"],
        100 * (known - then["lead_score"]),
        build_of_day(then["score_date"]),
        build_of_day(now["score_date"]),
        _drivers(artifact, *facts),
    )


def _predictor(artifact: Artifact) -> Callable[[Matrix], Vector]:
    """Return what makes the published probability of features, shape (n, features)."""
    margins = ExactMargins(artifact.model)
    return lambda features: artifact.curve.apply_margins(margins.of(features))


def _two_days(kind: str, key: str, from_date: date | None, to_date: date | None) -> tuple[Row, Row]:
    window = [from_date or date.min, to_date or date.max]
    found = warehouse().query(_PUBLISHED[kind], [key, *window]).to_pylist()
    rows = {row["score_date"]: row for row in found}
    days = list(rows)
    later = to_date or max(days, default=None)
    earlier = from_date or max(days[:-1], default=None)
    if not earlier or not later or {earlier, later} - set(rows) or earlier >= later:
        scored_days = ", ".join(str(day) for day in list(rows)[-10:]) or "never"
        raise InputError(
            f"There are no two days to compare for {kind} {key}.",
            why="A change is computed between two days on which a score was published.",
            where=f"{warehouse().place}; scored on: {scored_days}",
            fix="Check the id; name two of these days with --from and --to.",
        )
    return rows[earlier], rows[later]


def _artifact_of(row: Row, registry: Path | str | None) -> Artifact:
    """Load the model that published a score, and no other of its name."""
    artifact = Registry(registry).load(row["model_version"])
    if artifact.sha256 != row["model_sha256"]:
        raise RegistryError(
            f"{artifact.version} in the registry is not the model that scored {row['score_date']}.",
            why="Another model's reasons would be given for that score.",
            where=f"sha256 published {row['model_sha256']}, found {artifact.sha256}",
            fix="Name the registry that scored, with --registry.",
        )
    return artifact


def _facts(prediction_id: str, day: date, artifact: Artifact) -> Matrix:
    frame = warehouse().query(_FEATURES, [prediction_id, day]).to_pandas()
    if not len(frame):
        raise WarehouseError(
            f"The facts behind the score of {day} were not kept.",
            why="Made again from today's delivery they might differ from what was scored.",
            where=f"scored_features in {warehouse().place}, {prediction_id}",
            fix="`dbt build` and `lead-scoring batch` keep them from now on.",
        )
    return artifact.contract.matrix(frame)


def _check_reproduced(score: float, row: Row) -> None:
    if abs(score - row["lead_score"]) > TOLERANCE:
        raise WarehouseError(
            f"The facts kept for {row['score_date']} give {score:.6f}, and {row['lead_score']:.6f} "
            "was published.",
            why="The reasons would be those of another score.",
            where=f"scored_features in {warehouse().place}",
            fix="Score the day again in one `dbt build` or `lead-scoring batch`.",
        )


def _drivers(artifact: Artifact, before: Matrix, after: Matrix) -> list[Driver]:
    contract = artifact.contract
    groups = list(contract.groups.values())
    parts = shapley(_predictor(artifact), before, after, groups)[0]
    drivers = []
    for members, part in zip(groups, parts.tolist(), strict=True):
        pairs = [(contract.features[i], _known(before[0, i]), _known(after[0, i])) for i in members]
        facts = [FactChange(*pair) for pair in pairs if pair[1] != pair[2]]
        if facts:
            drivers.append(Driver(100 * part, facts))
    return sorted(drivers, key=lambda driver: -abs(driver.points))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
