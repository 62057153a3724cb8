"""A model behind a URI is fetched, checked and loaded like one in a folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from python_scoring import LeadScorer
from python_scoring.errors import ArtifactError, RegistryError
from python_scoring.model.registry import PACKAGED, Registry
from python_scoring.model.remote_registry import reachable_registry
from python_scoring.tests.support.fake_google import FakeGoogle, fake_google

VERSION = str(Registry(PACKAGED).promoted())


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGoogle]:
    """A bucket `models` with the repository's registry in its folder `lead scoring`, and a copy."""
    registry = tmp_path / "models/lead scoring"
    shutil.copytree(PACKAGED, registry)
    shutil.copytree(PACKAGED / VERSION, registry / f"{VERSION}-other")
    with fake_google(tmp_path) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
        yield server


@pytest.mark.parametrize("version", [None, "", VERSION])
def test_a_bucket_serves_the_version_that_is_wanted_and_no_other(
    google: FakeGoogle, version: str | None
) -> None:
    scorer = LeadScorer(version, "gs://models/lead scoring/")
    assert scorer.model_sha256 == LeadScorer(registry=PACKAGED).model_sha256
    names = [path.name for path in (PACKAGED / VERSION).iterdir()]
    wanted = {f"lead scoring/{VERSION}/{name}" for name in names} | {"lead scoring/registry.json"}
    assert set(google.downloads) == wanted


def test_the_environment_may_name_a_bucket(
    google: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_MODELS", "gs://models/lead scoring")
    assert LeadScorer().model_version == VERSION
    assert google.downloads


def test_nothing_that_was_fetched_stays(google: FakeGoogle) -> None:
    with reachable_registry("gs://models/lead scoring", None) as registry:
        assert registry.promoted() == VERSION
        assert registry.folder.is_dir()
    assert not registry.folder.exists()


def test_an_altered_byte_in_the_bucket_is_refused(google: FakeGoogle) -> None:
    model = google.buckets / "models/lead scoring" / VERSION / "model.ubj"
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    with pytest.raises(ArtifactError, match=r"model\.ubj was altered"):
        LeadScorer(registry="gs://models/lead scoring")


def test_an_unreadable_bucket_is_reported_with_the_right_to_grant(google: FakeGoogle) -> None:
    with pytest.raises(RegistryError, match=r"storage\.objectViewer") as refused:
        LeadScorer(registry="gs://no-such-bucket/x")
    assert "Where: gs://no-such-bucket/x" in str(refused.value)


def test_an_empty_folder_of_a_bucket_holds_no_model(google: FakeGoogle) -> None:
    with pytest.raises(RegistryError, match="No model is promoted"):
        LeadScorer(registry="gs://models/nothing")
    with pytest.raises(RegistryError, match="There is no model v9"):
        LeadScorer("v9", "gs://models/lead scoring")


def test_a_file_uri_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "my models"
    shutil.copytree(PACKAGED, folder)
    assert LeadScorer(registry=folder.as_uri()).model_version == VERSION


def test_another_kind_of_uri_is_refused() -> None:
    with pytest.raises(RegistryError, match="cannot be read from s3://"):
        LeadScorer(registry="s3://models")
