"""The word and the action that a score earns, from the seed that dbt uses too."""

import csv
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from python_scoring.errors import InputError

# Beside the package, also where both lie in a zip, as on Spark: there it is a path of zipfile's.
SEED = cast(Path, files("python_scoring")).parent / "seeds/mappings/score_buckets.csv"


@dataclass(frozen=True)
class ScoreBuckets:
    """Buckets in order of the score where each begins; shape (k,) each."""

    begins: NDArray[np.float64]
    names: NDArray[np.object_]
    actions: NDArray[np.object_]

    def of(self, scores: NDArray[np.float64]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """Return bucket and action of each score, shape (n,) each."""
        place = np.searchsorted(self.begins, scores, side="right") - 1
        return self.names[place], self.actions[place]


def read_buckets(path: Path = SEED) -> ScoreBuckets:
    """Read the seed.

    Raises:
        InputError: It is absent, lacks a column, or has no bucket that begins at 0.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = sorted(csv.DictReader(file), key=lambda row: float(row["min_score"]))
        begins = np.array([float(row["min_score"]) for row in rows])
        names = np.array([row["score_bucket"] for row in rows], dtype=object)
        actions = np.array([row["action_recommended"] for row in rows], dtype=object)
    except (OSError, KeyError, ValueError) as error:
        raise InputError(
            f"The score buckets cannot be read: {error}.",
            where=str(path),
            fix="Restore the seed: score_bucket,min_score,action_recommended",
        ) from error
    if not len(begins) or begins[0] != 0:
        raise InputError(
            "No score bucket begins at 0.",
            why="The lowest scores would have no word.",
            where=str(path),
            fix="Let the lowest bucket begin at 0.",
        )
    return ScoreBuckets(begins, names, actions)
