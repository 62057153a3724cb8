"""Tables that grow by the day are never read whole: on BigQuery that would cost all days."""

import pytest

from python_scoring.tests.conftest import Dbt
from python_scoring.tests.support.partition_filters import unfiltered

SCORES = {"lead_scores_daily"}


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from d.lead_scores_daily",
        "select * from d.other join d.lead_scores_daily as s using (lead_id) where s.score > 0",
        "with s as (select * from d.lead_scores_daily) select * from s where score_date > x",
        "merge into d.lead_scores_daily as t using (select 1 as a) as s on false"
        " when not matched by source then delete when not matched then insert (a) values (a)",
        "delete from d.lead_scores_daily where true",
    ],
)
def test_a_statement_that_reads_all_days_is_found(sql: str) -> None:
    assert unfiltered(sql, SCORES, "bigquery") == ["lead_scores_daily"]


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from d.lead_scores_daily where score_date = '2025-01-01' and score > 0",
        "create or replace table d.lead_scores_daily as select 1 as score_date",
        "merge into d.lead_scores_daily as t using (select 1 as a) as s on false"
        " when not matched by source and t.score_date in (date '2025-01-01') then delete"
        " when not matched then insert (a) values (a)",
        "delete from d.lead_scores_daily where score_date = cast('2025-01-01' as date)",
        "insert into d.lead_scores_daily (lead_score) select lead_score from d.built",
        "select * from d.prospect_scores",
    ],
)
def test_a_statement_about_one_day_is_not(sql: str) -> None:
    assert unfiltered(sql, SCORES, "bigquery") == []


def test_no_model_and_no_test_reads_all_days_of_a_score_table(demo: Dbt) -> None:
    nodes = demo.manifest()["nodes"]
    guarded = {
        i: n["alias"] for i, n in nodes.items() if n["config"].get("require_partition_filter")
    }
    assert set(guarded.values()) >= SCORES
    readers = [n for n in nodes.values() if guarded.keys() & n["depends_on"].get("nodes", [])]
    assert readers, "no reader found: this test would guard nothing"
    offenders = {
        node["unique_id"]: found
        for node in readers
        if (found := unfiltered(node["compiled_code"], set(guarded.values()), "duckdb"))
    }
    assert offenders == {}
