"""Runs a replay from two deliveries to a verdict, wherever they lie."""

import datetime as dt
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from python_scoring.errors import InputError, LeadScoringError
from python_scoring.features.contract import project_contract
from python_scoring.io.dbt import project_vars, whole_number
from python_scoring.leakage.replay.compare import Build, Comparison, compare_builds
from python_scoring.leakage.replay.cutoff import write_earlier_delivery
from python_scoring.leakage.replay.datasets import dataset_builds, two_deliveries
from python_scoring.leakage.replay.folders import FolderBuilds, check_delivery
from python_scoring.leakage.replay.late_arrival import (
    LateArrival,
    count_late,
    count_late_months,
    count_unread,
    shares_by_age,
)

Progress = Callable[[str], None]
CONTRACT = "models/features/{model}.yml"


class Builds(Protocol):
    """Where the deliveries of a replay lie and are built: `FolderBuilds`, `DatasetBuilds`.

    Sides are earlier and later, and alone: the later delivery in a warehouse that never saw the
    earlier one.
    """

    def newest_contact(self, side: str) -> dt.date:
        """Return the day of the newest contact in a delivery."""

    def build(
        self, side: str, day: dt.date, *, archived: bool = False, after: str | None = None
    ) -> Build:
        """Build a delivery as on a day, archived or not, after that of another side or not."""

    def select(self, sql: str) -> pa.Table:
        """Run a select that reads what was built so far."""


def replay_folders(
    project: Path,
    earlier: Path,
    later: Path,
    *,
    before: dt.date | None,
    model: str,
    dbt_vars: dict[str, Any],
    progress: Progress,
) -> Comparison:
    """Build the features of two deliveries with the same code and compare the common past.

    Args:
        project: Folder of the dbt project.
        earlier: Folder of the earlier delivery.
        later: Folder of the later delivery of the same sources.
        before: Day of the earlier delivery; None takes the newest contact in it.
        model: Feature model, with its contract in the yml of the same name.
        dbt_vars: Further vars for both builds.
        progress: Called with what happens next.

    Raises:
        LeadScoringError: A var or folder cannot be used, dbt fails, or nothing can be compared.
    """
    _refuse_one_day_for_both(dbt_vars)
    check_delivery(earlier)
    check_delivery(later)
    features, lag_days = features_of(project, model), _lag_days(project, dbt_vars)
    folders = {"earlier": earlier, "later": later, "alone": later}
    with tempfile.TemporaryDirectory(prefix="replay-") as scratch:
        builds = FolderBuilds(project, folders, model, dbt_vars, Path(scratch))
        return compare_past(builds, features, before, lag_days, progress)


def replay_datasets(
    project: Path,
    earlier: str,
    later: str,
    *,
    before: dt.date | None,
    model: str,
    dbt_vars: dict[str, Any],
    progress: Progress,
) -> Comparison:
    """Build the features of two deliveries in scratch datasets, compare them there, drop them.

    Args as in `replay_folders`; deliveries are named as `parse_delivery` reads them.

    Raises:
        InputError: They are no two deliveries.
        LeadScoringError: dbt fails, or nothing can be compared.
        WarehouseError: BigQuery refuses, or cannot be reached.
    """
    _refuse_one_day_for_both(dbt_vars)
    deliveries = two_deliveries(earlier, later)
    features, lag_days = features_of(project, model), _lag_days(project, dbt_vars)
    with dataset_builds(project, deliveries, model, dbt_vars) as builds:
        return compare_past(builds, features, before, lag_days, progress)


def compare_past(
    builds: Builds,
    features: Sequence[str],
    before: dt.date | None,
    lag_days: int,
    progress: Progress,
) -> Comparison:
    """Build both deliveries and compare the past that they share.

    The later one is built in the warehouse of the earlier one, so that what it holds for the first
    time is known from its own day on, which is after that of the earlier one. Where something came
    late, it is also built alone, to tell what that does.

    Args:
        builds: The deliveries.
        features: Names of the columns to compare.
        before: Day of the earlier delivery; None takes the newest contact in it.
        lag_days: The var fintrx_lag_days of the builds.
        progress: Called with what happens next.
    """
    before = before or builds.newest_contact("earlier")
    later_day = max(before + dt.timedelta(days=1), builds.newest_contact("later"))
    progress("building the earlier delivery")
    first = builds.build("earlier", before, archived=True)
    progress("building the later delivery")
    second = builds.build("later", later_day, archived=True, after="earlier")
    progress("comparing")
    comparison = compare_builds(builds.select, first, second, features, before)
    late = replace(_came_late(builds, first, second, before), lag_days=lag_days)
    if late.anything:
        progress("building the later delivery alone, since something came late")
        alone = builds.build("alone", later_day)
        found = compare_builds(builds.select, first, alone, features, before)
        late = replace(late, differing={each.name: each.differing for each in found.features})
        comparison = found if late.hides_nothing else comparison
    return replace(comparison, late=late)


def _refuse_one_day_for_both(dbt_vars: dict[str, Any]) -> None:
    if "delivery_date" in dbt_vars:
        raise InputError(
            "--vars gives a delivery_date, and a replay builds two deliveries.",
            why="With one day for both, what came late would be taken for a leak.",
            where="--vars",
            fix="Leave it out: each build gets the day of its own delivery.",
        )


def _came_late(builds: Builds, earlier: Build, later: Build, before: dt.date) -> LateArrival:
    select, registrations = builds.select, later.registrations
    late, vanished = count_late(select, earlier.registrations, registrations, before)
    ages = shares_by_age(select, registrations, before) if late else []
    unread = count_unread(select, earlier.contacts, earlier.history, registrations, before)
    months, unread_months = count_late_months(select, earlier.figures, later.firm_months, before)
    return LateArrival(
        late, vanished, ages, unread=unread, late_months=months, unread_months=unread_months
    )


def replay_cutoff(
    project: Path,
    data: Path,
    cutoff: dt.date,
    *,
    model: str,
    dbt_vars: dict[str, Any],
    progress: Progress,
) -> Comparison:
    """Make the delivery of an earlier day from one at hand, and replay the two.

    It is made by start dates, so it is that of a prompt vendor: what came late is not looked for.

    Args and errors as in `replay_folders`; `cutoff` is the day of the earlier delivery.
    """
    check_delivery(data)
    features = features_of(project, model)
    with tempfile.TemporaryDirectory(prefix="replay-") as scratch:
        folders = {"earlier": Path(scratch) / "delivery", "later": data}
        builds = FolderBuilds(project, folders, model, dbt_vars, Path(scratch))
        progress(f"building {data}")
        second = builds.build("later", max(cutoff, builds.newest_contact("later")))
        progress(f"making the delivery of {cutoff} from it")
        write_earlier_delivery(builds.database("later"), cutoff, folders["earlier"])
        progress("building that")
        first = builds.build("earlier", cutoff)
        progress("comparing")
        return compare_builds(builds.select, first, second, features, cutoff)


def _lag_days(project: Path, dbt_vars: dict[str, Any]) -> int:
    declared = project_vars(project, ["fintrx_lag_days"])
    return whole_number(declared | dbt_vars, "fintrx_lag_days")


def features_of(project: Path, model: str) -> list[str]:
    """Return the features that the contract of a model lists.

    Raises:
        LeadScoringError: It is no model, or has no contract.

    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", model):
        raise LeadScoringError(
            f"{model!r} is no name of a model.",
            fix="Give the name as in models/features, such as lead_scoring_features_pit.",
        )
    return project_contract(project / CONTRACT.format(model=model)).names
