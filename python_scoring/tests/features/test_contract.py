"""The contract is read from the yml, and obeyed."""

from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from python_scoring.errors import ArtifactError, InputError
from python_scoring.features.contract import FeatureContract, flat_contract, project_contract


def test_the_project_declares_the_features_of_the_specification_in_order() -> None:
    contract = project_contract()
    assert contract.names == [
        "aum_growth_since_jan2024_pct",
        "current_firm_tenure_months",
        "firm_aum_pit",
        "firm_net_change_12mo",
        "firm_rep_count_at_contact",
        "industry_tenure_months",
        "num_prior_firms",
        "pit_mobility_tier_highly_mobile",
        "pit_mobility_tier_mobile",
        "pit_mobility_tier_stable",
        "pit_moves_3yr",
        "pit_restlessness_ratio",
        "flight_risk_score",
        "is_fresh_start",
    ]
    assert contract.engineered_names == contract.names[-3:]
    assert sorted(chain.from_iterable(contract.groups.values())) == list(range(14))


def test_a_feature_without_words_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.yml"
    path.write_text(
        "models: [{name: lead_scoring_features_pit, columns: ["
        "{name: id}, {name: x, config: {meta: {feature: base, group: g}}}]}]"
    )
    with pytest.raises(InputError, match="Feature x is not fully declared: label"):
        project_contract(path)


def test_an_engineered_feature_without_its_formula_in_python_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.yml"
    path.write_text(
        "models: [{name: lead_scoring_features_pit, columns: ["
        "{name: x, config: {meta: {feature: engineered, group: g, label: words}}}]}]"
    )
    with pytest.raises(InputError, match="engineered feature x has no formula in Python"):
        project_contract(path)
    data = {"features": [{"name": "x", "kind": "engineered", "label": "words", "group": "g"}]}
    with pytest.raises(InputError, match="engineered feature x has no formula in Python"):
        FeatureContract.from_json(data).stack({})


def test_engineered_features_are_computed_only_where_absent(new_leads: pd.DataFrame) -> None:
    contract = project_contract()
    computed = contract.matrix(new_leads)
    given = contract.matrix(new_leads.assign(is_fresh_start=0.5))
    position = contract.names.index("is_fresh_start")
    others = np.arange(len(contract.names)) != position
    np.testing.assert_array_equal(computed[:, others], given[:, others])
    assert set(given[:, position]) == {0.5}
    assert set(computed[:, position]) == {0.0, 1.0}


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, None, 0], dtype="Int64"),
        pd.Series([True, None, False], dtype="boolean"),
        pd.Series([1, None, 0], dtype="object"),
        pd.Series([1, None, 0], dtype="float32"),
    ],
)
def test_any_kind_of_number_column_is_understood(column: pd.Series) -> None:
    found = flat_contract(["x"]).matrix(column.to_frame("x"))
    np.testing.assert_array_equal(found, [[1], [np.nan], [0]])


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"x": [1]}), "missing: y, z"),
        (pd.DataFrame({"x": ["1"], "y": 1, "z": 1}), r"(?s)Feature x holds string.*'1'"),
        (
            pd.DataFrame({"x": [1, np.inf], "y": 1, "z": 1}, index=["a", "b"]),
            r"(?s)Feature x is infinite in 1 rows.*index 'b'",
        ),
    ],
)
def test_what_cannot_be_scored_is_named(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError, match=said):
        flat_contract(["x", "y", "z"]).matrix(frame)


def test_types_are_taken_from_the_table() -> None:
    table = pa.table({"a": [0, 1], "b": [0, 2], "c": [0.5, 1.0], "d": [True, True]})
    matrix = np.array([[0, 0, 0.5, 1], [1, 2, 1.0, 1]])
    kinds = flat_contract(table.column_names).typed(table.schema, matrix).features
    assert [feature.type for feature in kinds] == ["flag", "integer", "number", "flag"]


def test_a_contract_survives_storage_and_nonsense_does_not() -> None:
    contract = project_contract()
    assert FeatureContract.from_json(contract.to_json()) == contract
    with pytest.raises(ArtifactError, match="contract cannot be read"):
        FeatureContract.from_json({"features": [{"title": "x"}]})
