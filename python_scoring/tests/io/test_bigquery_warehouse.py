"""BigQuery that refuses, is not there, or goes away: an error in four parts, exit code 2."""

import datetime as dt
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.destinations.delivery_log import KEY
from python_scoring.errors import WarehouseError
from python_scoring.io.warehouse import lease
from python_scoring.io.warehouse.bigquery import BigQuery
from python_scoring.io.warehouse.current import warehouse
from python_scoring.tests.io.bigquery_stub import Answer, Server, refused, serving, use_profile

SUMMARY = ("summary",)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(Server()) as made:
        use_profile(tmp_path, monkeypatch, api_endpoint=made.address)
        yield made


def told(*words: str) -> str:
    """The four parts that a command says on stderr before it exits with 2."""
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    for part in ("Error: ", "Why it matters: ", "Where: ", "Fix: "):
        assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-token" not in done.stderr
    return done.stderr


def test_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_profile(tmp_path, monkeypatch, method="oauth")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    assert "Google does not accept the credentials" in told(*SUMMARY)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refused(404, "notFound", "Not found: Project wrong"), "does not find what was asked for"),
        (
            refused(404, "notFound", "Not found: Dataset offline:x was not found in location US"),
            "another project, dataset or location",
        ),
        (refused(403, "accessDenied", "Access Denied: Dataset offline:x"), "denies access"),
        (refused(403, "quotaExceeded", "Quota exceeded"), "refuses more for now (quotaExceeded)"),
        (refused(400, "bytesBilledLimitExceeded", "limit"), "maximum_bytes_billed"),
        (refused(401, "authError", "Request had invalid credentials"), "does not accept the cred"),
        (refused(503, "backendError", "try later"), "cannot be reached, or does not answer"),
        (None, "cannot be reached, or does not answer"),
    ],
    ids=["project", "location", "denied", "quota", "limit", "expired", "busy", "gone"],
)
def test_what_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch, answer: Answer, said: str
) -> None:
    monkeypatch.setattr(server, "answer", lambda method, path: answer)
    assert said in told(*SUMMARY)


def test_the_request_bears_dataset_limit_and_labels(server: Server) -> None:
    told(*SUMMARY)
    [body] = [json.loads(sent) for sent in server.bodies if b"configuration" in sent][:1]
    configuration = body["configuration"]
    assert configuration["labels"] == {"app": "lead-scoring", "target_name": "cloud"}
    assert configuration["query"]["maximumBytesBilled"] == "5000"
    assert configuration["query"]["defaultDataset"]["datasetId"] == "ml_features"


def test_a_relation_that_is_not_there(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    missing = refused(404, "notFound", "Not found: Table offline:ml_features.lead_training_set")
    monkeypatch.setattr(server, "answer", lambda method, path: missing)
    said = told("train", "--out", str(tmp_path / "models"))
    assert "offline.ml_features holds no relation lead_training_set" in said
    assert "dbt build" in said
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    ("target", "settings", "said"),
    [
        ("absent", {}, "dbt cannot resolve the target absent"),
        ("cloud", {"dataset": ""}, "Must specify schema"),
        ("cloud", {"maximum_bytes_billed": "{{ env_var('NOT_SET') }}"}, "NOT_SET"),
    ],
)
def test_a_profile_that_cannot_be_used(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    settings: dict[str, object],
    said: str,
) -> None:
    use_profile(tmp_path, monkeypatch, **settings)
    monkeypatch.setenv("LEAD_SCORING_TARGET", target)
    assert said in told(*SUMMARY)


def test_a_network_that_goes_in_the_middle_leaves_nothing_half_written(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows' own table is made, then nothing answers: the log was not touched."""
    fields = [{"name": name, "type": "STRING"} for name in KEY]
    table = {"schema": {"fields": fields}}
    reference = {"projectId": "offline", "datasetId": "ml_features", "tableId": "t"}

    def answer(method: str, path: str) -> Answer:
        if len(server.requests) > 2:
            return None
        return 200, table | {"tableReference": reference}

    monkeypatch.setattr(server, "answer", answer)
    monkeypatch.setattr("python_scoring.io.warehouse.bigquery.RETRY_SECONDS", 1.0)
    # an upload is tried again six times by a rule of its own, which waits a minute in all
    wait = "google.resumable_media._helpers.calculate_retry_wait"
    monkeypatch.setattr(wait, lambda *rule, **more: (0.01, 0.01))
    with pytest.raises(WarehouseError, match="cannot be reached") as error:
        warehouse().append("salesforce_delivery_log", [dict.fromkeys(KEY, "x")], KEY)
    assert "goes on where it stopped" in error.value.fix
    assert not [path for method, path in server.requests if path.endswith("/jobs")]


def test_a_lease_that_cannot_be_renewed_stops_the_holder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewals fail from the first on; before another could take the lease, the holder stops."""
    calls: list[str] = []

    def change(sql: str, parameters: object) -> int:
        calls.append(sql)
        if sql == lease._RENEW:
            raise WarehouseError("BigQuery cannot be reached.")
        return 1

    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.01)
    clock = iter([0.0, lease.STALE_SECONDS - lease._MARGIN_SECONDS - 1.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock, 1e6))
    with lease.held_lease(change, lambda sql: None, "here") as require:
        ended = dt.datetime.now() + dt.timedelta(seconds=5)
        while calls.count(lease._RENEW) < 2 and dt.datetime.now() < ended:
            pass
        with pytest.raises(WarehouseError, match="could not be renewed in time"):
            require()
    assert calls[-1] == lease._GIVE_BACK


def test_one_login_serves_the_whole_process(server: Server) -> None:
    assert isinstance(warehouse(), BigQuery)
    assert warehouse() is warehouse()
