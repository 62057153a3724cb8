"""The operations guide has an entry for each kind of alert, and for none that there is not."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from python_scoring.monitoring.health import Verdict
from python_scoring.tests.conftest import PROJECT

GUIDE = PROJECT / "docs/operations/alerts.md"
MONITORING = PROJECT / "models/monitoring/after_go_live"
# columns whose accepted values are kinds of alerts or verdicts
KINDS = ("verdict", "alert", "process", "direction")


def entries(section: str) -> dict[str, str]:
    """Headings of a section of the guide, with what stands below each."""
    text = GUIDE.read_text(encoding="utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    parts = re.split(r"^### (.+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], (body.strip() for body in parts[1::2]), strict=True))


def processes() -> set[str]:
    """The processes that the macro watches."""
    macro = (PROJECT / "macros/calibration_evidence.sql").read_text(encoding="utf-8")
    listed = macro.split("macro monitored_processes()")[1].split("endmacro")[0]
    return set(re.findall(r"^ +\('([^']+)',", listed, re.MULTILINE))


def accepted_kinds(folder: Path) -> set[str]:
    """Values that a yml accepts in a column that holds kinds of alerts or verdicts."""
    found: set[str] = set()
    for path in folder.glob("*.yml"):
        loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in loaded.get("models", []):
            for column in model.get("columns", []):
                tests = [t for t in column.get("data_tests", []) if isinstance(t, dict)]
                if column["name"] in KINDS:
                    found |= {
                        str(value)
                        for test in tests
                        for value in test.get("accepted_values", {})
                        .get("arguments", {})
                        .get("values", [])
                    }
    return found


def collapse_subjects() -> set[str]:
    with (PROJECT / "seeds/mappings/collapse_limits.csv").open(encoding="utf-8") as file:
        return {row["subject"] for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("section", "kinds"),
    [
        ("Processes", processes()),
        ("Directions", {"fewer", "more"}),
        ("Collapse guards", collapse_subjects()),
    ],
)
def test_each_kind_of_alert_has_an_entry(section: str, kinds: set[str]) -> None:
    assert len(kinds) >= 2
    found = entries(section)
    assert set(found) == kinds
    assert [name for name, body in found.items() if len(body) < 60] == []


def test_each_verdict_has_an_entry() -> None:
    assert {str(verdict) for verdict in Verdict} <= set(entries("Verdicts"))


def test_what_a_relation_accepts_as_a_verdict_has_an_entry() -> None:
    sections = ("Processes", "Directions", "Verdicts", "Verdicts of a month")
    told = {name for section in sections for name in entries(section)}
    assert accepted_kinds(MONITORING) - told == set()


def test_a_new_verdict_is_seen(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(
        "models: [{name: x, columns: [{name: verdict, data_tests: [{accepted_values:"
        " {arguments: {values: [drifting]}}}]}]}]"
    )
    assert accepted_kinds(tmp_path) == {"drifting"}
