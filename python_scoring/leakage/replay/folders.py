"""Deliveries in folders: features are built with dbt, each delivery in a DuckDB file of its own."""

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from python_scoring.errors import LeadScoringError
from python_scoring.io.dbt import run_dbt_apart, words_of
from python_scoring.io.delivery.csv_text import check_csv
from python_scoring.io.delivery.files import find_source
from python_scoring.io.delivery.sql_text import file_scan, literal
from python_scoring.leakage.replay.compare import Build


@dataclass(frozen=True)
class FolderBuilds:
    """The deliveries of a replay, by side, and the folder that takes what is built of them.

    Args:
        project: Folder of the dbt project.
        folders: Folder of each side's delivery.
        model: Feature model to build.
        dbt_vars: Further vars of every build.
        scratch: Empty folder; each side gets one in it.
    """

    project: Path
    folders: dict[str, Path]
    model: str
    dbt_vars: dict[str, Any]
    scratch: Path

    def newest_contact(self, side: str) -> dt.date:
        """Return the day of the newest contact in a delivery.

        Raises:
            LeadScoringError: It cannot be read, or nobody was contacted.
        """
        return _newest_contact(self.folders[side])

    def build(
        self, side: str, day: dt.date, *, archived: bool = False, after: str | None = None
    ) -> Build:
        """Build a delivery as on its own day, so that a feature that asks for today differs.

        Args:
            side: Which one.
            day: Day of the build, and of the delivery where it is archived.
            archived: Whether the archive of arrivals learns what it holds.
            after: The side whose archive it goes on with.

        Raises:
            LeadScoringError: dbt could not build it; its own words are quoted.
        """
        database = self.database(side)
        database.parent.mkdir()
        if after:
            shutil.copy(self.database(after), database)
        names = ("score_date", "analysis_date", *(("delivery_date",) if archived else ()))
        days = dict.fromkeys(names, day.isoformat())
        self._run_dbt(side, days | self.dbt_vars)
        return Build(
            f"{side}.main.{self.model}",
            f"{side}.fintrx.ria_contacts_current",
            f"{side}.fintrx.contact_registered_employment_history",
            f"{side}.fintrx.Firm_historicals",
            f"{side}.main.int_registrations",
            f"{side}.main.int_firm_months",
        )

    def select(self, sql: str) -> pa.Table:
        """Run a select that reads what was built so far."""
        with duckdb.connect() as connection:
            for side in self.folders:
                if self.database(side).exists():
                    file = literal(str(self.database(side)))
                    connection.execute(f"attach {file} as {side} (read_only)")
            return connection.sql(sql).to_arrow_table()

    def database(self, side: str) -> Path:
        """Return the file that a side is built in."""
        return self.scratch / side / f"{side}.duckdb"

    def _run_dbt(self, side: str, dbt_vars: dict[str, Any]) -> None:
        database = self.database(side)
        done = run_dbt_apart(
            [
                *("build", "--quiet", "--resource-type", "model", "--resource-type", "seed"),
                *("--select", f"+{self.model}", "+int_registrations"),
            ],
            project=self.project,
            scratch=database.parent,
            environment={
                "LEAD_SCORING_TARGET": "duckdb",
                "LEAD_SCORING_DB": str(database.resolve()),
                "LEAD_SCORING_DATA": str(self.folders[side].resolve()),
            },
            dbt_vars=dbt_vars,
        )
        if done.returncode:
            raise LeadScoringError(
                f"The features of {self.folders[side]} cannot be built.",
                where=words_of(done),
                fix="Mend what dbt says; a build with LEAD_SCORING_DATA on that folder says it "
                "too.",
            )


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


def _newest_contact(folder: Path) -> dt.date:
    files = find_source(folder, "lead")
    path = files.location
    scan = file_scan(files.paths, check_csv(files.paths[0]) if files.is_csv else ())
    query = f"select max(try_cast(stage_entered_contacting__c as timestamp)) from {scan}"
    try:
        with duckdb.connect() as connection:
            newest = connection.execute(query).fetchall()[0][0]
    except duckdb.Error as error:
        raise LeadScoringError(
            f"{path.name} cannot be read.", where=f"{path}: {error}", fix="Deliver it again."
        ) from error
    if newest is None:
        raise LeadScoringError(
            "No lead of the delivery was contacted, so it has no past to compare.",
            where=str(path),
            fix="Give a delivery with contacted leads.",
        )
    day: dt.date = newest.date()
    return day
