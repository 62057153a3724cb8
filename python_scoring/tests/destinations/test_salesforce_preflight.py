"""What the org must offer, and what a row must hold, before anything is sent."""

import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from python_scoring.destinations.salesforce.fields import Field, read_fields
from python_scoring.destinations.salesforce.payload import to_payload
from python_scoring.destinations.salesforce.preflight import findings
from python_scoring.errors import InputError
from python_scoring.tests.support.fake_salesforce import FakeOrg

Describe = dict[str, Any]
FIELDS = {field.name: field for field in read_fields()}


def test_the_field_list_names_every_field_of_the_contract() -> None:
    assert FIELDS["Id"].column == "lead_id"
    assert FIELDS["Lead_Score_Bucket__c"].words == ("Cold", "Warm", "Hot", "Very Hot")
    assert len(FIELDS) == 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("column_name\nlead_id\n", "has no column salesforce_field"),
        (
            "column_name,salesforce_field,salesforce_type,length,scale\nlead_id,Id,id,long,\n",
            "cannot be used",
        ),
        ("column_name,salesforce_field,salesforce_type,length,scale\n", "no field of type id"),
    ],
)
def test_a_broken_field_list_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "fields.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=said):
        read_fields(path)


def test_an_org_that_fits_has_no_findings() -> None:
    assert findings(list(FIELDS.values()), FakeOrg().describe) == []


def without_very_hot(field: Describe) -> None:
    field["picklistValues"] = [v for v in field["picklistValues"] if v["value"] != "Very Hot"]


def inactive_hot(field: Describe) -> None:
    [hot] = [v for v in field["picklistValues"] if v["value"] == "Hot"]
    hot["active"] = False


def change(**more: Any) -> Callable[[Describe], None]:
    return lambda field: field.update(more)


@pytest.mark.parametrize(
    ("name", "alter", "said"),
    [
        ("Lead_Score_Bucket__c", without_very_hot, 'picklist without the value "Very Hot"'),
        ("Lead_Score_Bucket__c", inactive_hot, 'picklist without the value "Hot"'),
        ("Lead_Score__c", change(type="percent"), "is of type percent, not double"),
        ("Lead_Score__c", change(scale=2), "keeps 2 decimals, 4 are sent"),
        ("Lead_Flight_Risk_Score__c", change(precision=3), "holds 3 digits before the point, 4"),
        ("Lead_Score_Narrative__c", change(length=200), "holds 200 characters, 255 are needed"),
        ("Lead_Score_Model_Version__c", change(updateable=False), "no edit access"),
        (
            "Lead_Is_Fresh_Start__c",
            change(updateable=False, calculated=True),
            "it is a formula",
        ),
        ("Lead_Score_Timestamp__c", change(type="date"), "is of type date, not datetime"),
        (
            "Lead_Score_Model_Version__c",
            change(type="picklist", restrictedPicklist=True),
            "is a restricted picklist, and our texts are free",
        ),
        ("Lead_Restlessness_Ratio__c", change(name="Other__c"), "there is no such field"),
    ],
)
def test_what_does_not_fit_is_found(
    name: str, alter: Callable[[Describe], None], said: str
) -> None:
    org = FakeOrg()
    [field] = [field for field in org.describe["fields"] if field["name"] == name]
    alter(field)
    [found] = findings(list(FIELDS.values()), org.describe)
    assert found.startswith(f"{name}: ")
    assert said in found


def test_an_unrestricted_picklist_and_a_longer_text_fit() -> None:
    org = FakeOrg()
    for field in org.describe["fields"]:
        if field["name"] == "Lead_Score_Bucket__c":
            field.update(restrictedPicklist=False, picklistValues=[])
        if field["name"] == "Lead_Score_Narrative__c":
            field["length"] = 32_768
    assert findings(list(FIELDS.values()), org.describe) == []


def test_all_findings_come_at_once() -> None:
    found = findings(list(FIELDS.values()), {"updateable": False, "fields": []})
    assert found[0] == "Lead: the user may not edit it"
    assert len(found) == 1 + len(FIELDS)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("Id", "00QSIM000000000", None),
        ("Id", "00QSIM000000000AAA", None),
        ("Id", "00QSIM000000000A", "no Salesforce id of 15 or 18 characters"),
        ("Id", None, "no Salesforce id of 15 or 18 characters"),
        ("Lead_Score__c", 0.1234, None),
        ("Lead_Score__c", 0.12345, "more than 4 decimals"),
        ("Lead_Score__c", 10.0, "more than 1 digits before the point"),
        ("Lead_Score__c", math.nan, "not a finite number"),
        ("Lead_Restlessness_Ratio__c", 100.0, None),
        ("Lead_Restlessness_Ratio__c", None, None),
        ("Lead_Flight_Risk_Score__c", -1000, None),
        ("Lead_Score_Narrative__c", "é" * 255, None),
        ("Lead_Score_Narrative__c", "é" * 256, "longer than 255 characters"),
        ("Lead_Score_Bucket__c", "Tepid", "not a value of the seed score_buckets"),
        ("Lead_Is_Fresh_Start__c", True, None),
    ],
)
def test_a_value_fits_its_field_or_not(name: str, value: Any, problem: str | None) -> None:
    assert FIELDS[name].problem(value) == problem


def test_records_are_sorted_and_their_times_are_utc() -> None:
    fields = [Field("lead_id", "Id", "id", 18), Field("at", "At__c", "datetime")]
    at = [datetime(2025, 6, 30, 6), None, None]
    rows = pa.table({"other": [1, 2, 3], "At__c": at, "Id": ["b" * 15, "a" * 15, "?"]})
    payload = to_payload(rows, fields)
    assert payload.records == [
        {"Id": "a" * 15, "At__c": None},
        {"Id": "b" * 15, "At__c": "2025-06-30T06:00:00.000Z"},
    ]
    assert [vars(row) for row in payload.invalid] == [
        {"lead_id": "?", "field": "Id", "problem": "no Salesforce id of 15 or 18 characters"}
    ]
    with pytest.raises(InputError, match="no column At__c"):
        to_payload(rows.drop_columns("At__c"), fields)
