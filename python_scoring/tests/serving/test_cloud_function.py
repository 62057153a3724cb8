"""The Cloud Function over HTTP, as it is deployed: what it answers, refuses, and logs."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from flask import Request
from werkzeug.test import create_environ

from python_scoring import LeadScorer
from python_scoring.serving.bundle import FUNCTION
from python_scoring.serving.logs import CloudFormatter
from python_scoring.serving.service import LOG, MOST_BYTES, Service
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.support.http_load import JSON, latencies

if TYPE_CHECKING:
    from python_scoring.tests.support.served_function import ServedFunction


PERSON = "00QPERSON0000001"


@pytest.fixture(scope="module")
def promoted() -> LeadScorer:
    return LeadScorer()


@pytest.fixture
def features(promoted: LeadScorer) -> dict[str, Any]:
    return {name: place for place, name in enumerate(promoted.contract.base_names)}


def refusal(served: "ServedFunction", sent: Any) -> dict[str, str]:
    """Post what must be refused; return the reason of each field."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    reply = served.ask("POST", "/", body)
    assert reply.status == 400, reply.body
    assert reply.body["error"].startswith("Nothing was scored")
    return {found["field"]: found["reason"] for found in reply.body["fields"]}


def test_one_lead_is_answered_as_agreed(
    served: "ServedFunction", promoted: LeadScorer, features: dict[str, Any]
) -> None:
    reply = served.score({"lead_id": "00Q1", "features": features})
    assert reply.status == 200
    assert reply.body == {"lead_id": "00Q1", **promoted.score_lead(features)}


def test_the_predecessors_spelling_null_and_yes_are_understood(
    served: "ServedFunction", features: dict[str, Any]
) -> None:
    plain = features | {"pit_mobility_tier_highly_mobile": 1, "firm_aum_pit": None}
    old = {n.replace("highly_mobile", "Highly Mobile"): v for n, v in plain.items()}
    old["pit_mobility_tier_Highly Mobile"] = True
    assert set(old) - set(plain)
    found = served.score({"lead_id": "a", "features": old})
    assert found.status == 200
    assert found.body == served.score({"lead_id": "a", "features": plain}).body


def test_every_published_score_is_served_alone_and_in_a_batch(
    served: "ServedFunction", promoted: LeadScorer, demo: Dbt
) -> None:
    names = promoted.contract.base_names
    with duckdb.connect(str(demo.database), read_only=True) as connection:
        rows = connection.execute(
            f"select lead_id, s.lead_score, s.uncalibrated_score, s.score_bucket,"
            f" s.action_recommended, s.model_version, {', '.join(names)}"
            " from lead_scores_daily as s join lead_scoring_features using (lead_id)"
            " order by lead_id"
        ).fetchall()
        published = connection.execute("select count(*) from lead_scores_daily").fetchone()
    assert published == (len(rows),)
    assert len(rows) > 1000
    leads = [{"lead_id": r[0], "features": dict(zip(names, r[6:], strict=True))} for r in rows]
    batches = [served.score({"leads": leads[i : i + 1000]}) for i in range(0, len(leads), 1000)]
    served_rows = [score for batch in batches for score in batch.body["scores"]]
    alone = [{"lead_id": x["lead_id"], **promoted.score_lead(x["features"])} for x in leads]
    assert served_rows == alone
    told = ["lead_id", "lead_score", "uncalibrated_score", "score_bucket"]
    told += ["action_recommended", "model_version"]
    assert [tuple(row[name] for name in told) for row in alone] == [tuple(r[:6]) for r in rows]


