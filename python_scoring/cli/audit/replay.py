"""`lead-scoring audit replay`. Parses and prints; the work is in `leakage/replay`."""

import datetime as dt
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import yaml

from python_scoring.cli.options import json_option, project_option
from python_scoring.features.contract import FEATURE_MODEL
from python_scoring.leakage.replay.compare import Comparison
from python_scoring.leakage.replay.late_arrival import LateArrival
from python_scoring.leakage.replay.run import replay_cutoff, replay_datasets, replay_folders

EPILOG = """\b
Examples:
  lead-scoring audit replay --earlier deliveries/2025-01 --later deliveries/2025-07
  lead-scoring audit replay --later seeds/demo --cutoff 2025-01-15 --json
  lead-scoring audit replay --earlier copies_2025_01 --later FinTrx_data_CA,SavvyGTMData
  lead-scoring audit replay --earlier copies@2025-07-01T06:00:00+00:00 --later copies

\b
Exit codes: 0 every feature of the past is the same, but for what the vendor
delivered late (with --strict: 1 where something came late), 1 something else differs,
2 could not run.
"""
PROMPT_VENDOR = (
    "--cutoff makes the earlier delivery from start dates, as if the vendor were prompt: what "
    "comes late cannot show. Two kept deliveries can tell: --earlier."
)
HIDDEN_BY_LAG = (
    "HIDDEN BY A LAG: fintrx_lag_days is {days}, so features built from the later delivery alone "
    "do not differ. The lag also hides what had arrived: set it to 0 and keep an archive (--vars "
    "delivery_date)."
)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(epilog=EPILOG)
@click.option("--earlier", metavar="DELIVERY", help="The earlier delivery.")
@click.option(
    "--later",
    metavar="DELIVERY",
    required=True,
    help="The later delivery of the same sources.",
)
@click.option("--cutoff", type=DAY, help="Without --earlier: make it from --later, as of this day.")
@click.option(
    "--before",
    type=DAY,
    help="With --earlier: its day; subjects before it are compared.  [default: its newest contact]",
)
@click.option("--vars", "vars_text", default="{}", help="Further dbt vars, as YAML.")
@click.option("--features", default=FEATURE_MODEL, show_default=True, help="Feature model.")
@click.option(
    "--strict", is_flag=True, help="Exit 1 also where the vendor delivered something late."
)
@project_option
@json_option
def replay(
    earlier: str | None,
    later: str,
    cutoff: dt.datetime | None,
    before: dt.datetime | None,
    vars_text: str,
    features: str,
    strict: bool,
    project_dir: Path,
    as_json: bool,
) -> None:
    """Build the features from two deliveries and compare the past they share.

    A feature of a day that has passed cannot change with what is delivered later. Where it does, it
    saw the future. The replay compares values and reads no SQL, so no construct can mislead it.
    What the later delivery holds of the past for the first time is hidden from that past, as
    registration_arrivals does: late arrival is told, and is no leak.

    A DELIVERY is a folder of files on DuckDB. On BigQuery it is DATASET, or
    FINTRX_DATASET,SALESFORCE_DATASET, of copies or snapshots, with @MOMENT for the tables as they
    were then; features are built in scratch datasets, which are dropped, and compared there.
    """
    if (earlier is None) == (cutoff is None):
        raise click.UsageError("Give either --earlier DELIVERY or --cutoff DATE.")
    shared: dict[str, Any] = {
        "model": features,
        "dbt_vars": _vars(vars_text),
        "progress": lambda step: click.echo(f"Replay: {step}", err=True),
    }
    on_files = (os.environ.get("LEAD_SCORING_TARGET") or "duckdb") == "duckdb"
    day = before.date() if before else None
    if earlier is None and cutoff is not None:
        if not on_files:
            raise click.UsageError("--cutoff makes files; on BigQuery: --earlier DATASET@MOMENT.")
        comparison = replay_cutoff(project_dir, Path(later), cutoff.date(), **shared)
    elif on_files:
        folders = (Path(str(earlier)), Path(later))
        comparison = replay_folders(project_dir, *folders, before=day, **shared)
    else:
        comparison = replay_datasets(project_dir, str(earlier), later, before=day, **shared)
    note = PROMPT_VENDOR if cutoff else ""
    click.echo(_as_json(comparison, note) if as_json else as_text(comparison, note))
    came_late = comparison.late is not None and comparison.late.anything
    sys.exit(0 if comparison.equal and not (strict and came_late) else 1)


