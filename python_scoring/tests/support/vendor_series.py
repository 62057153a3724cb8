"""Deliveries of simulated vendors as folders, and the curve that was planted in them."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from python_scoring.arrays import Vector
from python_scoring.arrivals.curve import BIN_DAYS, ArrivalCurve, estimate_curve
from python_scoring.arrivals.deliveries import Delivery, DeliveryPair, compare
from python_scoring.io.project import ROOT
from python_scoring.simulate.lateness import Lateness
from python_scoring.simulate.simulation import World, deliver

LATEST = date(2025, 6, 30)
GAPS = (30, 92, 183)
PLANTED = ((30, 0.25), (60, 0.5), (90, 0.75), (120, 0.9), (240, 1.0))


def write(world: World, day: date, folder: Path) -> Delivery:
    """Write a day's delivery below a folder, named by the day."""
    target = folder / day.isoformat()
    target.mkdir(parents=True)
    for name, table in deliver(world, day).items():
        pq.write_table(table, target / f"{name}.parquet")
    return Delivery(target, day)


def pairs(world: World, folder: Path) -> dict[int, DeliveryPair]:
    """Compare the delivery of `LATEST` with one of each of `GAPS` days before."""
    later = write(world, LATEST, folder)
    earlier = {gap: write(world, LATEST - timedelta(days=gap), folder) for gap in GAPS}
    return {gap: compare(Path(ROOT), one, later) for gap, one in earlier.items()}


def planted_bins(late: Lateness, bins: int) -> Vector:
    """Share that has arrived of the starts of each bin of ages, if they come evenly."""
    ages = np.arange(bins * BIN_DAYS)
    return np.asarray(late.delivered_by(ages).reshape(bins, BIN_DAYS).mean(axis=1))


def bins_covered(pair: DeliveryPair, late: Lateness) -> tuple[int, int]:
    """How many bins hold the planted share in their interval, of those before all has arrived."""
    return covered(estimate_curve(pair), late)


def covered(curve: ArrivalCurve, late: Lateness) -> tuple[int, int]:
    """The same, of an estimated curve; one bin beyond the last delay is among them."""
    bins = late.curve[-1][0] // BIN_DAYS + 1
    planted = planted_bins(late, bins)
    inside = [
        point.share.low <= share <= point.share.high
        for point, share in zip(curve.points, planted, strict=False)
    ]
    return sum(inside), bins
