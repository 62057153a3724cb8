"""`make test-bigquery`: the BigQuery target built on an emulator, and compared with DuckDB's."""

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

import click

from python_scoring.errors import LeadScoringError
from python_scoring.tests.bigquery_emulator.commands import Commands
from python_scoring.tests.bigquery_emulator.comparison_run import ComparisonRun
from python_scoring.tests.bigquery_emulator.dbt_runs import on_duckdb, on_emulator
from python_scoring.tests.bigquery_emulator.emulator import connect, running_emulator
from python_scoring.tests.bigquery_emulator.known_gaps import read_gaps
from python_scoring.tests.bigquery_emulator.sync_kills import SyncRuns

FIRST_DAY = dt.date(2025, 6, 30)
NEXT_DAY = FIRST_DAY + dt.timedelta(days=1)
# The next day is run with other settings too, so that nothing depends on the defaults.
OTHER_VARS = {"batch_days": 60, "test_share": 0.15, "label_window_days": 45}


@click.command()
@click.option(
    "--environment",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(".venv-bigquery"),
    show_default=True,
    help="Virtual environment that holds the emulator.",
)
def main(environment: Path) -> None:
    """Build the demo on the emulator on two days, and compare with DuckDB.

    Every published value, and what every command prints that reads or writes the warehouse; and
    kill the sync from the emulator at many moments.

    Exit codes: 0 all alike, 1 something differs or dbt failed.
    """
    started = time.monotonic()
    try:
        run = _run(environment)
    except LeadScoringError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"\n{run.summary()}, {time.monotonic() - started:.0f} s")
    sys.exit(1 if run.failures else 0)


def _run(environment: Path) -> ComparisonRun:
    gaps = read_gaps()
    with tempfile.TemporaryDirectory(prefix="bigquery-") as scratch:
        folder = Path(scratch)
        with running_emulator(environment, folder / "emulator.log") as address:
            run = ComparisonRun(
                on_duckdb(folder / "duckdb"),
                on_emulator(folder / "emulator", address, gaps),
                connect(address),
                gaps,
            )
            commands = Commands(run.duckdb, run.emulator)
            for day, other_vars in ((FIRST_DAY, {}), (NEXT_DAY, OTHER_VARS)):
                run.day(day, other_vars)
                click.echo("commands, their JSON compared with DuckDB's:")
                commands.every_day()
                commands.retrain(day)
            manifest = run.emulator.manifest()
            commands.explain(**run.subjects_of_both_days())
            commands.batch(NEXT_DAY + dt.timedelta(days=1), run.load_taken_over)
            commands.every_day()
            run.failures += commands.failures
            syncs = SyncRuns(run.client, address, folder / "syncs", manifest)
            run.failures += syncs.failures()
            run.check_what_was_sent()
            click.echo(f"\n{commands.compared} commands gave what DuckDB's gave")
            return run


main()
