"""How often healthy years alarm, how late broken ones, how well nowcasts hold: `make test-alarms`.

python -m python_scoring.tests.monitoring --years 1000
"""

import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import click

from python_scoring.tests.monitoring.detectors import detected
from python_scoring.tests.monitoring.drawn_cohorts import CohortDraw, NowcastSql
from python_scoring.tests.monitoring.drawn_years import AlarmSql, Draw, Outcome, judged
from python_scoring.tests.support.feature_engine import compile_features

RATES = (0.01, 0.04, 0.12)
PER_DAY = (5, 30, 300)
HEALTHY = (1.0, 1.25, 0.8)
BROKEN = (0.5, 0.7, 2.0)
COHORTS = ((1000, 0.01), (300, 0.04), (1000, 0.04), (3000, 0.04), (300, 0.12), (1000, 0.12))
# each has a curve of its own, and so many cohorts of each age
CURVES, COHORTS_OF_A_CURVE = 100, 40
DETECTED_PER_DAY, DETECTED_RATE, HALF_A_YEAR = 30, 0.04, 182
"""Of the years that River's detectors see too: they look for a change, so a year begins healthy."""


@click.command()
@click.option("--years", default=1000, show_default=True, help="Healthy years of each kind.")
@click.option("--fewer-years", default=100, show_default=True, help="Years of each other kind.")
@click.option("--per-day", default=PER_DAY, show_default=True, multiple=True, type=int)
@click.option("--rate", default=RATES, show_default=True, multiple=True, type=float)
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--detectors",
    type=click.Path(exists=True, path_type=Path),
    help="An interpreter that has River, for the last table.",
)
def main(
    years: int,
    fewer_years: int,
    per_day: tuple[int, ...],
    rate: tuple[float, ...],
    seed: int,
    detectors: Path | None,
) -> None:
    """Print Markdown tables; the lines come as they are done."""
    _print_nowcasts(seed)
    with tempfile.TemporaryDirectory() as scratch:
        sql = AlarmSql(compile_features(Path(scratch), {}, "calibration_evidence"))
    click.echo("\n| base | a day | odds | years | alarm | monthly 95 % | below 80 % | any part |")
    click.echo("|---|---|---|---|---|---|---|---|")
    for count, base, odds in product(per_day, rate, HEALTHY):
        # the edges of the tolerance are the worst case of the promise, the first is the usual one
        drawn = years if odds == 1.0 else fewer_years
        _print_healthy(Draw(drawn, count, base, odds, seed), sql)
        if odds == 1.0:
            _print_healthy(Draw(fewer_years, count, base, odds, seed, in_parts=True), sql)
    click.echo("\n| base | ripe a day | odds | found within a year | median day | 90 % by day |")
    click.echo("|---|---|---|---|---|---|")
    for count, base, odds in product(per_day, rate, BROKEN):
        _print_broken(Draw(fewer_years, count, base, odds, seed), sql)
    if detectors:
        _print_detectors(years, fewer_years, seed, sql, detectors)


def _print_nowcasts(seed: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        sql = NowcastSql(compile_features(Path(scratch), {}, "early_outcomes"))
    click.echo("| base | contacts | day | share seen | of expected | of nowcast |")
    click.echo("|---|---|---|---|---|---|")
    for contacts, base in COHORTS:
        draws = [
            sql.judge(CohortDraw(COHORTS_OF_A_CURVE, contacts, base, seed=1000 * seed + number))
            for number in range(CURVES)
        ]
        for rows in zip(*draws, strict=True):
            seen, expected, nowcast = (sum(row[i] for row in rows) / CURVES for i in (1, 2, 3))
            told = f"{seen:.0%} | {expected:.1%} | {nowcast:.1%}"
            click.echo(f"| {base:.0%} | {contacts} | {rows[0][0]} | {told} |")


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


def _print_detectors(years: int, fewer_years: int, seed: int, sql: AlarmSql, python: Path) -> None:
    """Print what the alarm and River's detectors say of the same healthy and broken years."""
    healthy = Draw(years, DETECTED_PER_DAY, DETECTED_RATE, seed=seed)
    broken = replace(healthy, years=fewer_years, odds=0.5, healthy_days=HALF_A_YEAR)
    with tempfile.TemporaryDirectory() as scratch:
        quiet, changed = (detected(sql, draw, python, Path(scratch)) for draw in (healthy, broken))
    click.echo(
        f"\nRiver {quiet.version}; {_kind(healthy)[2:]}, then 0.5 after {HALF_A_YEAR} days\n\n"
        "| detector | healthy years that alarm | broken years that alarm before | found after |"
        " median days after |\n|---|---|---|---|---|"
    )
    for name, days in quiet.days.items():
        before = sum(day <= HALF_A_YEAR for day in changed.days[name])
        after = sorted(day - HALF_A_YEAR for day in changed.days[name] if day > HALF_A_YEAR)
        median = after[len(after) // 2] if after else ""
        click.echo(
            f"| {name} | {len(days) / years:.1%} | {before / fewer_years:.0%} |"
            f" {len(after) / fewer_years:.0%} | {median} |"
        )


def _kind(draw: Draw) -> str:
    return f"| {draw.base_rate:.0%} | {draw.per_day} | {draw.odds:g}"


def _day_by(found: Outcome, share: float) -> str:
    """The day by which a share of the years had alarmed; "later" where that is none."""
    needed = int(-(-share * found.years // 1))
    return str(found.alarm_days[needed - 1]) if len(found.alarm_days) >= needed else "later"


if __name__ == "__main__":
    main()
