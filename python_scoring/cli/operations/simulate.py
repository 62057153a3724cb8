"""`lead-scoring simulate`: writes an invented world into a folder."""

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from python_scoring.cli.options import Command, PathParameter, json_option
from python_scoring.simulate import simulation as world_maker
from python_scoring.simulate.faults import NO_FAULTS, read_faults
from python_scoring.simulate.lateness import PROMPT, Lateness, parse_curve
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.snapshot.summary import DeliverySummary

_LATENESS_OPTIONS = (
    click.option(
        "--late",
        metavar="CURVE",
        help="Share of starts that the vendor has delivered by each age in days, such as "
        "30:0.25,60:0.5,90:0.75,120:0.9,240:1. Default: every start on its day.",
    ),
    click.option(
        "--corrected",
        type=float,
        default=0.0,
        show_default=True,
        help="Share of registrations first delivered with another start date.",
    ),
    click.option(
        "--withdrawn",
        type=float,
        default=0.0,
        show_default=True,
        help="Share of registrations that the vendor takes back after their delivery.",
    ),
    click.option(
        "--deliveries",
        type=int,
        default=1,
        show_default=True,
        help="Monthly deliveries up to --as-of; more than one are folders of --out, named by day.",
    ),
)


def lateness_options(command: Command) -> Command:
    """Add --late, --corrected, --withdrawn and --deliveries."""
    for option in reversed(_LATENESS_OPTIONS):
        command = option(command)
    return command


@click.command(
    epilog="""\b
Examples:
  lead-scoring simulate --out world --advisors 44000 --leads 24000 --as-of 2025-06-30 --seed 7
  lead-scoring simulate --out dirty --advisors 4000 --leads 2000 --as-of 2025-06-30 --seed 7 \\
    --defects 0.05
  lead-scoring simulate --out worked --advisors 4000 --leads 2000 --as-of 2025-06-30 --seed 7 \\
    --tasks
  lead-scoring simulate --out broken --advisors 4000 --leads 2000 --as-of 2025-06-30 --seed 7 \\
    --faults faults.toml
  lead-scoring simulate --out later --advisors 44000 --leads 24000 --as-of 2025-12-31 --seed 7
  lead-scoring simulate --out series --advisors 44000 --leads 24000 --as-of 2025-06-30 --seed 7 \\
    --late 30:0.25,60:0.5,90:0.75,120:0.9,240:1 --corrected 0.01 --deliveries 12

\b
Exit codes:
  0  the folder holds the delivery
  2  could not run: an argument is out of range, or the folder holds other files
"""
)
@click.option("--out", type=PathParameter(path_type=Path), required=True, help="Folder to write.")
@click.option("--advisors", type=int, required=True, help="People, over the whole horizon.")
@click.option(
    "--leads",
    type=int,
    required=True,
    help="Distinct leads in the CRM; well below --advisors, so that prospects remain.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="Day of the delivery. The same seed with a later day is the same world, later.",
)
@click.option("--seed", type=int, required=True, help="Any whole number; another world for each.")
@click.option(
    "--signal",
    type=float,
    default=1.0,
    show_default=True,
    help="Strength of the truth: 0 makes every lead alike, 1 is realistic.",
)
@click.option(
    "--defects",
    type=float,
    help="Share of each table's rows that get a defect, every kind at least once; defects.csv "
    "lists each with its row, its treatment and the reason that a build must give. "
    "Default: none.",
)
@click.option(
    "--tasks", is_flag=True, help="Also what sales did (task.parquet, for the var task_source)."
)
@click.option(
    "--faults",
    metavar="FILE",
    type=PathParameter(path_type=Path),
    help="TOML file of what goes wrong, and when (docs/reference/simulated_world.md). "
    "Default: nothing.",
)
@lateness_options
@json_option
def simulate(
    out: Path,
    advisors: int,
    leads: int,
    as_of: datetime,
    seed: int,
    signal: float,
    defects: float | None,
    tasks: bool,
    faults: Path | None,
    late: str | None,
    corrected: float,
    withdrawn: float,
    deliveries: int,
    as_json: bool,
) -> None:
    """Write the four source tables of an INVENTED world, as delivered on a day.

    Back-filled end dates, a history without the current registration, dual registrations and
    dirt are all there. lead_truth.parquet holds each lead's true conversion probability, and of a
    late vendor registration_truth.parquet the day on which each registration arrived, for judging
    models and estimates; nothing else may read them.
    """
    curve = PROMPT.curve if late is None else parse_curve(late)
    lateness = Lateness(curve, corrected, withdrawn)
    planned = NO_FAULTS if faults is None else read_faults(faults)
    request = WorldRequest(advisors, leads, seed, signal, lateness, planned)
    series = world_maker.SeriesRequest(out, as_of.date(), deliveries)
    world_maker.check_series(series)
    steps = world_maker.STEPS + deliveries * len(world_maker.TABLES)
    summaries = []
    with click.progressbar(length=steps, label="Simulating", file=sys.stderr) as bar:
        world = world_maker.build_world(request, lambda: bar.update(1))
        for day in series.days:
            tables = world_maker.deliver(world, day, lambda: bar.update(1))
            activities = world_maker.deliver_activities(world, tables, day) if tasks else {}
            listed = None
            if defects is not None:
                rng = request.stream("defects")
                tables, listed = world_maker.plant_defects(tables, defects, day, rng)
            tables |= activities
            world_maker.write_delivery(tables, series.folder(day), listed)
            summaries.append(world_maker.summarise(world, tables, day))
    for summary in summaries:
        folder = series.folder(summary.as_of)
        click.echo(json.dumps(summary.as_json()) if as_json else _as_text(summary, folder))


def _as_text(summary: DeliverySummary, out: Path) -> str:
    """Render a summary as a few lines for a person."""
    rows = "\n".join(f"  {count:>10,}  {name}" for name, count in summary.rows.items())
    return (
        f"Invented world, delivered on {summary.as_of} in {out}:\n{rows}\n"
        f"{summary.contacted_leads:,} leads contacted; of {summary.mature_leads:,} mature ones, "
        f"{summary.mature_positives:,} took a call within 30 days."
    )
