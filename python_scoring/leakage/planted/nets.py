"""The nets, each run on a copy of the project as CI would run it there.

A net that cannot run says so: it has caught nothing, and has not passed the leak either.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

CAUGHT, PASSED, NOT_RUN = "caught", "-", "not run"


@dataclass(frozen=True)
class Deliveries:
    """Two deliveries of one invented world, months apart.

    Args:
        earlier: Folder of the earlier delivery.
        later: Folder of the later one.
        later_day: Its day, for the vars of a build.
        late: The same two days as a late vendor delivers them: the earlier and the later folder.

    """

    earlier: Path
    later: Path
    later_day: str
    late: tuple[Path, Path]


@dataclass(frozen=True)
class Copy:
    """A copy of the project, with the deliveries that its nets use."""

    folder: Path
    deliveries: Deliveries

    @property
    def database(self) -> Path:
        """DuckDB file of the copy's own build."""
        return self.folder / "planted.duckdb"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy, with the copy's own code before the installed one."""
        foreign = ("DBT_", "LEAD_SCORING_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        environment = kept | {
            "PYTHONPATH": str(self.folder),
            "NO_COLOR": "1",
            "DBT_PROFILES_DIR": ".",
            "LEAD_SCORING_TARGET": "duckdb",
            "LEAD_SCORING_DB": str(self.database),
            "LEAD_SCORING_DATA": str(self.deliveries.later),
        }
        return subprocess.run(  # noqa: S603 - our own commands, no shell
            [sys.executable, *command],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def audit(self, *arguments: str) -> str:
        """Run `lead-scoring audit ...`: exit 1 means that it found something."""
        program = "from python_scoring.cli.main import main; main()"
        code = self.run("-c", program, "audit", *arguments).returncode
        return {0: PASSED, 1: CAUGHT}.get(code, NOT_RUN)


def rows(copy: Copy) -> str:
    """Net 1: build the features and the training set, then the tests of dbt on them.

    All models are built before any test, so that the nets after this one have something to read.
    """
    (copy.folder / "profiles.yml").write_bytes((copy.folder / "profiles.yml.example").read_bytes())
    days = dict.fromkeys(
        ("analysis_date", "score_date", "delivery_date"), copy.deliveries.later_day
    )
    what = ["--quiet", "--select", "+lead_training_set", "+rejected_source_rows"]
    what += ["--vars", json.dumps(days)]
    dbt = ("-m", "dbt.cli.main", "--no-use-colors")
    made = ("--resource-type", "model", "--resource-type", "seed")
    if copy.run(*dbt, "build", *made, *what).returncode:
        return NOT_RUN
    # cautious: a test that also reads a relation that was not built here would fail for that alone
    chosen = ("--exclude-resource-type", "unit_test", "--indirect-selection", "cautious")
    tested = copy.run(*dbt, "test", *what, *chosen)
    if "Failure in test" in tested.stdout:
        return CAUGHT
    return PASSED if tested.returncode == 0 else NOT_RUN


def lineage(copy: Copy) -> str:
    """Net 2, on what dbt has just compiled."""
    return copy.audit("lineage")


def replay(copy: Copy) -> str:
    """Net 3, on the two deliveries."""
    earlier, later = copy.deliveries.earlier, copy.deliveries.later
    return copy.audit("replay", "--earlier", str(earlier), "--later", str(later))


def late_replay(copy: Copy) -> str:
    """Net 3 on a late vendor, which is no finding itself; a lag that hides it is one."""
    earlier, later = map(str, copy.deliveries.late)
    program = "from python_scoring.cli.main import main; main()"
    command = ("audit", "replay", "--json", "--earlier", earlier, "--later", later)
    done = copy.run("-c", program, *command)
    if done.returncode not in (0, 1):
        return NOT_RUN
    found = json.loads(done.stdout)
    return PASSED if found["equal"] and not found["hidden_by_lag"] else CAUGHT


def perturbation(copy: Copy) -> str:
    """Net 4: the property tests of features, of the days on which facts came, and of training."""
    tests = Path("python_scoring/tests")
    names = (
        "leakage/test_perturbation",
        "leakage/test_known_days",
        "training/test_train_perturbation",
    )
    files = [str(tests / f"{name}.py") for name in names]
    options = ["-q", "-x", "-p", "no:cacheprovider", "--hypothesis-profile", "no_shrinking"]
    done = copy.run("-m", "pytest", *options, *files)
    return {0: PASSED, 1: NOT_RUN if " error" in done.stdout else CAUGHT}.get(
        done.returncode, NOT_RUN
    )


def sentinel(copy: Copy) -> str:
    """Net 5, on the training set that was built."""
    file = copy.folder / "training_set.parquet"
    query = (
        "select * exclude (prediction_id, lead_id, advisor_crd, firm_crd, as_of_date, pit_month,"
    )
    query += " newest_source_date, pit_mobility_tier, split) from lead_training_set"
    try:
        with duckdb.connect(str(copy.database), read_only=True) as connection:
            connection.execute(f"copy ({query} where label is not null) to '{file}'")
    except duckdb.Error:
        return NOT_RUN
    return copy.audit(
        "sentinel", "--input", str(file), "--label", "label", "--date", "contacted_date"
    )


# In the order in which they must run: the second and the fifth read what the first has built.
NETS: dict[str, Callable[[Copy], str]] = {
    "rows": rows,
    "lineage": lineage,
    "replay": replay,
    "late replay": late_replay,
    "perturbation": perturbation,
    "sentinel": sentinel,
}
