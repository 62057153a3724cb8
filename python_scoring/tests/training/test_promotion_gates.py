"""The gates: what refuses a model, what lets it pass, and what is kept of the decision."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_training_set
from python_scoring.dataset.sample_size import conversions_for_lift
from python_scoring.errors import InputError
from python_scoring.metrics.ranking import evaluate_ranking
from python_scoring.model.artifact import Artifact, Draft, write_artifact
from python_scoring.model.registry import Registry
from python_scoring.model.targets import read_targets
from python_scoring.tests.conftest import PROJECT
from python_scoring.tests.support.invented_models import draft_of, invent_leads
from python_scoring.training.promotion_gates import (
    Outcome,
    paired_check,
    suspect_checks,
    target_checks,
)
from python_scoring.training.train import TrainingSettings, train

Run = Callable[..., Result]
GUIDE = PROJECT / "docs/guides/training.md"


def metadata_of(
    auc: tuple[float, float, float] = (0.70, 0.66, 0.74),
    lift: tuple[float, float, float] = (3.0, 2.5, 3.5),
    brier: tuple[float, float, float] = (0.03, 0.028, 0.032),
    positives: int = 150,
) -> dict[str, Any]:
    def told(figures: tuple[float, float, float]) -> dict[str, float]:
        return dict(zip(("value", "low", "high"), figures, strict=True))

    return {
        "metrics": {
            "auc": told(auc),
            "auc_pr": told(auc),
            "top_decile_lift": told(lift),
            "brier": told(brier),
            "positives": positives,
        },
        "time_machine": {"top_decile_lift": told(lift), "positives": positives},
        "suspects": {},
    }


def failed(metadata: dict[str, Any]) -> set[str]:
    return {check.name for check in target_checks(metadata) if not check.passed}


def test_every_target_of_the_seed_is_asked_for() -> None:
    assert failed(metadata_of()) == set()
    names = {check.name for check in target_checks(metadata_of())}
    assert names == {target.metric for target in read_targets()}
    assert names == {"auc", "top_decile_lift", "time_machine_lift", "brier"}


def test_the_worse_end_of_the_interval_decides() -> None:
    assert failed(metadata_of(auc=(0.64, 0.59, 0.69))) == {"auc"}
    assert failed(metadata_of(brier=(0.049, 0.047, 0.051))) == {"brier"}
    assert failed(metadata_of(lift=(2.2, 1.8, 2.6))) == {"top_decile_lift"}
    assert "time_machine_lift" in failed(metadata_of(lift=(1.6, 1.4, 1.8)))


@pytest.mark.parametrize(
    ("auc", "positives", "outcome"),
    [
        ((0.64, 0.61, 0.67), 300, Outcome.PASSED),
        ((0.64, 0.50, 0.78), 40, Outcome.CANNOT_TELL),
        ((0.59, 0.50, 0.68), 40, Outcome.REFUSED),
        ((0.64, 0.61, 0.67), 29, Outcome.CANNOT_TELL),
        ((0.59, 0.50, 0.68), 29, Outcome.CANNOT_TELL),
    ],
)
def test_between_the_figure_and_its_worse_end_a_gate_cannot_tell(
    auc: tuple[float, float, float], positives: int, outcome: Outcome
) -> None:
    [check] = [
        each for each in target_checks(metadata_of(auc, positives=positives)) if each.name == "auc"
    ]
    assert check.outcome is outcome
    assert check.to_json()["passed"] is (outcome is Outcome.PASSED)
    assert ("cannot tell by" in check.text) is (outcome is Outcome.CANNOT_TELL)


def test_a_gate_that_cannot_tell_says_how_many_conversions_could() -> None:
    """Twice the conversions shrink an interval by the root of two."""
    [check] = [c for c in target_checks(metadata_of((0.64, 0.60, 0.68))) if c.name == "auc"]
    needed = ceil(150 * (1 + 0.8416212 / 1.959964) ** 2)
    assert f"by 150 conversions, some {needed} would be needed" in check.text


def test_a_lift_passes_with_the_stated_conversions_in_four_of_five_worlds() -> None:
    """Worlds of a model that really has this lift, judged as training judges."""
    lift, target = 3.0, 1.9
    conversions = conversions_for_lift(lift, target)
    rows = conversions * 25
    rng = np.random.default_rng(5)
    passed = 0
    for _ in range(80):
        best = rng.binomial(conversions, lift / 10)
        converted = np.zeros(rows, dtype=bool)
        converted[rng.choice(rows // 10, best, replace=False)] = True
        converted[rows // 10 + rng.choice(rows - rows // 10, conversions - best, False)] = True
        found = evaluate_ranking(-np.arange(rows, dtype=np.float64), converted, seed=1)
        passed += found.top_decile_lift.low > target
    assert 0.7 <= passed / 80 <= 0.9


def test_the_guide_says_the_conversions_that_the_formula_gives() -> None:
    targets = {target.metric: target.at_least for target in read_targets()}
    rows = re.findall(r"^\| (\d\.\d) \| ([\d,]+) \| ([\d,]+) \|$", GUIDE.read_text(), re.MULTILINE)
    assert len(rows) >= 4
    for lift, test, later in rows:
        told = [int(number.replace(",", "")) for number in (test, later)]
        assert told == [
            conversions_for_lift(float(lift), float(targets[metric] or 0))
            for metric in ("top_decile_lift", "time_machine_lift")
        ]


def test_a_model_of_shuffled_labels_is_not_promoted(run: Run, tmp_path: Path) -> None:
    """10,000 leads without any signal, and a registry with no model in force to compare with."""
    leads = invent_leads(10_000, seed=11)
    rng = np.random.default_rng(12)
    days = np.sort(rng.integers(0, 480, len(leads))).astype("timedelta64[D]")
    leads["day"] = pd.Series(np.datetime64("2024-02-01") + days).dt.date
    leads["won"] = rng.permutation(np.arange(len(leads)) < 400).astype(int)
    leads.to_parquet(tmp_path / "leads.parquet")
    table = ("--input", tmp_path / "leads.parquet", "--label", "won", "--date", "day")
    registry = ("--registry", tmp_path / "empty")
    trained = run("train", *table, "--out", tmp_path / "empty", "--json")
    assert trained.exit_code == 0, trained.output
    version = json.loads(trained.stdout)["version"]
    done = run("models", "promote", version, *registry, "--json")
    assert done.exit_code == 1, done.output
    outcomes = {check["name"]: check["outcome"] for check in json.loads(done.stdout)["checks"]}
    assert {outcomes["auc"], outcomes["top_decile_lift"]} <= {"refused", "cannot tell"}
    assert Registry(tmp_path / "empty").promoted() is None


def test_a_suspect_refuses_until_somebody_stands_for_it() -> None:
    metadata = metadata_of() | {"suspects": {"gap": ["ranks too well alone"]}}
    [check] = suspect_checks(metadata, {})
    assert not check.passed
    [check] = suspect_checks(metadata, {"gap": "known on the day"})
    assert check.passed
    assert "known on the day" in check.text
    with pytest.raises(InputError, match="tenure is acknowledged, but is no suspect"):
        suspect_checks(metadata, {"tenure": "known on the day"})


@pytest.fixture
def leads(database: Path, monkeypatch: pytest.MonkeyPatch) -> LabelledTable:
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    return read_training_set()


@pytest.fixture
def model(trained: Path) -> Artifact:
    return Registry(trained).load()


def test_a_model_that_ranks_worse_is_refused(model: Artifact, leads: LabelledTable) -> None:
    rng = np.random.default_rng(0)
    shuffled = leads.features.copy()
    for column in shuffled.T:
        rng.shuffle(column)
    weaker = replace(leads, features=np.where(rng.random(leads.features.shape) < 0.9, shuffled, 0))
    worse = replace(model, model=draft_like(model, weaker).model)
    assert paired_check(worse, model, leads).outcome is Outcome.REFUSED
    assert paired_check(model, worse, leads).passed
    assert paired_check(model, model, leads).passed


def draft_like(model: Artifact, table: LabelledTable) -> Draft:
    return train(table, TrainingSettings(force=True)).draft


def test_too_few_fresh_conversions_cannot_compare_the_models(
    model: Artifact, leads: LabelledTable
) -> None:
    last = np.datetime64(model.metadata["periods"]["calibration"]["to"])
    fresh = np.flatnonzero((leads.dates > last) & leads.converted)
    keep = np.ones(len(leads.dates), dtype=bool)
    keep[fresh[20:]] = False
    check = paired_check(model, model, leads.take(keep))
    assert check.outcome is Outcome.CANNOT_TELL
    assert "only 20 conversions" in check.text


def test_a_table_without_both_outcomes_cannot_compare_the_models(
    model: Artifact, leads: LabelledTable
) -> None:
    """An export of won leads only has conversions enough, and nothing to rank them against."""
    check = paired_check(model, model, leads.take(leads.converted))
    assert check.outcome is Outcome.CANNOT_TELL
    assert "only 0 without one among" in check.text
    assert "30 of each outcome needed" in check.text


@pytest.fixture
def run(trained: Path, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a caller of commands; the registry holds the model in force and a candidate."""
    shutil.copytree(trained, tmp_path / "models")
    monkeypatch.setenv("LEAD_SCORING_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("LEAD_SCORING_DB", str(database))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def candidate(tmp_path: Path, **changes: Any) -> str:
    """Write a second version: the first one's trees, with other metadata."""
    registry = Registry(tmp_path / "models")
    draft = draft_of(registry.folder / registry.versions()[0], "2026-01-01")
    draft = replace(draft, metadata=draft.metadata | changes)
    return write_artifact(draft, registry.folder, name="next")


def test_a_promotion_keeps_its_evidence(run: Run, tmp_path: Path) -> None:
    version = candidate(tmp_path, data_note="second", **metadata_of())
    done = run("models", "promote", version, "--reason", "better", "--json")
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert [check["passed"] for check in record["checks"]] == [True] * 6
    assert record == Registry(tmp_path / "models").history()[-1]
    assert "override" not in record


def test_a_refusal_says_why_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    version = candidate(tmp_path, **metadata_of(auc=(0.55, 0.5, 0.6)))
    before = Registry(tmp_path / "models").history()
    done = run("models", "promote", version)
    assert done.exit_code == 1
    assert "REFUSED      AUC 0.550 (0.500 to 0.600), must be above 0.6" in done.stderr
    assert "--override REASON" in done.stderr
    assert Registry(tmp_path / "models").history() == before
    told = json.loads(run("models", "promote", version, "--json").stdout)
    assert told["promoted"] is False


def test_an_override_promotes_and_is_recorded(run: Run, tmp_path: Path) -> None:
    version = candidate(tmp_path, **metadata_of(auc=(0.55, 0.5, 0.6)))
    done = run("models", "promote", version, "--override", "a new region", "--json")
    assert done.exit_code == 0, done.output
    record = Registry(tmp_path / "models").history()[-1]
    assert record["override"] == "a new region"
    assert sum(not check["passed"] for check in record["checks"]) == 1


def test_a_suspect_is_acknowledged_on_the_command_line(run: Run, tmp_path: Path) -> None:
    suspected = metadata_of() | {"suspects": {"gap": ["ranks too well alone"]}}
    version = candidate(tmp_path, **suspected)
    refused = run("models", "promote", version)
    assert (refused.exit_code, "gap ranks too well alone" in refused.stderr) == (1, True)
    done = run("models", "promote", version, "--acknowledge", "gap=known on the day")
    assert done.exit_code == 0, done.output
    assert Registry(tmp_path / "models").history()[-1]["acknowledged"] == {
        "gap": "known on the day"
    }


def test_leads_to_compare_on_may_come_from_a_file(
    run: Run, tmp_path: Path, training_set: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = candidate(tmp_path, **metadata_of())
    monkeypatch.setenv("LEAD_SCORING_DB", str(tmp_path / "none.duckdb"))
    assert run("models", "promote", version).exit_code == 2
    training_set.drop(columns="split").to_parquet(tmp_path / "leads.parquet")
    words = ("--input", tmp_path / "leads.parquet", "--label", "label", "--date", "contacted_date")
    done = run("models", "promote", version, *words)
    assert done.exit_code == 0, done.output
