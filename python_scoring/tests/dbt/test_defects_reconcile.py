"""A delivery with every defect of a row: each is kept as documented, or left out and says why."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world, deliver, plant_defects, write_delivery
from python_scoring.tests.conftest import Dbt

AS_OF = date(2025, 6, 30)
MODELS = [
    *("+data_quality_findings", "+odd_source_rows", "+rejected_source_rows"),
    *("+int_prediction_spine", "stg_fintrx__current_registrations"),
]
Entry = dict[str, str]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One world, as it is and with planted defects."""
    root = tmp_path_factory.mktemp("defects")
    clean = deliver(build_world(WorldRequest(advisors=3_000, leads=1_500, seed=11)), AS_OF)
    write_delivery(clean, root / "clean")
    planted, listed = plant_defects(clean, 0.05, AS_OF, np.random.default_rng(2))
    write_delivery(planted, root / "planted", listed)
    return root / "clean", root / "planted"


@pytest.fixture(scope="module")
def builds(folders: tuple[Path, Path]) -> tuple[Dbt, Dbt]:
    made = []
    for folder in folders:
        scratch = folder.parent / f"dbt_{folder.name}"
        scratch.mkdir()
        dbt = Dbt(scratch)
        done = dbt.run("run", "--select", *MODELS, LEAD_SCORING_DATA=str(folder))
        assert done.returncode == 0, done.stdout[-3000:]
        made.append(dbt)
    return made[0], made[1]


@pytest.fixture(scope="module")
def listed(folders: tuple[Path, Path]) -> list[Entry]:
    with (folders[1] / "defects.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counted(dbt: Dbt, query: str) -> Counter[tuple[Any, ...]]:
    return Counter(dbt.rows(query))


def test_exactly_the_planted_rows_are_left_out_each_for_its_reason(
    builds: tuple[Dbt, Dbt], listed: list[Entry]
) -> None:
    query = "select source_table, source_key, reason from rejected_source_rows"
    before, after = (counted(dbt, query) for dbt in builds)
    expected: Counter[tuple[Any, ...]] = Counter(
        (entry["source_table"], entry["source_key"], entry["reason"])
        for entry in listed
        if entry["treatment"] == "left out"
    )
    assert sum(expected.values()) > 100
    assert after - before == expected
    assert before - after == Counter(), "a planted defect hid another"


def test_kept_defects_are_found_by_row(builds: tuple[Dbt, Dbt], listed: list[Entry]) -> None:
    query = "select finding, source_key from odd_source_rows"
    before, after = (counted(dbt, query) for dbt in builds)
    expected: Counter[tuple[Any, ...]] = Counter(
        (entry["reason"], entry["source_key"])
        for entry in listed
        if entry["treatment"] == "kept" and entry["reason"] and "carries" not in entry["reason"]
    )
    assert sum(expected.values()) > 50
    assert expected - (after - before) == Counter()


def test_converted_moments_are_found_by_column(
    builds: tuple[Dbt, Dbt], listed: list[Entry]
) -> None:
    query = "select source_table, finding, row_count, example_key from data_quality_findings"
    found = {row for row in builds[1].rows(query) if "carries" in row[1]}
    rows: dict[tuple[str, str], list[int]] = {}
    for entry in listed:
        if "carries" in entry["reason"]:
            rows.setdefault((entry["source_table"], entry["reason"]), []).append(int(entry["row"]))
    assert found == {
        (*key, len(places), f"row {min(places)} of {key[0]}.parquet")
        for key, places in rows.items()
    }
    assert len(found) == 4


def accounts(dbt: Dbt) -> Iterator[tuple[str, int, int]]:
    """Rows of each source, and those that are kept or left out."""
    source = "select count(*) from {}"
    left_out = "(select count(*) from rejected_source_rows where source_table = '{}')"
    registrations = (
        "(select count(*) from int_registrations_checked "
        "where source_table = '{}' and rejection_reason is null)"
    )
    leavers = (
        "(select count(*) from fintrx.ria_contacts_current where RIA_CONTACT_CRD_ID > 0 and "
        "LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID is null and "
        "LATEST_REGISTERED_EMPLOYMENT_START_DATE is null)"
    )
    kept = {
        "ria_contacts_current": f"{registrations} + {leavers}",
        "contact_registered_employment_history": registrations,
        "firm_historicals": "(select count(*) from int_firm_months)",
        "lead": "(select count(*) from int_prediction_spine where lead_id is not null)",
    }
    schemas = {"lead": "salesforce.Lead", "firm_historicals": "fintrx.Firm_historicals"}
    for name, query in kept.items():
        delivered = dbt.rows(source.format(schemas.get(name, f"fintrx.{name}")))[0][0]
        accounted = dbt.rows(f"select {query} + {left_out}".replace("{}", name))[0][0]
        yield name, delivered, accounted


def test_rows_in_are_rows_kept_and_rows_left_out(builds: tuple[Dbt, Dbt]) -> None:
    for dbt in builds:
        found = list(accounts(dbt))
        assert len(found) == 4
        assert [row for row in found if row[1] != row[2]] == []


def test_a_readable_crd_is_the_number_that_was_meant(
    builds: tuple[Dbt, Dbt], listed: list[Entry]
) -> None:
    query = "select lead_id, any_value(advisor_crd) from int_leads_checked group by lead_id"
    before, after = (dict(dbt.rows(query)) for dbt in builds)
    silent = [entry for entry in listed if entry["source_table"] == "lead" and not entry["reason"]]
    assert {entry["defect"] for entry in silent} == {
        *("CRD as a float", "CRD behind a word", "CRD with zeros in front", "CRD between tabs")
    }
    for entry in silent:
        lead = entry["source_key"].removeprefix("lead ")
        assert after[lead] == before[lead] is not None


def test_a_start_in_another_zone_is_the_day_in_utc(
    builds: tuple[Dbt, Dbt], listed: list[Entry]
) -> None:
    query = "select advisor_crd, firm_crd, started_date from int_registrations"
    before, after = (counted(dbt, query) for dbt in builds)
    later = [e for e in listed if "carries a time zone" in e["reason"]]
    advisors = {int(entry["source_key"].removeprefix("advisor ")) for entry in later}
    moved = {(a, f): d for a, f, d in before - after if a in advisors}
    arrived = {(a, f): d for a, f, d in after - before if a in advisors}
    next_day = [key for key, day in moved.items() if key in arrived and day < arrived[key]]
    assert len({advisor for advisor, _ in next_day}) == len(advisors) > 0


def test_no_free_text_of_a_crd_field_is_downstream_of_staging(builds: tuple[Dbt, Dbt]) -> None:
    """People write names and notes into it."""
    texts = (
        "select FA_CRD__c from salesforce.Lead where regexp_matches(FA_CRD__c, '[0-9]') "
        "and not regexp_full_match(FA_CRD__c, '[0-9]+')"
    )
    dbt = builds[1]
    assert len(dbt.rows(texts)) > 100
    relations = dbt.rows(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'main' and data_type = 'VARCHAR'"
    )
    for relation, column in relations:
        query = f'select count(*) from {relation} where "{column}" in ({texts})'
        assert dbt.rows(query) == [(0,)], (relation, column)
