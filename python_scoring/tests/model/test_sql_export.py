"""SQL scores as Python does: the same side of each threshold, the same sums, the same order."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import duckdb
import jinja2
import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.cli.main import main
from python_scoring.errors import InputError
from python_scoring.features.contract import flat_contract
from python_scoring.model.artifact import Artifact
from python_scoring.model.calibration_curve import raw_scores
from python_scoring.model.margin.booster import Attribution
from python_scoring.model.margin.exact_margin import ExactMargins
from python_scoring.model.margin.ranking_model import RankingModel
from python_scoring.model.registry import Registry
from python_scoring.model.sql_export import double_cut, render
from python_scoring.tests.conftest import PROJECT, Dbt
from python_scoring.tests.support.sql_scores import awkward_rows, fitted, scoring_query

EXPORTED = PROJECT / "macros/generated/exported_model.sql"
SINGLE = st.floats(width=32, allow_nan=False, allow_infinity=False, max_value=2.0**127)


def scored_on_duckdb(artifact: Artifact, rows: np.ndarray) -> pd.DataFrame:
    query = scoring_query(artifact, integer="bigint", number="double", text="varchar")
    frame = pd.DataFrame(rows, columns=artifact.contract.names)
    frame.insert(0, "prediction_id", [f"p{i:06d}" for i in range(len(rows))])
    with duckdb.connect() as connection:
        connection.register("given", frame)
        # a pandas NaN arrives as NaN, which is not the null that the warehouse has
        nulled = ", ".join(f"if(isnan({n}), null, {n}) as {n}" for n in artifact.contract.names)
        connection.execute(
            f"create table lead_scoring_features as select prediction_id, {nulled} from given"
        )
        return connection.execute(f"select * from ({query}) order by prediction_id").df()


def order_of(raw: np.ndarray, score: np.ndarray) -> np.ndarray:
    return np.lexsort((np.arange(len(raw)), -raw, -score))


def assert_equal_to_python(artifact: Artifact, rows: np.ndarray) -> None:
    found = scored_on_duckdb(artifact, rows)
    raw = raw_scores(ExactMargins(artifact.model).of(rows))
    score = artifact.curve.apply(raw)
    np.testing.assert_allclose(found["uncalibrated_score"], raw, rtol=0, atol=1e-15)
    np.testing.assert_allclose(found["lead_score"], score, rtol=0, atol=1e-14)
    in_sql = order_of(found["uncalibrated_score"].to_numpy(), found["lead_score"].to_numpy())
    np.testing.assert_array_equal(in_sql, order_of(raw, score))


@given(SINGLE.filter(lambda value: value > -(2.0**127)), st.floats(-1e38, 1e38))
@settings(max_examples=500)
def test_a_double_is_below_the_cut_where_its_float32_is_below_the_threshold(
    threshold: float, anywhere: float
) -> None:
    single = np.float32(threshold)
    cut = double_cut(single)
    near = [float(single), cut, np.nextafter(cut, -np.inf), np.nextafter(cut, np.inf)]
    for value in [anywhere, *near]:
        assert (value < cut) == bool(np.float32(value) < single), (value, threshold)


@pytest.mark.parametrize("even", [1.0, 1.0 + 2.0**-23])
def test_halfway_goes_to_the_float32_whose_last_bit_is_0(even: float) -> None:
    halfway = even - 2.0**-24 if even > 1 else even - 2.0**-25
    assert (halfway < double_cut(np.float32(even))) == bool(np.float32(halfway) < np.float32(even))


@given(st.integers(0, 1000), st.integers(1, 5), st.sampled_from([1, 3]))
@settings(max_examples=8)
def test_any_booster_scores_alike_on_awkward_rows(seed: int, depth: int, trees: int) -> None:
    artifact = fitted(seed, depth, trees)
    assert_equal_to_python(artifact, awkward_rows(artifact.model, 500, seed))


@pytest.mark.parametrize("trees", [1, 5])
def test_trees_of_one_leaf_still_count(trees: int) -> None:
    artifact = fitted(1, depth=2, trees=trees, gamma=8.0)
    assert " + 0 " not in render(artifact)
    assert any(t.count("leaf") == 1 for t in artifact.model.booster.get_dump())
    rows = awkward_rows(artifact.model, 200, 1)
    assert_equal_to_python(artifact, rows)
    explained = Attribution(artifact.model).explained(rows)[1]
    np.testing.assert_array_equal(explained, ExactMargins(artifact.model).of(rows))


def test_a_curve_of_one_point_is_flat() -> None:
    artifact = fitted(1, depth=1)
    flat = replace(artifact.curve, scores=np.array([0.4]), probabilities=np.array([0.05]))
    found = scored_on_duckdb(replace(artifact, curve=flat), awkward_rows(artifact.model, 50, 1))
    assert set(found["lead_score"]) == {0.05}


def test_the_promoted_model_ranks_20_000_awkward_rows_alike() -> None:
    artifact = Registry().load()
    assert_equal_to_python(artifact, awkward_rows(artifact.model, 20_000, 2))


def test_the_committed_macros_are_what_the_promoted_model_renders() -> None:
    assert EXPORTED.read_text(encoding="utf-8") == render(Registry().load()), (
        "export again: lead-scoring models export-sql --out macros/generated/exported_model.sql"
    )


def test_the_export_fits_into_a_query_of_bigquery() -> None:
    assert len(EXPORTED.read_bytes()) < 500_000, "BigQuery takes 1 MB, with all that is around it"


@pytest.mark.parametrize("depth", [2, 4])
def test_python_sums_the_leaves_without_loss(depth: int) -> None:
    artifact = fitted(3, depth, trees=5)
    rows = awkward_rows(artifact.model, 5000, 3)
    margins = ExactMargins(artifact.model)
    own = artifact.model.booster.inplace_predict(rows, predict_type="margin")
    np.testing.assert_allclose(margins.of(rows), own, rtol=0, atol=2e-5)
    attribution = Attribution(artifact.model)
    assert (attribution.tables is None) == (depth > 2)
    # to the last bit: a lead by itself, and in a table
    np.testing.assert_array_equal(attribution.explained(rows)[1], margins.of(rows))


def test_what_sql_cannot_say_is_refused() -> None:
    artifact = fitted(1, depth=2)
    texts = xgb.DMatrix(
        np.array([[0.0], [1.0], [2.0]] * 50),
        np.array([0, 1, 0] * 50),
        feature_names=["kind"],
        feature_types=["c"],
        enable_categorical=True,
    )
    by_category = xgb.train({"objective": "binary:logistic", "max_depth": 2}, texts, 3)
    with pytest.raises(InputError, match="splits by category"):
        render(replace(artifact, model=RankingModel(by_category), contract=flat_contract(["kind"])))
    with pytest.raises(InputError, match="no of firms: not a plain column name"):
        render(replace(artifact, contract=flat_contract(["flag", "no of firms", "a", "b", "c"])))
    with pytest.raises(InputError, match="reg:squarederror"):
        render(fitted(1, depth=2, objective="reg:squarederror"))
    with pytest.raises(InputError, match="dart"):
        render(fitted(1, depth=2, booster="dart"))


def test_export_sql_writes_a_file_or_prints(tmp_path: Path) -> None:
    printed = CliRunner().invoke(main, ["models", "export-sql"])
    target = tmp_path / "macros/model.sql"
    written = CliRunner().invoke(main, ["models", "export-sql", "--out", str(target)])
    assert printed.exit_code == written.exit_code == 0
    assert printed.stdout == target.read_text() == EXPORTED.read_text()
    assert str(Registry().promoted()) in written.stderr
    unknown = CliRunner().invoke(main, ["models", "export-sql", "v9"])
    assert unknown.exit_code == 2
    assert "There is no model v9" in unknown.stderr


def test_sql_feeds_the_ranking_in_place_of_python(demo: Dbt, fresh_dbt: Callable[[], Dbt]) -> None:
    dbt = fresh_dbt()
    shutil.copy(demo.database, dbt.database)
    engine = ["--quiet", "--vars", "{scoring_engine: sql}"]
    ranked = (
        "select prediction_id, score_rank, score_decile, call_priority, model_version,"
        " support, support_leads, support_calls, unfamiliar_feature"
    )
    scores = "select prediction_id, lead_score from ranked_scores order by 1"
    ranked += " from ranked_scores order by 1"
    chosen = [
        "lead_scores_sql",
        "support_cuts",
        "support_placements",
        "subject_support",
        "ranked_scores",
    ]
    done = dbt.run("build", "--select", *chosen, *engine)
    assert done.returncode == 0, done.stdout[-3000:]
    assert dbt.rows(ranked) == demo.rows(ranked)
    np.testing.assert_allclose(
        [row[1] for row in dbt.rows(scores)], [row[1] for row in demo.rows(scores)], atol=1e-15
    )
    told = "select count(*), count(narrative) from ranked_scores"
    assert dbt.rows(told) == [(len(demo.rows(ranked)), 0)]


def filled(macro: str, execute: bool = True, **given_vars: str) -> str:
    """What a macro of scoring_engine.sql gives, or the error with which it stops the run."""

    def stop(message: str) -> None:
        raise ValueError(message)

    names = ("scoring_engine", "generated/exported_model")
    text = "".join((PROJECT / f"macros/{name}.sql").read_text() for name in names)
    template = jinja2.Environment().from_string(text + f"{{{{ {macro}() }}}}")  # noqa: S701 - SQL
    context = {"var": given_vars.__getitem__, "return": str, "execute": execute}
    exceptions = SimpleNamespace(raise_compiler_error=stop)
    return template.render(exceptions=exceptions, **context).strip()


def test_the_var_chooses_what_scores() -> None:
    """Another choice is refused by the rules of vars: test_vars."""
    assert filled("scoring_model", scoring_engine="python") == "subject_scores"
    assert filled("scoring_model", scoring_engine="sql") == "lead_scores_sql"


def test_sql_bears_the_name_of_the_model_that_was_exported() -> None:
    promoted = Registry().promoted() or ""
    assert filled("exported_version", model_version="") == promoted
    assert filled("exported_version", model_version=promoted) == promoted
    with pytest.raises(ValueError, match="asks for v9, but .* holds " + promoted):
        filled("exported_version", model_version="v9")
    # dbt renders the model while parsing even where Python scores, which knows other versions
    assert filled("exported_version", execute=False, model_version="v9") == promoted
