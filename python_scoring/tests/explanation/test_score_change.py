"""Why a score moved: the parts add up to the change, and what did not change gets nothing."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.arrays import Matrix
from python_scoring.cli.main import main
from python_scoring.dataset.read import read_training_set
from python_scoring.explanation.shapley import shapley
from python_scoring.model.artifact import write_artifact
from python_scoring.model.margin.booster import margins
from python_scoring.model.registry import PACKAGED, Registry
from python_scoring.tests.conftest import PROJECT, Dbt
from python_scoring.training.train import TrainingSettings, train

GROUPS = [[0, 1], [2], [3]]
FACT = st.one_of(st.floats(-5, 5), st.just(np.nan))
ROWS = st.lists(st.lists(FACT, min_size=4, max_size=4), min_size=1, max_size=4)
NEXT_DAY = "2025-08-15"


def score(features: Matrix) -> Matrix:
    """A chance with interactions within and across groups, and a meaning for what is unknown."""
    a, b, c, d = np.where(np.isnan(features), 0.3, features).T
    return np.asarray(1 / (1 + np.exp(-(a * b + b * c - 0.5 * d * c + np.isnan(features[:, 3])))))


@settings(max_examples=100)
@given(ROWS, st.data())
def test_parts_add_up_and_what_did_not_change_gets_nothing(
    rows: list[list[float]], data: st.DataObject
) -> None:
    before = np.array(rows)
    after = np.array(
        data.draw(st.lists(ROWS.map(lambda r: r[0]), min_size=len(rows), max_size=len(rows)))
    )
    parts = shapley(score, before, after, GROUPS)
    np.testing.assert_allclose(parts.sum(axis=1), score(after) - score(before), atol=1e-12)
    for position, members in enumerate(GROUPS):
        kept = after.copy()
        kept[:, members] = before[:, members]
        assert (shapley(score, before, kept, GROUPS)[:, position] == 0).all()


def test_facts_that_work_only_together_share_alike() -> None:
    parts = shapley(lambda x: x[:, 0] * x[:, 1], np.zeros((1, 2)), np.ones((1, 2)), [[0], [1]])
    assert parts.tolist() == [[0.5, 0.5]]


@pytest.fixture(scope="module")
def retrained(demo: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry whose promoted version learned from the demo with another seed."""
    folder = tmp_path_factory.mktemp("retrained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_SCORING_DB", str(demo.database))
        learned = train(read_training_set(), TrainingSettings(seed=7, note="invented"))
    version = write_artifact(learned.draft, folder, name="boosted")
    Registry(folder).promote(version, "another seed")
    return folder


