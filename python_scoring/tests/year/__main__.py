"""A year in weekly steps with five faults: what finds each, after how long, named as what.

python -m python_scoring.tests.year --seed 15
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from python_scoring.simulate.faults import Fault, Faults, read_faults
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world
from python_scoring.tests.year.line import Line
from python_scoring.tests.year.promises import by_version, promised
from python_scoring.tests.year.weeks import Week, week

PLAN = Path(__file__).parent / "faults.toml"
BEGIN, END = date(2024, 9, 1), date(2025, 11, 30)
"""Sundays: the first model's, and the last, on which what mends the last fault has shown."""
LARGER = 3
"""How many times as large the world is that the first model learns from."""
Says = Callable[[Week], bool]


@dataclass(frozen=True)
class Planted:
    """What is planted, since when it can show, which relation says it, and which contacts it hits.

    Args:
        what: In words.
        fault: Its days.
        shows: First day of contacts or deliveries that it touches.
        relation: Which relation says so.
        says: Whether a week does.
        contacts: Condition of the contacts that it hits.
    """

    what: str
    fault: Fault
    shows: date
    relation: str
    says: Says
    contacts: str


def planted(faults: Faults) -> list[Planted]:
    """The faults of the plan, each with what is asked of it."""
    silent, stop, aum = faults.silent_owner, faults.vendor_stop, faults.wrong_aum
    kind, fewer = faults.new_kind, faults.fewer_calls
    if not (silent and stop and aum and kind and fewer):
        raise ValueError(f"{PLAN} does not plan every fault")
    told = aum.last + timedelta(days=1)
    return [
        Planted(
            "an owner calls nobody",
            silent,
            silent.first,
            "sales_work",
            lambda said: any(owner == silent.owner for owner, _ in said.owners),
            f"owner_id = '{silent.owner}'",
        ),
        Planted(
            "the vendor stops for two weeks",
            stop,
            stop.first,
            "source_health",
            lambda said: bool(said.sources),
            "true",
        ),
        Planted(
            "AUM of a month is told three times as high",
            Fault(told, told + timedelta(days=30)),
            told,
            "feature_drift",
            lambda said: ("firm_aum_pit", told) in said.features,
            "true",
        ),
        Planted(
            "people of a new kind are contacted",
            kind,
            kind.first,
            "feature_drift",
            lambda said: ("industry_tenure_months", kind.first) in said.features,
            "is_new_kind",
        ),
        Planted(
            "fewer than half of the calls come",
            fewer,
            fewer.first,
            "model_alerts",
            lambda said: bool(said.alerts),
            "not is_new_kind",
        ),
    ]


@click.command()
@click.option("--advisors", default=70_000, show_default=True)
@click.option("--leads", default=50_000, show_default=True)
@click.option("--seed", default=15, show_default=True)
@click.option(
    "--day",
    "days",
    type=click.DateTime(["%Y-%m-%d"]),
    multiple=True,
    help="Days to build; default: every Sunday.",
)
def main(advisors: int, leads: int, seed: int, days: tuple[datetime, ...]) -> None:
    """Print Markdown tables."""
    faults = read_faults(PLAN)
    world = build_world(WorldRequest(advisors=advisors, leads=leads, seed=seed, faults=faults))
    with tempfile.TemporaryDirectory() as folder:
        models, year = Path(folder) / "models", Path(folder) / "year"
        for place in (models, year):
            place.mkdir()
        click.echo(f"{_first_model(Path(folder), models, advisors, leads, seed)} scores first")
        line = Line(year, world, models)
        said = _said(line, [day.date() for day in days] or _sundays())
        _print_found(said, planted(faults))
        _print_verdicts(said[-1])
        _print_promises(line, faults, said[-1].day)
        _print_versions(line, faults)


