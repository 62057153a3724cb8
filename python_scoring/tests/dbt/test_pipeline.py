"""The line from sources to exports, as dbt builds it on the demo."""

import itertools
import shutil
from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd
import pytest

from python_scoring import LeadScorer
from python_scoring.features.engineered import engineered_features
from python_scoring.tests.conftest import Dbt


def frame(dbt: Dbt, query: str) -> pd.DataFrame:
    with duckdb.connect(str(dbt.database), read_only=True) as connection:
        return connection.execute(query).df()


def test_python_and_sql_engineer_the_same_features(demo: Dbt) -> None:
    features = frame(demo, "select * from lead_scoring_features_pit")
    assert len(features) > 10_000
    computed = engineered_features(features[LeadScorer().contract.base_names])
    assert list(computed.columns) == [
        "pit_restlessness_ratio",
        "flight_risk_score",
        "is_fresh_start",
    ]
    for name in computed:
        wanted = features[name].astype("float64").to_numpy()
        found = computed[name].astype("float64").to_numpy()
        np.testing.assert_allclose(found, wanted, rtol=1e-12, err_msg=name)


def test_every_published_score_is_the_scorers_own(demo: Dbt) -> None:
    rows = frame(
        demo,
        "select f.*, s.lead_score, s.uncalibrated_score, s.lift_vs_base, s.score_bucket,"
        " s.action_recommended, s.narrative, s.driver_1_feature, s.driver_1_contribution"
        " from lead_scores_daily as s join lead_scoring_features as f using (lead_id)",
    )
    assert len(rows) > 1000
    scored = LeadScorer().score_frame(rows)
    for name in ("lead_score", "uncalibrated_score", "lift_vs_base", "driver_1_contribution"):
        np.testing.assert_allclose(scored[name], rows[name], rtol=0, atol=1e-12, err_msg=name)
    for name in ("score_bucket", "action_recommended", "narrative", "driver_1_feature"):
        assert (scored[name] == rows[name]).all(), name


def test_one_lead_at_a_time_gets_the_published_score(demo: Dbt) -> None:
    scorer = LeadScorer()
    rows = frame(
        demo,
        "select f.*, s.lead_score, s.score_bucket from lead_scores_daily as s"
        " join lead_scoring_features as f using (lead_id) order by lead_id limit 200",
    )
    for row in rows.to_dict("records"):
        lead = {n: None if pd.isna(row[n]) else row[n] for n in scorer.contract.base_names}
        told = scorer.score_lead(lead)
        assert told["lead_score"] == pytest.approx(row["lead_score"], abs=1e-12)
        assert told["score_bucket"] == row["score_bucket"]


def test_prospects_are_scored_by_the_same_code(demo: Dbt) -> None:
    rows = frame(
        demo,
        "select f.*, s.lead_score from prospect_scores as s"
        " join lead_scoring_features as f on f.prediction_id = concat('prospect:', s.advisor_crd)",
    )
    assert len(rows) > 1000
    scored = LeadScorer().score_frame(rows)
    np.testing.assert_allclose(scored["lead_score"], rows["lead_score"], rtol=0, atol=1e-12)


def test_deciles_are_equal_parts_in_order_of_score(demo: Dbt) -> None:
    for relation in ("lead_scores_daily", "prospect_scores"):
        parts = demo.rows(
            "select score_decile, count(*), min(lead_score), max(lead_score), min(score_percentile)"
            f" from {relation} group by 1 order by 1"
        )
        assert [part[0] for part in parts] == list(range(1, 11))
        sizes = [part[1] for part in parts]
        assert max(sizes) - min(sizes) <= 1
        for better, worse in itertools.pairwise(parts):
            assert better[2] >= worse[3]
            assert better[4] > worse[4]


def test_a_delivered_row_is_not_exported_again(demo: Dbt, fresh_dbt: Callable[[], Dbt]) -> None:
    dbt = fresh_dbt()
    shutil.copy(demo.database, dbt.database)
    with duckdb.connect(str(dbt.database)) as connection:
        total = connection.execute("select count(*) from salesforce_lead_scores").fetchall()
        connection.execute(
            "insert into salesforce_delivery_log by name"
            " select * exclude (scoring_timestamp, delivery_status, score_date, build_id),"
            " now()::timestamp as logged_at,"
            " 'one' as batch_id, 'bulk' as send_method, 'accepted' as delivery_result"
            " from salesforce_delivery_status"
        )
    assert total[0][0] > 1000
    assert dbt.rows("select count(*) from salesforce_lead_scores") == [(0,)]
    for arguments in ([], ["--full-refresh"]):
        done = dbt.run(
            "run",
            "--quiet",
            "--select",
            "salesforce_delivery_log",
            "salesforce_delivery_status",
            "salesforce_lead_scores",
            *arguments,
        )
        assert done.returncode == 0, done.stdout
        assert dbt.rows("select count(*) from salesforce_lead_scores") == [(0,)]
        assert dbt.rows("select count(*) from salesforce_delivery_log") == total


def test_the_vars_choose_the_model(demo: Dbt, fresh_dbt: Callable[[], Dbt]) -> None:
    dbt = fresh_dbt()
    shutil.copy(demo.database, dbt.database)
    select = ["run", "--select", "subject_scores", "--vars"]
    unknown = dbt.run(*select, "{model_version: v2-nobody-20200101-00000000}")
    assert unknown.returncode == 2
    assert "holds no such model" in unknown.stdout
    assert "START python" not in unknown.stdout, "the model was looked for before all else"
    elsewhere = dbt.run(*select, f"{{model_registry: {dbt.folder}}}")
    assert elsewhere.returncode == 1
    assert "RegistryError" in elsewhere.stdout
