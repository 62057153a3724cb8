"""The curve of arrivals: what was planted is found, and said with an interval that holds."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from python_scoring.arrivals.curve import BINS, LAST_AGE_DAYS, ArrivalCurve, estimate_curve
from python_scoring.arrivals.curve_file import COLUMNS, write_curve
from python_scoring.arrivals.deliveries import Delivery, DeliveryPair, HeldCounts
from python_scoring.errors import InputError
from python_scoring.metrics.intervals import Interval
from python_scoring.simulate.lateness import Lateness
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world
from python_scoring.tests.support.vendor_series import (
    GAPS,
    LATEST,
    PLANTED,
    bins_covered,
    covered,
    pairs,
)

LATE = Lateness(PLANTED, corrected=0.02, withdrawn=0.01)


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> dict[int, DeliveryPair]:
    world = build_world(WorldRequest(advisors=30_000, leads=10, seed=4, late=LATE))
    return pairs(world, tmp_path_factory.mktemp("late"))


@pytest.fixture(scope="module")
def prompt(tmp_path_factory: pytest.TempPathFactory) -> dict[int, DeliveryPair]:
    world = build_world(WorldRequest(advisors=3_000, leads=10, seed=4))
    return pairs(world, tmp_path_factory.mktemp("prompt"))


def test_the_planted_curve_lies_in_its_interval(late: dict[int, DeliveryPair]) -> None:
    found = [bins_covered(late[gap], LATE) for gap in GAPS]
    inside, bins = (sum(column) for column in zip(*found, strict=True))
    assert bins == 27
    assert inside >= 0.93 * bins
    curve = estimate_curve(late[92])
    assert curve.is_late
    assert not curve.is_prompt
    widths = [p.share.high - p.share.low for p in curve.points[:9]]
    assert max(widths) < 0.2, "an interval that holds everything says nothing"


def test_what_is_corrected_or_withdrawn_is_counted_apart(late: dict[int, DeliveryPair]) -> None:
    for pair in late.values():
        assert pair.corrected > 0
        assert pair.withdrawn > 0
        assert pair.corrected + pair.withdrawn < 0.01 * pair.counts.starts.sum()
        # taken for new starts, corrected ones would be two years late and more
        assert estimate_curve(pair).very_late == 0


@pytest.mark.parametrize("gap", GAPS)
def test_a_prompt_vendor_is_exactly_prompt(prompt: dict[int, DeliveryPair], gap: int) -> None:
    curve = estimate_curve(prompt[gap])
    assert curve.is_prompt
    assert not curve.is_late
    assert [point.share.value for point in curve.points] == [1.0] * BINS
    assert all(0.8 < point.share.low < point.share.high == 1.0 for point in curve.points)
    assert (curve.corrected, curve.withdrawn, curve.very_late) == (0, 0, 0)


def drawn_pair(gap: int, *, by_firm: bool, seed: int, firms: int = 150) -> DeliveryPair:
    """Counts of a vendor of the planted curve, which loads rows or whole firms at once."""
    rng = np.random.default_rng(seed)
    firm = np.repeat(np.arange(firms), LAST_AGE_DAYS + gap)
    age = np.tile(np.arange(LAST_AGE_DAYS + gap), firms)
    size = firms if by_firm else firm.size
    delay = LATE.delays(rng.random(size))[firm if by_firm else slice(None)]
    rows = np.flatnonzero(delay <= age + gap)
    rows = rows[np.lexsort((firm[rows], age[rows]))]
    counts = HeldCounts(
        firm[rows], age[rows], np.ones(rows.size, np.int64), (delay <= age)[rows].astype(np.int64)
    )
    earlier, later = (Delivery(Path(), day) for day in (LATEST - timedelta(days=gap), LATEST))
    return DeliveryPair(earlier, later, counts, 0, 0)


@pytest.mark.parametrize("by_firm", [False, True])
def test_intervals_hold_whether_rows_or_firms_come_at_once(by_firm: bool) -> None:
    pairs_drawn = [drawn_pair(92, by_firm=by_firm, seed=seed) for seed in range(20)]
    found = [bins_covered(pair, LATE) for pair in pairs_drawn]
    inside, bins = (sum(column) for column in zip(*found, strict=True))
    assert inside >= 0.9 * bins


def test_an_interval_is_that_of_the_formula() -> None:
    """One link by hand: 10 firms of one start each, 5 held, so C = 1/2 and n = 10."""
    counts = HeldCounts(
        np.arange(10), np.zeros(10, np.int64), np.ones(10, np.int64), np.arange(10) % 2
    )
    ages = np.arange(LAST_AGE_DAYS, 2 * LAST_AGE_DAYS, dtype=np.int64)
    counts = HeldCounts(
        np.r_[counts.firm, np.zeros(ages.size, np.int64)],
        np.r_[counts.age, ages],
        np.r_[counts.starts, np.ones(ages.size, np.int64)],
        np.r_[counts.held, np.ones(ages.size, np.int64)],
    )
    pair = DeliveryPair(
        Delivery(Path(), date(2023, 1, 1)), Delivery(Path(), date(2024, 12, 31)), counts, 0, 0
    )
    assert pair.gap_days > LAST_AGE_DAYS
    first = estimate_curve(pair).points[0].share
    error = np.sqrt(0.5 / (10 * 0.5))
    assert first.value == pytest.approx(0.5)
    assert first.low == pytest.approx(0.5 * np.exp(-1.96 * error), rel=1e-3)
    assert first.high == pytest.approx(0.5 * np.exp(1.96 * error), rel=1e-3)
    assert np.isnan(estimate_curve(pair).points[5].share.value), "no start of these ages"


def test_ages_and_shares_are_those_of_the_curve(late: dict[int, DeliveryPair]) -> None:
    curve = estimate_curve(late[92])
    half, most = curve.age_at(0.5), curve.age_at(0.9)
    assert half.low <= 60 <= half.high
    assert most.low <= 120 <= most.high
    year = curve.known_share(360)
    true_share = LATE.delivered_by(np.arange(360)).mean()
    assert year.low <= true_share <= year.high
    assert curve.known_share(1080).value > year.value
    # beyond the last age every start counts as arrived, also where the last bin has less
    points = tuple(replace(each, share=Interval(0.9, 0.8, 1.0)) for each in curve.points)
    less = replace(curve, points=points)
    assert less.known_share(2 * LAST_AGE_DAYS).value == pytest.approx(0.95)


def test_shares_do_not_fall_and_bounds_keep_their_order() -> None:
    for seed in range(5):
        curve = estimate_curve(drawn_pair(92, by_firm=False, seed=seed, firms=3))
        values = np.array([(p.share.low, p.share.value, p.share.high) for p in curve.points])
        assert (np.diff(values, axis=0) >= 0).all()
        assert (np.diff(values, axis=1) >= -1e-12).all()
        assert values.min() >= 0.0
        assert values.max() <= 1.0


def test_the_file_is_what_the_seed_takes(late: dict[int, DeliveryPair], tmp_path: Path) -> None:
    curve = estimate_curve(late[30])
    write_curve(curve, tmp_path / "curve.csv")
    header, *rows = (tmp_path / "curve.csv").read_text(encoding="utf-8").splitlines()
    assert header == ",".join(COLUMNS)
    cells = np.array([[float(cell) for cell in row.split(",")] for row in rows])
    assert cells[:, 0].tolist() == [29 + 30 * n for n in range(BINS)]
    assert cells[:, 1] == pytest.approx([p.share.value for p in curve.points], abs=1e-6)
    assert cells[:, 4].tolist() == [p.starts for p in curve.points]
    seed = Path(__file__).parents[3] / "seeds/mappings/arrival_curve.csv"
    assert seed.read_text(encoding="utf-8").splitlines()[0] == header


def test_a_curve_with_unknown_bins_is_not_written(tmp_path: Path) -> None:
    empty = HeldCounts(*(np.zeros(0, np.int64) for _ in range(4)))
    pair = DeliveryPair(
        Delivery(Path(), date(2025, 1, 1)), Delivery(Path(), date(2025, 2, 1)), empty, 0, 0
    )
    curve: ArrivalCurve = estimate_curve(pair)
    assert not curve.is_known
    assert not curve.is_late
    assert not curve.is_prompt
    assert covered(curve, LATE) == (0, 9)
    with pytest.raises(InputError, match="bins without a share"):
        write_curve(curve, tmp_path / "curve.csv")
    assert not list(tmp_path.iterdir())
