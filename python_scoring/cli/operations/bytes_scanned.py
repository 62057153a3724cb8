"""The `bytes-scanned` command."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from python_scoring.cli.options import json_option, target_option
from python_scoring.io.database.bigquery_bytes import Reading, estimate_readings
from python_scoring.io.warehouse.duckdb import database_path

SHOWN = 12
_MB = 1e6


@click.command()
@target_option
@json_option
def bytes_scanned(target_path: Path, as_json: bool) -> None:
    """Estimate what a run would read, and be billed for, on BigQuery.

    Takes row counts and text lengths from the DuckDB build in LEAD_SCORING_DB, and the columns that
    each model and test reads from its compiled SQL. Prints a Markdown table. Filters on partitions
    are not followed, so the estimate is high; the Python model is not in it.

    \b
    Examples:
      dbt build && dbt compile && lead-scoring bytes-scanned
      lead-scoring bytes-scanned --json | jq '.[0]'

    Exit codes: 0 printed, 2 there is no finished build.
    """
    readings = estimate_readings(database_path(), target_path / "manifest.json")
    if as_json:
        click.echo(json.dumps([asdict(reading) for reading in readings]))
        return
    models = [reading for reading in readings if reading.kind == "model"]
    click.echo("| statement | reads | MB read | MB billed |\n|---|---|---:|---:|")
    for reading in models[:SHOWN]:
        click.echo(_line(f"`{reading.name}`", ", ".join(reading.columns), [reading]))
    rest = models[SHOWN:]
    click.echo(_line(f"{len(rest)} other models", "", rest))
    tests = [reading for reading in readings if reading.kind == "test"]
    click.echo(_line(f"{len(tests)} tests", "", tests))
    click.echo(_line("**a run**", "", readings))


def _line(name: str, reads: str, readings: list[Reading]) -> str:
    read = sum(reading.bytes_read for reading in readings) / _MB
    billed = sum(reading.bytes_billed for reading in readings) / _MB
    return f"| {name} | {reads} | {read:,.0f} | {billed:,.0f} |"
