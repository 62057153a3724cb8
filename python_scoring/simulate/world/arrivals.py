"""When the vendor delivers each registration, corrects its start, and takes it back.

Decided once for the whole horizon, like all the rest: a later delivery shows the same world.
"""

from dataclasses import dataclass

import numpy as np

from python_scoring.arrays import Flags, Integers
from python_scoring.simulate.days import NEVER, DayNumbers
from python_scoring.simulate.request import WorldRequest

FARTHEST_SLIP_DAYS = 45
"""A start that is corrected was first delivered at most so many days from the true one."""
CHANGE_AFTER_DAYS = (30, 180)
"""A correction or withdrawal comes so many days after the delivery, at least and at most."""


@dataclass(frozen=True)
class Arrivals:
    """What the vendor knows of each registration and when; all arrays have shape (n,).

    Args:
        known: Day of the first delivery that holds it.
        first_start: Start as first delivered.
        corrected: Day from which the true start is delivered, `NEVER` where it always was.
        withdrawn: Day from which it is delivered no more, `NEVER` for those that stay.

    """

    known: DayNumbers
    first_start: DayNumbers
    corrected: DayNumbers
    withdrawn: DayNumbers

    def take(self, rows: Integers) -> "Arrivals":
        """Return some rows, in the order given."""
        columns = (self.known, self.first_start, self.corrected, self.withdrawn)
        return Arrivals(*(column[rows] for column in columns))

    def delivered_on(self, day: int) -> Flags:
        """Whether the delivery of a day holds a registration."""
        return np.asarray((self.known <= day) & (self.withdrawn > day))

    def start_on(self, day: int, start: DayNumbers) -> DayNumbers:
        """Starts as the delivery of a day has them; `start` are the true ones."""
        is_slipped = (self.corrected < NEVER) & (self.corrected > day)
        return np.where(is_slipped, self.first_start, start).astype(np.int32)


def draw_arrivals(request: WorldRequest, start: DayNumbers) -> Arrivals:
    """Draw what becomes of registrations that begin on these days, shape (n,)."""
    rng, late = request.stream("arrivals"), request.late
    known = start + late.delays(rng.random(start.size))
    slip = rng.integers(1, FARTHEST_SLIP_DAYS + 1, start.size)
    # no vendor delivers a start that lies ahead
    is_behind = (rng.random(start.size) < 0.5) & (start + slip <= known)
    is_corrected = rng.random(start.size) < late.corrected
    is_withdrawn = rng.random(start.size) < late.withdrawn
    first, last = CHANGE_AFTER_DAYS
    change = known + rng.integers(first, last + 1, (2, start.size))
    return Arrivals(
        known.astype(np.int32),
        np.where(is_corrected, start + np.where(is_behind, slip, -slip), start).astype(np.int32),
        np.where(is_corrected, change[0], NEVER).astype(np.int32),
        np.where(is_withdrawn, change[1], NEVER).astype(np.int32),
    )
