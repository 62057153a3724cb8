"""A registry in a bucket: as in a folder, through Google's client and a real server."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from google.cloud.storage import Blob

from python_scoring import LeadScorer
from python_scoring.cli.main import main
from python_scoring.errors import ArtifactError, RegistryError
from python_scoring.model.manifest import KEY
from python_scoring.model.registry import PACKAGED, Registry
from python_scoring.model.stores import bucket as bucket_store
from python_scoring.tests.faults.bucket import race_in_a_bucket
from python_scoring.tests.support.fake_storage import FakeStorage, fake_storage, storage_server
from python_scoring.tests.support.invented_models import draft_of

__all__ = ["fake_storage", "storage_server"]
VERSION = str(Registry(PACKAGED).promoted())
Run = Callable[..., Result]


@pytest.fixture
def bucket(fake_storage: FakeStorage) -> Any:
    """Return a bucket of this test's own."""
    return fake_storage.bucket(f"models-{uuid4().hex}")


@pytest.fixture
def address(bucket: Any) -> str:
    """Return the address of a copy of the repository's registry; its name has a space."""
    for path in PACKAGED.rglob("*"):
        if path.is_file():
            name = f"lead scoring/{path.relative_to(PACKAGED)}"
            bucket.blob(name).upload_from_string(path.read_bytes())
    return f"gs://{bucket.name}/lead scoring"


@pytest.fixture
def empty(bucket: Any) -> Registry:
    return Registry(f"gs://{bucket.name}")


@pytest.fixture
def run(trained: Path) -> Run:
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def add(registry: Registry, day: str, name: str = "boosted") -> str:
    return registry.add(draft_of(PACKAGED / VERSION, day), name=name)


