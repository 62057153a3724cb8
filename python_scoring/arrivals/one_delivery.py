"""Whether one delivery alone looks late: its newest starts beside those of a year before.

A late vendor's newest months are thin. The ratio of the starts of 30 days to those of the same
days a year before takes the season out, and the scatter of the same ratio at ages of one to three
years, where everything has arrived, says how much such a ratio varies by itself. This detects and
does not estimate: a market that slows down looks the same.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from scipy.stats import t

from python_scoring.arrays import Integers
from python_scoring.arrivals.curve import BIN_DAYS
from python_scoring.arrivals.deliveries import Delivery, HeldCounts

NEWEST_BINS = 6
"""Ages of half a year are looked at; a curve that is late only beyond is not seen."""
SETTLED_BINS = (12, 36)
"""Bins whose ratios show the usual scatter: ages of one to three years."""
FALSE_ALARM = 0.01
"""Chance that a prompt vendor is called late, over all bins that are looked at (Bonferroni)."""
_YEAR = 365


@dataclass(frozen=True)
class AgeRatio:
    """Starts of one bin of ages beside those of a year before.

    Args:
        age_days: First age of the bin.
        starts: Starts of these ages.
        year_before: Starts of the same days a year before.
        expected_at_least: Least number of starts that a prompt vendor would show.
        is_thin: Whether there are fewer.

    """

    age_days: int
    starts: int
    year_before: int
    expected_at_least: float
    is_thin: bool


@dataclass(frozen=True)
class OneDelivery:
    """What one delivery shows.

    Args:
        day: Day of the delivery.
        ratios: The newest bins, by age; empty where the delivery has too few starts to tell.

    """

    day: date
    ratios: tuple[AgeRatio, ...]

    @property
    def looks_late(self) -> bool:
        """Whether a bin has fewer starts than a prompt vendor would show."""
        return any(ratio.is_thin for ratio in self.ratios)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "day": self.day.isoformat(),
            "looks_late": self.looks_late if self.ratios else None,
            "ratios": [asdict(ratio) for ratio in self.ratios],
        }


def look_at(delivery: Delivery, counts: HeldCounts) -> OneDelivery:
    """Compare the newest starts of a delivery with those of a year before."""
    first, last = SETTLED_BINS
    starts = np.array([_between(counts, n * BIN_DAYS) for n in range(last)])
    before = np.array([_between(counts, n * BIN_DAYS + _YEAR) for n in range(last)])
    settled = slice(first, last)
    if not (starts[settled].all() and before.all()):
        return OneDelivery(delivery.day, ())
    usual = np.log(starts[settled] / before[settled])
    # a prediction interval of one more ratio, normal on the log scale
    quantile = t.ppf(FALSE_ALARM / NEWEST_BINS, usual.size - 1)
    spread = usual.std(ddof=1) * np.sqrt(1.0 + 1.0 / usual.size)
    least = float(np.exp(usual.mean() + quantile * spread))
    return OneDelivery(
        delivery.day,
        tuple(
            AgeRatio(
                n * BIN_DAYS,
                int(starts[n]),
                int(before[n]),
                least * float(before[n]),
                bool(starts[n] < least * before[n]),
            )
            for n in range(NEWEST_BINS)
        ),
    )


def _between(counts: HeldCounts, age: int) -> int:
    rows: Integers = np.searchsorted(counts.age, (age, age + BIN_DAYS))
    return int(counts.starts[rows[0] : rows[1]].sum())
