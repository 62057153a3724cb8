"""How many conversions a figure needs, and the refusal where there are fewer."""

from math import ceil

from python_scoring.arrays import Flags
from python_scoring.errors import TooFewPositivesError
from python_scoring.metrics.intervals import Z95

MIN_POSITIVES = 30
# the 80 % quantile of the normal distribution: the power that trials are usually planned with
Z80 = 0.8416212335729143
# how much further than half a 95 % interval the truth must lie from a bound to be shown that often
POWER_FACTOR = 1 + Z80 / Z95


def conversions_for_lift(lift: float, target: float) -> int:
    """Return with how many conversions a top-decile lift shows itself above a target.

    The converting leads among the best tenth are binomial with the share 0.1 * lift of all n
    conversions, so that the lift's standard error is 10 * sqrt(share (1 - share) / n); the lower
    end of its 95 % interval lies above the target with 80 % power where lift - target is 2.8 of
    them. The number of leads does not matter, only that of conversions.

    Args:
        lift: The true lift, above the target, at most 10.
        target: What it must be shown to exceed.
    """
    share = lift / 10
    return ceil(100 * share * (1 - share) * (Z95 * POWER_FACTOR / (lift - target)) ** 2)


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
