"""`lead-scoring sync salesforce` against an org on loopback that misbehaves."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from python_scoring.destinations.salesforce import channels, credentials, destination
from python_scoring.destinations.salesforce.channels import Bulk
from python_scoring.io.warehouse.current import warehouse as current_warehouse
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.support.fake_salesforce import Answer, FakeOrg, refusal
from python_scoring.tests.support.salesforce_warehouse import Command, Warehouse, small_warehouse

LOCK = "UNABLE_TO_LOCK_ROW"
COLLECTION = "composite/sobjects"


COLLECTIONS, BULK = 2_000, 100
both_ways = pytest.mark.parametrize(
    "bulk_above", [COLLECTIONS, BULK], ids=["collections", "bulk"], indirect=True
)


@pytest.fixture
def bulk_above(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Send the 500 leads by the way of the parameter; bulk jobs take 200 of them each."""
    above: int = request.param
    monkeypatch.setattr(destination, "BULK_ABOVE", above)
    monkeypatch.setattr(Bulk, "batch_rows", 200)
    return above


def test_a_dry_run_writes_the_payload_and_sends_nothing(
    warehouse: Warehouse, org: FakeOrg, command: Command
) -> None:
    done = command.run()
    assert done.exit_code == 0, done.output
    assert "new               500" in done.stdout
    assert "Nothing was sent." in done.stdout
    assert org.requests == []
    payload = json.loads(command.payload.read_text())
    [row] = warehouse.rows(
        "select lead_id, lead_score, narrative, strftime(scoring_timestamp, '%Y-%m-%dT%H:%M:%S'),"
        " flight_risk_score, is_fresh_start from salesforce_delivery_status"
        " order by lead_id limit 1"
    )
    record = payload["records"][0]
    assert (record["Id"], record["Lead_Score__c"], record["Lead_Score_Narrative__c"]) == row[:3]
    assert record["Lead_Score_Timestamp__c"] == f"{row[3]}.000Z"
    assert (record["Lead_Flight_Risk_Score__c"], record["Lead_Is_Fresh_Start__c"]) == row[4:]
    ids = [record["Id"] for record in payload["records"]]
    assert (ids, len(ids)) == (sorted(ids), 500)


