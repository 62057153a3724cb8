"""Rows of the export as Salesforce reads them, and the file that shows them beforehand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from python_scoring.destinations.salesforce.fields import OBJECT, Field
from python_scoring.errors import InputError
from python_scoring.io.atomic import atomic_file

Record = dict[str, Any]


@dataclass(frozen=True)
class InvalidRow:
    """A row that stays home, and the first reason why."""

    Id: str | None
    field: str
    problem: str


@dataclass(frozen=True)
class Payload:
    """Records to send, in order of Id, and the rows that cannot be sent."""

    records: list[Record]
    invalid: list[InvalidRow]


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


def write_payload(path: Path, payload: Payload, totals: dict[str, int]) -> None:
    """Write one JSON object: object, totals, records (one a line), invalid."""
    with atomic_file(path) as beside, beside.open("w", encoding="utf-8") as file:
        file.write(f'{{"object": "{OBJECT}",\n "totals": {json.dumps(totals)},\n "records": [')
        for place, record in enumerate(payload.records):
            file.write(f"{',' if place else ''}\n  {json.dumps(record, ensure_ascii=False)}")
        invalid = [vars(row) for row in payload.invalid]
        file.write(f'\n ],\n "invalid": {json.dumps(invalid)}\n}}\n')
