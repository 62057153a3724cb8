"""What a model must reach to be promoted, from the seed that dbt's tests use too."""

from dataclasses import dataclass
from pathlib import Path

from python_scoring.io.project import read_seed, refused_seed, seed_path

COLUMNS = ("metric", "at_least", "at_most")


@dataclass(frozen=True)
class Target:
    """A bound on one figure; None where that side is open."""

    metric: str
    at_least: float | None
    at_most: float | None


def read_targets(path: Path | None = None) -> list[Target]:
    """Read the seed model_targets, or another file of its columns.

    Raises:
        InputError: It cannot be read, or a bound is no number.
    """
    path = path or seed_path("model_targets")
    try:
        return [
            Target(row["metric"], _bound(row["at_least"]), _bound(row["at_most"]))
            for row in read_seed(path, COLUMNS)
        ]
    except ValueError as error:
        raise refused_seed(path, str(error), COLUMNS) from error


def _bound(text: str) -> float | None:
    return float(text) if text.strip() else None