def in_csv(value: str | float | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "#N/A" if value is None else str(value)


@both_ways
def test_what_arrives_is_what_was_due_and_is_sent_once(
    bulk_above: int, warehouse: Warehouse, org: FakeOrg, command: Command
) -> None:
    assert command.report("--execute")["delivered"]["accepted"] == 500
    payload = {r["Id"]: r for r in json.loads(command.payload.read_text())["records"]}
    if org.jobs:
        assert len(org.jobs) == 3
        payload = {
            lead_id: {name: in_csv(value) for name, value in record.items()}
            for lead_id, record in payload.items()
        }
    assert org.leads == payload
    sent = len(org.requests)
    again = command.report("--execute")
    assert (again["totals"]["unchanged"], again["totals"]["new"]) == (500, 0)
    assert len(org.requests) == sent
    assert set(org.updates.values()) == {1}
    assert warehouse.results() == {"sent": 500, "accepted": 500}


def test_a_lead_is_sent_again_when_any_field_changed(
    warehouse: Warehouse, org: FakeOrg, command: Command
) -> None:
    """A new time of scoring alone is no change."""
    command.report("--execute")
    changes = {
        "lead_score": "0.9",
        "score_bucket": "'Hot'",
        "action_recommended": "'Call immediately'",
        "narrative": "null",
        "model_version": "'v2-next'",
        "restlessness_ratio": "null",
        "flight_risk_score": "null",
        "is_fresh_start": "null",
    }
    ids = "select lead_id from salesforce_leads where is_fresh_start is not null"
    leads = [row[0] for row in warehouse.rows(f"{ids} order by 1 limit {len(changes)}")]
    warehouse.execute("update salesforce_leads set scoring_timestamp = '2026-01-01'")
    for lead_id, (column, value) in zip(leads, changes.items(), strict=True):
        warehouse.execute(
            f"update salesforce_leads set {column} = {value} where lead_id = '{lead_id}'"
        )
    done = command.report("--execute")
    assert (done["totals"]["changed"], done["delivered"]["accepted"]) == (8, 8)
    assert {lead_id for lead_id, times in org.updates.items() if times == 2} == set(leads)
    assert org.leads[leads[3]]["Lead_Score_Narrative__c"] is None


@both_ways
def test_rows_are_accepted_or_rejected_each_by_itself(
    bulk_above: int, warehouse: Warehouse, org: FakeOrg, command: Command
) -> None:
    leads = [row[0] for row in warehouse.rows("select lead_id from salesforce_leads order by 1")]
    org.row_errors = {lead_id: ["ENTITY_IS_DELETED"] for lead_id in leads[:3]}
    org.row_errors |= {lead_id: [LOCK, LOCK] for lead_id in leads[300:310]}
    org.row_errors[leads[499]] = [LOCK] * 20
    done = command.report("--execute", exit_code=1)["delivered"]
    assert done == {
        "accepted": 496,
        "rejected": {"ENTITY_IS_DELETED": 3, LOCK: 1},
        "unconfirmed": 0,
    }
    assert warehouse.accepted() == leads[3:499]
    assert len(command.pauses) >= 5
    assert all(0 <= pause <= 60 for pause in command.pauses)
    log = str(warehouse.rows("select * from salesforce_delivery_log"))
    assert "somebody" not in log, "Salesforce's messages may name a person"
    org.row_errors = {}
    assert command.report("--execute")["delivered"]["accepted"] == 4
    assert warehouse.accepted() == leads


@pytest.mark.parametrize(
    "answer", [refusal(503, "SERVER_UNAVAILABLE"), None], ids=["503", "timeout"]
)
@both_ways
def test_faults_that_pass_are_sat_out(
    bulk_above: int,
    warehouse: Warehouse,
    org: FakeOrg,
    command: Command,
    answer: Answer | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if answer is None:
        monkeypatch.setattr(credentials, "TIMEOUT", (5.0, 1.5))
    bulk = [("PUT", "batches"), ("PATCH", "ingest/"), ("GET", "Results")]
    steps = [("PATCH", COLLECTION)] if bulk_above == COLLECTIONS else bulk
    for method, part in [("GET", "describe"), *steps]:
        org.fail(method, part, answer)
    assert command.report("--execute")["delivered"]["accepted"] == 500
    assert len(warehouse.accepted()) == 500
    assert not org.faults
    assert set(org.updates.values()) <= {1, 2}


@both_ways
def test_faults_that_do_not_pass_stop_the_run_which_goes_on_later(
    bulk_above: int, warehouse: Warehouse, org: FakeOrg, command: Command
) -> None:
    """The second batch cannot be sent; the first stays delivered."""
    part = COLLECTION if bulk_above == COLLECTIONS else "batches"
    method = "PATCH" if part == COLLECTION else "PUT"
    passed = []

    def second_batch(m: str, p: str) -> bool:
        if m == method and part in p:
            passed.append(p)
        return len(passed) > 1 and m == method and part in p

    org.faults.extend([(second_batch, refusal(500, "UNKNOWN_EXCEPTION"))] * 6)
    done = command.run("--execute")
    assert done.exit_code == 2
    assert "UNKNOWN_EXCEPTION" in done.stderr
    assert "200 of 500 rows were accepted before that" in done.stderr
    assert warehouse.results() == {"sent": 400, "accepted": 200}
    report = command.report("--execute")
    assert report["settled"] == {"unconfirmed": 200}
    assert report["delivered"]["accepted"] == 300
    assert set(org.updates.values()) == {1}
    assert len(warehouse.accepted()) == 500


def test_a_refusal_is_not_tried_again(warehouse: Warehouse, org: FakeOrg, command: Command) -> None:
    org.fail("GET", "describe", refusal(403, "API_DISABLED_FOR_ORG"))
    done = command.run("--execute")
    assert (done.exit_code, org.count("GET", "describe")) == (2, 1)
    assert "API_DISABLED_FOR_ORG" in done.stderr
    assert "somebody" not in done.stderr


def test_a_session_that_cannot_be_renewed_is_an_error(
    warehouse: Warehouse, org: FakeOrg, command: Command
) -> None:
    org.sessions.clear()
    done = command.run("--execute")
    assert done.exit_code == 2
    assert "session has expired" in done.stderr
    assert "session-0" not in done.output


def test_the_org_is_checked_before_the_first_row(
    warehouse: Warehouse, org: FakeOrg, command: Command
) -> None:
    [bucket] = [f for f in org.describe["fields"] if f["name"] == "Lead_Score_Bucket__c"]
    bucket["picklistValues"] = [v for v in bucket["picklistValues"] if v["value"] != "Very Hot"]
    done = command.run("--execute")
    assert done.exit_code == 1
    assert 'Lead_Score_Bucket__c: restricted picklist without the value "Very Hot"' in done.stdout
    assert org.requests == [("GET", "/services/data/v59.0/sobjects/Lead/describe")]
    assert warehouse.results() == {}
    assert command.report("--check", exit_code=1)["findings"]


def test_rows_that_cannot_be_sent_stay_home(
    warehouse: Warehouse, org: FakeOrg, command: Command
) -> None:
    warehouse.execute(
        "update salesforce_leads set score_bucket = 'Tepid'"
        " where lead_id in (select lead_id from salesforce_leads order by lead_id limit 2)"
    )
    report = command.report("--execute", exit_code=1)
    assert (report["totals"]["invalid"], report["totals"]["new"]) == (2, 498)
    assert report["delivered"]["accepted"] == 498
    told = json.loads(command.payload.read_text())["invalid"][0]
    assert (told["field"], told["problem"]) == (
        "Lead_Score_Bucket__c",
        "not a value of the seed score_buckets",
    )


def start(warehouse: Warehouse, org: FakeOrg, folder: Path) -> subprocess.Popen[bytes]:
    words = ["sync", "salesforce", "--execute", "--out", str(folder / "payload.json")]
    code = f"from python_scoring.cli.main import main; main({words})"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"LEAD_SCORING_DB": str(warehouse.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_killed_between_two_collections(
    warehouse: Warehouse, org: FakeOrg, command: Command
) -> None:
    """The second batch was applied, but its answer never read: these 200 rows are sent twice."""
    org.go_on.clear()
    org.hold_after = 1
    process = start(warehouse, org, command.folder)
    assert org.holding.wait(300)
    kill(process)
    org.hold_after = None
    assert warehouse.results() == {"sent": 400, "accepted": 200}
    report = command.report("--execute")
    assert report["settled"] == {"unconfirmed": 200}
    assert report["delivered"]["accepted"] == 300
    assert sorted(org.updates.values()) == [1] * 300 + [2] * 200
    leads = [row[0] for row in warehouse.rows("select lead_id from salesforce_leads order by 1")]
    assert warehouse.accepted() == leads
    assert warehouse.results() == {"sent": 700, "accepted": 500, "unconfirmed": 200}
    assert command.report("--execute")["totals"]["unchanged"] == 500


@pytest.fixture
def many(demo: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """Leads enough for a Bulk job."""
    made = small_warehouse(demo, tmp_path, 2_500)
    monkeypatch.setenv("LEAD_SCORING_DB", str(made.path))
    return made


def test_killed_while_a_job_runs(many: Warehouse, org: FakeOrg, command: Command) -> None:
    """Its result is asked for: nothing is sent twice, and what was delivered is what was sent."""
    org.go_on.clear()
    process = start(many, org, command.folder)
    while not org.count("GET", "jobs/ingest/"):
        assert process.poll() is None
        time.sleep(0.01)
    kill(process)
    assert many.results() == {"sent": 2_500}
    many.execute(
        "update salesforce_leads set narrative = 'rewritten'"
        " where lead_id = (select min(lead_id) from salesforce_leads)"
    )
    org.go_on.set()
    report = command.report("--execute")
    assert report["settled"] == {"accepted": 2_500}
    assert (report["totals"]["unchanged"], report["totals"]["changed"]) == (2_499, 1)
    assert sorted(org.updates.values()) == [1] * 2_499 + [2]
    assert len(org.jobs) == 1


def test_killed_before_a_job_was_started(many: Warehouse, org: FakeOrg, command: Command) -> None:
    """Salesforce has the rows but was not started: the job is aborted, the rows sent anew."""
    org.fail("PUT", "batches", None)
    process = start(many, org, command.folder)
    assert org.holding.wait(300)
    kill(process)
    report = command.report("--execute")
    assert report["settled"] == {"unconfirmed": 2_500}
    assert report["delivered"]["accepted"] == 2_500
    assert [job["state"] for job in org.jobs.values()] == ["Aborted", "JobComplete"]
    assert set(org.updates.values()) == {1}


def test_a_job_that_takes_too_long_is_left_to_the_next_run(
    many: Warehouse, org: FakeOrg, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    org.go_on.clear()
    monkeypatch.setattr(channels, "PATIENCE_SECONDS", 0.1)
    done = command.run("--execute")
    assert done.exit_code == 2
    assert "Bulk job 750000000000000AAA is still running" in done.stderr
    org.go_on.set()
    assert command.report("--execute")["settled"] == {"accepted": 2_500}
    assert (len(org.jobs), set(org.updates.values())) == (1, {1})


def test_a_job_that_salesforce_has_forgotten_is_sent_anew(
    many: Warehouse, org: FakeOrg, command: Command
) -> None:
    org.fail("PATCH", "ingest/", refusal(403, "API_DISABLED_FOR_ORG"))
    assert command.run("--execute").exit_code == 2
    org.jobs.clear()
    report = command.report("--execute")
    assert report["settled"] == {"unconfirmed": 2_500}
    assert report["delivered"]["accepted"] == 2_500


def test_two_syncs_at_once_are_one_too_many(
    warehouse: Warehouse, org: FakeOrg, command: Command
) -> None:
    with current_warehouse().only_sync():
        done = command.run("--execute")
    assert (done.exit_code, org.requests) == (2, [])
    assert "Another sync of this warehouse is running" in done.stderr


def test_missing_credentials_are_reported(
    warehouse: Warehouse, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESFORCE_USERNAME", "somebody@example.com")
    monkeypatch.setenv("SALESFORCE_PASSWORD", "secret")
    done = command.run("--execute")
    assert done.exit_code == 2
    assert "SALESFORCE_SECURITY_TOKEN (missing: SALESFORCE_SECURITY_TOKEN)" in done.stderr
    assert "secret" not in done.stderr


def test_help_has_examples_and_exit_codes(command: Command) -> None:
    lines = [line.strip() for line in command.run("--help").stdout.splitlines()]
    assert any(line.startswith("lead-scoring sync salesforce --execute") for line in lines)
    assert any(line.startswith("Exit codes: 0") for line in lines)
