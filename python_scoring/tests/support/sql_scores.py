"""What the tests of the exported SQL share: models, awkward rows, and the query as dbt fills it."""

from types import SimpleNamespace

import jinja2
import numpy as np
import xgboost as xgb

from python_scoring.features.contract import flat_contract
from python_scoring.model.artifact import Artifact
from python_scoring.model.calibration_curve import CalibrationCurve
from python_scoring.model.margin.exact_margin import learner_of
from python_scoring.model.margin.ranking_model import RankingModel
from python_scoring.model.sql_export import render
from python_scoring.tests.conftest import PROJECT

MODEL = PROJECT / "models/scoring/lead_scores_sql.sql"
NAMES = ["flag", "few", "normal", "wide", "constant"]


def fitted(seed: int, depth: int, trees: int = 1, rounds: int = 25, **more: object) -> Artifact:
    """A model of random rows with ties, flags, wide ranges and gaps, and an uneven curve."""
    rng = np.random.default_rng(seed)
    rows = 400
    features = np.column_stack(
        [
            rng.integers(0, 2, rows),
            rng.integers(-6, 6, rows),
            rng.normal(size=rows),
            np.exp(rng.normal(19, 2, rows)),
            np.full(rows, 3.0),
        ]
    )
    features[rng.random(features.shape) < 0.1] = np.nan
    signal = np.nan_to_num(features[:, 1]) / 4 - 3 * np.nan_to_num(features[:, 0] * features[:, 2])
    label = (rng.random(rows) < 1 / (1 + np.exp(2 - signal))).astype(float)
    parameters = {"max_depth": depth, "eta": 0.3, "subsample": 0.8, "num_parallel_tree": trees}
    booster = xgb.train(
        {"objective": "binary:logistic"} | parameters | more,
        xgb.DMatrix(features, label, feature_names=NAMES),
        rounds,
    )
    points = np.sort(rng.random((2, 6)), axis=1)
    curve = CalibrationCurve("isotonic", points[0], points[1], base_rate=0.1)
    period = {"from": "2025-01-01", "to": "2025-03-31"}
    metadata = {"periods": {"train": period, "test": period}}
    return Artifact(
        "v2-test", "0" * 64, RankingModel(booster), flat_contract(NAMES), curve, metadata
    )


def awkward_rows(model: RankingModel, rows: int, seed: int) -> np.ndarray:
    """Values on thresholds and knots, on both sides of where float32 rounds, and unknown ones."""
    rng = np.random.default_rng(seed)
    found: list[list[float]] = [[0.0, 1e9] for _ in range(model.booster.num_features())]
    for tree in learner_of(model.booster)["gradient_booster"]["model"]["trees"]:
        splits = np.array(tree["left_children"]) != -1
        for feature, cut in zip(
            np.array(tree["split_indices"])[splits],
            np.array(tree["split_conditions"])[splits],
            strict=True,
        ):
            found[feature].append(cut)
    knots = {term.feature: term.knots for term in model.linear.terms} if model.linear else {}
    for cuts, name in zip(found, model.booster.feature_names or [], strict=True):
        cuts.extend(knots.get(name, ()))
    columns = []
    for cuts in found:
        exact = rng.choice(np.array(cuts, dtype=np.float32), rows)
        below = np.nextafter(exact, np.float32(-np.inf)).astype(np.float64)
        half = (exact.astype(np.float64) + below) / 2
        sides = [exact, below, half, np.nextafter(half, -np.inf), np.nextafter(half, np.inf)]
        columns.append(np.choose(rng.integers(0, len(sides), rows), sides))
    matrix = np.column_stack(columns)
    matrix[rng.random(matrix.shape) < 0.15] = np.nan
    return matrix


def scoring_query(artifact: Artifact, *, integer: str, number: str, text: str) -> str:
    """The SQL of lead_scores_sql with an artifact's export, in an engine's names of types."""
    types = SimpleNamespace(type_bigint=lambda: integer, type_string=lambda: text)
    template = jinja2.Environment().from_string(  # noqa: S701 - SQL, not HTML
        render(artifact) + MODEL.read_text(encoding="utf-8")
    )
    return template.render(
        ref=lambda name: name,
        dbt=types,
        double_type=lambda: number,
        exported_version=lambda: artifact.version,
    )
