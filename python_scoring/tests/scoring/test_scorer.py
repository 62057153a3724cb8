"""One lead or a table of them: the same score, or an error that names what is wrong."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from python_scoring.errors import InputError
from python_scoring.features.contract import flat_contract
from python_scoring.features.lead_input import LeadFeatures
from python_scoring.scoring.output_columns import SCORE_SCHEMA
from python_scoring.scoring.scorer import LeadScorer


@pytest.fixture
def lead(new_leads: pd.DataFrame) -> dict[str, Any]:
    return as_lead(new_leads, 0)


def as_lead(frame: pd.DataFrame, row: int) -> dict[str, Any]:
    values = frame.iloc[row].to_dict()
    return {str(name): None if pd.isna(value) else value for name, value in values.items()}


def test_one_lead_has_the_score_it_has_in_a_table(
    scorer: LeadScorer, new_leads: pd.DataFrame
) -> None:
    table = scorer.score_frame(new_leads)
    for row in range(50):
        alone = scorer.score_lead(as_lead(new_leads, row))
        for name in ("lead_score", "uncalibrated_score", "score_bucket", "action_recommended"):
            assert alone[name] == table[name].iloc[row]


def test_a_lead_is_answered_as_agreed(scorer: LeadScorer, lead: dict[str, Any]) -> None:
    found = scorer.score_lead(lead)
    assert set(found) == {
        "lead_score",
        "score_bucket",
        "action_recommended",
        "model_version",
        "uncalibrated_score",
        "engineered_features",
    }
    assert 0 < found["lead_score"] < 1
    assert found["model_version"] == scorer.model_version
    assert list(found["engineered_features"]) == scorer.contract.engineered_names


def test_the_spelling_of_the_predecessor_is_understood(
    scorer: LeadScorer, lead: dict[str, Any]
) -> None:
    old = {
        name.replace("highly_mobile", "Highly Mobile")
        .replace("tier_mobile", "tier_Mobile")
        .replace("tier_stable", "tier_Stable"): value
        for name, value in lead.items()
    }
    assert "pit_mobility_tier_Highly Mobile" in old
    assert scorer.score_lead(old) == scorer.score_lead(lead)


def test_unknown_is_allowed_and_stays_unknown(scorer: LeadScorer, lead: dict[str, Any]) -> None:
    found = scorer.score_lead(lead | {"current_firm_tenure_months": None})
    engineered = found["engineered_features"]
    assert engineered["is_fresh_start"] is None
    assert engineered["pit_restlessness_ratio"] is None
    nothing = scorer.score_lead(dict.fromkeys(lead))
    assert 0 < nothing["lead_score"] < 1


def test_all_that_is_wrong_is_listed_at_once(scorer: LeadScorer, lead: dict[str, Any]) -> None:
    del lead["num_prior_firms"]
    wrong = lead | {
        "pit_moves_3yr": "2",
        "firm_aum_pit": float("inf"),
        "industry_tenure_months": float("nan"),
        "firm_net_change_12mo": [1],
        "days_in_gap": 3,
        "is_fresh_start": 0,
    }
    with pytest.raises(InputError) as refused:
        scorer.score_lead(wrong)
    for said in (
        "num_prior_firms is missing",
        "days_in_gap is not a feature",
        "is_fresh_start is not a feature",
        "pit_moves_3yr is '2', not a finite number",
        "firm_aum_pit is inf, not",
        "industry_tenure_months is nan, not",
        "firm_net_change_12mo is [1], not",
    ):
        assert said in str(refused.value)


def test_numbers_of_any_library_are_numbers(scorer: LeadScorer, lead: dict[str, Any]) -> None:
    plain = lead | {"pit_moves_3yr": 2, "firm_aum_pit": 1.5, "pit_mobility_tier_mobile": 1}
    other = lead | {
        "pit_moves_3yr": np.int64(2),
        "firm_aum_pit": Decimal("1.5"),
        "pit_mobility_tier_mobile": np.bool_(True),
    }
    assert scorer.score_lead(other) == scorer.score_lead(plain)


def test_a_table_keeps_its_index_and_gets_the_agreed_columns(
    scorer: LeadScorer, new_leads: pd.DataFrame
) -> None:
    frame = new_leads.set_axis([f"lead {i}" for i in range(len(new_leads))]).assign(owner="me")
    scores = scorer.score_frame(frame)
    assert scores.index.equals(frame.index)
    assert pa.Table.from_pandas(scores, schema=SCORE_SCHEMA, preserve_index=False).num_rows == 500
    empty = scorer.score_frame(frame[:0])
    assert list(empty.columns) == list(scores.columns) == SCORE_SCHEMA.names
    assert len(empty) == 0


def test_the_columns_agree_with_each_other(scorer: LeadScorer, new_leads: pd.DataFrame) -> None:
    scores = scorer.score_frame(new_leads)
    np.testing.assert_allclose(scores.lift_vs_base, scores.lead_score / scores.base_rate)
    ranked = scores.sort_values("uncalibrated_score")
    assert ranked.lead_score.is_monotonic_increasing
    explanation = scorer.explain_frame(new_leads)
    told = explanation.base + explanation.contributions.sum(axis=1)
    np.testing.assert_allclose(told, scores.lead_score, atol=1e-6)
    groups = {feature.name: feature.group for feature in scorer.contract.features}
    for row in scores.to_dict("records"):
        named = [groups[row[f"driver_{n}_feature"]] for n in (1, 2, 3)]
        assert len(set(named)) == 3
        moved = [abs(row[f"driver_{n}_contribution"]) for n in (1, 2, 3)]
        assert moved == sorted(moved, reverse=True)


def test_contributions_are_percentage_points(scorer: LeadScorer, new_leads: pd.DataFrame) -> None:
    first = np.abs(scorer.explain_frame(new_leads).contributions).max(axis=1)
    told = scorer.score_frame(new_leads).driver_1_contribution.abs()
    np.testing.assert_allclose(told, 100 * first)


def test_the_order_of_columns_and_given_derived_ones_change_nothing(
    scorer: LeadScorer, new_leads: pd.DataFrame
) -> None:
    plain = scorer.score_frame(new_leads)
    backwards = new_leads[new_leads.columns[::-1]]
    pd.testing.assert_frame_equal(scorer.score_frame(backwards), plain)
    matrix = scorer.contract.matrix(new_leads)
    whole = pd.DataFrame(matrix, columns=scorer.feature_names)
    pd.testing.assert_frame_equal(scorer.score_frame(whole), plain)


def test_many_leads_at_once_get_what_each_gets_alone(
    scorer: LeadScorer, new_leads: pd.DataFrame
) -> None:
    leads = [as_lead(new_leads, row) for row in range(len(new_leads))]
    assert scorer.score_leads(leads) == [scorer.score_lead(lead) for lead in leads]
    assert scorer.score_leads([]) == []


def test_among_many_leads_the_wrong_ones_are_named(
    scorer: LeadScorer, lead: dict[str, Any]
) -> None:
    leads = [lead, lead | {"owner": "me"}, lead | {"pit_moves_3yr": 10**400}]
    with pytest.raises(InputError) as refused:
        scorer.score_leads(leads)
    assert "lead 2: owner is not a feature; lead 3: pit_moves_3yr is 10000" in str(refused.value)
    assert "lead 1" not in str(refused.value)
    with pytest.raises(InputError, match="owner is not a feature; and 10 more"):
        scorer.score_leads([lead | {"owner": "me"}] * 60)


@pytest.mark.parametrize("huge", [1e39, -1e300])
def test_a_number_too_large_for_the_trees_is_their_largest(
    scorer: LeadScorer, lead: dict[str, Any], huge: float
) -> None:
    alone = scorer.score_lead(lead | {"firm_aum_pit": huge})["uncalibrated_score"]
    edge = scorer.score_lead(lead | {"firm_aum_pit": np.copysign(3e38, huge)})
    table = scorer.score_frame(pd.DataFrame([lead | {"firm_aum_pit": huge}]))
    assert alone == edge["uncalibrated_score"] == table["uncalibrated_score"][0]


def test_a_feature_under_two_names_is_refused(scorer: LeadScorer, lead: dict[str, Any]) -> None:
    for twice in (
        lead | {"pit_mobility_tier_Mobile": 1},
        {"pit_mobility_tier_Mobile": 1} | lead,
    ):
        with pytest.raises(InputError, match="pit_mobility_tier_Mobile is not a feature"):
            scorer.score_lead(twice)


def test_names_of_a_foreign_table_keep_their_spelling() -> None:
    reader = LeadFeatures(flat_contract(["Total AUM", "moves"]))
    assert reader.columns([{"Total AUM": 1, "Moves": None}])["Total AUM"].tolist() == [1]


def test_many_threads_get_what_one_gets(scorer: LeadScorer, new_leads: pd.DataFrame) -> None:
    leads = [as_lead(new_leads, row) for row in range(200)]
    alone = [scorer.score_lead(lead) for lead in leads]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(scorer.score_lead, leads)) == alone
        tables = list(pool.map(lambda _: scorer.score_frame(new_leads), range(8)))
    for table in tables:
        pd.testing.assert_frame_equal(table, tables[0])


def test_the_package_is_light_until_it_scores(trained: Path) -> None:
    program = (
        "import os, sys, python_scoring as p; assert 'xgboost' not in sys.modules; "
        "assert os.environ['OMP_WAIT_POLICY'] == 'passive'; "
        f"s = p.LeadScorer(registry={str(trained)!r}); assert 'sklearn' not in sys.modules; "
        "assert 'duckdb' not in sys.modules; import sklearn.linear_model; print(s.model_version)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("v3-boosted-")
