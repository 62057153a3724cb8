"""Fixtures of the sync's tests: a small warehouse, an org to deliver it to, and the command."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from python_scoring.destinations.salesforce import destination
from python_scoring.destinations.salesforce.org import Org
from python_scoring.tests.conftest import Dbt
from python_scoring.tests.support.fake_salesforce import FakeOrg, serving
from python_scoring.tests.support.salesforce_warehouse import Command, Warehouse, small_warehouse


@pytest.fixture
def warehouse(demo: Dbt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    made = small_warehouse(demo, tmp_path, 500)
    monkeypatch.setenv("LEAD_SCORING_DB", str(made.path))
    return made


@pytest.fixture
def org(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOrg]:
    """An org that the environment's credentials lead to."""
    with serving(FakeOrg(), tmp_path / "certificate.pem") as served:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
        monkeypatch.setenv("SALESFORCE_INSTANCE_URL", served.url)
        monkeypatch.setenv("SALESFORCE_SESSION_ID", "session-0")
        yield served


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    pauses: list[float] = []
    monkeypatch.setattr(destination, "Org", partial(Org, sleep=pauses.append))
    return Command(tmp_path, pauses)
