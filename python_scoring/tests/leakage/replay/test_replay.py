"""Net 3 on small deliveries: no finding on the project, findings where the past was rewritten."""

import datetime as dt
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.errors import LeadScoringError
from python_scoring.leakage.replay.compare import Build, Comparison, compare_builds
from python_scoring.leakage.replay.cutoff import write_earlier_delivery
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world, deliver
from python_scoring.simulate.snapshot.folder import write_delivery
from python_scoring.tests.conftest import PROJECT

EARLIER, LATER = dt.date(2025, 1, 2), dt.date(2025, 7, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two deliveries of one small invented world."""
    root = tmp_path_factory.mktemp("deliveries")
    world = build_world(WorldRequest(advisors=1500, leads=900, seed=4))
    for name, day in (("earlier", EARLIER), ("later", LATER)):
        write_delivery(deliver(world, day), root / name)
    return root


def audit(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, ["audit", "replay", "--project-dir", str(PROJECT), *words])


def test_a_rewritten_start_is_found_with_the_rows_behind_it(folder: Path, tmp_path: Path) -> None:
    """The vendor never rewrites a start; if it did, this is what we would see."""
    broken = tmp_path / "later"
    broken.mkdir()
    for path in (folder / "later").glob("*.parquet"):
        table = pq.read_table(path)
        if path.stem == "contact_registered_employment_history":
            name = "PREVIOUS_REGISTRATION_COMPANY_START_DATE"
            starts = [
                start if start is None or position % 3 else start - dt.timedelta(days=400)
                for position, start in enumerate(table[name].to_pylist())
            ]
            position = table.schema.get_field_index(name)
            table = table.set_column(position, table.schema.field(name), [starts])
        pq.write_table(table, broken / path.name)
    done = audit("--earlier", folder / "earlier", "--later", broken)
    assert done.exit_code == 1, done.output
    assert "DIFFERENT" in done.stdout
    assert "industry_tenure_months of lead:" in done.stdout
    assert "only in the later: contact_registered_employment_history, advisor" in done.stdout


def test_the_cutoff_makes_the_delivery_that_would_have_come(tmp_path: Path) -> None:
    """Moved in February; left the industry in March; the cutoff lies in January."""
    database = tmp_path / "later.duckdb"
    with duckdb.connect(str(database)) as connection:
        for statement in _LATER_SOURCES:
            connection.execute(statement)
    folder = tmp_path / "made"
    write_earlier_delivery(database, dt.date(2024, 1, 15), folder)

    def rows(name: str) -> list[tuple[object, ...]]:
        with duckdb.connect() as connection:
            query = f"select * from read_parquet('{folder / name}.parquet') order by all"
            return connection.execute(query).fetchall()

    current = {row[0]: row[-2:] for row in rows("ria_contacts_current")}
    day = dt.date
    assert current[1] == (10, day(2020, 1, 1)), "the later firm is not known; the old one returns"
    assert current[2] == (10, day(2021, 1, 1)), "left later, so still registered"
    assert current[3] == (None, None), "had left before"
    assert current[4] == (30, day(2023, 1, 1)), "nothing changed"
    assert rows("contact_registered_employment_history") == [
        (3, 10, day(2019, 1, 1), day(2023, 12, 31)),
        (4, 20, day(2018, 1, 1), None),
    ], "an end that lies ahead is not written yet"
    assert rows("firm_historicals") == [(10, 2023, 12, 5.0)], "January is not over"
    contacted, called, converted = rows("lead")[0][2:5]
    assert (contacted, called, converted) == (dt.datetime(2024, 1, 10), None, False)


_LATER_SOURCES = [
    "create schema fintrx",
    "create schema salesforce",
    "create table fintrx.ria_contacts_current as select * from (values"
    " (1, true, 20, date '2024-02-01'), (2, false, null, null), (3, false, null, null),"
    " (4, true, 30, date '2023-01-01')) as t(RIA_CONTACT_CRD_ID, PRODUCING_ADVISOR,"
    " LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID, LATEST_REGISTERED_EMPLOYMENT_START_DATE)",
    "create table fintrx.contact_registered_employment_history as select * from (values"
    " (1, 10, date '2020-01-01', date '2024-01-01'), (2, 10, date '2021-01-01', date '2024-03-01'),"
    " (3, 10, date '2019-01-01', date '2023-12-31'), (4, 20, date '2018-01-01', date '2024-01-20'))"
    " as t(RIA_CONTACT_CRD_ID, PREVIOUS_REGISTRATION_COMPANY_CRD_ID,"
    " PREVIOUS_REGISTRATION_COMPANY_START_DATE, PREVIOUS_REGISTRATION_COMPANY_END_DATE)",
    "create table fintrx.Firm_historicals as select * from (values (10, 2023, 12, 5.0::double),"
    " (10, 2024, 1, 6.0), (10, 2024, 2, 7.0)) as t(RIA_INVESTOR_CRD_ID, YEAR, MONTH, TOTAL_AUM)",
    "create table salesforce.Lead as select 'L' as Id, '1' as FA_CRD__c,"
    " timestamp '2024-01-10' as stage_entered_contacting__c,"
    " timestamp '2024-01-20' as Stage_Entered_Call_Scheduled__c, true as IsConverted,"
    " false as IsDeleted, 'list' as LeadSource, '005' as OwnerId",
]


def compared(kinds: tuple[str, str], rows: tuple[dict[str, int], dict[str, int]]) -> Comparison:
    """Compare two builds of a model of one feature; `rows` holds it by subject."""
    with duckdb.connect() as connection:
        for statement in _LATER_SOURCES:
            connection.execute(statement)
        for side, kind, values in zip(("earlier", "later"), kinds, rows, strict=True):
            connection.execute(
                f"create table {side} (prediction_id varchar, as_of_date date, advisor_crd bigint,"
                f" firm_crd bigint, f {kind})"
            )
            for key, value in values.items():
                row = [key, value]
                connection.execute(f"insert into {side} values (?, '2024-01-01', 1, 1, ?)", row)
        sources = (
            "fintrx.ria_contacts_current",
            "fintrx.contact_registered_employment_history",
            *("not read",) * 3,
        )
        return compare_builds(
            lambda sql: connection.sql(sql).to_arrow_table(),
            Build("earlier", *sources),
            Build("later", *sources),
            ["f"],
            dt.date(2025, 1, 1),
        )


def test_missing_rows_are_no_pass() -> None:
    found = compared(("bigint", "bigint"), ({"a": 1, "b": 2}, {"a": 1, "c": 2}))
    assert (found.compared, found.only_earlier, found.only_later) == (1, 1, 1)
    assert not found.equal


def test_nothing_in_common_and_other_types_are_errors() -> None:
    with pytest.raises(LeadScoringError, match="no subject of the past in common"):
        compared(("bigint", "bigint"), ({"a": 1}, {"b": 1}))
    with pytest.raises(LeadScoringError, match="disagree on the columns f"):
        compared(("bigint", "double"), ({"a": 1}, {"a": 1}))


def test_what_cannot_run_says_so(folder: Path, tmp_path: Path) -> None:
    no_delivery = audit("--earlier", tmp_path, "--later", folder / "later")
    assert no_delivery.exit_code == 2
    assert "is no delivery" in no_delivery.output
    both = audit("--earlier", folder / "earlier", "--later", folder / "later", "--cutoff", EARLIER)
    assert both.exit_code == 2
    model = audit("--later", folder / "later", "--cutoff", EARLIER, "--features", "x; drop table")
    assert model.exit_code == 2
    assert "no name of a model" in model.output
    lag = ("--vars", "{fintrx_lag_days: a month}")
    no_number = audit("--earlier", folder / "earlier", "--later", folder / "later", *lag)
    assert no_number.exit_code == 2
    assert "The var fintrx_lag_days is 'a month'" in no_number.output