@pytest.fixture(scope="module")
def moved(demo: Dbt, retrained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dbt]:
    """The demo, and six weeks later another model: scored by the command `batch`."""
    dbt = Dbt(tmp_path_factory.mktemp("moved"))
    shutil.copy(demo.database, dbt.database)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        patch.delenv("LEAD_SCORING_DATA", raising=False)
        patch.setenv("LEAD_SCORING_DB", str(dbt.database))
        patch.setenv("LEAD_SCORING_MODELS", str(retrained))
        patch.setenv("DBT_PROFILES_DIR", str(dbt.folder))
        patch.setenv("DBT_TARGET_PATH", str(dbt.folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(dbt.folder / "logs"))
        days = ("--days", "60", "--score-date", NEXT_DAY)
        done = run("batch", *days, "--json", "--out", str(dbt.folder / "calls.csv"))
        assert done.exit_code == 0, done.output
        (dbt.folder / "batch.json").write_text(done.stdout)
        yield dbt


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_batch_scores_its_window_and_keeps_other_days(demo: Dbt, moved: Dbt) -> None:
    batch = json.loads((moved.folder / "batch.json").read_text())
    query = (
        "select count(*), count(contacted_date), min(contacted_date)::varchar from"
        f" lead_scores_daily where score_date = '{NEXT_DAY}'"
    )
    assert moved.rows(query) == [(batch["leads"], batch["contacted"], "2025-06-16")]
    assert 0 < batch["contacted"] < batch["leads"]
    lines = (moved.folder / "calls.csv").read_text().splitlines()
    assert len(lines) == 1 + batch["callable"]
    first = "select * from lead_scores_daily where score_date = '2025-06-30' order by lead_id"
    assert moved.rows(first) == demo.rows(first)
    assert moved.rows("select count(*) from scored_features where score_date < '2025-07-01'") == [
        demo.rows("select count(*) from scored_features")[0]
    ]


def test_the_split_of_a_published_change_adds_up(moved: Dbt, retrained: Path) -> None:
    """Under another model the facts' parts and the model's part are the change, to 1e-6 points."""
    both = moved.rows(
        "select lead_id, b.lead_score - a.lead_score, b.model_version from lead_scores_daily as a"
        " join lead_scores_daily as b using (lead_id) where a.score_date = '2025-06-30'"
        f" and b.score_date = '{NEXT_DAY}' order by hash(lead_id) limit 20"
    )
    assert {version for *_, version in both} == {Registry(retrained).promoted()}
    told_of_facts = 0
    for lead, moved_by, _ in both:
        change = json.loads(run("explain-change", "--lead", lead, "--json").stdout)
        facts = [driver["points"] for driver in change["drivers"]]
        assert sum(facts) + change["model_points"] == pytest.approx(100 * moved_by, abs=1e-6)
        assert sorted(facts, key=abs, reverse=True) == facts
        told_of_facts += bool(facts)
        for driver in change["drivers"]:
            assert all(fact["before"] != fact["after"] for fact in driver["facts"])
    assert 0 < told_of_facts < len(both)


def test_all_rows_of_two_days_add_up(moved: Dbt, retrained: Path) -> None:
    artifact = Registry(retrained).load()
    both = (
        "from scored_features as a join scored_features as b using (prediction_id)"
        f" where a.score_date = '2025-06-30' and b.score_date = '{NEXT_DAY}' order by prediction_id"
    )
    with duckdb.connect(str(moved.database), read_only=True) as connection:
        days = [connection.sql(f"select {day}.* {both}").df() for day in ("a", "b")]
    before, after = (artifact.contract.matrix(day) for day in days)
    assert len(before) > 10_000

    def predict(features: Matrix) -> Matrix:
        return artifact.curve.apply_margins(margins(artifact.model, features))

    parts = shapley(predict, before, after, list(artifact.contract.groups.values()))
    np.testing.assert_allclose(parts.sum(1), predict(after) - predict(before), atol=1e-12)


def test_a_change_is_printed_in_words(moved: Dbt) -> None:
    lead = moved.rows(
        "select a.prediction_id from scored_features as a join scored_features as b"
        " using (prediction_id) where a.score_date < b.score_date and a.lead_id is not null"
        " and a.pit_moves_3yr = 1 and b.pit_moves_3yr = 0 order by 1 limit 1"
    )[0][0].removeprefix("lead:")
    text = run("explain-change", "--lead", lead).stdout
    assert "moves in 3 years: 1 → 0" in text
    assert f"on {NEXT_DAY}" in text
    assert f"model: {Registry(PACKAGED).promoted()} → v3-boosted-" in text


def test_what_cannot_be_explained_is_refused(moved: Dbt, tmp_path: Path) -> None:
    lead = moved.rows("select max(lead_id) from lead_scores_daily where score_date > '2025-07-01'")
    asked = ("explain-change", "--lead", lead[0][0])
    elsewhere = run(*asked, "--registry", str(tmp_path))
    assert (elsewhere.exit_code, "There is no model" in elsewhere.stderr) == (2, True)
    never = run(*asked, "--from", "2025-07-01")
    assert (never.exit_code, "no two days" in never.stderr) == (2, True)
    assert run("explain-change").exit_code == 2
    with pytest.MonkeyPatch.context() as patch, duckdb.connect(str(tmp_path / "x.duckdb")) as copy:
        copy.execute(f"attach '{moved.database}' as built (read_only)")
        for table in ("lead_scores_daily", "scored_features"):
            copy.execute(
                f"create table {table} as from built.{table} where lead_id = '{lead[0][0]}'"
            )
        copy.execute(
            f"update lead_scores_daily set lead_score = 0.5 where score_date = '{NEXT_DAY}'"
        )
        copy.close()
        patch.setenv("LEAD_SCORING_DB", str(tmp_path / "x.duckdb"))
        altered = run(*asked)
        assert (altered.exit_code, "0.500000 was published" in altered.stderr) == (2, True)
        with duckdb.connect(str(tmp_path / "x.duckdb")) as copy:
            copy.execute("delete from scored_features where score_date < '2025-07-01'")
        assert "were not kept" in run(*asked).stderr
        with duckdb.connect(str(tmp_path / "x.duckdb")) as copy:
            copy.execute("update lead_scores_daily set model_sha256 = 'another'")
        assert "is not the model that scored" in run(*asked).stderr
