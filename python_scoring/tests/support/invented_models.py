"""Fixtures: invented leads, a warehouse that holds them, a registry with a model of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from python_scoring.dataset.read import read_training_set
from python_scoring.dataset.splits import SplitRule, split_by_date
from python_scoring.features.contract import project_contract
from python_scoring.features.engineered import engineered_features
from python_scoring.model.artifact import Draft, load_artifact, write_artifact
from python_scoring.model.registry import Registry
from python_scoring.scoring.scorer import LeadScorer
from python_scoring.training.train import TrainingSettings, train

LEADS = 6000


def invent_leads(rows: int, seed: int) -> pd.DataFrame:
    """Base features of advisors as a warehouse has them: integers with nulls, doubles, 0/1."""
    rng = np.random.default_rng(seed)
    tenure = rng.integers(0, 240, rows)
    moves = rng.poisson(0.7, rows)
    frame = pd.DataFrame(
        {
            "aum_growth_since_jan2024_pct": rng.normal(5, 20, rows).clip(-100, 500),
            "current_firm_tenure_months": tenure,
            "firm_aum_pit": np.exp(rng.normal(19, 2, rows)),
            "firm_net_change_12mo": rng.integers(-40, 40, rows),
            "firm_rep_count_at_contact": rng.integers(1, 4000, rows),
            "industry_tenure_months": tenure + rng.integers(0, 200, rows),
            "num_prior_firms": rng.integers(0, 6, rows),
            "pit_mobility_tier_highly_mobile": (moves >= 3).astype(int),
            "pit_mobility_tier_mobile": (moves == 2).astype(int),
            "pit_mobility_tier_stable": ((moves == 0) & (tenure < 60)).astype(int),
            "pit_moves_3yr": moves,
        }
    )
    unknown = rng.random((rows, 3)) < 0.05
    for place, name in enumerate(["firm_aum_pit", "firm_net_change_12mo", "num_prior_firms"]):
        frame[name] = frame[name].astype("float64").mask(unknown[:, place])
    # a base feature that is declared later needs no shape of its own here
    for name in project_contract().base_names:
        if name not in frame:
            frame[name] = rng.normal(size=rows)
    return frame


def invent_outcomes(frame: pd.DataFrame, seed: int) -> np.ndarray:
    """Outcomes with a signal that a model can find: moves at a shrinking firm, mid tenure."""
    loss = -frame["firm_net_change_12mo"].fillna(0).to_numpy()
    tenure = frame["current_firm_tenure_months"].to_numpy()
    log_odds = -3.6 + 0.5 * frame["pit_moves_3yr"] + 0.05 * loss + 1.8 * (abs(tenure - 40) < 20)
    chance = 1 / (1 + np.exp(-log_odds.to_numpy()))
    return np.asarray(np.random.default_rng(seed).random(len(frame)) < chance)


def draft_of(folder: Path, last_day: str | None = None) -> Draft:
    """Return what a training run would have handed over for a stored artifact.

    Args:
        folder: The artifact.
        last_day: Another last day of the test period, and so another version.
    """
    artifact = load_artifact(folder)
    lookup = (folder / "calibration_lookup.csv").read_text()
    draft = Draft(artifact.model, artifact.contract, artifact.curve, lookup, artifact.metadata)
    if last_day is None:
        return draft
    periods = artifact.metadata["periods"]
    later = periods | {"test": periods["test"] | {"to": last_day}}
    return replace(draft, metadata=artifact.metadata | {"periods": later})


@pytest.fixture(scope="session")
def training_set() -> pd.DataFrame:
    base = invent_leads(LEADS, seed=1)
    offsets = np.sort(np.random.default_rng(2).integers(0, 480, LEADS))
    dates = np.datetime64("2024-02-01") + offsets.astype("timedelta64[D]")
    frame = pd.concat([base, engineered_features(base)], axis=1)
    frame["contacted_date"] = pd.Series(dates).dt.date
    frame["label"] = invent_outcomes(base, seed=3).astype(int)
    frame["split"] = split_by_date(dates, SplitRule())
    return frame


@pytest.fixture(scope="session")
def database(training_set: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("warehouse") / "built.duckdb"
    with duckdb.connect(str(path)) as connection:
        ids = [f"00QINV{number:09}AAA" for number in range(len(training_set))]
        connection.register("frame", training_set.assign(lead_id=ids))
        connection.execute("create table lead_training_set as select * from frame")
    return path


@pytest.fixture(scope="session")
def trained(once: Callable[[str, Callable[[Path], object]], Path], database: Path) -> Path:
    """Return a registry folder that holds one version, promoted. Copy it before changing it."""

    def fill(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LEAD_SCORING_DB", str(database))
            run = train(read_training_set(), TrainingSettings(note="invented"))
        version = write_artifact(run.draft, folder, name="boosted")
        Registry(folder).promote(version, "first")

    return once("trained", fill)


@pytest.fixture(scope="session")
def scorer(trained: Path) -> LeadScorer:
    return LeadScorer(registry=trained)


@pytest.fixture(scope="session")
def new_leads() -> pd.DataFrame:
    return invent_leads(500, seed=9)
