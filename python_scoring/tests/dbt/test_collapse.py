"""A delivery that is well formed and lost what tells the leads apart is not published."""

import shutil
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

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
