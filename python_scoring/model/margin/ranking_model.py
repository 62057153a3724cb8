"""What gives a lead its margin: a linear part, and trees that were boosted from it."""

from dataclasses import dataclass

from python_scoring.model.margin.linear_part import LinearPart
from python_scoring.model.xgboost_alone import xgb


@dataclass(frozen=True)
class RankingModel:
    """The margin of a lead is the sum of both parts.

    Args:
        booster: The trees; there may be none.
        linear: The linear part; None in artifacts of format 2, whose trees start at a constant.
    """

    booster: xgb.Booster
    linear: LinearPart | None = None
