"""What several tests share: the demo project, built once by dbt into a database of its own."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import Phase, settings

import python_scoring  # noqa: F401 - sets how XGBoost waits, before anything imports it
from python_scoring.io.dbt import run_dbt_apart
from python_scoring.tests.support.feature_engine import FeatureEngine, compile_features
from python_scoring.tests.worlds import SCORE_DATE

# For the planted leaks: that a net caught one is enough, the smallest such world is not needed.
settings.register_profile("no_shrinking", phases=[Phase.explicit, Phase.generate])

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Dbt:
    """dbt on the project, with a target folder and a database apart from the user's."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "demo.duckdb"

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run dbt, offline and without the user's profile; the caller looks at the exit code."""
        return run_dbt_apart(
            arguments,
            project=PROJECT,
            scratch=self.folder,
            environment={"LEAD_SCORING_DB": str(self.database)} | environment,
        )

    def manifest(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / "target/manifest.json").read_text())
        return loaded

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FeatureEngine:
    """The project's feature SQL, compiled once and run in process on invented worlds."""
    days = {"score_date": str(SCORE_DATE), "analysis_date": str(SCORE_DATE)}
    return FeatureEngine(compile_features(tmp_path_factory.mktemp("compiled"), days))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """The demo, built; tests read it and must not change it."""
    dbt = Dbt(tmp_path_factory.mktemp("demo"))
    done = dbt.run("build", "--quiet")
    assert done.returncode == 0, done.stdout[-4000:]
    return dbt


@pytest.fixture
def fresh_dbt(tmp_path: Path) -> Callable[[], Dbt]:
    """A dbt with an empty database, as often as it is called."""

    def make() -> Dbt:
        folder = tmp_path / f"dbt{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return Dbt(folder)

    return make
