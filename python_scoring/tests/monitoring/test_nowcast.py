"""The nowcast's SQL on drawn cohorts: its intervals hold as often as they promise."""

from typing import Any

import pytest

from python_scoring.tests.monitoring.drawn_cohorts import AGES, CohortDraw, NowcastSql
from python_scoring.tests.support.feature_engine import compiled_models


@pytest.fixture(scope="module")
def sql(manifest: dict[str, Any]) -> NowcastSql:
    return NowcastSql(compiled_models(manifest, "early_outcomes"))


def test_intervals_hold_in_95_of_100_cohorts(sql: NowcastSql) -> None:
    """A small form of `make test-alarms`, whose figures are in docs/measurements."""
    draws = [
        sql.judge(CohortDraw(cohorts=40, contacts=400, base_rate=0.1, seed=seed))
        for seed in range(20)
    ]
    assert [row[0] for row in draws[0]] == list(AGES)
    for age in range(len(AGES)):
        for interval in (2, 3):
            held = sum(draw[age][interval] for draw in draws) / len(draws)
            assert 0.93 <= held <= 0.97


def test_a_model_that_promises_too_much_is_seen_while_contacts_are_young(sql: NowcastSql) -> None:
    """Half as many calls as said: outside of what is expected, and the nowcast is still right."""
    draw = CohortDraw(cohorts=100, contacts=1000, base_rate=0.1, odds=0.5, curve_calls=5000)
    for _, _, of_expected, of_nowcast in sql.judge(draw):
        assert of_expected < 0.15
        assert of_nowcast > 0.9
