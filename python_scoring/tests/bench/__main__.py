"""`make bench`: how fast each part is and how much memory it takes, beside one hand-written query.

python -m python_scoring.tests.bench --peers PYTHON --leads 100000 --part features --rounds 3
"""

import sys
from pathlib import Path

import click

from python_scoring.io.atomic import atomic_file
from python_scoring.tests.bench.parts import PARTS, Bench, Measurements, yardstick
from python_scoring.tests.bench.table import Line, as_csv, as_markdown, as_svg, summarised


@click.command()
@click.option("--leads", "sizes", default=(100_000,), show_default=True, multiple=True, type=int)
@click.option(
    "--part", "parts", type=click.Choice(list(PARTS)), default=tuple(PARTS), multiple=True
)
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(min=1))
@click.option("--peers", required=True, help="Python that has polars, pandas and both stores.")
@click.option("--out", default="target", show_default=True, type=click.Path(path_type=Path))
def main(
    sizes: tuple[int, ...], parts: tuple[str, ...], rounds: int, peers: str, out: Path
) -> None:
    """Print the table; write bench.md, bench.csv and bench.svg to OUT, and worlds to OUT/bench."""
    lines: list[Line] = []
    for leads in sorted(sizes):
        bench = Bench((out / "bench" / str(leads)).resolve(), leads, peers)
        bench.prepare()
        measured = [_round(bench, parts) for _ in range(rounds)]
        lines += summarised(leads, measured)
    written = {
        "bench.md": as_markdown(lines),
        "bench.csv": as_csv(lines),
        "bench.svg": as_svg(lines),
    }
    for name, text in written.items():
        with atomic_file(out / name) as beside:
            beside.write_text(text, encoding="utf-8")
    click.echo(written["bench.md"], nl=False)


def _round(bench: Bench, parts: tuple[str, ...]) -> Measurements:
    """Measure the yardstick and each part once, one after the other."""
    found = yardstick(bench)
    for part in parts:
        click.echo(f"{bench.leads:,} leads: {part} ...", file=sys.stderr)
        found |= PARTS[part](bench)
    return found


if __name__ == "__main__":
    main()
