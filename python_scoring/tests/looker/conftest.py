"""The LookML project beside the contracts of the built demo."""

import datetime as dt
from pathlib import Path

import pytest

from python_scoring.looker.check import Statement, check
from python_scoring.looker.contracts import Contract, contracts_of
from python_scoring.tests.conftest import PROJECT, Dbt
from python_scoring.tests.support.published_history import with_history

LOOKML = PROJECT / "looker"
DAY = dt.date(2025, 6, 30)


@pytest.fixture(scope="session")
def contracts(demo: Dbt) -> dict[str, Contract]:
    return contracts_of(demo.manifest())


@pytest.fixture(scope="session")
def statements(contracts: dict[str, Contract]) -> list[Statement]:
    """What the tiles and tests ask; the project as it is has no findings."""
    checked = check(LOOKML, contracts, DAY)
    assert checked.findings == []
    return checked.statements


@pytest.fixture(scope="session")
def history(demo: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's database with two years of contacts."""
    return with_history(demo, tmp_path_factory.mktemp("history"))