@pytest.mark.parametrize("version", [None, "", VERSION])
def test_a_bucket_serves_the_version_that_is_wanted_and_no_other(
    address: str, version: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(Registry(address), "2026-01-01")
    fetched, download = set(), Blob.download_as_bytes

    def counted(blob: Blob, **options: Any) -> Any:
        fetched.add(blob.name)
        return download(blob, **options)

    monkeypatch.setattr(Blob, "download_as_bytes", counted)
    scorer = LeadScorer(version, address + "/")
    assert scorer.model_sha256 == LeadScorer(registry=PACKAGED).model_sha256
    wanted = {f"lead scoring/{VERSION}/{path.name}" for path in (PACKAGED / VERSION).iterdir()}
    assert fetched == wanted | (set() if version else {"lead scoring/registry.json"})


def test_the_environment_may_name_a_bucket(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAD_SCORING_MODELS", address)
    assert LeadScorer().model_version == VERSION


def test_nothing_that_was_fetched_stays(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Registry(address).opened(VERSION) as folder:
        assert folder.is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_altered_byte_in_the_bucket_is_refused(bucket: Any, address: str) -> None:
    blob = bucket.blob(f"lead scoring/{VERSION}/model.ubj")
    blob.upload_from_string(blob.download_as_bytes()[:-1] + b"x")
    with pytest.raises(ArtifactError, match=r"model\.ubj was altered"):
        LeadScorer(registry=address)


@pytest.mark.parametrize("name", ["deeper/model.ubj", "../../evil", ".hidden", "a b"])
def test_an_object_that_no_artifact_has_is_refused_and_written_nowhere(
    bucket: Any, address: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    bucket.blob(f"lead scoring/{VERSION}/{name}").upload_from_string(b"x")
    with pytest.raises(ArtifactError, match="does not belong here"):
        LeadScorer(registry=address)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_of_a_bucket_holds_no_model(address: str) -> None:
    with pytest.raises(RegistryError, match="No model is promoted"):
        LeadScorer(registry=address + "/nothing")
    for version in ("v9", "../x", "registry.json"):
        with pytest.raises(RegistryError, match=f"There is no model {version}"):
            LeadScorer(version, address)


def test_what_is_promoted_and_rolled_back_is_recorded_as_in_a_folder(
    empty: Registry, tmp_path: Path
) -> None:
    histories = []
    for registry in (empty, Registry(tmp_path)):
        first, second = add(registry, "2026-01-01"), add(registry, "2026-02-01")
        assert registry.versions() == [first, second]
        assert registry.promoted() is None
        registry.promote(first, "ä reason")
        registry.promote(second, "better", compared_with=[first])
        assert registry.rollback("calls fell")["version"] == registry.promoted() == first
        with pytest.raises(RegistryError, match="no earlier promotion"):
            registry.rollback("again")
        histories.append([record | {"promoted_at": ""} for record in registry.history()])
    assert histories[0] == histories[1]


def test_repeated_training_finds_its_version_and_a_cut_upload_is_completed(
    bucket: Any, empty: Registry
) -> None:
    version = add(empty, "2026-01-01")
    states = {blob.name: blob.generation for blob in bucket.list_blobs()}
    assert add(empty, "2026-01-01") == version
    assert {blob.name: blob.generation for blob in bucket.list_blobs()} == states
    for name in ("manifest.json", "model.ubj"):
        bucket.blob(f"{version}/{name}").delete()
    assert empty.versions() == []
    assert add(empty, "2026-01-01") == version
    assert empty.load(version).version == version


def test_a_version_comes_to_be_with_its_manifest_which_is_written_last(
    empty: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    put = Blob.upload_from_string

    def noted(blob: Blob, *data: Any, **options: Any) -> None:
        written.append(blob.name)
        put(blob, *data, **options)

    monkeypatch.setattr(Blob, "upload_from_string", noted)
    version = add(empty, "2026-01-01")
    assert len(written) == 7
    assert written[-1] == f"{version}/manifest.json"


def test_other_bytes_under_a_version_s_name_are_refused(bucket: Any, empty: Registry) -> None:
    version = add(empty, "2026-01-01")
    blob = bucket.blob(f"{version}/model.ubj")
    blob.upload_from_string(b"of somebody else")
    with pytest.raises(RegistryError, match=r"model\.ubj exists, and holds other bytes") as error:
        add(empty, "2026-01-01")
    assert f"Where: gs://{bucket.name}/{version}/model.ubj" in str(error.value)
    assert blob.download_as_bytes() == b"of somebody else"


def test_a_promotion_in_between_is_seen_before_anything_is_written(
    empty: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else is faster, after this promotion has read the history and before it writes."""
    first, second, third = (add(empty, f"2026-0{month}-01") for month in (1, 2, 3))
    empty.promote(first, "")
    write, others = bucket_store.BucketStore._write, [second]

    def outrun(store: Any, name: str, data: bytes, generation: int) -> bool:
        if others:
            Registry(empty.place).promote(others.pop(), "faster")
        return write(store, name, data, generation)

    monkeypatch.setattr(bucket_store.BucketStore, "_write", outrun)
    with pytest.raises(RegistryError, match=f"{second} was promoted while the gates were asked"):
        empty.promote(third, "", compared_with=[first])
    assert [record["version"] for record in empty.history()] == [first, second]
    others.append(first)
    assert empty.promote(third, "whatever is in force")["previous"] == first
    assert [r["version"] for r in empty.history()] == [first, second, first, third]


def test_a_write_whose_answer_was_lost_is_no_defeat(
    empty: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = add(empty, "2026-01-01")
    put = Blob.upload_from_string

    def twice(blob: Blob, *data: Any, **options: Any) -> None:
        mark = blob.metadata
        put(blob, *data, **options)
        blob.metadata = mark
        put(blob, *data, **options)

    monkeypatch.setattr(Blob, "upload_from_string", twice)
    empty.promote(version, "", compared_with=[None])
    assert [record["version"] for record in empty.history()] == [version]


def test_of_two_processes_that_promote_at_once_one_wins_each_time() -> None:
    rows = list(race_in_a_bucket(4))
    assert [(row.outcomes.total(), row.wrong) for row in rows] == [(4, 0)], rows


def test_the_commands_work_on_a_bucket(
    run: Run, address: str, bucket: Any, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    place = ("--registry", address)
    trained = run("train", "--out", address, "--json")
    assert trained.exit_code == 0, trained.output
    version = json.loads(trained.stdout)["version"]
    assert json.loads(trained.stdout)["folder"] == f"{address}/{version}"
    listed = json.loads(run("models", "list", *place, "--json").stdout)
    assert {row["version"]: row["status"] for row in listed} == {
        VERSION: "promoted",
        version: "candidate",
    }
    words = ("models", "promote", version, "--override", "a test", "--json")
    promoted = run(*words, *place)
    assert promoted.exit_code == 0, promoted.output
    assert json.loads(promoted.stdout)["previous"] == VERSION
    shown = json.loads(run("models", "show", *place, "--json").stdout)
    assert (shown["version"], shown["promoted"]) == (version, True)
    assert run("models", "rollback", *place).exit_code == 0
    assert Registry(address).promoted() == VERSION
    assert f"holds {version}" not in run("models", "export-sql", *place).output
    monkeypatch.setenv("LEAD_SCORING_MODELS", address)
    assert json.loads(run("models", "show", "--json").stdout)["version"] == VERSION


def test_a_version_in_a_bucket_is_signed_and_signed_again(
    run: Run, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for secret in ("a" * 32, "b" * 32):
        monkeypatch.setenv(KEY, secret)
        with pytest.raises(ArtifactError, match="not signed"):
            LeadScorer(registry=address)
        assert run("models", "sign", VERSION, "--registry", address).exit_code == 0
        assert LeadScorer(registry=address).model_version == VERSION


def test_a_file_uri_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "my models"
    shutil.copytree(PACKAGED, folder)
    assert LeadScorer(registry=folder.as_uri()).model_version == VERSION


# ---- what a user can meet --------------------------------------------------------------------

NO_ADDRESSES = ["gs://", "gs://x", "gs:///models", "gs://UPPER/x", "gs://b b/x", "gs://abc//x"]


@pytest.mark.parametrize("place", NO_ADDRESSES)
def test_what_is_no_address_is_refused(run: Run, place: str) -> None:
    done = run("models", "list", "--registry", place)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no address of a registry" in done.stderr


def test_another_kind_of_address_is_refused(run: Run) -> None:
    done = run("models", "list", "--registry", "s3://models")
    assert done.exit_code == 2
    assert "A registry cannot lie at s3://" in done.stderr


class Refusing(ThreadingHTTPServer):
    """Answers every call with one status, or breaks off; counts the calls."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), Refusal)
        self.status, self.calls = status, 0


class Refusal(BaseHTTPRequestHandler):
    """Says no."""

    server: Refusing

    def do_GET(self) -> None:
        self.server.calls += 1
        if not self.server.status:
            self.connection.close()
            return
        body = json.dumps({"error": {"code": self.server.status, "message": "no"}}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


@contextmanager
def refusing(status: int) -> Iterator[str]:
    server = Refusing(status)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
        assert server.calls
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "fix"),
    [
        (401, "gcloud auth application-default login"),
        (403, r"roles/storage\.objectViewer"),
        (404, "gcloud storage buckets create"),
        (503, "Check the network"),
        (0, "Check the network"),
    ],
)
def test_what_the_service_refuses_is_an_error_in_four_parts(
    run: Run, status: int, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_store, "PATIENCE_SECONDS", 1.5)
    with refusing(status) as url:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", url)
        done = run("models", "list", "--registry", "gs://models/x")
    assert_refused(done, fix)


def test_a_network_that_is_gone_is_an_error_in_four_parts(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_store, "PATIENCE_SECONDS", 1.5)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    assert_refused(run("models", "rollback", "--registry", "gs://models/x"), "Check the network")


def test_a_bucket_that_is_not_there_is_an_error_in_four_parts(
    run: Run, fake_storage: FakeStorage, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "gs://no-such-bucket/x"
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    for words in (("models", "list", "--registry", place), ("train", "--out", place)):
        assert_refused(run(*words), "gcloud storage buckets create")


@pytest.mark.parametrize("named", ["", "missing.json", "broken.json"])
def test_no_credentials_are_an_error_in_four_parts(
    run: Run, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.json").write_text("{}")
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    if named:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / named))
    done = run("models", "list", "--registry", "gs://models/x")
    assert_refused(done, "gcloud auth application-default login")


def assert_refused(done: Result, fix: str) -> None:
    """The command told what, why, where and how to mend, without a traceback."""
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert "Traceback" not in done.stderr
    lines = [line.split(":")[0] for line in done.stderr.splitlines() if not _is_progress(line)]
    assert lines == ["Error", "Why it matters", "Where", "Fix"], done.stderr
    assert fix.replace("\\", "") in done.stderr


def _is_progress(line: str) -> bool:
    return not line or line.startswith("Training")
