"""Learns, scores and explains which advisors are likely to take a call."""

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_scoring.errors import (
        ArtifactError,
        DeliveryError,
        InputError,
        LeadScoringError,
        RegistryError,
        TooFewPositivesError,
        WarehouseError,
    )
    from python_scoring.model.artifact import Artifact
    from python_scoring.model.registry import Registry
    from python_scoring.scoring.scorer import LeadScorer

__all__ = [
    "Artifact",
    "ArtifactError",
    "DeliveryError",
    "InputError",
    "LeadScorer",
    "LeadScoringError",
    "Registry",
    "RegistryError",
    "TooFewPositivesError",
    "WarehouseError",
]

# XGBoost's threads wait for each other by spinning, unless told to sleep before it is loaded. On a
# machine with other work that makes a small training many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

_HOMES = {
    "Artifact": "python_scoring.model.artifact",
    "LeadScorer": "python_scoring.scoring.scorer",
    "Registry": "python_scoring.model.registry",
}


def __getattr__(name: str) -> object:
    """Import a public name on first use: some bring XGBoost, and most commands do without."""
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, "python_scoring.errors")), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
