"""A delivery that is well formed and lost what tells the leads apart is not published."""

import shutil
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from python_scoring.tests.conftest import PROJECT, Dbt


def test_a_delivery_whose_leads_find_no_advisor_is_refused(demo: Dbt, tmp_path: Path) -> None:
    """As when CRD is exported as 123.0 and the point is lost: each number is ten times as large."""
    delivery = tmp_path / "delivery"
    shutil.copytree(PROJECT / "seeds/demo", delivery)
    leads = pq.read_table(delivery / "lead.parquet")
    place = leads.schema.get_field_index("FA_CRD__c")
    tenfold = pc.binary_join_element_wise(pc.utf8_trim_whitespace(leads.column(place)), "0", "")
    pq.write_table(leads.set_column(place, "FA_CRD__c", tenfold), delivery / "lead.parquet")
    dbt = Dbt(tmp_path)
    shutil.copy(demo.database, dbt.database)
    before = demo.rows("select * from lead_scores_daily order by all")

    done = dbt.run(
        "build", "--quiet", "--exclude-resource-type", "unit_test", LEAD_SCORING_DATA=str(delivery)
    )

    assert done.returncode == 1
    assert "This delivery is not like it should be, so nothing of it is published." in done.stdout
    assert "- lead: share with a registration 0" in done.stdout
    assert "compare the named files with the last delivery" in done.stdout
    assert dbt.rows("select * from lead_scores_daily order by all") == before
    [(result, failed_nodes)] = dbt.rows(
        "select result, failed_nodes from builds order by started_at desc limit 1"
    )
    assert result == "failed"
    assert "nothing_has_collapsed" in failed_nodes


# of which nothing was there to measure, except rows
MEASURES = """
create table demo.main.collapse_metrics as from (values
    ('lead', 'rows', 9.0::double), ('lead', 'AUM share', null), ('lead', 'commonest share', null)
) as measures(subject, metric, metric_value)
"""
# the two last ones pass: there is no last build, and an upper bound is kept by nothing
LIMITS = """
create table demo.main.collapse_limits as from (values
    ('lead', 'AUM share', 'nothing', 0.5, null, 'Why.'),
    ('lead', 'AUM sahre', 'last build', 0.9, null, 'Why.'),
    ('lead', 'AUM share', 'last build', 0.9, null, 'Why.'),
    ('lead', 'commonest share', 'nothing', null, 0.5, 'Why.')
) as limits(subject, metric, compared_with, at_least, at_most, why)
"""


def test_a_limit_that_guards_nothing_is_named(demo: Dbt) -> None:
    """As where a column was not read at all, or somebody misspelt a measure in the seed."""
    name = "test.lead_scoring.nothing_has_collapsed"
    code = demo.manifest()["nodes"][name]["compiled_code"]
    with duckdb.connect() as connection:
        connection.execute(f"attach ':memory:' as demo; {MEASURES}; {LIMITS}")
        with pytest.raises(duckdb.Error) as told:
            connection.execute(code)
        assert [line for line in str(told.value).splitlines() if line.startswith("- ")] == [
            "- lead: AUM sahre is no measure of collapse_metrics, so its limit guards nothing.",
            "- lead: AUM share unknown; at least 0.5 is expected. Why.",
        ]
        connection.execute("delete from demo.main.collapse_limits where metric = 'AUM sahre'")
        connection.execute("update demo.main.collapse_metrics set metric_value = 0.5")
        assert connection.execute(code).fetchall() == []
