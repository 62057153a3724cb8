"""How often healthy years alarm, and how late broken ones: the tables of `make test-alarms`.

python -m python_scoring.tests.monitoring --years 1000
"""

import tempfile
from itertools import product
from pathlib import Path

import click

from python_scoring.tests.monitoring.drawn_years import AlarmSql, Draw, Outcome, judged

RATES = (0.01, 0.04, 0.12)
PER_DAY = (5, 30, 300)
HEALTHY = (1.0, 1.25, 0.8)
BROKEN = (0.5, 0.7, 2.0)


@click.command()
@click.option("--years", default=1000, show_default=True, help="Healthy years of each kind.")
@click.option("--fewer-years", default=100, show_default=True, help="Years of each other kind.")
@click.option("--per-day", default=PER_DAY, show_default=True, multiple=True, type=int)
@click.option("--seed", default=1, show_default=True)
def main(years: int, fewer_years: int, per_day: tuple[int, ...], seed: int) -> None:
    """Print two Markdown tables; the lines come as they are done."""
    with tempfile.TemporaryDirectory() as scratch:
        sql = AlarmSql(Path(scratch))
    click.echo("| base | a day | odds | years | alarm | monthly 95 % | below 80 % | any part |")
    click.echo("|---|---|---|---|---|---|---|---|")
    for count, rate, odds in product(per_day, RATES, HEALTHY):
        # the edges of the tolerance are the worst case of the promise, the first is the usual one
        drawn = years if odds == 1.0 else fewer_years
        _print_healthy(Draw(drawn, count, rate, odds, seed), sql)
        if odds == 1.0:
            _print_healthy(Draw(fewer_years, count, rate, odds, seed, in_parts=True), sql)
    click.echo("\n| base | ripe a day | odds | found within a year | median day | 90 % by day |")
    click.echo("|---|---|---|---|---|---|")
    for count, rate, odds in product(per_day, RATES, BROKEN):
        _print_broken(Draw(fewer_years, count, rate, odds, seed), sql)


def _print_healthy(draw: Draw, sql: AlarmSql) -> None:
    found = judged(sql, draw)
    counts = (len(found.alarm_days), found.by_interval, found.by_rule_of_thumb)
    told = " | ".join(f"{100 * count / found.years:.1f} %" for count in counts)
    of_parts = f"{100 * found.any_alarms / found.years:.1f} %" if draw.in_parts else ""
    click.echo(f"{_kind(draw)} | {draw.years} | {told} | {of_parts} |")


def _print_broken(draw: Draw, sql: AlarmSql) -> None:
    found = judged(sql, draw)
    share = len(found.alarm_days) / found.years
    click.echo(f"{_kind(draw)} | {share:.0%} | {_day_by(found, 0.5)} | {_day_by(found, 0.9)} |")


def _kind(draw: Draw) -> str:
    return f"| {draw.base_rate:.0%} | {draw.per_day} | {draw.odds:g}"


def _day_by(found: Outcome, share: float) -> str:
    """The day by which a share of the years had alarmed; "later" where that is none."""
    needed = int(-(-share * found.years // 1))
    return str(found.alarm_days[needed - 1]) if len(found.alarm_days) >= needed else "later"


if __name__ == "__main__":
    main()
