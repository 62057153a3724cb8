"""The table of the design: what a late vendor costs, and what each way of learning makes of it."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_scoring.arrays import Vector
from python_scoring.arrivals.curve import ArrivalCurve, estimate_curve
from python_scoring.arrivals.deliveries import compare
from python_scoring.features.contract import project_contract
from python_scoring.io.project import ROOT
from python_scoring.metrics.intervals import Interval
from python_scoring.simulate.lateness import Lateness
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import World, build_world
from python_scoring.simulate.snapshot.vendor import deliver_registration_truth
from python_scoring.tests.arrivals.scored_ways import (
    LAST_DELIVERY,
    Learner,
    Scores,
    Way,
    campaign,
    engine,
    lead_numbers,
    live_features,
)
from python_scoring.tests.support.feature_tables import FeatureTables
from python_scoring.tests.support.vendor_series import PLANTED, write

SHORT_LAG, LONG_LAG = 115, 240
"""Days by which nine tenths, and all, of the starts have arrived."""
DAYS_COMPARED = 5
FIRST_ARCHIVED = date(2023, 12, 31)
"""A delivery is archived every day from here on, before the first contact."""
CURVE_GAP_DAYS = 92
DRAWS = 1_000
NAIVE = "naive"
HEADER = (
    "| way | lift, as trained | lift, live | beside naive live | as trained - live | "
    "top decile, live: said | true | said - true |\n|---|---|---|---|---|---|---|---|"
)


def ways(advisors: int, leads: int, seed: int, progress: Callable[[str], None]) -> Iterator[str]:
    """Learn in each way and yield the lines of a Markdown table, as they are done.

    Args:
        advisors: Size of the world.
        leads: Its leads.
        seed: Its seed.
        progress: Called with what is done.
    """
    late = build_world(WorldRequest(advisors, leads, seed, late=Lateness(PLANTED)))
    learner, plain = Learner(late, progress), engine()
    learned = _from_completed(late, learner, plain)
    naive = next(learned)
    truth = learner.truth[learner.test_leads]
    yield f"{truth.size:,} test leads, a mean chance of {truth.mean():.2%}; seed {seed}\n"
    yield HEADER
    yield _line(naive, naive.live, truth)
    for way in itertools.chain(learned, _with_known_days(late, learner)):
        yield _line(way, naive.live, truth)
    prompt = build_world(WorldRequest(advisors, leads, seed))
    unhurried = Learner(prompt, progress)
    way = _same_live("prompt vendor", prompt, unhurried, plain)
    if not np.array_equal(unhurried.test_leads, learner.test_leads):
        raise ValueError("the two vendors' test leads are not the same")
    yield _line(way, naive.live, truth)


def _same_live(name: str, world: World, learner: Learner, sql: FeatureTables) -> Way:
    """A way whose features are the same live, because nothing that they use comes later.

    Raises:
        ValueError: They differ on the first contact days, which are looked at.
    """
    delivery = campaign(world)
    features = sql.build(delivery)
    _, offline = learner.learn(name, features)
    days = learner.test_days[:DAYS_COMPARED]
    live = live_features(world, delivery["lead"], days, [sql])[0]
    rows = np.searchsorted(lead_numbers(features), lead_numbers(live))
    names = project_contract().names
    if not features.take(pa.array(rows)).select(names).equals(live.select(names)):
        raise ValueError(f"{name}: the features are not those of each day's own delivery")
    return Way(name, offline, offline)


def _from_completed(world: World, learner: Learner, plain: FeatureTables) -> Iterator[Way]:
    """Train on the last delivery, as if it had been known; with no lag, and with constant ones."""
    delivery, lagged = campaign(world), engine(SHORT_LAG)
    trained = [learner.learn(NAIVE, plain.build(delivery))]
    trained += [learner.learn(f"lag of {SHORT_LAG} days", lagged.build(delivery))]
    live = live_features(world, delivery["lead"], learner.test_days, [plain, lagged])
    learner.live = live[0]
    names = (NAIVE, f"constant lag of {SHORT_LAG} days")
    for name, (draft, offline), features in zip(names, trained, live, strict=True):
        yield Way(name, offline, learner.judge(draft, features))
    yield _same_live(f"constant lag of {LONG_LAG} days", world, learner, engine(LONG_LAG))


def _with_known_days(world: World, learner: Learner) -> Iterator[Way]:
    """Train by the day on which each registration became known."""
    sql, delivery = engine(delivery_date=LAST_DELIVERY), campaign(world)
    curve = measured_curve(world).to_json()["points"]
    archives = {
        "as delivered (archive)": archive(world, FIRST_ARCHIVED),
        "thinned by the curve": archive(world, LAST_DELIVERY),
    }
    for name, archived in archives.items():
        draft, offline = learner.learn(name, sql.build(delivery, archived, curve))
        yield Way(name, offline, learner.judge(draft, learner.live))


def archive(world: World, first: date) -> pa.Table:
    """What daily deliveries from a day on have left: the first of them that held each key."""
    truth = deliver_registration_truth(world)
    truth = truth.filter(pc.less_equal(truth.column("arrived_date"), pa.scalar(LAST_DELIVERY)))
    delivered = pc.max_element_wise(truth.column("arrived_date"), pa.scalar(first))
    return truth.select(["advisor_crd", "firm_crd", "started_date"]).append_column(
        "first_delivered_date", delivered
    )


def measured_curve(world: World) -> ArrivalCurve:
    """Estimate the curve from the last delivery and one before, as the command does."""
    with tempfile.TemporaryDirectory() as scratch:
        days = (LAST_DELIVERY - timedelta(days=CURVE_GAP_DAYS), LAST_DELIVERY)
        earlier, later = (write(world, day, Path(scratch)) for day in days)
        return estimate_curve(compare(Path(ROOT), earlier, later))


def _line(way: Way, naive: Scores, truth: Vector) -> str:
    """A way's line; differences have paired 95 % intervals over draws of test leads."""
    rng = np.random.default_rng(1)
    draws = [np.ones(truth.size)] + [
        np.bincount(rng.integers(0, truth.size, truth.size), minlength=truth.size).astype(float)
        for _ in range(DRAWS)
    ]
    told = {
        "offline": [_lift(way.offline, truth, w) for w in draws],
        "live": [_lift(way.live, truth, w) for w in draws],
        "naive": [_lift(naive, truth, w) for w in draws],
    }
    lifts = {name: np.array([lift for lift, _, _ in found]) for name, found in told.items()}
    said, true = (np.array([100 * row[n] for row in told["live"]]) for n in (1, 2))
    beside = "0" if way.name == NAIVE else _signed(_interval(lifts["live"] - lifts["naive"]))
    return (
        f"| {way.name} | {lifts['offline'][0]:.2f} | {lifts['live'][0]:.2f} | {beside} | "
        f"{_signed(_interval(lifts['offline'] - lifts['live']))} | {said[0]:.1f} % | "
        f"{true[0]:.1f} % | {_signed(_interval(said - true), 1)} |"
    )


def _lift(scores: Scores, truth: Vector, weights: Vector) -> tuple[float, float, float]:
    """Lift of the best tenth by the true chances, what is said of it, and its true mean."""
    order = np.argsort(-scores.raw, kind="stable")
    called = np.cumsum(weights[order])
    inside = np.clip(0.1 * called[-1] - (called - weights[order]), 0.0, weights[order])
    true = float(np.average(truth[order], weights=inside))
    said = float(np.average(scores.probability[order], weights=inside))
    return true / float(np.average(truth, weights=weights)), said, true


def _interval(draws: Vector) -> Interval:
    low, high = np.percentile(draws[1:], [2.5, 97.5])
    return Interval(float(draws[0]), float(low), float(high))


def _signed(interval: Interval, digits: int = 3) -> str:
    value, low, high = (
        f"{number:+.{digits}f}" for number in (interval.value, interval.low, interval.high)
    )
    return f"{value} ({low}, {high})"
