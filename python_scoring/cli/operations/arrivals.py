"""The `arrivals` command."""

import json
from datetime import datetime
from pathlib import Path

import click

from python_scoring.arrivals.curve import BIN_DAYS, LAST_AGE_DAYS, ArrivalCurve, estimate_curve
from python_scoring.arrivals.curve_file import write_curve
from python_scoring.arrivals.deliveries import DeliveryPair, compare, dated, starts_by_age
from python_scoring.arrivals.one_delivery import OneDelivery, look_at
from python_scoring.cli.options import PathParameter, json_option, project_option
from python_scoring.metrics.intervals import Interval

GUIDE = "docs/guides/late_vendor.md"
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog="""\b
Examples:
  lead-scoring arrivals --earlier deliveries/2025-05-31 --later deliveries/2025-06-30
  lead-scoring arrivals --earlier old --earlier-day 2025-03-31 --later new --later-day 2025-06-30 \\
    --out seeds/mappings/arrival_curve.csv
  lead-scoring arrivals --later deliveries/2025-06-30

\b
Exit codes:
  0  the vendor was looked at, late or not
  2  could not run: a delivery cannot be used, or its day is not known
"""
)
@click.option(
    "--earlier",
    type=PathParameter(path_type=Path),
    help="Folder of an earlier delivery; without one, lateness is detected and not estimated.",
)
@click.option(
    "--later", type=PathParameter(path_type=Path), required=True, help="Folder of a later delivery."
)
@click.option("--earlier-day", type=_DAY, help="Its day; default: the name of its folder.")
@click.option("--later-day", type=_DAY, help="Its day; default: the name of its folder.")
@click.option("--out", type=PathParameter(path_type=Path), help="CSV for the seed arrival_curve.")
@project_option
@json_option
def arrivals(
    earlier: Path | None,
    later: Path,
    earlier_day: datetime | None,
    later_day: datetime | None,
    out: Path | None,
    project_dir: Path,
    as_json: bool,
) -> None:
    """Say how late the vendor delivers registrations, how sure that is, and what it means.

    From two deliveries, the share of starts that has arrived by their age; from one, whether its
    newest months look thin. Only ria_contacts_current and contact_registered_employment_history
    are read. What to do about it: docs/guides/late_vendor.md.
    """
    newest = dated(later, later_day.date() if later_day else None, "--later-day")
    if earlier is None:
        if out or earlier_day:
            raise click.UsageError("--out and --earlier-day need --earlier.")
        seen = look_at(newest, starts_by_age(project_dir, newest))
        click.echo(json.dumps(seen.to_json()) if as_json else _one_as_text(seen))
        return
    oldest = dated(earlier, earlier_day.date() if earlier_day else None, "--earlier-day")
    pair = compare(project_dir, oldest, newest)
    curve = estimate_curve(pair)
    if out:
        write_curve(curve, out)
    click.echo(json.dumps(curve.to_json()) if as_json else _as_text(pair, curve))


def _as_text(pair: DeliveryPair, curve: ArrivalCurve) -> str:
    lines = [
        f"The delivery of {curve.earlier_day} beside that of {curve.later_day}, "
        f"{pair.gap_days} days later",
        "",
        "Age in days     starts   delivered by then (95 %)",
        *_rows(curve),
        "",
        *_lateness(curve),
        f"Counted apart: {curve.corrected:,} starts corrected, {curve.withdrawn:,} registrations "
        f"withdrawn, {curve.very_late:,} starts of {LAST_AGE_DAYS} days or more that are new.",
    ]
    return "\n".join(lines)


def _rows(curve: ArrivalCurve) -> list[str]:
    """Lines of the table, up to the age from which on everything has arrived."""
    shown = [n for n, point in enumerate(curve.points) if point.share.value != 1.0]
    last = max(shown, default=-1) + 1
    lines = []
    for point in curve.points[: last + 1]:
        ages = f"{point.age_days - BIN_DAYS + 1:>4} to {point.age_days:>3}"
        lines.append(f"{ages}   {point.starts:>9,}   {_percent(point.share)}")
    if last + 1 < len(curve.points):
        lines.append(f"{curve.points[last].age_days + 1:>4} or more              100.0 %")
    return lines


def _lateness(curve: ArrivalCurve) -> list[str]:
    if not curve.is_known:
        return [
            "Cannot tell: some ages have no starts. Compare larger deliveries, or ones that lie "
            "further apart."
        ]
    if curve.is_prompt:
        return [
            "The vendor is prompt: the earlier delivery held every start that it could. "
            "Features know what their day knew."
        ]
    if not curve.is_late:
        return [
            "Nearly prompt: a few starts came late, too few to tell a curve from none. "
            "Features know what their day knew, but for these."
        ]
    year, moves = curve.known_share(360), curve.known_share(1080)
    return [
        f"The vendor is late: half of all starts are delivered {_days(curve.age_at(0.5))} after "
        f"they began, nine tenths {_days(curve.age_at(0.9))}.",
        f"On a contact day it has delivered {_percent(year)} of the last 12 months' starts, "
        f"which firm_net_change_12mo counts, and {_percent(moves)} of the last 36 months', "
        "which pit_moves_3yr counts.",
        "Trained on a later delivery, features see the rest too, and what training promises is "
        f"more than calls will bring: {GUIDE} says what to do.",
    ]


def _percent(share: Interval) -> str:
    if share.value != share.value:
        return "unknown: no starts"
    return f"{100 * share.value:.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f})"


def _days(age: Interval) -> str:
    if age.value == 0.0:
        return "within the first month"
    low, high = (
        f"{bound:.0f}" if bound < LAST_AGE_DAYS else "more" for bound in (age.low, age.high)
    )
    return f"{age.value:.0f} days ({low} to {high})"


def _one_as_text(seen: OneDelivery) -> str:
    lines = [f"The newest starts of the delivery of {seen.day} beside those of a year before", ""]
    if not seen.ratios:
        return "\n".join([*lines, "Cannot tell: too few starts, or less than four years of them."])
    lines += ["Age in days     starts   a year before   a prompt vendor has at least"]
    for ratio in seen.ratios:
        ages = f"{ratio.age_days:>4} to {ratio.age_days + BIN_DAYS - 1:>3}"
        thin = "   thin" if ratio.is_thin else ""
        lines.append(
            f"{ages}   {ratio.starts:>9,}   {ratio.year_before:>13,}"
            f"   {ratio.expected_at_least:>28,.0f}{thin}"
        )
    verdict = (
        "It looks late, or the market slowed down: keep each delivery, and compare two."
        if seen.looks_late
        else "It does not look late. Only two deliveries show how late: keep each."
    )
    return "\n".join([*lines, "", verdict])