def _first_model(scratch: Path, models: Path, advisors: int, leads: int, seed: int) -> str:
    """Train on a larger world of the same months: the year's own hold too few calls by then."""
    size = WorldRequest(advisors * LARGER, leads * LARGER, seed + 1)
    larger = scratch / "larger"
    larger.mkdir()
    return Line(larger, build_world(size), models).first_model(BEGIN)


def _sundays() -> list[date]:
    return [BEGIN + timedelta(days=7 * week) for week in range((END - BEGIN).days // 7 + 1)]


def _said(line: Line, days: Sequence[date]) -> list[Week]:
    """Build the days; where one is refused, train; where a level is lost, fit the curve anew."""
    said = []
    for day in days:
        said.append(week(line, day))
        click.echo(_told(said[-1]), err=True)
        if said[-1].refused:
            why, version = "refused", line.train()
        elif said[-1].alerts and (since := said[-1].level_lost):
            why, version = f"the level is lost since {since}", line.recalibrate(since)
        else:
            continue
        if not version:
            click.echo(f"{day}: {why}; too few calls to fit the curve anew")
            continue
        again = "refused" if line.build(day) else "published"
        click.echo(f"{day}: {why}; {version} is made and promoted, and the day {again}")
    return said


def _told(said: Week) -> str:
    refused = f"not published: {said.refused[-1500:]}" if said.refused else "published"
    newest = list(said.verdicts.items())[-2:]
    return (
        f"{datetime.now():%H:%M} {said.day} {said.health}; sources {said.sources}; features "
        f"{said.features[-3:]}; owners {said.owners[-2:]}; alerts {said.alerts}; "
        f"{[(str(m), v, *c) for (m, v), c in newest]}; {refused}"
    )


def _print_found(said: Sequence[Week], faults: Sequence[Planted]) -> None:
    click.echo(
        "\n| planted | shows from | said by | found after, days | days before with such a word |"
    )
    click.echo("|---|---|---|---|---|")
    for fault in faults:
        before = [one for one in said if one.day < fault.shows]
        first = next((o.day for o in said if o.day >= fault.shows and fault.says(o)), None)
        after = (first - fault.shows).days if first else "not within the year"
        false = sum(fault.says(one) for one in before)
        click.echo(
            f"| {fault.what} | {fault.shows} | {fault.relation} | {after} |"
            f" {false} of {len(before)} |"
        )
    refused = [str(one.day) for one in said if one.refused]
    click.echo(f"\nDays built: {len(said)}. Not published: {', '.join(refused) or 'none'}.")


def _print_verdicts(last: Week) -> None:
    click.echo("\n| month of contact | model | cause | verdict |\n|---|---|---|---|")
    for (month, version), (cause, verdict) in last.verdicts.items():
        click.echo(f"| {month:%Y-%m} | {version} | {cause or ''} | {verdict} |")


def _print_promises(line: Line, faults: Faults, day: date) -> None:
    click.echo(
        "\n| contacts of | support | days | contacts | promised | true | came |\n"
        "|---|---|---|---|---|---|---|"
    )
    for fault in planted(faults):
        last = min(fault.fault.last, day - timedelta(days=30))
        for support in ("familiar", "unfamiliar"):
            condition = f"{fault.contacts} and support = '{support}'"
            row = promised(line, faults, condition, fault.shows, last)
            figures = f"{row[0]:,} | {row[1]:.1f} | {row[2]:.1f} | {row[3]}"
            click.echo(f"| {fault.what} | {support} | {fault.shows} to {last} | {figures} |")


def _print_versions(line: Line, faults: Faults) -> None:
    click.echo(
        "\n| month of contact | model | contacts | promised | true | ripe | came |\n"
        "|---|---|---|---|---|---|---|"
    )
    for month, version, contacts, said, true, ripe, came in by_version(line, faults):
        figures = f"{contacts:,} | {said:.1f} | {true:.1f} | {ripe:,} | {came}"
        click.echo(f"| {month:%Y-%m} | {version} | {figures} |")


if __name__ == "__main__":
    main()
