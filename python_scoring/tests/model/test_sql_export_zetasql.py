"""The exported SQL, executed by Google's own engine: what BigQuery would answer."""

import numpy as np
from zetasql.api import (  # type: ignore[import-untyped, unused-ignore]
    CatalogBuilder,
    PreparedQuery,
    TableBuilder,
    create_table_content,
)
from zetasql.types import (  # type: ignore[import-untyped, unused-ignore]
    AnalyzerOptions,
    LanguageOptions,
    TypeKind,
    ZetaSQLBuiltinFunctionOptions,
)

from python_scoring.model.artifact import Artifact
from python_scoring.model.calibration_curve import raw_scores
from python_scoring.model.margin.exact_margin import ExactMargins
from python_scoring.model.registry import Registry
from python_scoring.tests.support.sql_scores import awkward_rows, fitted, scoring_query

INTEGERS = {"flag", "few"}


def _cell(value: float, whole: bool) -> int | float | None:
    if np.isnan(value):
        return None
    return int(value) if whole else value


def scored_on_zetasql(artifact: Artifact, rows: np.ndarray) -> np.ndarray:
    """Raw and calibrated scores, shape (n, 2), of features given as INT64 or FLOAT64."""
    query = scoring_query(artifact, integer="int64", number="float64", text="string")
    language = LanguageOptions.maximum_features()
    table = TableBuilder("lead_scoring_features").add_column("prediction_id", TypeKind.TYPE_INT64)
    for name in artifact.contract.names:
        table.add_column(name, TypeKind.TYPE_INT64 if name in INTEGERS else TypeKind.TYPE_DOUBLE)
    functions = ZetaSQLBuiltinFunctionOptions(language_options=language)
    catalog = CatalogBuilder("warehouse").add_table(table.build()).with_builtin_functions(functions)
    whole = [name in INTEGERS for name in artifact.contract.names]
    cells = [
        [number, *(_cell(value, w) for value, w in zip(row, whole, strict=True))]
        for number, row in enumerate(rows.tolist())
    ]
    prepared = (
        PreparedQuery.builder()
        .set_sql(f"select uncalibrated_score, lead_score from ({query}) order by prediction_id")
        .set_analyzer_options(AnalyzerOptions(language_options=language))
        .set_catalog(catalog.build())
        .set_table_content({"lead_scoring_features": create_table_content(cells)})
    )
    with prepared.prepare() as ready:
        answer = ready.execute().content.table_data.row
    return np.array([[cell.double_value for cell in row.cell] for row in answer])


def assert_equal_to_python(artifact: Artifact, rows: np.ndarray) -> None:
    found = scored_on_zetasql(artifact, rows)
    raw = raw_scores(ExactMargins(artifact.model).of(rows))
    np.testing.assert_allclose(found[:, 0], raw, rtol=0, atol=1e-15)
    np.testing.assert_allclose(found[:, 1], artifact.curve.apply(raw), rtol=0, atol=1e-14)
    np.testing.assert_array_equal(
        np.argsort(found[:, 0], kind="stable"), np.argsort(raw, kind="stable")
    )


def test_the_promoted_model_scores_alike_on_awkward_rows() -> None:
    artifact = Registry().load()
    assert_equal_to_python(artifact, awkward_rows(artifact.model, 300, 4))


def test_deep_trees_over_whole_numbers_and_doubles_score_alike() -> None:
    artifact = fitted(5, depth=5, trees=2)
    rows = awkward_rows(artifact.model, 300, 5)
    # what a column of integers can hold
    rows[:, :2] = np.trunc(rows[:, :2])
    assert_equal_to_python(artifact, rows)
