"""Net 3 inside BigQuery: the emulator finds what DuckDB finds; ZetaSQL accepts each statement."""

import datetime as dt
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from google.cloud import bigquery
from jinja2 import Environment

from python_scoring.cli.main import main
from python_scoring.errors import InputError
from python_scoring.leakage.replay import datasets
from python_scoring.leakage.replay.compare import Build, Select, compare_builds
from python_scoring.leakage.replay.datasets import parse_delivery
from python_scoring.leakage.replay.late_arrival import (
    AgeShare,
    count_late,
    count_late_months,
    count_unread,
    shares_by_age,
)
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world, deliver
from python_scoring.simulate.snapshot.folder import write_delivery
from python_scoring.tests.bigquery.conftest import sources
from python_scoring.tests.bigquery.zetasql_engine import Table, ZetaSql, bigquery_type
from python_scoring.tests.bigquery_emulator.deliveries import load_table
from python_scoring.tests.bigquery_emulator.emulator import connect, running_emulator
from python_scoring.tests.bigquery_emulator.known_gaps import read_gaps
from python_scoring.tests.conftest import PROJECT
from python_scoring.tests.support.project_copy import copy_project

TABLES = {
    "lead": "Lead",
    "ria_contacts_current": "ria_contacts_current",
    "contact_registered_employment_history": "contact_registered_employment_history",
    "firm_historicals": "Firm_historicals",
}
START = "PREVIOUS_REGISTRATION_COMPANY_START_DATE"
HISTORY = "contact_registered_employment_history"


# ---- the statements, on ZetaSQL ---------------------------------------------------------------

DAY = dt.date(2024, 1, 1)
BEFORE = dt.date(2024, 6, 1)
BUILDS = {
    "m": {
        "prediction_id": "varchar",
        "as_of_date": "date",
        "advisor_crd": "bigint",
        "firm_crd": "bigint",
        "whole": "bigint",
        "part": "double",
        "word": "varchar",
    },
    "ria_contacts_current": {
        "RIA_CONTACT_CRD_ID": "bigint",
        "LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID": "bigint",
        "LATEST_REGISTERED_EMPLOYMENT_START_DATE": "date",
    },
    HISTORY: {
        "RIA_CONTACT_CRD_ID": "bigint",
        "PREVIOUS_REGISTRATION_COMPANY_CRD_ID": "bigint",
        "PREVIOUS_REGISTRATION_COMPANY_START_DATE": "date",
        "PREVIOUS_REGISTRATION_COMPANY_END_DATE": "date",
    },
    "Firm_historicals": {
        "RIA_INVESTOR_CRD_ID": "bigint",
        "YEAR": "bigint",
        "MONTH": "bigint",
        "TOTAL_AUM": "double",
    },
    "int_registrations": {
        "advisor_crd": "bigint",
        "firm_crd": "bigint",
        "started_date": "date",
        "known_date_source": "varchar",
    },
    "int_firm_months": {
        "firm_crd": "bigint",
        "month_start_date": "date",
        "total_aum_usd": "double",
        "known_date_source": "varchar",
    },
}
# what differs: b in all three, c by a rounding error only, d in null; e and f are on one side
ROWS: dict[str, dict[str, list[tuple[Any, ...]]]] = {
    "earlier": {
        "m": [
            ("a", DAY, 1, 10, 1, 0.1, "x"),
            ("b", DAY, 2, 20, 1, 0.5, "x"),
            ("c", DAY, 3, 10, 1, 0.1, None),
            ("d", DAY, None, None, None, None, "x"),
            ("e", DAY, 5, 10, 1, 0.1, "x"),
            ("late", dt.date(2025, 1, 1), 6, 10, 1, 0.1, "x"),
        ],
        "ria_contacts_current": [(1, 10, dt.date(2020, 1, 1)), (2, 20, dt.date(2021, 1, 1))],
        HISTORY: [
            (2, 10, dt.date(2019, 1, 1), None),
            (9, 20, dt.date(2018, 1, 1), dt.date(2019, 1, 1)),
            (9, 20, dt.date(2018, 1, 1), dt.date(2019, 1, 1)),
            (9, 20, dt.date(2030, 1, 1), None),
        ],
        "int_registrations": [
            (1, 10, dt.date(2020, 1, 1), "assumed_prompt"),
            (2, 20, dt.date(2021, 1, 1), "assumed_prompt"),
        ],
        "Firm_historicals": [(10, 2024, 3, 5.0), (10, 2024, 4, None), (10, 2024, 4, 7.0)],
        "int_firm_months": [(10, dt.date(2024, 2, 1), 4.0, "assumed_prompt")],
    },
    "later": {
        "m": [
            ("a", DAY, 1, 10, 1, 0.1, "x"),
            ("b", DAY, 2, 20, 2, 0.6, "y"),
            ("c", DAY, 3, 10, 1, 0.1 + 1e-16, None),
            ("d", DAY, None, None, 3, 0.0, "x"),
            ("f", DAY, 5, 10, 1, 0.1, "x"),
            ("late", dt.date(2025, 1, 1), 6, 10, 2, 0.2, "y"),
        ],
        "ria_contacts_current": [(1, 10, dt.date(2020, 1, 1)), (2, 20, dt.date(2021, 5, 1))],
        HISTORY: [
            (2, 10, dt.date(2019, 1, 1), dt.date(2021, 5, 1)),
            (9, 20, dt.date(2018, 1, 1), dt.date(2019, 1, 1)),
            (9, 20, dt.date(2031, 1, 1), None),
        ],
        # a start of 2021 is gone; of four that came late the earlier delivery holds one
        "int_registrations": [
            (1, 10, dt.date(2020, 1, 1), "assumed_prompt"),
            (2, 20, dt.date(2021, 5, 1), "archive"),
            (9, 20, dt.date(2018, 1, 1), "archive"),
            (3, 10, dt.date(2024, 5, 20), "archive"),
            (4, 10, dt.date(2024, 5, 20), "assumed_prompt"),
            (5, 10, dt.date(2024, 3, 1), "archive"),
            (6, 10, dt.date(2024, 7, 1), "archive"),
        ],
        "Firm_historicals": [(10, 2024, 3, 6.0)],
        # of four that came late, the last is of a month that was not over; one was not read
        "int_firm_months": [
            (10, dt.date(2024, 2, 1), 4.0, "assumed_prompt"),
            (10, dt.date(2024, 3, 1), 6.0, "archive"),
            (10, dt.date(2024, 4, 1), 7.0, "archive"),
            (10, dt.date(2024, 5, 1), None, "archive"),
            (10, dt.date(2024, 6, 1), 8.0, "archive"),
        ],
    },
}


