"""The curve of arrivals as the seed `arrival_curve` takes it."""

import csv
from pathlib import Path

from python_scoring.arrivals.curve import ArrivalCurve
from python_scoring.errors import InputError
from python_scoring.io.atomic import atomic_file

COLUMNS = ("age_days", "share_arrived", "share_lower", "share_upper", "n")


def write_curve(curve: ArrivalCurve, path: Path) -> None:
    """Write one row for each bin of ages: its last age, and the share of all its starts.

    Raises:
        InputError: A bin has no share, or the file cannot be written.

    """
    if not curve.is_known:
        raise InputError(
            "The curve of arrivals has bins without a share, so it is not written.",
            why="Rows of these ages would get no day on which they became known.",
            where=str(path),
            fix="Compare deliveries with more registrations, or a longer time apart.",
        )
    with atomic_file(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for point in curve.points:
            share = point.share
            cells = (f"{value:.6f}" for value in (share.value, share.low, share.high))
            writer.writerow((point.age_days, *cells, point.starts))
