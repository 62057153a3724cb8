"""Words and actions come from the seed, by the score where each begins."""

from pathlib import Path

import numpy as np
import pytest

from python_scoring.errors import InputError
from python_scoring.scoring.buckets import read_buckets


def test_the_project_names_scores_as_specified() -> None:
    names, actions = read_buckets().of(np.array([0, 0.2999, 0.3, 0.5, 0.6999, 0.7, 1]))
    assert names.tolist() == ["Cold", "Cold", "Warm", "Hot", "Hot", "Very Hot", "Very Hot"]
    assert actions[0] == "Low priority"
    assert actions[-1] == "Call immediately"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("score_bucket,min_score\nCold,0\n", "has no column action_recommended"),
        ("score_bucket,min_score,action_recommended\nCold,low,Wait\n", "cannot be used"),
        ("score_bucket,min_score,action_recommended\nHot,0.5,Call\n", "No score bucket begins at"),
        ("score_bucket,min_score,action_recommended\n", "No score bucket begins at"),
    ],
)
def test_a_seed_that_leaves_scores_without_a_bucket_is_refused(
    tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "buckets.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=said):
        read_buckets(path)
    with pytest.raises(InputError, match="cannot be used"):
        read_buckets(tmp_path / "none.csv")


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "buckets.csv"
    path.write_text("score_bucket,min_score,action_recommended\nCold,0,Wait\nHot,0.5,Call\n")
    assert read_buckets(path).of(np.array([0.1, 0.9]))[0].tolist() == ["Cold", "Hot"]
