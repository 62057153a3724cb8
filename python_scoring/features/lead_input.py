"""Reads leads that callers send as mappings from name to value, or lists all that is wrong."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real
from reprlib import repr as shortened
from typing import Any

import numpy as np

from python_scoring.arrays import Vector
from python_scoring.errors import InputError
from python_scoring.features.categories import CATEGORY, category_numbers
from python_scoring.features.contract import FeatureContract
from python_scoring.features.feature import Feature

Value = float | str

LISTED = 50


class LeadFeatures:
    """What a lead must hold to be scored by a model.

    Args:
        contract: The features of the model.
    """

    def __init__(self, contract: FeatureContract) -> None:
        self._wanted = {f.name: f for f in contract.features if f.kind == "base"}
        self._spellings = {_plain(name): name for name in self._wanted}

    def named(self, features: Mapping[str, Any]) -> dict[str, Any]:
        """Return the features under the contract's names.

        The predecessor's spelling (`pit_mobility_tier_Highly Mobile`) is understood. What is no
        feature keeps its name, and so does the second spelling of one that is given twice.
        """
        named: dict[str, Any] = {}
        for name, value in features.items():
            known = self._spellings.get(_plain(name), name)
            named[name if known in features or known in named else known] = value
        return named

    def columns(self, leads: Sequence[Mapping[str, Any]]) -> dict[str, Vector]:
        """Return each base feature as float64, shape (leads,), unknown as NaN, texts numbered.

        Raises:
            InputError: Lists every feature that is missing, unknown, or of the wrong type, with its
                lead where there are several.
        """
        read = [self._read(self.named(lead)) for lead in leads]
        findings = [
            f"lead {number}: {finding}" if len(leads) > 1 else finding
            for number, (_, problems) in enumerate(read, start=1)
            for finding in problems
        ]
        if findings:
            raise _refusal(findings, len(leads))
        columns = zip(*(values for values, _ in read), strict=True)
        return {
            feature.name: _numbers(column, feature)
            for feature, column in zip(self._wanted.values(), columns, strict=True)
        }

    def _read(self, given: Mapping[str, Any]) -> tuple[list[Value | None], list[str]]:
        """Return the values in the contract's order, and what is wrong with them."""
        findings = [f"{name} is missing" for name in self._wanted if name not in given]
        findings += [f"{name} is not a feature" for name in given if name not in self._wanted]
        values = [_value(given.get(name), feature) for name, feature in self._wanted.items()]
        findings += [
            f"{name} is {shortened(given[name])}, not {_expected(feature)} or null"
            for (name, feature), value in zip(self._wanted.items(), values, strict=True)
            if value is None
        ]
        return values, findings


def _plain(name: object) -> str:
    return str(name).lower().replace(" ", "_")


def _value(value: object, feature: Feature) -> Value | None:
    """Return a number as float, a text as it is, null as NaN, and None for what it cannot be."""
    # pandas' own null is recognised by its name: a service without pandas cannot import it
    if value is None or type(value).__name__ == "NAType":
        return np.nan
    if feature.type == CATEGORY:
        return value if isinstance(value, str) else None
    if not isinstance(value, Real | Decimal | np.bool_):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if np.isfinite(number) else None


def _numbers(column: tuple[Value | None, ...], feature: Feature) -> Vector:
    if feature.type == CATEGORY:
        return category_numbers(np.array(column, dtype=object), feature.categories)
    return np.array(column, dtype=np.float64)


def _expected(feature: Feature) -> str:
    return "a text" if feature.type == CATEGORY else "a finite number"


def _refusal(findings: list[str], leads: int) -> InputError:
    listed = "; ".join(findings[:LISTED])
    more = f"; and {len(findings) - LISTED} more" if len(findings) > LISTED else ""
    return InputError(
        f"The {'lead' if leads == 1 else 'leads'} cannot be scored: {listed}{more}.",
        why="A guessed value would be scored as if it were known.",
        fix="Send every base feature by name, null where unknown.",
    )
