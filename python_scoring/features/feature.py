"""One input of a model, as the contract declares it and an artifact stores it."""

from dataclasses import dataclass
from typing import Any

from python_scoring.features.categories import CATEGORY


@dataclass(frozen=True)
class Feature:
    """One input of the model.

    Args:
        name: Column name.
        kind: `base` (delivered) or `engineered` (computed from base features where absent).
        label: Words for a salesperson, such as "months at the current firm".
        group: Features of one group are explained together.
        type: `integer`, `number`, `flag` for yes or no, or `category` for texts.
        sign: 1 where more of it can only raise the score, -1 lower it, 0 where unknown.
        categories: The texts that the training period held, by number; empty for other types.
    """

    name: str
    kind: str
    label: str
    group: str
    type: str = "number"
    sign: int = 0
    categories: tuple[str, ...] = ()


def stored_feature(data: dict[str, Any]) -> Feature:
    """Return a feature as an artifact holds it.

    Raises:
        AttributeError, TypeError, ValueError: It is none.
    """
    feature = Feature(**data | {"categories": tuple(data.get("categories", ()))})
    texts = (feature.name, feature.kind, feature.label, feature.group, *feature.categories)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a word of a feature is no text")
    known_kind = feature.kind in ("base", "engineered")
    known_type = feature.type in ("integer", "number", "flag", CATEGORY)
    if not known_kind or not known_type or feature.sign not in (-1, 0, 1):
        raise ValueError(f"{feature.name[:40]} has a kind, type or sign that there is not")
    return feature
