"""The alarm's SQL on drawn contacts: the formula, the promise, what it must not choke on."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from python_scoring.tests.monitoring.drawn_years import AlarmSql, Draw, contacts, judged
from python_scoring.tests.support.feature_engine import compiled_models

TOLERANCE = 1.25
EVIDENCE = """
select model_version, direction, ripe_date, log_evidence from calibration_evidence
where process = 'all' order by all
"""


@pytest.fixture(scope="module")
def sql(manifest: dict[str, Any]) -> AlarmSql:
    return AlarmSql(compiled_models(manifest, "calibration_evidence"))


def evidence(drawn: pa.Table, direction: str) -> np.ndarray:
    """The design's formula, written once more, for one model: log evidence after each day."""
    power = 1 if direction == "more" else -1
    tolerated = TOLERANCE**power
    odds = np.geomspace(1.1 * TOLERANCE, 4, 8)[:, None] ** power
    chance, label = (drawn[name].to_numpy() for name in ("lead_score", "label"))
    under, against = (t * chance / (1 - chance + t * chance) for t in (odds, tolerated))
    terms = np.where(label == 1, np.log(under / against), np.log((1 - under) / (1 - against)))
    days = np.unique(drawn["ripe_date"].to_numpy(), return_index=True)[1]
    by_day = np.add.reduceat(terms, days, axis=1).cumsum(axis=1)
    months = np.unique(drawn["ripe_date"].to_numpy()).astype("datetime64[M]")
    starts = np.flatnonzero(np.r_[True, months[1:] != months[:-1]])
    bets = np.full((len(starts), by_day.shape[1]), -np.inf)
    for number, start in enumerate(starts, 1):
        since = by_day[:, start:] - (by_day[:, start - 1 : start] if start else 0)
        mean = np.logaddexp.reduce(since, axis=0) - math.log(8)
        bets[number - 1, start:] = mean - math.log(number * (number + 1))
    kept = -np.log1p((np.arange(len(months)) >= starts[:, None]).sum(axis=0))
    result: np.ndarray = np.logaddexp.reduce(np.vstack([bets, kept]), axis=0)
    return result


@pytest.mark.parametrize("direction", ["fewer", "more"])
def test_the_evidence_is_the_designs_formula(sql: AlarmSql, direction: str) -> None:
    drawn = contacts(Draw(years=1, per_day=7, base_rate=0.1, odds=0.6, days=60, in_parts=True))
    sql.judge(drawn)
    made = [row[3] for row in sql.rows(EVIDENCE) if row[1] == direction]
    assert made == pytest.approx(evidence(drawn, direction), rel=1e-9, abs=1e-9)
    assert len(made) == 60


def test_healthy_years_are_quiet_and_broken_ones_are_not(sql: AlarmSql) -> None:
    """A small form of `make test-alarms`, whose figures are in docs/measurements."""
    healthy = judged(sql, Draw(years=40, per_day=10, base_rate=0.12, in_parts=True))
    assert healthy.any_alarms <= 2
    for odds, by_day in ((0.5, 120), (2.0, 60)):
        broken = judged(sql, Draw(years=20, per_day=10, base_rate=0.12, odds=odds))
        assert len(broken.alarm_days) == 20
        assert broken.alarm_days[10] < by_day


def test_a_good_year_does_not_hide_what_breaks_after_it(sql: AlarmSql) -> None:
    """Two hundred days that are right, then half as many calls: found as if it had begun there."""
    healthy = contacts(Draw(years=1, per_day=40, base_rate=0.12, days=280))
    place = np.arange(healthy.num_rows) // 40
    label = healthy["label"].to_numpy()
    kept = (place < 200) | (np.random.default_rng(4).random(len(label)) < 0.5)
    fewer = pa.array(np.where(kept, label, 0).astype("int32"))
    sql.judge(healthy.set_column(healthy.column_names.index("label"), "label", fewer))
    crossed = [row for row in sql.rows(EVIDENCE) if row[3] >= math.log(40)]
    days = np.unique(healthy["ripe_date"].to_numpy())
    assert crossed
    first = np.searchsorted(days, np.datetime64(crossed[0][2]))
    assert 200 < first <= 250
    assert crossed[0][1] == "fewer"


def test_the_edge_of_the_tolerance_is_within_it(sql: AlarmSql) -> None:
    for odds in (TOLERANCE, 1 / TOLERANCE):
        at_the_edge = judged(sql, Draw(years=40, per_day=10, base_rate=0.12, odds=odds))
        assert len(at_the_edge.alarm_days) <= 2


def test_a_part_that_is_wrong_is_found_where_the_whole_looks_right(sql: AlarmSql) -> None:
    """The golden cohort converts a third as often as said, and everybody else a little more."""
    drawn = contacts(Draw(years=1, per_day=60, base_rate=0.12, in_parts=True))
    generator = np.random.default_rng(3)
    golden, label = (drawn[n].to_numpy() for n in ("is_golden_cohort", "label"))
    fewer = np.where(golden & (generator.random(len(label)) > 1 / 3), 0, label).astype("int32")
    broken = drawn.set_column(drawn.column_names.index("label"), "label", pa.array(fewer))
    sql.judge(broken)
    found = sql.rows(
        "select distinct process, direction from calibration_evidence"
        " where log_evidence >= log_evidence_limit"
    )
    assert found == [("golden cohort", "fewer")]


def one_score(chance: float, calls: int, others: int) -> pa.Table:
    """Contacts of a single day that all had the same published chance."""
    drawn = contacts(Draw(years=1, per_day=calls + others, base_rate=0.1, days=1))
    label = pa.array(np.repeat([1, 0], [calls, others]).astype("int32"))
    score = pa.array(np.full(calls + others, chance))
    return drawn.set_column(drawn.column_names.index("label"), "label", label).set_column(
        drawn.column_names.index("lead_score"), "lead_score", score
    )


@pytest.mark.parametrize("chance", [0.0, 1.0, 5e-324, 1 - 2**-53])
def test_impossible_and_certain_chances_give_finite_evidence(sql: AlarmSql, chance: float) -> None:
    sql.judge(one_score(chance, calls=5, others=5))
    found = [row[3] for row in sql.rows(EVIDENCE)]
    assert len(found) == 2
    assert all(math.isfinite(value) for value in found)
    # each contact says at most the logarithm of the largest multiplier over the tolerated one
    assert all(abs(value) <= 10 * math.log(4 / TOLERANCE) for value in found)


@pytest.mark.parametrize(("calls", "others"), [(0, 400), (400, 0)])
def test_one_class_only_is_evidence_like_any_other(sql: AlarmSql, calls: int, others: int) -> None:
    sql.judge(one_score(0.5, calls, others))
    found = {row[1]: row[3] for row in sql.rows(EVIDENCE)}
    rising, falling = ("more", "fewer") if calls else ("fewer", "more")
    assert found[rising] > math.log(40)
    assert found[falling] < 0


def test_without_contacts_there_is_no_evidence(sql: AlarmSql) -> None:
    sql.judge(contacts(Draw(years=1, per_day=1, base_rate=0.1, days=1)).slice(1))
    assert sql.rows(EVIDENCE) == []
