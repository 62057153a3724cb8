"""What a simulated world is asked to be, and the random streams that make it.

Every component draws from a stream of its own, spawned from the seed by name. A change in one
component (say, one more kind of dirt) therefore leaves all others as they were.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from python_scoring.errors import InputError
from python_scoring.simulate.faults import NO_FAULTS, Faults
from python_scoring.simulate.lateness import PROMPT, Lateness

FIRST_AS_OF = date(2024, 3, 1)
"""The first delivery: before it, no firm history month after the base month would exist."""
HORIZON_END = date(2028, 12, 31)
"""The world is generated up to this day, whatever day it is delivered on."""

STREAMS = (
    "firms",
    "careers",
    "dual",
    "leads",
    "outcomes",
    "recruits",
    "names",
    "crm",
    "registration_dirt",
    "contact_dirt",
    "month_dirt",
    "defects",
    "arrivals",
    "tasks",
    "faults",
)


@dataclass(frozen=True)
class WorldRequest:
    """Size and strength of a world; equal requests make equal worlds.

    Args:
        advisors: People over the whole horizon, at least 1.
        leads: Distinct lead ids, at least 1.
        seed: Any integer from 0.
        signal: Strength of the truth. 1.0 gives the true probabilities an AUC near 0.72;
            0.0 makes them one constant. Between 0 and 10.
        late: How late the vendor delivers registrations; default: on their day.
        faults: What goes wrong, and when; default: nothing.

    Raises:
        InputError: An argument is out of range.

    """

    advisors: int
    leads: int
    seed: int
    signal: float = 1.0
    late: Lateness = PROMPT
    faults: Faults = NO_FAULTS

    def __post_init__(self) -> None:
        """Refuse impossible sizes before minutes are spent on them."""
        for name, value, least in [
            ("advisors", self.advisors, 1),
            ("leads", self.leads, 1),
            ("seed", self.seed, 0),
        ]:
            if value < least:
                raise InputError(
                    f"--{name} is {value}, but must be at least {least}.",
                    why="A world without advisors or leads has nothing to learn from.",
                    fix=f"Give --{name} {least} or more.",
                )
        if not 0.0 <= self.signal <= 10.0:
            raise InputError(
                f"--signal is {self.signal}, but must lie between 0 and 10.",
                why="Below 0 nothing is defined; above 10 every outcome is certain.",
                fix="Use 1 for a realistic world, 0 for one without any signal.",
            )

    def stream(self, name: str) -> np.random.Generator:
        """Return the fresh random stream of one component, one of `STREAMS`."""
        children = np.random.SeedSequence(self.seed).spawn(len(STREAMS))
        return np.random.default_rng(children[STREAMS.index(name)])


def check_as_of(as_of: date) -> None:
    """Refuse a delivery day that the world does not cover.

    Raises:
        InputError: `as_of` lies before `FIRST_AS_OF` or after `HORIZON_END`.

    """
    if not FIRST_AS_OF <= as_of <= HORIZON_END:
        raise InputError(
            f"--as-of is {as_of}, but the simulated world is delivered from {FIRST_AS_OF} "
            f"to {HORIZON_END}.",
            why="Outside this range there is no lead, or no future left to be silent about.",
            fix=f"Choose a day from {FIRST_AS_OF} to {HORIZON_END}.",
        )
