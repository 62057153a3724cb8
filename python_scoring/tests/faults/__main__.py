"""`make test-faults`: tries every part of this folder, prints the table, and saves it.

A part is a module with a click command `main` that prints one JSON object a row with `--json`
(part, fault, tried, outcomes) and exits with 1 when something was wrong. Of --kills, --cases,
--rounds and --seed it is given what it takes.
"""

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from python_scoring.io.atomic import atomic_file
from python_scoring.tests import faults


def parts() -> dict[str, click.Command]:
    """Return the modules that try something, with their commands."""
    found = {}
    for module in pkgutil.iter_modules(faults.__path__):
        if not module.name.startswith(("test_", "_")):
            command = getattr(
                importlib.import_module(f"{faults.__name__}.{module.name}"), "main", None
            )
            if isinstance(command, click.Command):
                found[module.name] = command
    return found


@click.command()
@click.option("--kills", default=50, show_default=True, type=click.IntRange(min=1))
@click.option("--cases", default=10_000, show_default=True, type=click.IntRange(min=1))
@click.option("--rounds", default=20, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--out", default="target/faults.md", show_default=True, type=click.Path(path_type=Path)
)
def main(out: Path, **effort: int) -> None:
    """Try every fault on every part.

    Exit codes: 0 all as it should be, 1 something was not, or a part could not be tried.
    """
    rows: list[dict[str, Any]] = []
    failed = []
    for name, command in parts().items():
        click.echo(f"{name} ...", err=True)
        taken = {parameter.name for parameter in command.params}
        words = [word for n, v in effort.items() if n in taken for word in (f"--{n}", str(v))]
        run = [sys.executable, "-m", f"{faults.__name__}.{name}", "--json", *words]
        done = subprocess.run(run, stdout=subprocess.PIPE, text=True, check=False)
        rows += [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        failed += [name] if done.returncode else []
    lines = ["| part | fault | tried | outcome |", "|---|---|---|---|"]
    lines += [_line(row) for row in rows]
    click.echo("\n".join(lines))
    with atomic_file(out) as beside:
        beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if failed:
        click.echo(f"Not as it should be: {', '.join(failed)}", err=True)
        sys.exit(1)


def _line(row: dict[str, Any]) -> str:
    outcomes = "; ".join(f"{n:,} {outcome}" for outcome, n in row["outcomes"].items())
    told = outcomes.replace("|", "\\|").replace("\n", " ")
    return f"| {row['part']} | {row['fault']} | {row['tried']:,} | {told} |"


if __name__ == "__main__":
    main()