def build(side: str, quote: str) -> Build:
    """One of the two builds, in a dataset of its name."""
    return Build(*(f"{quote}{side}{quote}.{quote}{name}{quote}" for name in BUILDS))


def on_both_engines(ask: Callable[[Select, Build, Build], Any]) -> tuple[Any, Any]:
    """Return what is found of the two builds on DuckDB, and on ZetaSQL."""
    engine = ZetaSql()
    tables = {
        f"{side}__{name}": Table(
            {column: bigquery_type(kind) for column, kind in columns.items()},
            tuple(ROWS[side][name]),
        )
        for side in ROWS
        for name, columns in BUILDS.items()
    }

    def on_zetasql(sql: str) -> pa.Table:
        named = re.sub(r"`(\w+)`\.`(\w+)`", r"`\1__\2`", sql)
        engine.analyse(named, tables)
        found = engine.evaluate(named, tables)
        kinds = {"INT64": pa.int64(), "FLOAT64": pa.float64(), "STRING": pa.string()}
        kinds |= {"DATE": pa.date32(), "BOOL": pa.bool_()}
        schema = pa.schema([(name, kinds[kind]) for name, kind in found.columns.items()])
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        return pa.Table.from_pylist(rows, schema)

    with duckdb.connect() as connection:
        for side, rows in ROWS.items():
            connection.execute(f"create schema {side}")
            for name, columns in BUILDS.items():
                declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
                connection.execute(f"create table {side}.{name} ({declared})")
                marks = ", ".join("?" for _ in columns)
                connection.executemany(f"insert into {side}.{name} values ({marks})", rows[name])
        ours = ask(
            lambda sql: connection.sql(sql).to_arrow_table(),
            build("earlier", '"'),
            build("later", '"'),
        )
    return ours, ask(on_zetasql, build("earlier", "`"), build("later", "`"))


def test_zetasql_and_duckdb_find_the_same_differences() -> None:
    features = ["whole", "part", "word"]
    ours, theirs = on_both_engines(
        lambda select, earlier, later: compare_builds(select, earlier, later, features, BEFORE)
    )
    assert asdict(theirs) == asdict(ours)
    assert (ours.compared, ours.only_earlier, ours.only_later) == (4, 1, 1)
    assert [feature.differing for feature in ours.features] == [2, 2, 1]
    (example,) = ours.features[2].examples
    behind = [(row["only_in"], row["advisor"], row["started"]) for row in example["source_rows"]]
    day = dt.date
    assert behind == [
        ("earlier", 2, day(2019, 1, 1)),
        ("later", 2, day(2019, 1, 1)),
        ("earlier", 2, day(2021, 1, 1)),
        ("later", 2, day(2021, 5, 1)),
        ("earlier", 9, day(2018, 1, 1)),
    ], "a row that stands twice in one delivery is one of them; what began later is no cause"


