"""Runs a replay from folders to a verdict."""

import datetime as dt
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from python_scoring.errors import LeadScoringError
from python_scoring.features.contract import project_contract
from python_scoring.io.delivery.csv_text import check_csv
from python_scoring.io.delivery.files import find_source
from python_scoring.io.delivery.sql_text import file_scan
from python_scoring.leakage.replay.compare import Comparison
from python_scoring.leakage.replay.cutoff import write_earlier_delivery
from python_scoring.leakage.replay.scratch_build import (
    ScratchBuild,
    build_features,
    check_delivery,
    compare_files,
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

    Args:
        project: Folder of the dbt project.
        earlier: Folder of the earlier delivery.
        later: Folder of the later delivery of the same sources.
        before: Day of the earlier delivery; None takes the newest contact in it.
        model: Feature model, with its contract in the yml of the same name.
        dbt_vars: Further vars for both builds.
        progress: Called with what happens next.

    Raises:
        LeadScoringError: A folder is no delivery, dbt fails, or nothing can be compared.

    """
    check_delivery(earlier)
    check_delivery(later)
    features = features_of(project, model)
    before = before or _newest_contact(earlier)
    with tempfile.TemporaryDirectory(prefix="replay-") as scratch:
        build = _builder(project, Path(scratch), model, dbt_vars)
        progress(f"building the earlier delivery, {earlier}")
        first = build("earlier", earlier, before)
        progress(f"building the later delivery, {later}")
        second = build("later", later, max(before, _newest_contact(later)))
        progress("comparing")
        return compare_files(first, second, features, before)


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


def _builder(
    project: Path, scratch: Path, model: str, dbt_vars: dict[str, Any]
) -> Callable[[str, Path, dt.date], ScratchBuild]:
    def build(name: str, data: Path, day: dt.date) -> ScratchBuild:
        """Build a delivery as on its own day, so that a feature that asks for today differs."""
        folder = scratch / name
        folder.mkdir()
        days = {"score_date": day.isoformat(), "analysis_date": day.isoformat()}
        return build_features(project, data, folder / f"{name}.duckdb", model, days | dbt_vars)

    return build


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
