"""Learns, scores and explains which advisors are likely to take a call."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_scoring.scoring.scorer import LeadScorer

__all__ = ["LeadScorer"]

# XGBoost's threads wait for each other by spinning, unless told to sleep before it is loaded. On a
# machine with other work that makes a small training many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def __getattr__(name: str) -> object:
    """Import `LeadScorer` on first use: it brings XGBoost, and most commands do without."""
    if name == "LeadScorer":
        from python_scoring.scoring.scorer import LeadScorer

        return LeadScorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
