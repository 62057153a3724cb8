"""A year in weekly steps with five faults: what finds each, after how long, named as what.

python -m python_scoring.tests.year --seed 15
"""

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import click
import duckdb

from python_scoring.tests.year import support, weeks
from python_scoring.tests.year.weeks import Week
from python_scoring.tests.year.world import (
    BREAK,
    DRIFT,
    SILENT,
    SILENT_OWNER,
    STOP,
    VETERANS_FROM,
    build,
    make_delivery,
    plant,
)

Says = Callable[[Week], bool]
# what is planted, on which day, what says so, and whether anything of that kind is said
PLANTED: tuple[tuple[str, date, str, Says, Says], ...] = (
    (
        "an owner calls nobody",
        SILENT[0],
        "sales_work",
        lambda week: any(owner == SILENT_OWNER for owner, _ in week.owners),
        lambda week: bool(week.owners),
    ),
    (
        "the vendor stops for two weeks",
        STOP[0],
        "source_health",
        lambda week: bool(week.sources),
        lambda week: bool(week.sources),
    ),
    (
        "AUM is told three times as high for a month",
        DRIFT[0],
        "feature_drift",
        lambda week: ("firm_aum_pit", DRIFT[0]) in week.features,
        lambda week: bool(week.features),
    ),
    (
        "people of a new kind are contacted",
        VETERANS_FROM,
        "feature_drift",
        lambda week: ("industry_tenure_months", VETERANS_FROM) in week.features,
        lambda week: any(name == "industry_tenure_months" for name, _ in week.features),
    ),
    (
        "fewer than half of the calls come",
        BREAK,
        "model_alerts",
        lambda week: bool(week.alerts),
        lambda week: bool(week.alerts),
    ),
)


@click.command()
@click.option("--advisors", default=70_000, show_default=True)
@click.option("--leads", default=50_000, show_default=True)
@click.option("--seed", default=15, show_default=True)
def main(advisors: int, leads: int, seed: int) -> None:
    """Print three Markdown tables."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        make_delivery(scratch / "world", advisors, leads, seed)
        database = build(scratch, [*weeks.MODELS, *support.MODELS])
        plant(database)
        with duckdb.connect(str(database)) as connection:
            manifest = scratch / "target/manifest.json"
            found = list(weeks.weeks(connection, manifest))
            _print_found(found)
            _print_verdicts(found[-1])
            _print_support(connection, manifest)


def _print_found(found: list[Week]) -> None:
    click.echo("| planted | from | said by | found after, days | weeks before with such a word |")
    click.echo("|---|---|---|---|---|")
    for what, day, by, is_it, is_such in PLANTED:
        first = next((week.day for week in found if week.day >= day and is_it(week)), None)
        after = (first - day).days if first else "not within the year"
        before = [week for week in found if week.day < day]
        false = sum(is_such(week) for week in before)
        click.echo(f"| {what} | {day} | {by} | {after} | {false} of {len(before)} |")
    still = [week for week in found if week.day > STOP[1] + timedelta(days=7) and week.sources]
    click.echo(f"\nWeeks after the vendor came back with a measure that is not usual: {len(still)}")
    silent = [month for owner, month in found[-1].owners if month > SILENT[1]]
    click.echo(f"Months with too few calls after the owner calls again: {len(silent)}")
    drifted = [name for name, month in found[-1].features if month > DRIFT[1]]
    click.echo(f"Months with a drift of firm_aum_pit after March: {drifted.count('firm_aum_pit')}")
    counts = {name: drifted.count(name) for name in sorted(set(drifted))}
    click.echo(f"Drifted after March, months each: {counts}")


def _print_verdicts(last: Week) -> None:
    click.echo("\n| month of contact | cause | verdict |\n|---|---|---|")
    for month, (cause, verdict) in last.verdicts.items():
        click.echo(f"| {month:%Y-%m} | {cause or ''} | {verdict} |")


def _print_support(connection: duckdb.DuckDBPyConnection, manifest: Path) -> None:
    click.echo(
        "\n| before the break | support | contacts | expected | came |\n|---|---|---|---|---|"
    )
    for part, familiar, contacts, expected, came in support.by_support(connection, manifest):
        click.echo(f"| {part} | {familiar} | {contacts:,} | {expected:.1f} | {came} |")


if __name__ == "__main__":
    main()
