"""Which of our columns goes into which field of Salesforce's Lead: the seed that dbt loads too."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_scoring.errors import InputError
from python_scoring.io.project import read_seed, refused_seed, seed_path
from python_scoring.scoring.buckets import read_buckets

COLUMNS = ("column_name", "salesforce_field", "salesforce_type", "length", "scale")
OBJECT = "Lead"
TEXT_TYPES = frozenset({"string", "picklist", "textarea"})
_SALESFORCE_ID = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")


@dataclass(frozen=True)
class Field:
    """One field of Salesforce.

    Args:
        column: Our column.
        name: Salesforce's API name.
        type: In the words of Salesforce's describe.
        length: Longest text in characters, or digits of a number, those after the point included.
        scale: Digits after the point of a number.
        words: The only texts that it can hold; empty where any text is possible.
    """

    column: str
    name: str
    type: str
    length: int = 0
    scale: int = 0
    words: tuple[str, ...] = ()

    def problem(self, value: Any) -> str | None:
        """Say why a value cannot go into the field, or None when it can; null empties a field."""
        if self.type == "id":
            fits = isinstance(value, str) and _SALESFORCE_ID.fullmatch(value)
            return None if fits else "no Salesforce id of 15 or 18 characters"
        if value is None:
            return None
        if self.type == "double":
            return self._problem_of_number(float(value))
        if self.type in TEXT_TYPES:
            return self._problem_of_text(str(value))
        return None

    def _problem_of_number(self, value: float) -> str | None:
        if not math.isfinite(value):
            return "not a finite number"
        if abs(value) >= 10 ** (self.length - self.scale):
            return f"more than {self.length - self.scale} digits before the point"
        return None if round(value, self.scale) == value else f"more than {self.scale} decimals"

    def _problem_of_text(self, value: str) -> str | None:
        if len(value) > self.length:
            return f"longer than {self.length} characters"
        unknown = self.words and value not in self.words
        return "not a value of the seed score_buckets" if unknown else None


def read_fields(path: Path | None = None) -> list[Field]:
    """Read the seed salesforce_fields, or another file of its columns, in its order.

    Raises:
        InputError: It is absent, lacks a column, or has no field of type id.
    """
    buckets = read_buckets()
    words = {"score_bucket": buckets.names, "action_recommended": buckets.actions}
    path = path or seed_path("salesforce_fields")
    try:
        fields = [
            Field(
                column=row["column_name"],
                name=row["salesforce_field"],
                type=row["salesforce_type"],
                length=int(row["length"] or 0),
                scale=int(row["scale"] or 0),
                words=tuple(words.get(row["column_name"], ())),
            )
            for row in read_seed(path, COLUMNS)
        ]
    except ValueError as error:
        raise refused_seed(path, str(error), COLUMNS) from error
    if [field.type for field in fields].count("id") != 1:
        raise InputError(
            "The list of Salesforce fields has no field of type id, or several.",
            why="Rows are updated by it.",
            where=str(path),
            fix="Give the line of lead_id the type id.",
        )
    return fields
