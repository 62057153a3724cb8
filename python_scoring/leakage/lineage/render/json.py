"""The report of an audit for programs."""

import json
from dataclasses import asdict
from typing import Any

from python_scoring.leakage.lineage.findings import Report


def render_json(report: Report) -> str:
    """The whole report as JSON; its keys are the fields of `report.Report`, plus `is_clean`."""
    return json.dumps(as_data(report), indent=2)


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain dictionaries and lists."""
    return {"is_clean": report.is_clean, **asdict(report)}
