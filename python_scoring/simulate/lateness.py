"""How late a vendor delivers registrations, and how often it corrects or withdraws one."""

import itertools
import re
from dataclasses import dataclass

import numpy as np

from python_scoring.arrays import Integers, Vector
from python_scoring.errors import InputError

LONGEST_DELAY_DAYS = 3_650
LARGEST_SHARE = 0.5
_POINT = re.compile(r"([0-9]{1,4}):([0-9]+(?:\.[0-9]+)?)")
_EXAMPLE = "30:0.25,60:0.5,90:0.75,120:0.9,240:1"


@dataclass(frozen=True)
class Lateness:
    """What a vendor does between the start of a registration and its delivery.

    Args:
        curve: Ages in days with the share of starts delivered by then; both rise, the last share
            is 1. Between two ages, and from (0, 0) to the first, the share rises evenly.
        corrected: Share of registrations that are first delivered with another start date.
        withdrawn: Share of registrations that vanish again after their delivery.

    Raises:
        InputError: A share is out of range.

    """

    curve: tuple[tuple[int, float], ...] = ((0, 1.0),)
    corrected: float = 0.0
    withdrawn: float = 0.0

    def __post_init__(self) -> None:
        """Refuse impossible shares before minutes are spent on a world."""
        for name, share in (("corrected", self.corrected), ("withdrawn", self.withdrawn)):
            if not 0.0 <= share <= LARGEST_SHARE:
                raise InputError(
                    f"--{name} is {share}, but must lie between 0 and {LARGEST_SHARE}.",
                    why="It is a share of all registrations; no vendor rewrites most of its table.",
                    where=f"--{name}",
                    fix=f"Give a share such as --{name} 0.01.",
                )

    @property
    def is_prompt(self) -> bool:
        """Whether every registration is delivered on its day and never changed."""
        return self == PROMPT

    def delays(self, draws: Vector) -> Integers:
        """Days from start to delivery for draws in [0, 1), same shape.

        The smallest whole age by which more than this share of starts is delivered.
        """
        ages, shares = self._points()
        return np.ceil(np.interp(draws, shares, ages)).astype(np.int64)

    def delivered_by(self, ages: Integers) -> Vector:
        """Share of starts that are delivered by whole ages in days, same shape: the truth."""
        points, shares = self._points()
        return np.interp(ages, points, shares)

    def _points(self) -> tuple[Vector, Vector]:
        """Ages and shares of the curve, from (0, 0) unless it begins at age 0, shapes (k,)."""
        points = self.curve if self.curve[0][0] == 0 else ((0, 0.0), *self.curve)
        return np.array([p[0] for p in points], float), np.array([p[1] for p in points], float)


PROMPT = Lateness()


def parse_curve(text: str) -> tuple[tuple[int, float], ...]:
    """Read a curve such as `30:0.25,60:0.5,240:1`.

    Raises:
        InputError: It is written otherwise, does not rise, or does not end with 1.

    """
    points = []
    for number, part in enumerate(text.split(","), start=1):
        found = _POINT.fullmatch(part.strip())
        if found is None:
            raise _refused(text, f"point {number}, {part.strip()!r}, is not AGE:SHARE", number)
        age, share = int(found[1]), float(found[2])
        if age > LONGEST_DELAY_DAYS:
            raise _refused(text, f"age {age} lies beyond {LONGEST_DELAY_DAYS} days", number)
        if not 0.0 < share <= 1.0:
            raise _refused(text, f"share {found[2]} does not lie above 0 and up to 1", number)
        points.append((age, share))
    for number, (before, after) in enumerate(itertools.pairwise(points), start=2):
        if after[0] <= before[0] or after[1] <= before[1]:
            raise _refused(text, "ages and shares do not both rise", number)
    if points[-1][1] != 1.0:
        raise _refused(text, f"the last share is {points[-1][1]:g}, not 1", len(points))
    return tuple(points)


def _refused(text: str, problem: str, number: int) -> InputError:
    return InputError(
        f"--late {text} is no curve of arrivals: {problem}.",
        why="Each start needs one delay, drawn from the share that has arrived by each age; what "
        "never arrives is no registration of this world.",
        where=f"--late, point {number}",
        fix=f"Write rising ages in days with rising shares up to 1, such as --late {_EXAMPLE}",
    )
