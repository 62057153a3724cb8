"""The engineered features follow their formulas; the warehouse is compared elsewhere."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.features.engineered import engineered_features

COUNT = st.one_of(st.none(), st.integers(0, 700))
SITUATION = st.fixed_dictionaries(
    {
        "current_firm_tenure_months": COUNT,
        "industry_tenure_months": COUNT,
        "num_prior_firms": st.one_of(st.none(), st.integers(0, 30)),
        "pit_moves_3yr": st.one_of(st.none(), st.integers(0, 20)),
        "firm_net_change_12mo": st.one_of(st.none(), st.integers(-5000, 5000)),
    }
)


def derived(**base: float | None) -> dict[str, float]:
    frame = pd.DataFrame([base], dtype="float64")
    found = engineered_features(frame).iloc[0]
    return {str(name): float(value) for name, value in found.items()}


def test_the_example_of_the_specification() -> None:
    found = derived(
        current_firm_tenure_months=12,
        industry_tenure_months=120,
        num_prior_firms=3,
        pit_moves_3yr=2,
        firm_net_change_12mo=-5,
    )
    assert round(found["pit_restlessness_ratio"], 2) == 0.33
    assert (found["flight_risk_score"], found["is_fresh_start"]) == (10, 0)


def test_a_short_stay_elsewhere_still_compares() -> None:
    found = derived(
        current_firm_tenure_months=6,
        industry_tenure_months=8,
        num_prior_firms=1,
        pit_moves_3yr=1,
        firm_net_change_12mo=0,
    )
    assert found["pit_restlessness_ratio"] == 3


def test_without_earlier_tenure_the_ratio_is_the_tenure_up_to_100() -> None:
    first_job = {"num_prior_firms": 0, "pit_moves_3yr": 0, "firm_net_change_12mo": 0}
    for tenure in (7, 150):
        found = derived(
            current_firm_tenure_months=tenure, industry_tenure_months=tenure, **first_job
        )
        assert found["pit_restlessness_ratio"] == min(tenure, 100)


@settings(max_examples=100)
@given(SITUATION)
def test_engineered_features_stay_in_bounds_and_unknown_stays_unknown(
    base: dict[str, int | None],
) -> None:
    found = derived(**base)
    tenure = base["current_firm_tenure_months"]
    career = (tenure, base["industry_tenure_months"], base["num_prior_firms"])
    firm = (base["pit_moves_3yr"], base["firm_net_change_12mo"])
    for name, inputs, low, high in (
        ("pit_restlessness_ratio", career, 0, 100),
        ("flight_risk_score", firm, -1000, 1000),
        ("is_fresh_start", (tenure,), 0, 1),
    ):
        assert np.isnan(found[name]) == (None in inputs)
        assert np.isnan(found[name]) or low <= found[name] <= high
        assert not (found[name] == 0 and np.signbit(found[name])), "-0.0 reads as a mistake"
