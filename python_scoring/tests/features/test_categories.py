"""Texts as features: learned, stored in the contract, scored the same everywhere."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from python_scoring.dataset.read import read_flat
from python_scoring.dataset.splits import SplitRule
from python_scoring.errors import InputError
from python_scoring.model.artifact import write_artifact
from python_scoring.model.registry import Registry
from python_scoring.scoring.files import score_file
from python_scoring.scoring.scorer import LeadScorer
from python_scoring.training.train import TrainingSettings, train


def invent_calls(rows: int) -> pd.DataFrame:
    """Calls whose success hangs on the channel, a text, and a little on the age."""
    rng = np.random.default_rng(3)
    channel = rng.choice(["mail", "phone", "fair", ""], rows, p=[0.5, 0.3, 0.1, 0.1])
    age = rng.integers(20, 70, rows)
    chance = pd.Series(channel).map({"mail": 0.04, "phone": 0.1, "fair": 0.4, "": 0.05})
    return pd.DataFrame(
        {
            "day": pd.date_range("2023-01-01", periods=rows, freq="2h").date,
            "age": age,
            "channel": pd.Series(channel).mask(channel == ""),
            "won": rng.random(rows) < chance * (1.5 - age / 90),
        }
    )


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("calls") / "calls.parquet"
    invent_calls(6000).to_parquet(path)
    return path


@pytest.fixture(scope="module")
def scorer(calls: Path) -> LeadScorer:
    table = read_flat(calls, label="won", date="day", features=None, rule=SplitRule())
    run = train(table, TrainingSettings())
    registry = calls.parent / "models"
    version = write_artifact(run.draft, registry, name="calls")
    Registry(registry).promote(version, "")
    return LeadScorer(registry=registry)


def test_the_text_is_learned(scorer: LeadScorer) -> None:
    rows = pd.DataFrame({"age": 40, "channel": ["fair", "phone", "mail"]})
    fair, phone, mail = scorer.score_frame(rows)["lead_score"]
    assert fair > 2 * phone > 2 * mail


def test_one_lead_and_a_table_of_them_score_the_same(scorer: LeadScorer) -> None:
    rows = [{"age": 30 + len(c or ""), "channel": c} for c in ("fair", None, "radio", "mail")]
    together = scorer.score_frame(pd.DataFrame(rows))["uncalibrated_score"]
    alone = [scorer.score_lead(row)["uncalibrated_score"] for row in rows]
    np.testing.assert_array_equal(together, alone)


def test_contributions_add_up_to_the_score(scorer: LeadScorer) -> None:
    rows = invent_calls(500)[["age", "channel"]]
    explanation = scorer.explain_frame(rows)
    total = explanation.base + explanation.contributions.sum(axis=1)
    np.testing.assert_allclose(total, explanation.probabilities, atol=1e-6)


def test_a_text_that_training_never_saw_is_unknown_and_counted(
    scorer: LeadScorer, tmp_path: Path
) -> None:
    rows = pd.DataFrame({"age": 40, "channel": ["radio", None, "radio", "fair"]})
    scores = scorer.score_frame(rows)["uncalibrated_score"]
    assert scores[0] == scores[1] == scores[2] != scores[3]
    rows.to_csv(tmp_path / "in.csv", index=False)
    done = score_file(scorer, tmp_path / "in.csv", tmp_path / "out.csv")
    assert (done.rows, done.unseen_categories) == (4, {"channel": 2})


def test_the_narrative_says_the_text_and_the_columns_hold_no_number_for_it(
    scorer: LeadScorer,
) -> None:
    scored = scorer.score_frame(pd.DataFrame({"age": [40], "channel": ["fair"]})).iloc[0]
    assert "channel: fair" in scored["narrative"]
    assert scored["driver_1_feature"] == "channel"
    assert np.isnan(scored["driver_1_value"])


@pytest.mark.parametrize("wrong", [3, True, ["fair"]])
def test_what_is_no_text_is_refused(scorer: LeadScorer, wrong: object) -> None:
    with pytest.raises(InputError, match=r"channel is .*, not a text or null"):
        scorer.score_lead({"age": 40, "channel": wrong})
    with pytest.raises(InputError, match="where texts must be"):
        scorer.score_frame(pd.DataFrame({"age": [40], "channel": [3]}))


def test_the_contract_keeps_the_categories(scorer: LeadScorer) -> None:
    stored = json.loads(json.dumps(scorer.contract.to_json()))
    assert type(scorer.contract).from_json(stored) == scorer.contract
    assert set(scorer.contract.features[1].categories) == {"mail", "phone", "fair"}