def test_zetasql_and_duckdb_find_the_same_late_arrivals() -> None:
    def ask(select: Select, earlier: Build, later: Build) -> Any:
        registrations = later.registrations
        return (
            count_late(select, earlier.registrations, registrations, BEFORE),
            count_unread(select, earlier.contacts, earlier.history, registrations, BEFORE),
            shares_by_age(select, registrations, BEFORE),
            count_late_months(select, earlier.figures, later.firm_months, BEFORE),
        )

    ours, theirs = on_both_engines(ask)
    assert theirs == ours
    assert ours == ((4, 1), 1, [AgeShare(30, 2, 1), AgeShare(120, 1, 0)], (3, 1))


def replay_macro(name: str, *words: str) -> list[Any]:
    """What a macro of macros/replay.sql returns, for the project's own sources."""
    found: list[Any] = []
    relation = SimpleNamespace(create=lambda **at: f"`{at['schema']}__{at['identifier']}`")
    given = {
        "api": SimpleNamespace(Relation=relation),
        "target": SimpleNamespace(database="ours"),
        "return": found.append,
        "project_sources": lambda: [
            SimpleNamespace(
                database="ours",
                schema="delivered",
                identifier=source.get("identifier", source["name"]),
                columns={column["name"]: column for column in source["columns"]},
            )
            for source in sources()
        ],
    }
    macros = Environment(extensions=["jinja2.ext.do"])  # noqa: S701 - SQL
    text = (PROJECT / "macros/replay.sql").read_text(encoding="utf-8")
    vars(macros.from_string(text, given).module)[name]("scratch", *words)
    return found


def test_zetasql_copies_the_sources_as_they_were() -> None:
    moment = parse_delivery("a@2025-07-01T06:00:00+02:00").moment_text
    tables = {
        f"delivered__{source.get('identifier', source['name'])}": Table(
            {column["name"]: bigquery_type(column["data_type"]) for column in source["columns"]}
        )
        for source in sources()
    }
    [statements] = replay_macro("replay_copies", moment)
    assert len(statements) == 4
    assert all("as of timestamp '2025-07-01 04:00:00+00:00'" in each for each in statements)
    for statement in statements:
        ZetaSql().analyse(statement, tables)


def test_zetasql_copies_the_archive_of_the_earlier_delivery() -> None:
    [statement] = replay_macro("replay_archive", "before", "registration_arrivals")
    archive = Table({"advisor_crd": "INT64", "first_delivered_date": "DATE"})
    ZetaSql().analyse(statement, {"before__registration_arrivals": archive})


# ---- what names a delivery --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fintrx", "salesforce"),
    [
        ("copies", ("", "copies"), ("", "copies")),
        ("FinTrx_data_CA,SavvyGTMData", ("", "FinTrx_data_CA"), ("", "SavvyGTMData")),
        ("our-project.a,example.com:other.b", ("our-project", "a"), ("example.com:other", "b")),
    ],
)
def test_a_delivery_is_one_dataset_or_two(
    text: str, fintrx: tuple[str, str], salesforce: tuple[str, str]
) -> None:
    found = parse_delivery(text)
    assert (found.fintrx, found.salesforce, found.moment) == (fintrx, salesforce, None)
    at = parse_delivery(text + "@2025-07-01T06:00:00+02:00")
    assert at.moment == dt.datetime(2025, 7, 1, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "a;drop",
        "a`b",
        "a,b,c",
        "a.b.c",
        "a@",
        "a@yesterday",
        "a@2025-07-01",
        "../a",
        "a'",
    ],
)
def test_what_names_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="names no delivery in BigQuery"):
        parse_delivery(text)


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example's profile, and nobody's login."""
    shutil.copy(PROJECT / "profiles.yml.example", tmp_path / "profiles.yml")
    monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("LEAD_SCORING_TARGET", "bigquery")
    monkeypatch.setenv("LEAD_SCORING_BQ_PROJECT", "ours")
    monkeypatch.chdir(PROJECT)


def audit(*words: object) -> Result:
    given = [str(word) for word in words]
    return CliRunner().invoke(main, ["audit", "replay", *given])


@pytest.mark.usefixtures("profile")
def test_what_cannot_run_is_told_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "run_dbt", None)
    told = {
        ("--earlier", "a", "--later", "a"): "are the same",
        ("--earlier", "a;b", "--later", "a"): "names no delivery in BigQuery",
        ("--cutoff", "2025-01-01", "--later", "a"): "--cutoff makes files",
        ("--earlier", "a", "--later", "b"): "does not accept the credentials",
    }
    for words, wanted in told.items():
        done = audit(*words)
        assert done.exit_code == 2, done.output
        assert wanted in done.output


# ---- the whole replay, on the emulator --------------------------------------------------------


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two deliveries of one small world, and the later one with starts rewritten."""
    root = tmp_path_factory.mktemp("deliveries")
    world = build_world(WorldRequest(advisors=600, leads=400, seed=4))
    found = {}
    for name, day in (("earlier", dt.date(2025, 1, 2)), ("later", dt.date(2025, 7, 1))):
        found[name] = root / name
        write_delivery(deliver(world, day), found[name])
    found["rewritten"] = shutil.copytree(found["later"], root / "rewritten")
    file = found["rewritten"] / f"{HISTORY}.parquet"
    table = pq.read_table(file)
    starts = [
        start if start is None or number % 3 else start - dt.timedelta(days=400)
        for number, start in enumerate(table[START].to_pylist())
    ]
    index = table.schema.get_field_index(START)
    pq.write_table(table.set_column(index, table.schema.field(index), [starts]), file)
    return found


