"""How many conversions a figure needs, and the refusal where there are fewer."""

from python_scoring.arrays import Flags
from python_scoring.errors import TooFewPositivesError

MIN_POSITIVES = 30


def require_positives(converted: Flags, part: str, *, force: bool = False) -> None:
    """Refuse a sample with too few conversions, or, where forced, with only one outcome.

    Raises:
        TooFewPositivesError: Says how many there are and how many are needed.
    """
    conversions, needed = int(converted.sum()), 1 if force else MIN_POSITIVES
    if conversions < needed:
        raise TooFewPositivesError(
            f"Only {conversions} conversions in the {part} period, {needed} needed.",
            why="Rates estimated on fewer follow noise, and would look precise without being so.",
            fix="Give more data or a larger share to that period"
            + ("." if force else ", or go on knowingly with --force."),
        )
    if converted.all():
        raise TooFewPositivesError(
            f"Every lead of the {part} period converted; there is nothing to separate.",
            fix="Check the label column.",
        )
