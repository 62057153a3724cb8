"""Evidence of the labelled leads for the business's hypotheses; counted by dbt, judged here."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from python_scoring.io.warehouse.current import read_relation
from python_scoring.metrics.intervals import Z95, Interval

RELATION = "hypothesis_evidence"
COLUMNS = (
    *("hypothesis", "band_order", "band"),
    *("lead_count", "conversion_count", "conversion_rate", "rate_low", "rate_high"),
)


@dataclass(frozen=True)
class Band:
    """Leads of like fact: words, how many, how many converted, and the rate with its interval."""

    name: str
    rows: int
    conversions: int
    rate: Interval


@dataclass(frozen=True)
class Hypothesis:
    """A hypothesis with its evidence.

    Args:
        name: Such as mobility.
        verdict: supported, contradicted, or not shown.
        trend: Standard errors by which the rate rises from band to band (negative: falls).
        bands: The one that the hypothesis expects to convert least first.
    """

    name: str
    verdict: str
    trend: float
    bands: list[Band]


def read_hypotheses() -> list[Hypothesis]:
    """Read the evidence of every hypothesis, by name.

    Raises:
        WarehouseError: The warehouse holds none yet.
    """
    rows = read_relation(RELATION, COLUMNS).to_pylist()
    ordered = sorted(rows, key=lambda row: (row["hypothesis"], row["band_order"]))
    found = []
    for name, group in groupby(ordered, key=lambda row: str(row["hypothesis"])):
        bands = [
            Band(
                row["band"],
                row["lead_count"],
                row["conversion_count"],
                Interval(row["conversion_rate"], row["rate_low"], row["rate_high"]),
            )
            for row in group
        ]
        trend = trend_of(bands)
        found.append(Hypothesis(name, _verdict(trend), trend, bands))
    return found


def trend_of(bands: list[Band]) -> float:
    """Return Cochran (1954) and Armitage's (1955) trend over the bands, in standard errors."""
    rows = np.array([band.rows for band in bands])
    hits = np.array([band.conversions for band in bands])
    place, total = np.arange(len(bands)), rows.sum()
    rate = hits.sum() / total
    spread = (rows @ place**2 - (rows @ place) ** 2 / total) * rate * (1 - rate)
    return float(place @ (hits - rows * rate) / np.sqrt(spread)) if spread > 0 else 0.0


def _verdict(trend: float) -> str:
    if abs(trend) < Z95:
        return "not shown"
    return "supported" if trend > 0 else "contradicted"
