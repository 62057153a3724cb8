"""Whether lateness is found, and what a late vendor costs: the tables of `make test-late`.

python -m python_scoring.tests.arrivals --part lift --advisors 120000 --leads 100000 --seed 11
"""

import sys
import tempfile
from pathlib import Path

import click

from python_scoring.arrivals.curve import estimate_curve
from python_scoring.simulate.lateness import PROMPT, Lateness
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world
from python_scoring.tests.arrivals.late_lift import ways
from python_scoring.tests.support.vendor_series import GAPS, PLANTED, covered, pairs

SEEDS = (11, 12, 13)
PARTS = ("curves", "lift")
LATE = Lateness(PLANTED, corrected=0.02, withdrawn=0.01)


@click.command()
@click.option("--part", "parts", type=click.Choice(PARTS), default=PARTS, multiple=True)
@click.option("--advisors", default=60_000, show_default=True)
@click.option("--leads", default=50_000, show_default=True)
@click.option("--seed", "seeds", default=SEEDS, show_default=True, multiple=True, type=int)
def main(parts: tuple[str, ...], advisors: int, leads: int, seeds: tuple[int, ...]) -> None:
    """Print Markdown tables; the lines come as they are done."""
    if "curves" in parts:
        _print_curves(advisors, seeds)
    if "lift" in parts:
        for seed in seeds:
            click.echo("")
            for line in ways(advisors, leads, seed, lambda done: click.echo(done, file=sys.stderr)):
                click.echo(line)


def _print_curves(advisors: int, seeds: tuple[int, ...]) -> None:
    click.echo(
        "| vendor | seed | gap, days | bins that hold the planted share | corrected | withdrawn |"
    )
    click.echo("|---|---|---|---|---|---|")
    inside = bins = 0
    for name, late in (("late", LATE), ("prompt", PROMPT)):
        for seed in seeds:
            world = build_world(WorldRequest(advisors=advisors, leads=10, seed=seed, late=late))
            with tempfile.TemporaryDirectory() as scratch:
                found = pairs(world, Path(scratch))
            for gap in GAPS:
                curve = estimate_curve(found[gap])
                told = "all exactly 1"
                if not curve.is_prompt:
                    held, of = covered(curve, late)
                    told = f"{held} of {of}"
                    inside, bins = inside + held, bins + of
                counts = f"{curve.corrected:,} | {curve.withdrawn:,}"
                click.echo(f"| {name} | {seed} | {gap} | {told} | {counts} |")
    click.echo(f"\nNot prompt: {inside} of {bins} bins, {inside / max(bins, 1):.1%}.")


if __name__ == "__main__":
    main()
