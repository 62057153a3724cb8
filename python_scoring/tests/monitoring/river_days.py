"""On which day River's change detectors first alarm; run by a Python that has River.

python river_days.py RESIDUALS.npy, an array of (years, days, contacts of a day)
"""

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
from river.drift import ADWIN, PageHinkley  # type: ignore[import-not-found]

CONFIGURATIONS: dict[str, Callable[[], Any]] = {
    "PageHinkley (defaults: threshold 50)": PageHinkley,
    "PageHinkley, threshold 20": lambda: PageHinkley(threshold=20.0),
    "ADWIN (defaults: delta 0.002)": ADWIN,
    "ADWIN, delta 0.00001": lambda: ADWIN(delta=0.00001),
}


def first_days(make: Callable[[], Any], residuals: Any) -> list[int | None]:
    """Day of the first alarm of each year, counted from 1; None without one."""
    return [_first_day(make(), year) for year in residuals]


def _first_day(detector: Any, year: Any) -> int | None:
    for day, values in enumerate(year.tolist(), start=1):
        for value in values:
            detector.update(value)
            if detector.drift_detected:
                return day
    return None


if __name__ == "__main__":
    told = np.load(sys.argv[1])
    days = {name: first_days(make, told) for name, make in CONFIGURATIONS.items()}
    json.dump({"version": version("river"), "days": days}, sys.stdout)
