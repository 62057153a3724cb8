"""The bucket and the action of a score, from the seed that dbt uses too."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from python_scoring.arrays import Objects, Vector
from python_scoring.errors import InputError
from python_scoring.io.project import read_seed, refused_seed, seed_path

SEED = "score_buckets"
COLUMNS = ("score_bucket", "min_score", "action_recommended")


@dataclass(frozen=True)
class ScoreBuckets:
    """Buckets in order of the score where each begins; shape (k,) each."""

    begins: Vector
    names: Objects
    actions: Objects

    def of(self, scores: Vector) -> tuple[Objects, Objects]:
        """Return bucket and action of each score, shape (n,) each."""
        place = np.searchsorted(self.begins, scores, side="right") - 1
        return self.names[place], self.actions[place]


def read_buckets(path: Path | None = None) -> ScoreBuckets:
    """Read the seed score_buckets, or another file of its columns.

    Raises:
        InputError: It is absent, lacks a column, or has no bucket that begins at 0.
    """
    path = path or seed_path(SEED)
    try:
        rows = sorted(read_seed(path, COLUMNS), key=lambda row: float(row["min_score"]))
        begins = np.array([float(row["min_score"]) for row in rows])
        names = np.array([row["score_bucket"] for row in rows], dtype=object)
        actions = np.array([row["action_recommended"] for row in rows], dtype=object)
    except ValueError as error:
        raise refused_seed(path, str(error), COLUMNS) from error
    if not len(begins) or begins[0] != 0:
        raise InputError(
            "No score bucket begins at 0.",
            why="The lowest scores would have no word.",
            where=str(path),
            fix="Let the lowest bucket begin at 0.",
        )
    return ScoreBuckets(begins, names, actions)
