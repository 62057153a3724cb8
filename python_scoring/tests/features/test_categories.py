"""Texts as features: learned, stored in the contract, scored the same everywhere."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from python_scoring.dataset.read import read_flat
from python_scoring.dataset.splits import CurveRule, SplitRule
from python_scoring.errors import InputError
from python_scoring.model.artifact import write_artifact
from python_scoring.model.margin.booster import margins
from python_scoring.model.registry import Registry
from python_scoring.report.judged_rows import find_rows
from python_scoring.scoring.files import score_file
from python_scoring.scoring.scorer import LeadScorer
from python_scoring.training.train import TrainingSettings, recalibrate, train


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


def test_a_report_reads_texts_as_the_model_does_in_any_order_of_the_rows(
    scorer: LeadScorer, calls: Path, tmp_path: Path
) -> None:
    """A category's number is by first appearance: an export in another order gives another one."""
    artifact = Registry(calls.parent / "models").load()
    leads = pd.read_parquet(calls)
    order = {text: -number for number, text in enumerate(artifact.contract.features[1].categories)}
    other = leads.assign(order=leads["channel"].map(order)).sort_values(["day", "order"])
    other.drop(columns="order").to_parquet(tmp_path / "other.parquet")
    paths = (calls, tmp_path / "other.parquet")
    tables = [read_flat(p, label="won", date="day", features=None, rule=None) for p in paths]
    assert tables[0].contract.features[1] != tables[1].contract.features[1]
    found = [find_rows(artifact, path, "won", "day") for path in paths]
    for rows in ([each.past for each in found], [each.test for each in found]):
        one, again = (np.sort(margins(artifact.model, part.features)) for part in rows)
        np.testing.assert_array_equal(one, again)


def test_texts_that_training_never_held_are_told_where_a_curve_is_fitted_anew(
    scorer: LeadScorer, calls: Path, tmp_path: Path
) -> None:
    artifact = Registry(calls.parent / "models").load()
    leads = pd.read_parquet(calls)
    new = (leads["day"] >= date(2024, 3, 1)) & (leads["channel"] == "fair")
    leads.assign(channel=leads["channel"].mask(new, "radio")).to_parquet(tmp_path / "later.parquet")
    table = read_flat(tmp_path / "later.parquet", label="won", date="day", features=None, rule=None)
    rule = CurveRule(np.datetime64("2024-01-06"), test_share=0.3, gap_days=30)
    run = recalibrate(artifact, table, rule, TrainingSettings(force=True))
    told = f"{new.sum():,} rows have a channel that the training period never held"
    assert any(warning.startswith(told) for warning in run.warnings)
