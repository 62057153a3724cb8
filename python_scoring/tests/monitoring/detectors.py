"""The alarm beside change detectors of a library, on the same years."""

import json
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from python_scoring.tests.monitoring.drawn_years import (
    ALARMS,
    AlarmSql,
    Draw,
    contacts,
    parts,
    slices,
)

OURS = "calibration_evidence"
# imports River, which this Python does not have
_SCRIPT = Path(__file__).with_name("river_days.py")


@dataclass(frozen=True)
class Detected:
    """Days of first alarms.

    Args:
        version: Of River.
        days: By detector, the day of the first alarm of each year that has one, from 1.
    """

    version: str
    days: dict[str, list[int]]


def detected(sql: AlarmSql, draw: Draw, python: Path, scratch: Path) -> Detected:
    """Let the alarm and River's detectors see the same contacts, in the order of ripeness.

    Args:
        sql: The alarm.
        draw: The years.
        python: An interpreter that has River.
        scratch: Takes the years for it.
    """
    days, version = defaultdict[str, list[int]](list), ""
    for part in parts(draw):
        drawn = contacts(part)
        first: dict[str, int] = {}
        for few in slices(drawn, part):
            sql.judge(few)
            for year, process, _, day in sql.rows(ALARMS):
                if process == "all":
                    first[year] = min(day, first.get(year, day))
        days[OURS] += first.values()
        residuals = drawn["label"].to_numpy() - drawn["lead_score"].to_numpy()
        np.save(scratch / "years.npy", residuals.reshape(part.years, part.days, part.per_day))
        command = [str(python), str(_SCRIPT), str(scratch / "years.npy")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        told = json.loads(done.stdout)
        version = told["version"]
        for name, found in told["days"].items():
            days[name] += [day for day in found if day is not None]
    return Detected(version, dict(days))
