"""Runs a replay from folders to a verdict."""

import datetime as dt
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import duckdb
import yaml

from python_scoring.errors import InputError, LeadScoringError
from python_scoring.features.contract import project_contract
from python_scoring.io.delivery.csv_text import check_csv
from python_scoring.io.delivery.files import find_source
from python_scoring.io.delivery.sql_text import file_scan
from python_scoring.leakage.replay.compare import Comparison
from python_scoring.leakage.replay.cutoff import write_earlier_delivery
from python_scoring.leakage.replay.late_arrival import (
    LateArrival,
    count_late,
    count_unread,
    shares_by_age,
)
from python_scoring.leakage.replay.scratch_build import (
    ScratchBuild,
    build_features,
    check_delivery,
    compare_files,
    opened,
)

Progress = Callable[[str], None]
CONTRACT = "models/features/{model}.yml"


def replay_deliveries(
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

    The later one is built in the warehouse of the earlier one, so that what it holds for the first
    time is known from its own day on, which is after that of the earlier one. Where something came
    late, it is also built alone, to tell what that does.

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
    features = features_of(project, model)
    before = before or _newest_contact(earlier)
    with tempfile.TemporaryDirectory(prefix="replay-") as scratch:
        build = _builder(project, Path(scratch), model, dbt_vars)
        later_day = max(before + dt.timedelta(days=1), _newest_contact(later))
        progress(f"building the earlier delivery, {earlier}")
        first = build("earlier", earlier, before, archived=True)
        progress(f"building the later delivery, {later}")
        second = build("later", later, later_day, archived=True, after=first)
        progress("comparing")
        comparison = compare_files(first, second, features, before)
        late = _came_late(first, second, before)
        if late.late:
            progress("building the later delivery alone, since something came late")
            alone = build("alone", later, later_day)
            found = compare_files(first, alone, features, before)
            late = replace(late, differing={each.name: each.differing for each in found.features})
            comparison = found if late.unread else comparison
        return replace(comparison, late=replace(late, lag_days=_lag_days(project, dbt_vars)))


def _refuse_one_day_for_both(dbt_vars: dict[str, Any]) -> None:
    if "delivery_date" in dbt_vars:
        raise InputError(
            "--vars gives a delivery_date, and a replay builds two deliveries.",
            why="With one day for both, what came late would be taken for a leak.",
            where="--vars",
            fix="Leave it out: each build gets the day of its own delivery.",
        )


def _came_late(earlier: ScratchBuild, later: ScratchBuild, before: dt.date) -> LateArrival:
    with opened(earlier, later) as select:
        relations = earlier.registrations("earlier"), later.registrations("later")
        late, vanished = count_late(select, *relations, before)
        ages = shares_by_age(select, relations[1], before) if late else []
        sources = earlier.readable("earlier")
        unread = count_unread(select, sources.contacts, sources.history, relations[1], before)
    return LateArrival(late, vanished, ages, unread=unread)


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

    Args and errors as in `replay_deliveries`; `cutoff` is the day of the earlier delivery.
    """
    check_delivery(data)
    features = features_of(project, model)
    with tempfile.TemporaryDirectory(prefix="replay-") as scratch:
        build = _builder(project, Path(scratch), model, dbt_vars)
        progress(f"building {data}")
        second = build("later", data, max(cutoff, _newest_contact(data)))
        progress(f"making the delivery of {cutoff} from it")
        folder = Path(scratch) / "delivery"
        write_earlier_delivery(second, cutoff, folder)
        progress("building that")
        first = build("earlier", folder, cutoff)
        progress("comparing")
        return compare_files(first, second, features, cutoff)


class _Builder(Protocol):
    def __call__(
        self,
        name: str,
        data: Path,
        day: dt.date,
        *,
        archived: bool = False,
        after: ScratchBuild | None = None,
    ) -> ScratchBuild: ...


def _builder(project: Path, scratch: Path, model: str, dbt_vars: dict[str, Any]) -> _Builder:
    def build(
        name: str,
        data: Path,
        day: dt.date,
        *,
        archived: bool = False,
        after: ScratchBuild | None = None,
    ) -> ScratchBuild:
        """Build a delivery as on its own day, so that a feature that asks for today differs."""
        folder = scratch / name
        folder.mkdir()
        database = folder / f"{name}.duckdb"
        if after:
            shutil.copy(after.database, database)
        names = ("score_date", "analysis_date", *(("delivery_date",) if archived else ()))
        days = dict.fromkeys(names, day.isoformat())
        return build_features(project, data, database, model, days | dbt_vars)

    return build


def _lag_days(project: Path, dbt_vars: dict[str, Any]) -> int:
    declared = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    return int((declared | dbt_vars)["fintrx_lag_days"])


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
            "No lead of the earlier delivery was contacted, so it has no past to compare.",
            where=str(path),
            fix="Give a delivery with contacted leads, or --before DATE.",
        )
    day: dt.date = newest.date()
    return day
