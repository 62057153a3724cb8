"""Runs a command, and measures it as the machine sees it."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from python_scoring.errors import LeadScoringError


@dataclass(frozen=True)
class Measured:
    """What one run took.

    Args:
        seconds: Wall clock.
        cpu_seconds: User and system time of the process and of those that it waited for.
        peak_mb: Largest resident memory of one of them, in units of 2**20 bytes.
        output: What it printed.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    output: str


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Measured:
    """Run a command with variables added to the environment.

    Args:
        command: Program and arguments.
        environment: Variables that differ from this process's.
        folder: Takes what the command prints.

    Raises:
        LeadScoringError: It failed.
    """
    printed = folder / "printed.txt"
    with printed.open("w+", encoding="utf-8") as file:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, env=os.environ | dict(environment), stdout=file, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    output = printed.read_text(encoding="utf-8")
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise LeadScoringError(
            f"{' '.join(command[:4])} … ended with exit code {process.returncode}.",
            why="What fails early would look fast.",
            where=output[-2000:],
            fix="Run the command by itself.",
        )
    return Measured(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output)
