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
from python_scoring.leakage.replay.datasets import replay_datasets
from python_scoring.leakage.replay.run import replay_cutoff, replay_deliveries

EPILOG = """\b
Examples:
  lead-scoring audit replay --earlier deliveries/2025-01 --later deliveries/2025-07
  lead-scoring audit replay --later seeds/demo --cutoff 2025-01-15 --json
  lead-scoring audit replay --earlier copies_2025_01 --later FinTrx_data_CA,SavvyGTMData
  lead-scoring audit replay --earlier copies@2025-07-01T06:00:00+00:00 --later copies

\b
Exit codes: 0 every feature of the past is the same, 1 something differs, 2 could
not run.
"""
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
@project_option
@json_option
def replay(
    earlier: str | None,
    later: str,
    cutoff: dt.datetime | None,
    before: dt.datetime | None,
    vars_text: str,
    features: str,
    project_dir: Path,
    as_json: bool,
) -> None:
    """Build the features from two deliveries and compare the past they share.

    A feature of a day that has passed cannot change with what is delivered later. Where it does, it
    saw the future. The replay compares values and reads no SQL, so no construct can mislead it.

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
        comparison = replay_deliveries(project_dir, *folders, before=day, **shared)
    else:
        comparison = replay_datasets(project_dir, str(earlier), later, before=day, **shared)
    click.echo(_as_json(comparison) if as_json else _as_text(comparison))
    sys.exit(0 if comparison.equal else 1)


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


def _as_json(comparison: Comparison) -> str:
    return json.dumps(asdict(comparison) | {"equal": comparison.equal}, default=str)


def _as_text(comparison: Comparison) -> str:
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
            lines.append(
                f"\n{feature.name} of {example['prediction_id']} as of {example['as_of_date']}: "
                f"{example['earlier']} in the earlier, {example['later']} in the later delivery"
            )
            lines += [
                f"    only in the {row['only_in']}: {row['source_table']}, "
                f"advisor {row['advisor']}, firm {row['firm']}, "
                f"started {row['started']}, ended {row['ended']}"
                for row in example["source_rows"]
            ]
    verdict = (
        "Equal: no feature knows what came later." if comparison.equal else "DIFFERENT: a leak."
    )
    return "\n".join([*lines, "", verdict])
