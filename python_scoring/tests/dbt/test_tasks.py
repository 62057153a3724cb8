"""The optional source of what sales did: read where it is promised, missed where it is not."""

from collections.abc import Callable
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.tests.conftest import Dbt

PRESENT = ("--select", "+stg_salesforce__tasks", "--vars", "{task_source: present}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worked") / "world"
    size = ["--advisors", "800", "--leads", "400", "--as-of", "2025-06-30", "--seed", "7"]
    done = CliRunner().invoke(main, ["simulate", "--out", str(folder), *size, "--tasks"])
    assert done.exit_code == 0, done.output
    return folder


def test_the_invented_sales_team_calls_four_of_five(world: Path) -> None:
    tasks, leads = (pq.read_table(world / f"{name}.parquet") for name in ("task", "lead"))
    contacted = set(leads.filter(leads["stage_entered_contacting__c"].is_valid())["Id"].to_pylist())
    calls = tasks.filter(pc.equal(tasks["Type"], "Call"))
    assert set(tasks["WhoId"].to_pylist()) == contacted
    assert 0.7 < len(set(calls["WhoId"].to_pylist())) / len(contacted) < 0.9
    assert calls["CallDisposition"].null_count == 0
    assert len(set(tasks["Id"].to_pylist())) == tasks.num_rows


def test_it_is_read_where_it_is_promised(world: Path, fresh_dbt: Callable[[], Dbt]) -> None:
    dbt = fresh_dbt()
    done = dbt.run("run", "--quiet", *PRESENT, LEAD_SCORING_DATA=str(world))
    assert done.returncode == 0, done.stdout
    [(rows, calls)] = dbt.rows(
        "select count(*), count(case when is_call_made then 1 end) from stg_salesforce__tasks"
    )
    tasks = pq.read_table(world / "task.parquet")
    assert (rows, calls) == (tasks.num_rows, pc.sum(pc.equal(tasks["Type"], "Call")).as_py())


def test_a_promise_that_is_not_kept_is_told(fresh_dbt: Callable[[], Dbt]) -> None:
    """The demo holds no activities."""
    done = fresh_dbt().run("run", *PRESENT)
    assert done.returncode != 0
    assert "task.parquet (or .csv): no such file." in done.stdout