@pytest.fixture
def emulator(
    deliveries: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[bigquery.Client]:
    """The emulator with each delivery in a dataset of its name."""
    with running_emulator(PROJECT / ".venv-bigquery", tmp_path / "emulator.log") as address:
        client = connect(address)
        for name, folder in deliveries.items():
            load(client, name, folder)
        shutil.copy(PROJECT / "profiles.yml.example", tmp_path / "profiles.yml")
        monkeypatch.setenv("DBT_PROFILES_DIR", str(tmp_path))
        monkeypatch.setenv("LEAD_SCORING_EMULATOR", address)
        copy = copy_project(tmp_path / "project")
        macros = "\n".join(gap.macro for gap in read_gaps())
        (copy / "macros/known_gaps.sql").write_text(macros, encoding="utf-8")
        # a seed of no rows is a gap, too; by this curve each start is delivered at once
        with (copy / "seeds/mappings/arrival_curve.csv").open("a", encoding="utf-8") as seed:
            seed.write("29,1,1,1,100\n")
        monkeypatch.chdir(copy)
        yield client


def load(client: bigquery.Client, dataset: str, folder: Path) -> None:
    for file, table in TABLES.items():
        rows = pq.read_table(folder / f"{file}.parquet")
        load_table(client, f"{client.project}.{dataset}.{table}", rows)


@pytest.mark.bigquery
def test_the_emulator_finds_what_duckdb_finds(
    emulator: bigquery.Client, deliveries: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for later, code in (("later", 0), ("rewritten", 1)):
        monkeypatch.setenv("LEAD_SCORING_TARGET", "duckdb")
        ours = audit("--earlier", deliveries["earlier"], "--later", deliveries[later], "--json")
        monkeypatch.setenv("LEAD_SCORING_TARGET", "emulator")
        theirs = audit("--earlier", "earlier", "--later", f"emulated.{later}", "--json")
        assert (ours.exit_code, theirs.exit_code) == (code, code), theirs.output
        found = [json.loads(done.stdout) for done in (ours, theirs)]
        assert found[0]["compared"] > 100
        assert found[1] == found[0]
    assert {each.dataset_id for each in emulator.list_datasets()} == set(deliveries)


@pytest.mark.bigquery
def test_the_tables_as_they_were_are_compared_with_what_they_are(
    emulator: bigquery.Client, deliveries: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAD_SCORING_TARGET", "emulator")
    time.sleep(1.5)
    moment = dt.datetime.now(dt.UTC).isoformat()
    time.sleep(1.5)
    rewritten = f"date_sub({START}, interval 400 day)"
    emulator.query(
        f"update later.{HISTORY} set {START} = {rewritten} where mod(RIA_CONTACT_CRD_ID, 3) = 0"
    ).result()
    done = audit("--earlier", f"later@{moment}", "--later", "later", "--json")
    assert done.exit_code == 1, done.output
    assert {f["name"] for f in json.loads(done.stdout)["features"] if f["differing"]}
    assert {each.dataset_id for each in emulator.list_datasets()} == set(deliveries)
