"""Breaks of contracts, views and dashboards, one at a time: the check names each, and where."""

import copy
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from python_scoring.looker.check import check
from python_scoring.looker.contracts import Column, Contract
from python_scoring.tests.looker.conftest import DAY, LOOKML

Contracts = dict[str, Contract]


@dataclass(frozen=True)
class Break:
    """A change, and words that one of the findings must hold, all of them.

    Args:
        file: File of the LookML project; empty for a change of a contract.
        right: What stands there.
        wrong: What a tired engineer might write.
        told: Words of one finding.
        contract: Relation and change of its columns.

    """

    told: tuple[str, ...]
    file: str = ""
    right: str = ""
    wrong: str = ""
    contract: tuple[str, Callable[[Column], Column | None]] | None = None


def renamed(old: str, new: str) -> Callable[[Column], Column | None]:
    return lambda column: replace(column, name=new) if column.name == old else column


def gone(name: str) -> Callable[[Column], Column | None]:
    return lambda column: None if column.name == name else column


def retyped(name: str, kind: str) -> Callable[[Column], Column | None]:
    return lambda column: replace(column, type=kind) if column.name == name else column


CALLS = "dashboards/todays_calls.dashboard.lookml"
HEALTH = "dashboards/model_health.dashboard.lookml"
MODEL = "models/lead_scoring.model.lkml"
LEADS = "views/lead_scores_daily.measures.lkml"
PROSPECTS = "views/prospect_call_list.measures.lkml"
BREAKS = {
    "a contract renames a column of a tile": Break(
        ("todays_calls", "tile 'Leads by bucket'", "no field action_recommended"),
        contract=("lead_scores_daily", renamed("action_recommended", "recommended_action")),
    ),
    "a contract loses a column of a measure": Break(
        ("contact_to_call", "tile 'By owner'", "label"),
        contract=("scored_contacts", gone("label")),
    ),
    "a contract makes a day of a number": Break(
        ("model_health", "tile 'Rate that was said and that came, by tenth'", "score_decile"),
        contract=("realised_bands", retyped("score_decile", "date")),
    ),
    "a contract gains a column, and nobody generated": Break(
        ("views/model_alerts.view.lkml", "not what the contract gives"),
        contract=("model_alerts", lambda column: replace(column, description="Otherwise.")),
    ),
    "a view is edited by hand": Break(
        ("views/builds.view.lkml", "not what the contract gives"),
        *("views/builds.view.lkml", "type: string", "type: number"),
    ),
    "a measure reads a column that is none": Break(
        ("lead_scores_daily.lowest_score", "no column lead_scor"),
        *(LEADS, "sql: ${lead_score} ;;", "sql: ${TABLE}.lead_scor ;;"),
    ),
    "a measure of a measure": Break(
        ("tile 'Leads by bucket'", "expected_calls must refer to dimensions"),
        LEADS,
        "then ${lead_score} else 0 end ;;",
        "then ${lead_count} else 0 end ;;",
    ),
    "a name without the grant": Break(
        ("prospect_call_list.full_name", "shows names", "can_see_names"),
        *(PROSPECTS, "    required_access_grants: [can_see_names]\n", ""),
    ),
    "a tile shows names to everybody": Break(
        ("tile 'Prospects to call first'", "needs the access grant"),
        *(CALLS, "prospect_call_list.firm_name,", "prospect_call_list.full_name,"),
    ),
    "an include is forgotten": Break(
        (MODEL, "views/model_alerts.measures.lkml is not included"),
        *(MODEL, 'include: "/views/model_alerts.measures.lkml"\n', ""),
    ),
    "a join without a relationship": Break(
        ("explore leads, join salesforce_leads", "no relationship"),
        *(MODEL, "    relationship: one_to_one\n", ""),
    ),
    "a join that repeats rows": Break(
        ("tile 'Leads by owner'", "repeats rows"),
        *(MODEL, "relationship: one_to_one", "relationship: one_to_many"),
    ),
    "a filter that is no day": Break(
        ("tile 'Day'", "'last monday' is not understood"),
        *(MODEL, 's_daily.score_date: "7 days"', 's_daily.score_date: "last monday"'),
    ),
    "a tile listens to no filter": Break(
        ("tile 'Evidence over time'", "listens to Version"),
        *(HEALTH, "Model version: calibration_evidence", "Version: calibration_evidence"),
    ),
    "a tile sorts by what it does not show": Break(
        ("tile 'Open alerts'", "is not by one of the fields"),
        HEALTH,
        "    fields: [model_alerts.open_count]\n",
        "    fields: [model_alerts.open_count]\n    sorts: [model_alerts.people]\n",
    ),
    "a tile covers another one": Break(
        ("tile 'Builds'", "it covers 'Lift of the best tenth, by month'"),
        *(HEALTH, "    row: 29\n", "    row: 28\n"),
    ),
    "a tile says nothing to its reader": Break(
        ("tile 'Day'", "it lacks note_text"),
        *(CALLS, "    note_text: The newest", "    note_display: The newest"),
    ),
    "a file that does not parse": Break(
        (MODEL.replace("models/lead_scoring.model", "tests/leads.test"), "cannot be read"),
        *("tests/leads.test.lkml", "  assert: within_0_and_1 {", "  assert within_0_and_1 {"),
    ),
    "a test of a field that is none": Break(
        ("tests/prospects.test.lkml", "no field last_place"),
        *("tests/prospects.test.lkml", "call_list.last_position", "call_list.last_place"),
    ),
    "a constant that nobody declares": Break(
        ("lead_scores_daily.is_newest_day", "declares no constant DATASETS"),
        *(LEADS, "@{DATASET}", "@{DATASETS}"),
    ),
}  # fmt: skip


def broken(name: str, contracts: Contracts, folder: Path) -> tuple[Contracts, Path]:
    """The contracts and the LookML with one break."""
    change = BREAKS[name]
    lookml = folder / "looker"
    shutil.copytree(LOOKML, lookml)
    if change.contract:
        relation, changed = change.contract
        found = contracts[relation]
        columns = tuple(c for c in map(changed, found.columns) if c is not None)
        return {**contracts, relation: replace(found, columns=columns)}, lookml
    text = (lookml / change.file).read_text(encoding="utf-8")
    assert change.right in text, "the break changes nothing"
    (lookml / change.file).write_text(text.replace(change.right, change.wrong), encoding="utf-8")
    return copy.copy(contracts), lookml


@pytest.mark.parametrize("name", BREAKS)
def test_the_check_names_the_break(name: str, contracts: Contracts, tmp_path: Path) -> None:
    changed, lookml = broken(name, contracts, tmp_path)
    findings = check(lookml, changed, DAY).findings
    told = BREAKS[name].told
    assert any(all(word in finding for word in told) for finding in findings), findings
