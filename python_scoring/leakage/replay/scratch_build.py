"""Builds the feature models of a delivery in a database of its own, with dbt and the same code."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from python_scoring.errors import LeadScoringError
from python_scoring.io.dbt import run_dbt_apart, words_of
from python_scoring.io.delivery.sql_text import literal
from python_scoring.leakage.replay.compare import Build, Comparison, Select, compare_builds


@dataclass(frozen=True)
class ScratchBuild:
    """A delivery with the features made of it.

    Args:
        database: DuckDB file that dbt built.
        model: Feature model that was built.

    """

    database: Path
    model: str

    def readable(self, alias: str) -> Build:
        """Return what of it is compared, in a connection that has it attached under a name."""
        return Build(
            f"{alias}.main.{self.model}",
            f"{alias}.fintrx.ria_contacts_current",
            f"{alias}.fintrx.contact_registered_employment_history",
        )

    def registrations(self, alias: str) -> str:
        """Return its int_registrations, in a connection that has it attached under a name."""
        return f"{alias}.main.int_registrations"

    def attach(self, connection: duckdb.DuckDBPyConnection, alias: str) -> None:
        """Make the build readable in a connection under a name."""
        connection.execute(f"attach {literal(str(self.database))} as {alias} (read_only)")


def build_features(
    project: Path, data: Path, database: Path, model: str, dbt_vars: dict[str, Any]
) -> ScratchBuild:
    """Run dbt for the ancestors of a feature model and the model itself.

    Args:
        project: Folder of the dbt project.
        data: Folder of the delivery.
        database: DuckDB file to make or to build in again; its folder takes dbt's output.
        model: Name of the feature model.
        dbt_vars: Vars of the run.

    Raises:
        LeadScoringError: dbt could not build them; its own words are quoted.

    """
    done = run_dbt_apart(
        [
            *("build", "--quiet", "--resource-type", "model", "--resource-type", "seed"),
            *("--select", f"+{model}", "+int_registrations"),
        ],
        project=project,
        scratch=database.parent,
        environment={
            "LEAD_SCORING_TARGET": "duckdb",
            "LEAD_SCORING_DB": str(database.resolve()),
            "LEAD_SCORING_DATA": str(data.resolve()),
        },
        dbt_vars=dbt_vars,
    )
    if done.returncode:
        raise LeadScoringError(
            f"The features of {data} cannot be built.",
            where=words_of(done),
            fix="Mend what dbt says; a build with LEAD_SCORING_DATA on that folder says it too.",
        )
    return ScratchBuild(database, model)


def check_delivery(folder: Path) -> None:
    """Refuse what is no folder of source files before anything is built.

    Raises:
        LeadScoringError: No such folder, or no source file in it.

    """
    forms = ("lead.parquet", "lead.csv", "lead")
    if not any((folder / form).exists() for form in forms):
        raise LeadScoringError(
            f"{folder} is no delivery: it holds no lead.parquet or lead.csv.",
            why="The replay builds the features of two deliveries of all four sources.",
            where=str(folder),
            fix="Name a folder as LEAD_SCORING_DATA takes it, such as seeds/demo.",
        )


@contextmanager
def opened(earlier: ScratchBuild, later: ScratchBuild) -> Iterator[Select]:
    """Read two builds in one connection, under the names `earlier` and `later`."""
    with duckdb.connect() as connection:
        earlier.attach(connection, "earlier")
        later.attach(connection, "later")
        yield lambda sql: connection.sql(sql).to_arrow_table()


def compare_files(
    earlier: ScratchBuild, later: ScratchBuild, features: Sequence[str], before: dt.date
) -> Comparison:
    """Compare two builds that lie in DuckDB files; see `compare_builds`."""
    with opened(earlier, later) as select:
        builds = earlier.readable("earlier"), later.readable("later")
        return compare_builds(select, *builds, features, before)