def test_each_wrong_field_is_refused_with_its_reason(
    served: "ServedFunction", features: dict[str, Any]
) -> None:
    wrong = features | {
        "firm_net_change_12mo": "-5",
        "industry_tenure_months": True,
        "firm_rep_count_at_contact": [1],
        "pit_moves_3yr": 10**400,
        "pit_mobility_tier_mobile": "yes",
        "days_in_gap": 3,
        "is_fresh_start": 0,
    }
    del wrong["num_prior_firms"]
    found = refusal(served, {"lead_id": 7, "features": wrong, "owner": "me"})
    assert found == {
        "lead_id": "Input should be a valid string",
        "owner": "Extra inputs are not permitted",
        "features.num_prior_firms": "Field required",
        "features.firm_net_change_12mo": "Input should be a valid number",
        "features.industry_tenure_months": "Input should be a valid number",
        "features.firm_rep_count_at_contact": "Input should be a valid number",
        "features.pit_moves_3yr": "Input should be a valid number",
        "features.pit_mobility_tier_mobile": "Input should be a valid number",
        "features.days_in_gap": "Extra inputs are not permitted",
        "features.is_fresh_start": "Extra inputs are not permitted",
    }


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_that_are_not_finite_are_refused(
    served: "ServedFunction", features: dict[str, Any], number: str
) -> None:
    text = json.dumps({"lead_id": "a", "features": features | {"firm_aum_pit": "HERE"}})
    found = refusal(served, text.replace('"HERE"', number).encode())
    assert found == {"features.firm_aum_pit": "Input should be a finite number"}


@pytest.mark.parametrize("key", ["lead_id", "firm_aum_pit"])
def test_a_key_that_stands_twice_is_refused(
    served: "ServedFunction", features: dict[str, Any], key: str
) -> None:
    text = json.dumps({"lead_id": "a", "features": features | {"firm_aum_pit": "b"}})
    twice = text.replace(f'"{key}":', f'"{key}": null, "{key}":').replace('"b"', "1")
    found = refusal(served, twice.encode())
    assert found == {"body": f"the key '{key}' stands twice in one object"}


def test_a_feature_under_two_names_is_refused(
    served: "ServedFunction", features: dict[str, Any]
) -> None:
    twice = features | {"pit_mobility_tier_Mobile": 1}
    found = refusal(served, {"lead_id": "a", "features": twice})
    assert found == {"features.pit_mobility_tier_Mobile": "Extra inputs are not permitted"}


def test_a_batch_holds_one_to_a_thousand_leads_and_names_the_wrong_one(
    served: "ServedFunction", features: dict[str, Any]
) -> None:
    lead = {"lead_id": "a", "features": features}
    assert len(served.score({"leads": [lead] * 1000}).body["scores"]) == 1000
    assert "at most 1000 items" in refusal(served, {"leads": [lead] * 1001})["leads"]
    assert "at least 1 item" in refusal(served, {"leads": []})["leads"]
    one_wrong = [lead, lead | {"features": features | {"pit_moves_3yr": "two"}}]
    assert set(refusal(served, {"leads": one_wrong})) == {"leads.1.features.pit_moves_3yr"}
    assert set(refusal(served, {"leads": [lead], "lead_id": "a"})) == {"lead_id"}


@pytest.mark.parametrize("body", [b"", b"nope", b"{", b"[]", b"null", b"\xff", b'{"a":' * 999])
def test_what_is_no_json_object_is_refused(served: "ServedFunction", body: bytes) -> None:
    assert set(refusal(served, body)) == {"body"}


def test_other_methods_paths_types_and_sizes_are_refused(
    served: "ServedFunction", features: dict[str, Any]
) -> None:
    lead = json.dumps({"lead_id": "a", "features": features}).encode()
    assert served.ask("POST", "/nothing", lead).status == 404
    for path in ("/nothing", "/a/b", "/favicon.ico", "/robots.txt"):
        lost = served.ask("GET", path)
        assert lost.status == 404
        assert lost.headers["Content-Type"] == "application/json"
        assert set(lost.body) == {"error", "fields"}
    for method, path, allowed in (
        ("GET", "/", "POST"),
        ("PUT", "/", "POST"),
        ("POST", "/health", "GET"),
    ):
        reply = served.ask(method, path, lead)
        assert reply.status == 405
        assert allowed in reply.headers["Allow"]
    assert served.ask("POST", "/", lead, {"Content-Type": "text/plain"}).status == 415
    assert served.ask("POST", "/", lead, {}).status == 415
    assert served.ask("POST", "/", b" " * (MOST_BYTES - len(lead)) + lead).status == 200
    assert served.ask("POST", "/", b" " * (MOST_BYTES + 1 - len(lead)) + lead).status == 413


