"""Counts of a delivery, for the person and the program that asked for it."""

from dataclasses import asdict, dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from python_scoring.simulate.days import day_of
from python_scoring.simulate.world.history import World
from python_scoring.simulate.world.outcomes import LABEL_WINDOW_DAYS


@dataclass(frozen=True)
class DeliverySummary:
    """What a delivery holds.

    Args:
        as_of: Day of the delivery.
        rows: Rows by table, doubled rows included.
        contacted_leads: Distinct leads contacted by `as_of`.
        mature_leads: Those contacted at least 30 days before `as_of`.
        mature_positives: Those of the mature that took a call within 30 days.

    """

    as_of: date
    rows: dict[str, int]
    contacted_leads: int
    mature_leads: int
    mature_positives: int

    def as_json(self) -> dict[str, object]:
        """Plain values for `json.dumps`."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}


def summarise(world: World, tables: dict[str, pa.Table], as_of: date) -> DeliverySummary:
    """Count what was delivered."""
    contact = world.leads.contact
    mature = contact <= day_of(as_of) - LABEL_WINDOW_DAYS
    return DeliverySummary(
        as_of=as_of,
        rows={name: table.num_rows for name, table in tables.items()},
        contacted_leads=int(np.count_nonzero(contact <= day_of(as_of))),
        mature_leads=int(np.count_nonzero(mature)),
        mature_positives=int(np.count_nonzero(mature & world.outcomes.is_positive)),
    )