def _vars(text: str) -> dict[str, Any]:
    try:
        parsed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise click.BadParameter(f"--vars is no YAML: {error}") from error
    if not isinstance(parsed, dict):
        raise click.BadParameter("--vars must be a mapping, such as '{label_window_days: 365}'.")
    return {
        key: value.isoformat() if isinstance(value, dt.date) else value
        for key, value in parsed.items()
    }


def _as_json(comparison: Comparison, note: str) -> str:
    late = comparison.late
    derived = {"equal": comparison.equal, "note": note}
    derived |= {"hidden_by_lag": late is not None and late.hidden_by_lag}
    return json.dumps(asdict(comparison) | derived, default=str)


def as_text(comparison: Comparison, note: str) -> str:
    """Return what a replay found, in words; the note stands before the verdict."""
    lines = [
        f"{comparison.compared:,} subjects of days before {comparison.before} "
        "are in both deliveries."
    ]
    if comparison.only_earlier or comparison.only_later:
        lines.append(
            f"MISSING: {comparison.only_earlier:,} only in the earlier, "
            f"{comparison.only_later:,} only in the later one."
        )
    lines += [
        f"  {feature.differing:>9,} differ  {feature.name}" for feature in comparison.features
    ]
    for feature in comparison.features:
        for example in feature.examples:
            lines += _example(feature.name, example)
    if comparison.late is not None:
        lines += _late_arrival(comparison.late, comparison.before)
    verdict = (
        "Equal: no feature knows what came later." if comparison.equal else "DIFFERENT: a leak."
    )
    return "\n".join([*lines, *([note] if note else []), "", verdict])


def _example(name: str, example: dict[str, Any]) -> list[str]:
    return [
        f"\n{name} of {example['prediction_id']} as of {example['as_of_date']}: "
        f"{example['earlier']} in the earlier, {example['later']} in the later delivery",
        *(
            f"    only in the {row['only_in']}: {row['source_table']}, "
            f"advisor {row['advisor']}, firm {row['firm']}, "
            f"started {row['started']}, ended {row['ended']}"
            for row in example["source_rows"]
        ),
    ]


def _late_arrival(found: LateArrival, before: dt.date) -> list[str]:
    """Say what came late and what that does; nothing where nothing did."""
    lines = []
    if found.vanished:
        lines.append(
            f"\nREWRITTEN: {found.vanished:,} registrations of the earlier delivery are gone from "
            "the later one (corrected or withdrawn starts). What differs may differ by them."
        )
    if not found.anything:
        return lines
    if found.hides_nothing:
        return [*lines, *_not_read(found)]
    what = "are only in the later delivery. They are hidden from the comparison above."
    if found.late_months:
        lines.append(
            f"\nLATE ARRIVAL: the figures of {found.late_months:,} firm months that were over by "
            f"{before} {what}"
        )
    if found.late:
        lines.append(
            f"\nLATE ARRIVAL: {found.late:,} registrations that began before {before} {what} "
            "Delivered by then, by age:"
        )
    lines += [
        f"  {each.arrived / each.begun:>7.1%} of {each.begun:>7,} up to {each.up_to_days} days"
        for each in found.ages
    ]
    if found.hidden_by_lag:
        return [*lines, HIDDEN_BY_LAG.format(days=found.lag_days)]
    differing = sum(1 for count in found.differing.values() if count)
    return [
        *lines,
        f"Built from the later delivery alone, {differing} of {len(found.differing)} features "
        f"differ, in up to {max(found.differing.values()):,} subjects: who trains on it knows more "
        "than anybody did. Measure it (lead-scoring arrivals) and keep an archive (--vars "
        "delivery_date).",
    ]


def _not_read(found: LateArrival) -> list[str]:
    """Say what stands in the earlier delivery and seems late all the same."""
    seeming = {
        "registrations": (found.unread, found.late),
        "firm months": (found.unread_months, found.late_months),
    }
    return [
        f"\nNOT READ: {unread:,} of {late:,} {name} that seem to have come late stand in the "
        "earlier delivery. The SQL did not read them there, so nothing is hidden from the "
        "comparison above."
        for name, (unread, late) in seeming.items()
        if unread
    ]
