"""Dimensions and measures of LookML, and the SQL that stands for them.

A small part of LookML, the one that the project's views use; whatever is outside it is refused.
The SQL is BigQuery's, as Looker would send it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_DIMENSION = {"name", "type", "sql", "description", "label", "group_label", "primary_key"}
_DIMENSION |= {"hidden", "value_format_name", "required_access_grants", "links"}
_GROUP = (_DIMENSION - {"primary_key", "links"}) | {"timeframes", "datatype", "convert_tz"}
_MEASURE = {"name", "type", "sql", "description", "label", "group_label", "hidden"}
_MEASURE |= {"value_format_name", "required_access_grants", "filters__all", "drill_fields"}
_DIMENSION_TYPES = {"string", "number", "yesno"}
_AGGREGATES = {
    "count": "count({})",
    "count_distinct": "count(distinct {})",
    "sum": "sum({})",
    "average": "avg({})",
    "min": "min({})",
    "max": "max({})",
}
_FRAMES = {
    "raw": "{}",
    "date": "{}",
    "week": "date_trunc({}, week(monday))",
    "month": "format_date('%Y-%m', {})",
}
REFERENCE = re.compile(r"\$\{([\w.]+)\}")
_PLAIN = re.compile(r"^[\w.]+$")


class RefusedError(Exception):
    """LookML that is wrong, or outside the part that is understood here."""


@dataclass(frozen=True)
class Field:
    """A dimension, a timeframe of a dimension group, or a measure.

    Args:
        view: Its view.
        name: Its name within the view.
        is_measure: Whether it aggregates.
        type: LookML's type; `date` or `timestamp` of a dimension group.
        sql: Its SQL as written; empty for a count.
        timeframe: Of a dimension group.
        filters: Of a measure: values by field.
        grants: Access grants that it requires.
        attributes: All that is written of it.
    """

    view: str
    name: str
    is_measure: bool
    type: str
    sql: str
    timeframe: str
    filters: Mapping[str, str]
    grants: frozenset[str]
    attributes: Mapping[str, Any]

    @property
    def full_name(self) -> str:
        """Such as `lead_scores_daily.score_date`."""
        return f"{self.view}.{self.name}"

    def wrapped(self, sql: str) -> str:
        """Return the SQL of the dimension from that of its column or expression."""
        if not self.timeframe:
            return sql
        day = f"date({sql})" if self.type == "timestamp" and self.timeframe != "raw" else sql
        return _FRAMES[self.timeframe].format(day)

    def aggregated(self, sql: str, condition: str) -> str:
        """Return the SQL of the measure.

        Args:
            sql: Of what it aggregates; empty for a count.
            condition: Of the rows that it counts; empty for all.
        """
        if condition:
            sql = f"case when {condition} then {sql or '1'} end"
        return _AGGREGATES[self.type].format(sql or "*")


def fields_of_view(view: Mapping[str, Any]) -> dict[str, Field]:
    """Return the fields of a parsed view, by name.

    Raises:
        RefusedError: An attribute or type is not understood, or two fields have one name.
    """
    found: dict[str, Field] = {}
    for made in _fields(view):
        if made.name in found:
            raise RefusedError(f"two fields are named {made.name}")
        found[made.name] = made
    return found


def _fields(view: Mapping[str, Any]) -> Iterator[Field]:
    for parsed in view.get("dimensions", []):
        _only(parsed, _DIMENSION, _DIMENSION_TYPES)
        yield _field(view["name"], parsed, is_measure=False)
    for parsed in view.get("dimension_groups", []):
        _only(parsed, _GROUP, {"time"})
        if parsed.get("convert_tz") != "no":
            raise RefusedError(f"{parsed['name']}: days are UTC, so convert_tz must be no")
        for frame in parsed["timeframes"]:
            if frame not in _FRAMES:
                raise RefusedError(f"{parsed['name']}: timeframe {frame} is not understood here")
            typed = {**parsed, "name": f"{parsed['name']}_{frame}", "type": parsed["datatype"]}
            yield _field(view["name"], typed, is_measure=False, timeframe=frame)
    for parsed in view.get("measures", []):
        _only(parsed, _MEASURE, {*_AGGREGATES, "number"})
        yield _field(view["name"], parsed, is_measure=True)


def _only(parsed: Mapping[str, Any], known: set[str], types: set[str]) -> None:
    if unknown := set(parsed) - known:
        raise RefusedError(f"{parsed['name']}: {', '.join(sorted(unknown))} is not understood here")
    if parsed.get("type", "string") not in types:
        raise RefusedError(f"{parsed['name']}: type {parsed['type']} is not understood here")
    if "{%" in parsed.get("sql", "") or "{{" in parsed.get("sql", ""):
        raise RefusedError(f"{parsed['name']}: Liquid in SQL is not understood here")


def _field(view: str, parsed: Mapping[str, Any], *, is_measure: bool, timeframe: str = "") -> Field:
    blocks = parsed.get("filters__all", [])
    return Field(
        view=view,
        name=parsed["name"],
        is_measure=is_measure,
        type=parsed.get("type", "string"),
        sql=parsed.get("sql", "").strip(),
        timeframe=timeframe,
        filters={key: value for block in blocks for each in block for key, value in each.items()},
        grants=frozenset(parsed.get("required_access_grants", [])),
        attributes=parsed,
    )


def in_brackets(sql: str) -> str:
    """Return an expression that may stand inside another one."""
    return sql if _PLAIN.match(sql) else f"({sql})"