def test_health_and_version_name_the_model(served: "ServedFunction", promoted: LeadScorer) -> None:
    health = served.ask("GET", "/health")
    assert health.status == 200
    assert health.body == {"status": "ok", "model_version": promoted.model_version}
    assert served.ask("GET", "/version").body == {
        "model_version": promoted.model_version,
        "model_sha256": promoted.model_sha256,
        "base_rate": promoted.base_rate,
        "feature_names": promoted.feature_names,
        "base_feature_names": promoted.contract.base_names,
    }


def test_it_keeps_to_its_description(served: "ServedFunction", tmp_path: Path) -> None:
    """Schemathesis makes requests that fit the description and requests that do not."""
    committed = json.loads((FUNCTION / "openapi.json").read_text(encoding="utf-8"))
    assert served.ask("GET", "/openapi.json").body == committed
    run = ["run", f"http://127.0.0.1:{served.port}/openapi.json", "--checks", "all"]
    run += ["--max-examples", "25", "--generation-deterministic", "--no-color"]
    command = [sys.executable, "-m", "schemathesis.cli", *run]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "3 selected" in done.stdout


def test_the_log_has_severities_and_names_nobody(
    served: "ServedFunction", features: dict[str, Any]
) -> None:
    value = 987654321.125
    known = {"lead_id": PERSON, "features": features | {"firm_aum_pit": value}}
    assert served.score({"leads": [known, known]}).status == 200
    assert served.score({"lead_id": PERSON, "features": {PERSON: value}}).status == 400
    assert served.ask("GET", f"/{PERSON}").status == 404
    lines = [json.loads(line) for line in served.log.read_text().splitlines()]
    scored, refused, lost = [line for line in lines if line["endpoint"] != "health"][-3:]
    assert scored.pop("latency_ms") > 0
    assert scored == {
        "severity": "INFO",
        "message": "answered",
        "endpoint": "score",
        "status": 200,
        "leads": 2,
        "model_version": served.ask("GET", "/health").body["model_version"],
    }
    assert (refused["severity"], refused["status"], refused["leads"]) == ("WARNING", 400, 0)
    assert (lost["endpoint"], lost["status"]) == ("unknown", 404)
    assert PERSON not in served.log.read_text()
    assert str(value) not in served.log.read_text()


def test_a_defect_is_logged_and_not_sent_to_the_caller(
    features: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    service = Service(LeadScorer())

    def broken(*_: object) -> None:
        raise RuntimeError(PERSON)

    monkeypatch.setattr(LeadScorer, "score_leads", broken)
    body = json.dumps({"lead_id": PERSON, "features": features})
    environ = create_environ("/", method="POST", data=body, headers=JSON)
    with caplog.at_level(logging.INFO, LOG.name):
        response = service.answer(Request(environ))
    assert response.status_code == 500
    assert response.get_json() == {"error": "The service has a defect; it is logged.", "fields": []}
    defect, answered = (json.loads(CloudFormatter().format(record)) for record in caplog.records)
    assert (defect["severity"], defect["exception"]) == ("ERROR", "RuntimeError")
    assert "in broken" in defect["stack"]
    assert answered["status"] == 500
    assert PERSON not in json.dumps([defect, answered])


def test_two_hundred_clients_at_once_are_all_answered(
    served: "ServedFunction", features: dict[str, Any]
) -> None:
    lead = json.dumps({"lead_id": "a", "features": features}).encode()
    assert len(latencies(served.port, lead, clients=200, requests=5)) == 1000
