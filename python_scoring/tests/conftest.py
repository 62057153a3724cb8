"""What several tests share: the demo project, built once by dbt into a database of its own."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

import python_scoring  # noqa: F401 - sets how XGBoost waits, before anything imports it
from python_scoring.features.contract import FEATURE_MODEL
from python_scoring.io import dbt as dbt_process
from python_scoring.io.dbt import PROFILES_EXAMPLE, run_dbt_apart
from python_scoring.tests.support import parsed_projects, warm_dbt
from python_scoring.tests.support.feature_engine import (
    CompiledFeatures,
    FeatureEngine,
    compile_features,
    compiled_models,
)
from python_scoring.tests.support.invented_models import (
    database,
    new_leads,
    scorer,
    trained,
    training_set,
)
from python_scoring.tests.support.worlds import SCORE_DATE

# the fixtures of a small model that most packages' tests use
__all__ = ["database", "new_leads", "scorer", "trained", "training_set"]

PROJECT = Path(__file__).resolve().parents[2]
Once = Callable[[str, Callable[[Path], object]], Path]

# Decision 0012: `make test` draws the same examples on every run and machine, and fails no property
# because a machine is slow. A test's own @settings says only how many examples it needs.
settings.register_profile(
    "repeatable",
    settings.get_profile("default"),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# For the planted leaks: that a net caught one is enough, the smallest such world is not needed.
settings.register_profile(
    "no_shrinking", settings.get_profile("repeatable"), phases=[Phase.explicit, Phase.generate]
)
# For make explore: new examples on every run, failing ones kept in .hypothesis to go on from.
settings.register_profile(
    "explore",
    settings.get_profile("default"),
    max_examples=1000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    # without explain, which runs a slow test hundreds of times more
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink],
)


# Variables of the developer's own warehouse, org, cloud and network: no test may reach them.
FOREIGN = (
    *("LEAD_SCORING_", "DBT_", "SALESFORCE_", "GOOGLE_", "CLOUDSDK_", "STORAGE_EMULATOR_"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)


def pytest_configure(config: pytest.Config) -> None:
    """Forget the developer's settings, load the profile, and draw the same examples everywhere.

    Hypothesis also draws constants found in the source of the modules imported so far. These
    depend on the tests that the process has already run, and no setting turns it off.
    """
    for name in list(os.environ):
        if name.startswith(FOREIGN) or name.lower().endswith("_proxy"):
            del os.environ[name]
    # a test that names no database has none, instead of the one that `make build` made
    os.environ["LEAD_SCORING_DB"] = str(Path(os.devnull) / "none.duckdb")
    settings.load_profile(config.getoption("--hypothesis-profile") or "repeatable")
    if settings().derandomize:
        pytest.MonkeyPatch().setattr(providers, "is_local_module_file", lambda path: False)


class ByBuild(LoadFileScheduling):  # type: ignore[misc]  # xdist's own are untyped
    """Gives a worker whole files, and one worker all files that share a build for BigQuery."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        folder = file.rpartition("/")[0]
        return folder if folder.endswith("/bigquery") else file


@pytest.hookimpl(optionalhook=True)  # there is no such hook without xdist, as in make explore
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByBuild:
    """Choose how `pytest --numprocesses` divides the tests."""
    return ByBuild(config, log)


@dataclass(frozen=True)
class Dbt:
    """dbt on the project, with a target folder and a database apart from the user's.

    Args:
        folder: Takes what dbt writes.
        project: The project, or a copy of it that a test has changed.

    """

    folder: Path
    project: Path = PROJECT

    def __post_init__(self) -> None:
        profile = self.folder / "profiles.yml"
        if not profile.exists():
            example = (PROJECT / PROFILES_EXAMPLE).read_text(encoding="utf-8")
            # one of three workers on two cores
            single = example.replace("threads: 2", "threads: 1", 1)
            profile.write_text(single, encoding="utf-8")

    @property
    def database(self) -> Path:
        return self.folder / "demo.duckdb"

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run dbt, offline and without the user's profile; the caller looks at the exit code."""
        # dbt parses anew for a database of another path: all have the same one, from their folder
        with parsed_projects.shared(arguments, self.folder / "target"):
            return run_dbt_apart(
                arguments,
                project=self.project,
                scratch=self.folder,
                environment={
                    "LEAD_SCORING_DB": self.database.name,
                    "LEAD_SCORING_DATA": str(PROJECT / "seeds/demo"),
                }
                | environment,
                start_in=self.folder,
            )

    def manifest(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / "target/manifest.json").read_text())
        return loaded

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="session", autouse=True)
def cold_start() -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Let our code run dbt without importing it each time (decision 0030); yields the usual way."""
    cold = dbt_process._run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt_process, "_run", warm_dbt.run)
        yield cold


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes a folder of a name once for all workers of a run: the first one makes it."""
    basis = tmp_path_factory.getbasetemp()
    shared = basis.parent if "PYTEST_XDIST_WORKER" in os.environ else basis

    def make(name: str, fill: Callable[[Path], object]) -> Path:
        folder, beside = shared / f"once_{name}", shared / f"once_{name}.new"
        with (shared / f"once_{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                beside.mkdir(exist_ok=True)
                fill(beside)
                beside.rename(folder)
        return folder

    return make


@pytest.fixture(scope="session", autouse=True)
def shared_parses(once: Once) -> None:
    """Let a worker use what another has parsed."""
    parsed_projects.keep_in(once("parsed", lambda folder: None))


@pytest.fixture(scope="session")
def compiled(once: Once) -> CompiledFeatures:
    """The project's feature SQL, with the days of the invented worlds."""
    days = {"score_date": str(SCORE_DATE), "analysis_date": str(SCORE_DATE)}
    folder = once("compiled", lambda scratch: compile_features(scratch, days))
    manifest = json.loads((folder / "target/manifest.json").read_text(encoding="utf-8"))
    return compiled_models(manifest, FEATURE_MODEL)


@pytest.fixture(scope="session")
def engine(compiled: CompiledFeatures) -> FeatureEngine:
    """The project's feature SQL, run in process on invented worlds."""
    return FeatureEngine(compiled)


@pytest.fixture(scope="session")
def demo(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    """The demo, built, a copy for each worker; tests read it and must not change it."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(once("demo", _build_demo), folder, dirs_exist_ok=True)
    return Dbt(folder)


def _build_demo(folder: Path) -> None:
    done = Dbt(folder).run("build", "--quiet", "--exclude-resource-type", "unit_test")
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.fixture(scope="session")
def manifest(demo: Dbt) -> dict[str, Any]:
    """What dbt knows of the project, from the build of the demo."""
    return demo.manifest()


@pytest.fixture
def fresh_dbt(tmp_path: Path) -> Callable[[], Dbt]:
    """A dbt with an empty database, as often as it is called."""

    def make() -> Dbt:
        folder = tmp_path / f"dbt{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return Dbt(folder)

    return make
