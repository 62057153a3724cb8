"""Source folders that cannot be used: what the user is told, and that nothing is lost."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from python_scoring.io.dbt import run_dbt_apart
from python_scoring.tests.conftest import PROJECT, Dbt
from python_scoring.tests.support.project_copy import copy_project

DEMO = PROJECT / "seeds/demo"
NAMES = [
    "contact_registered_employment_history",
    "firm_historicals",
    "lead",
    "ria_contacts_current",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "delivery"
    target.mkdir()
    for name in NAMES:
        shutil.copy(DEMO / f"{name}.parquet", target)
    return target


def rewrite(folder: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
    path = folder / f"{name}.parquet"
    pq.write_table(change(pq.read_table(path)), path)


def load(dbt: Dbt, folder: Path) -> str:
    """Load the sources only; return what dbt says."""
    done = dbt.run("run", "--select", "+stg_salesforce__leads", LEAD_SCORING_DATA=str(folder))
    return done.stdout if done.returncode else ""


def replaced(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, values)


def test_every_problem_of_every_file_is_reported_at_once(
    folder: Path, fresh_dbt: Callable[[], Dbt]
) -> None:
    (folder / "contact_registered_employment_history.parquet").unlink()
    rewrite(folder, "firm_historicals", lambda table: table.slice(0, 0))
    rewrite(folder, "ria_contacts_current", lambda t: t.drop_columns(["PRODUCING_ADVISOR"]))
    rewrite(
        folder,
        "lead",
        lambda t: replaced(
            t,
            "stage_entered_contacting__c",
            pa.array(["2024-01-01"] * (t.num_rows - 1) + ["soon"]),
        ),
    )
    told = load(fresh_dbt(), folder)
    assert "contact_registered_employment_history.parquet (or .csv): no such file" in told
    assert "firm_historicals.parquet: the table is empty" in told
    assert "ria_contacts_current.parquet: column PRODUCING_ADVISOR (boolean) is missing" in told
    rows = pq.read_metadata(folder / "lead.parquet").num_rows
    assert "column stage_entered_contacting__c is VARCHAR, timestamp was expected" in told
    assert f"the first in row {rows}." in told
    assert "soon" not in told, "values may be personal data"
    assert "Fix:" in told
    assert "Traceback" not in told


def test_fractions_are_not_rounded_to_keys(folder: Path, fresh_dbt: Callable[[], Dbt]) -> None:
    rewrite(
        folder,
        "firm_historicals",
        lambda t: replaced(t, "MONTH", pa.array([1.5] + [2.0] * (t.num_rows - 1))),
    )
    told = load(fresh_dbt(), folder)
    assert "column MONTH is DOUBLE, bigint was expected, and 1 values" in told
    assert "the first in row 1." in told


def test_a_refused_delivery_leaves_the_previous_one(
    folder: Path, fresh_dbt: Callable[[], Dbt]
) -> None:
    dbt = fresh_dbt()
    assert load(dbt, folder) == ""
    before = dbt.rows("select count(*) from stg_salesforce__leads")
    other = folder.parent / "other"
    shutil.copytree(folder, other)
    (other / "firm_historicals.parquet").unlink()
    rewrite(other, "lead", lambda table: table.slice(0, 10))
    assert "no such file" in load(dbt, other)
    assert dbt.rows("select count(*) from stg_salesforce__leads") == before


def test_csv_and_wider_tables_are_read_alike(folder: Path, fresh_dbt: Callable[[], Dbt]) -> None:
    csv = folder.parent / "csv"
    csv.mkdir()
    for name in NAMES:
        table = pq.read_table(folder / f"{name}.parquet")
        extra = table.append_column("Extra__c", pa.array(["x"] * table.num_rows))
        pc.write_csv(extra, csv / f"{name}.csv")
    from_parquet, from_csv = fresh_dbt(), fresh_dbt()
    for dbt, data in ((from_parquet, folder), (from_csv, csv)):
        done = dbt.run(
            "run", "--quiet", "--select", "+path:models/staging", LEAD_SCORING_DATA=str(data)
        )
        assert done.returncode == 0, done.stdout
    for relation in (
        "stg_salesforce__leads",
        "stg_fintrx__past_registrations",
        "stg_fintrx__current_registrations",
        "stg_fintrx__advisors",
        "stg_fintrx__firm_months",
    ):
        query = f"select * from {relation} order by all"
        assert from_csv.rows(query) == from_parquet.rows(query), relation


def test_names_with_quotes_end_no_literal(folder: Path, tmp_path: Path) -> None:
    """Such a folder once dropped the delivery log, and such a database could not be built."""
    hostile = "q'ué o'; drop table main.salesforce_delivery_log; --"
    crafted = folder.rename(folder.parent / hostile)
    dbt = Dbt(tmp_path)
    database = tmp_path / "q'ué o [x] *.duckdb"
    models = ["+stg_salesforce__leads", "salesforce_delivery_log"]
    for _ in range(2):
        done = dbt.run(
            *("run", "--select", *models),
            LEAD_SCORING_DATA=str(crafted),
            LEAD_SCORING_DB=str(database),
        )
        assert done.returncode == 0, done.stdout
    with duckdb.connect(str(database), read_only=True) as connection:
        log = connection.execute("select count(*) from salesforce_delivery_log").fetchall()
        read = connection.execute("select name, path, bytes, sha256 from delivery.files").fetchall()
    assert log == [(0,)]
    paths = [crafted / f"{name}.parquet" for name in NAMES]
    assert sorted(read) == [
        (p.stem, str(p), p.stat().st_size, hashlib.sha256(p.read_bytes()).hexdigest())
        for p in paths
    ]


def test_a_profile_without_the_plugin_is_named(folder: Path, tmp_path: Path) -> None:
    plain = (PROJECT / "profiles.yml.example").read_text(encoding="utf-8")
    assert plain.count("delivery.plugin") == 1
    project = copy_project(tmp_path / "project")
    lines = [line for line in plain.splitlines() if "delivery.plugin" not in line]
    (project / "profiles.yml.example").write_text("\n".join(lines), encoding="utf-8")
    done = run_dbt_apart(
        ["run", "--select", "stg_salesforce__leads"],
        project=project,
        scratch=tmp_path,
        environment={"LEAD_SCORING_DB": str(tmp_path / "x.duckdb")},
    )
    assert done.returncode == 2
    assert "profiles.yml names no plugin that reads a delivery" in done.stdout
