"""dbt in a process of its own that need not import it: a copy of one that has done so already."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_LOADED = "python_scoring.tests.support.dbt_loaded"


def run(
    arguments: Sequence[str], environment: Mapping[str, str], start_in: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run dbt as `python_scoring.io.dbt` does: same words, same environment, same result.

    Args:
        arguments: Command and options.
        environment: All variables of the process.
        start_in: Its working directory; None for this one's.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_LOADED])
    words = ["--no-use-colors", *arguments]
    with tempfile.TemporaryDirectory(prefix="dbt-said-") as folder:
        said = [Path(folder) / name for name in ("stdout", "stderr")]
        process = context.Process(
            target=_dbt, args=(words, dict(environment), start_in or Path.cwd(), said)
        )
        process.start()
        process.join()
        return subprocess.CompletedProcess(
            ["dbt", *words],
            process.exitcode or 0,
            *(path.read_text(encoding="utf-8") for path in said),
        )


def _dbt(
    words: list[str], environment: dict[str, str], start_in: Path, said: Sequence[Path]
) -> None:
    for number, path in enumerate(said, 1):
        with path.open("wb") as taken:
            os.dup2(taken.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(start_in)
    sys.path.insert(0, "")
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import cli

    try:
        cli(words, prog_name="dbt")
    finally:
        # what dbt does when a process ends, and a copied one does not get to
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
