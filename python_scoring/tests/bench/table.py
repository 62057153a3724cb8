"""What was measured, as a table and a plot."""

import csv
import io
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from python_scoring.tests.bench.parts import Measurements

HEADINGS = (
    *("part", "leads", "seconds", "CPU seconds", "peak MB"),
    *("x yardstick", "x yardstick, CPU", "growth exponent"),
)

# that matplotlib draws with before it begins anew
COLOURS = 10


@dataclass(frozen=True)
class Line:
    """A part at one size, over all rounds.

    Args:
        part: Its name.
        leads: Size of the world.
        seconds: Median wall clock.
        cpu_seconds: Median CPU time.
        peak_mb: Largest peak.
        ratio: Median of the rounds' ratios to the yardstick of the same round, by wall clock.
        cpu_ratio: The same by CPU time, Python's start of both included.
    """

    part: str
    leads: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    ratio: float
    cpu_ratio: float


def summarised(leads: int, rounds: Sequence[Measurements]) -> list[Line]:
    """Return one line a part of rounds at one size; each round holds the yardstick."""
    lines = []
    for part in rounds[0]:
        runs = [each[part] for each in rounds]
        pairs = [(each[part], each["yardstick"]) for each in rounds]
        lines.append(
            Line(
                part,
                leads,
                statistics.median(run.seconds for run in runs),
                statistics.median(run.cpu_seconds for run in runs),
                max(run.peak_mb for run in runs),
                statistics.median(run.seconds / its.seconds for run, its in pairs),
                statistics.median(run.cpu_seconds / its.cpu_seconds for run, its in pairs),
            )
        )
    return lines


def growth(part: str, lines: Sequence[Line]) -> float | None:
    """Return the power of the leads with which seconds grow, from the least to the most leads."""
    sizes = sorted((line for line in lines if line.part == part), key=lambda line: line.leads)
    first, last = sizes[0], sizes[-1]
    if first.leads == last.leads:
        return None
    return math.log(last.seconds / first.seconds) / math.log(last.leads / first.leads)


def as_rows(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """Return the cells of each line, under HEADINGS."""
    rows: list[tuple[str, ...]] = []
    for line in sorted(lines, key=lambda line: (line.part, line.leads)):
        exponent = growth(line.part, lines)
        told = "" if exponent is None else f"{exponent:.2f}"
        figures = (f"{line.seconds:.2f}", f"{line.cpu_seconds:.2f}", f"{line.peak_mb:.0f}")
        ratios = (f"{line.ratio:.2f}", f"{line.cpu_ratio:.2f}", told)
        rows.append((line.part, str(line.leads), *figures, *ratios))
    return rows


def as_markdown(lines: Sequence[Line]) -> str:
    """Return the table for a page."""
    table = [HEADINGS, ("---",) * len(HEADINGS), *as_rows(lines)]
    return "".join(f"| {' | '.join(row)} |\n" for row in table)


def as_csv(lines: Sequence[Line]) -> str:
    """Return the table for a program."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADINGS, *as_rows(lines)])
    return text.getvalue()


def as_svg(lines: Sequence[Line]) -> str:
    """Return seconds by leads, both on logarithmic axes, one curve a part, named from the top."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    parts = {line.part: line.seconds for line in sorted(lines, key=lambda line: line.leads)}
    for place, part in enumerate(sorted(parts, key=lambda part: -parts[part])):
        of_part = sorted((each for each in lines if each.part == part), key=lambda one: one.leads)
        axes.plot(
            [line.leads for line in of_part],
            [line.seconds for line in of_part],
            marker="o" if place < COLOURS else "s",
            linestyle="solid" if place < COLOURS else "dashed",
            label=part,
        )
    axes.set(xscale="log", yscale="log", xlabel="leads", ylabel="seconds")
    sizes = sorted({line.leads for line in lines})
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
