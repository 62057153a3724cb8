"""Plants each leak into its own copy of the project and runs every net on it."""

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from python_scoring.leakage.planted.catalogue import Leak
from python_scoring.leakage.planted.nets import CAUGHT, NETS, Copy, Deliveries
from python_scoring.simulate.lateness import Lateness, parse_curve
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world, deliver
from python_scoring.simulate.snapshot.folder import write_delivery

CLEAN = Leak("clean project", "Nothing is planted: every net must stay silent.", ())
WORKERS = 2
# The earlier one comes in the middle of a month, so that figures of an unfinished month differ.
_EARLIER, _LATER = dt.date(2025, 1, 16), dt.date(2025, 7, 1)
_WORLD = WorldRequest(advisors=20_000, leads=14_000, seed=3)
# a vendor who needs two months for half of the starts, and eight for the last ones
_CURVE = parse_curve("30:0.25,60:0.5,90:0.75,120:0.9,240:1")
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "target", "logs", "*.duckdb", "__pycache__", ".*_cache", ".hypothesis"
)


@dataclass(frozen=True)
class Verdict:
    """The result of each net on a leak, by name of the net."""

    leak: Leak
    nets: dict[str, str]

    @property
    def caught_by(self) -> int:
        """Number of nets that caught it."""
        return sum(word == CAUGHT for word in self.nets.values())


def plant_all(
    project: Path,
    leaks: list[Leak],
    progress: Callable[[Verdict], None],
    nets: Mapping[str, Callable[[Copy], str]] = NETS,
) -> list[Verdict]:
    """Try every leak on every net, and the clean project first.

    Args:
        project: Folder of the project; it is copied, never changed.
        leaks: Leaks to plant.
        progress: Called with each verdict, as it comes.
        nets: The nets by name, in the order in which they run.

    Returns:
        Verdicts in the order of the leaks, the clean project's first.

    Raises:
        LeadScoringError: A leak cannot be planted in the project as it is.

    """
    with tempfile.TemporaryDirectory(prefix="planted-") as scratch:
        deliveries = _deliveries(Path(scratch))

        def judge(leak: Leak) -> Verdict:
            folder = Path(scratch) / leak.name.replace(" ", "_")
            shutil.copytree(project, folder, ignore=_LEFT_OUT)
            leak.plant(folder)
            copy = Copy(folder, deliveries)
            verdict = Verdict(leak, {name: net(copy) for name, net in nets.items()})
            shutil.rmtree(folder)
            progress(verdict)
            return verdict

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(judge, [CLEAN, *leaks]))


def _deliveries(scratch: Path) -> Deliveries:
    prompt = _two_deliveries(_WORLD, scratch / "prompt")
    late = _two_deliveries(replace(_WORLD, late=Lateness(_CURVE)), scratch / "late")
    return Deliveries(*prompt, _LATER.isoformat(), late)


def _two_deliveries(request: WorldRequest, folder: Path) -> tuple[Path, Path]:
    world = build_world(request)
    folders = folder / "earlier", folder / "later"
    for target, day in zip(folders, (_EARLIER, _LATER), strict=True):
        write_delivery(deliver(world, day), target)
    return folders
