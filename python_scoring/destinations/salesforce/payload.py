"""Rows of the export as Salesforce reads them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from python_scoring.destinations.channel import InvalidRow, Payload, Record
from python_scoring.destinations.salesforce.fields import Field
from python_scoring.errors import InputError


def to_payload(table: pa.Table, fields: Sequence[Field]) -> Payload:
    """Turn the rows of `salesforce_lead_scores` into records.

    Raises:
        InputError: The relation lacks a field of the list.
    """
    missing = [field.name for field in fields if field.name not in table.column_names]
    if missing:
        raise InputError(
            f"salesforce_lead_scores has no column {', '.join(missing)}.",
            why="The fields would stay as they are in Salesforce, without a word.",
            fix="Build again; the seed salesforce_fields and the export must list the same fields.",
        )
    [key] = [field.name for field in fields if field.type == "id"]
    records, invalid = [], []
    for row in table.select([field.name for field in fields]).sort_by(key).to_pylist():
        problem = _first_problem(row, fields)
        if problem:
            invalid.append(InvalidRow(row[key], *problem))
        else:
            records.append({name: _json_value(value) for name, value in row.items()})
    return Payload(records, invalid)


def _first_problem(row: Record, fields: Sequence[Field]) -> tuple[str, str] | None:
    for field in fields:
        problem = field.problem(row[field.name])
        if problem:
            return field.name, problem
    return None


def _json_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
    return value
