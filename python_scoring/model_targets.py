"""What a model must reach to be promoted, from the seed that dbt's tests use too."""

import csv
from dataclasses import dataclass
from pathlib import Path

from python_scoring.errors import InputError

SEED = Path(__file__).resolve().parent.parent / "seeds/mappings/model_targets.csv"


@dataclass(frozen=True)
class Target:
    """A bound on one figure; None where that side is open."""

    metric: str
    at_least: float | None
    at_most: float | None


def read_targets(path: Path = SEED) -> list[Target]:
    """Read the seed.

    Raises:
        InputError: It is absent, lacks a column, or a bound is no number.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [
                Target(row["metric"], _bound(row["at_least"]), _bound(row["at_most"]))
                for row in csv.DictReader(file)
            ]
    except (OSError, KeyError, ValueError) as error:
        raise InputError(
            f"The targets of the model cannot be read: {error}.",
            why="Without them anything could be promoted.",
            where=str(path),
            fix="Restore the seed: metric,at_least,at_most",
        ) from error


def _bound(text: str) -> float | None:
    return float(text) if text.strip() else None
