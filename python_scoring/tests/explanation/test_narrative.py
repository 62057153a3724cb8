"""Sentences say what the contributions say, no more, and fit the field."""

import re

import numpy as np
import pandas as pd
import pytest

from python_scoring.explanation.narrative import LONGEST, driver_phrases, narratives, spoken
from python_scoring.features.contract import FeatureContract
from python_scoring.features.feature import Feature
from python_scoring.scoring.scorer import LeadScorer


def tell(probability: float, contributions: list[float], words: list[str] | None = None) -> str:
    phrases = words or ["tenure: 3", "moves: 2", "AUM: unknown"]
    texts = narratives(
        np.array([probability]),
        0.042,
        np.where(np.isnan([contributions]), -1, [[0, 1, 2]]),
        np.array([contributions]),
        np.array([phrases], dtype=object),
    )
    return str(texts[0])


def test_a_narrative_has_the_usual_rate_and_the_reasons() -> None:
    assert tell(0.112, [0.04, -0.02, 0.01]) == (
        "11.2 %, 2.7 times the usual 4.2 %. Raises it: tenure: 3; AUM: unknown. "
        "Lowers it: moves: 2."
    )
    assert tell(0.0421, [-0.01, np.nan, np.nan]) == (
        "4.2 %, about the usual 4.2 %. Lowers it: tenure: 3."
    )


def test_what_cannot_be_seen_in_the_figure_is_not_named() -> None:
    assert "moves" not in tell(0.05, [0.01, 0.0004, np.nan])
    assert tell(0.042, [0.0001, np.nan, np.nan]).endswith("No single fact moves it much.")


@pytest.mark.parametrize("length", [60, 90, 150, 400])
def test_long_words_cost_the_weakest_reason_first(length: int) -> None:
    words = [letter * length for letter in "xyz"]
    text = tell(0.1, [0.03, 0.02, 0.01], words)
    assert len(text) <= LONGEST
    assert text.startswith("10.0 %, 2.4 times the usual 4.2 %. Raises it: x")
    assert ("z" in text) == (length == 60)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("flag", 1, "yes"),
        ("flag", 0, "no"),
        ("integer", 1234, "1,234"),
        ("number", -3.14159, "-3.14"),
        ("number", 26.66, "26.7"),
        ("number", 2.5e6, "2.5 million"),
        ("number", 1.25e9, "1.2 billion"),
        ("number", np.nan, "unknown"),
    ],
)
def test_values_are_said_as_people_say_them(kind: str, value: float, words: str) -> None:
    assert spoken(Feature("x", "base", "x", "x", kind), value) == words


def test_phrases_stand_where_their_driver_stands() -> None:
    contract = FeatureContract(tuple(Feature(n, "base", n.upper(), n) for n in "ab"))
    found = driver_phrases(
        contract, np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1, 0, -1], [0, -1, -1]])
    )
    assert found.tolist() == [["B: 2", "A: 1", ""], ["A: 3", "", ""]]


def test_every_sentence_of_a_real_model_is_true_of_its_row(
    scorer: LeadScorer, new_leads: pd.DataFrame
) -> None:
    labels = {feature.name: feature for feature in scorer.contract.features}
    for row in scorer.score_frame(new_leads).to_dict("records"):
        text = row["narrative"]
        assert len(text) <= LONGEST
        assert f"{100 * row['lead_score']:.1f} %" in text
        assert f"usual {100 * row['base_rate']:.1f} %" in text
        raises, _, lowers = text.partition("Lowers it: ")
        for rank in (1, 2, 3):
            name, moved = row[f"driver_{rank}_feature"], row[f"driver_{rank}_contribution"]
            words = f"{labels[name].label}: {spoken(labels[name], row[f'driver_{rank}_value'])}"
            named = words in text
            assert named or abs(moved) < 0.05 or rank == 3
            assert not named or words in (raises if moved > 0 else lowers)
        assert len(re.findall("; |: [A-Za-z(]", text)) <= 6
