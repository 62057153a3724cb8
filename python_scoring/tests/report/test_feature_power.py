"""Variance inflation and strength of features, against cases worked by hand."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_training_set
from python_scoring.report.feature_power import feature_power, variance_inflation


def test_variance_inflation_is_that_of_a_regression_on_the_others() -> None:
    rng = np.random.default_rng(6)
    features = rng.normal(size=(500, 4))
    features[:, 3] = features[:, 0] - 2 * features[:, 1] + rng.normal(0, 0.3, 500)
    for position, factor in enumerate(variance_inflation(features)):
        others = np.delete(features, position, axis=1)
        share = (
            LinearRegression()
            .fit(others, features[:, position])
            .score(others, features[:, position])
        )
        assert factor == pytest.approx(1 / (1 - share))


def test_what_the_others_determine_is_infinite_and_what_never_varies_unknown() -> None:
    rng = np.random.default_rng(7)
    first, second, apart = rng.normal(size=(3, 300))
    apart[::7] = np.nan
    columns = [first, second, first + second, apart, np.full(300, 4.0), np.full(300, np.nan)]
    found = variance_inflation(np.column_stack(columns))
    assert np.isinf(found[:3]).all()
    assert found[3] == pytest.approx(1, abs=0.05)
    assert np.isnan(found[4:]).all()


@pytest.fixture
def table(database: object, monkeypatch: pytest.MonkeyPatch) -> LabelledTable:
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    return read_training_set()


def test_every_feature_is_judged_on_the_training_rows(table: LabelledTable) -> None:
    powers = {each.name: each for each in feature_power(table.part("train"), seed=0)}
    assert list(powers) == table.contract.names
    strong, weak = powers["flight_risk_score"], powers["firm_rep_count_at_contact"]
    assert strong.information_value.low > weak.information_value.high
    assert powers["firm_aum_pit"].unknown_share == pytest.approx(0.05, abs=0.02)
    assert powers["industry_tenure_months"].vif > 1.5
