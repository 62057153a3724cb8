"""A late vendor: what arrives when, what is corrected or withdrawn, and series of deliveries."""

import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.cli.main import main
from python_scoring.errors import InputError
from python_scoring.simulate.days import NEVER
from python_scoring.simulate.lateness import Lateness, parse_curve
from python_scoring.simulate.request import STREAMS, WorldRequest
from python_scoring.simulate.simulation import TABLES, World, build_world, deliver
from python_scoring.simulate.snapshot.defect_catalogue import (
    ADVISOR,
    CONTACTS,
    FIRM_AND_START,
    HISTORY,
)
from python_scoring.simulate.snapshot.folder import REGISTRATION_TRUTH

CURVE = "30:0.25,60:0.5,90:0.75,120:0.9,240:1"
DAYS = (date(2025, 1, 31), date(2025, 3, 31), date(2025, 6, 30))
Key = tuple[int, int, date]
Tables = dict[str, pa.Table]

FIRST_DRAWS = "99dff06441b0d7f0"
"""Of every stream that is older than that of arrivals: worlds are made of these, and they stay."""


@pytest.fixture(scope="module")
def prompt() -> World:
    return build_world(WorldRequest(advisors=2_000, leads=500, seed=8))


@pytest.fixture(scope="module")
def late() -> World:
    lateness = Lateness(parse_curve(CURVE), corrected=0.05, withdrawn=0.03)
    return build_world(WorldRequest(advisors=2_000, leads=500, seed=8, late=lateness))


def keys(tables: Tables) -> set[Key]:
    """Usable registrations of a delivery: advisor, firm, start."""
    found = set()
    for source, firm_and_start in FIRM_AND_START.items():
        columns = tables[source].select([ADVISOR, *firm_and_start]).to_pydict().values()
        rows = zip(*columns, strict=True)
        found |= {row for row in rows if None not in row and row[2] > date(1940, 1, 1)}
    return {key for key in found if key[2] < date(2029, 1, 1)}


def known(world: World, day: date) -> set[Key]:
    """What the truth says that the vendor has on a day."""
    found = set()
    for row in truth_rows(world):
        is_there = row["arrived_date"] <= day < (row["withdrawn_date"] or date.max)
        is_slipped = row["corrected_date"] and row["corrected_date"] > day
        start = row["first_started_date"] if is_slipped else row["started_date"]
        if is_there:
            found.add((row["advisor_crd"], row["firm_crd"], start))
    return found


def truth_rows(world: World) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = deliver(world, DAYS[0])[REGISTRATION_TRUTH].to_pylist()
    return rows


def test_a_prompt_vendor_delivers_what_it_always_did(prompt: World, late: World) -> None:
    """Whole numbers of the streams are the same on every machine, exponentials need not be."""
    older = STREAMS[: STREAMS.index("arrivals")]
    draws = [prompt.request.stream(name).integers(0, 2**32, 4).tolist() for name in older]
    assert hashlib.sha256(str(draws).encode()).hexdigest().startswith(FIRST_DRAWS)
    assert tuple(deliver(prompt, DAYS[-1])) == TABLES
    mine, theirs = prompt.registrations, late.registrations
    for column in ("advisor", "firm", "start", "leave", "exit_known", "dirt"):
        assert np.array_equal(getattr(mine, column), getattr(theirs, column)), column
    assert np.array_equal(mine.arrivals.known, mine.start)
    assert np.array_equal(mine.arrivals.first_start, mine.start)
    assert set(mine.arrivals.corrected) == set(mine.arrivals.withdrawn) == {NEVER}


@pytest.mark.parametrize("day", DAYS)
def test_a_delivery_holds_what_had_arrived_and_nothing_else(late: World, day: date) -> None:
    delivered, truth = keys(deliver(late, day)), known(late, day)
    assert delivered <= truth
    # the rest are starts and firms that are dirt
    assert len(truth - delivered) < 0.01 * len(truth)


def test_the_truth_says_the_planted_delays(late: World) -> None:
    rows = truth_rows(late)
    delays = np.array([(r["arrived_date"] - r["started_date"]).days for r in rows])
    ages = np.array([0, 15, 30, 45, 60, 90, 120, 180, 240])
    arrived = np.mean(delays[:, np.newaxis] <= ages, axis=0)
    assert arrived == pytest.approx([0, 0.125, 0.25, 0.375, 0.5, 0.75, 0.9, 0.95, 1.0], abs=0.02)
    for column, share in (("corrected_date", 0.05), ("withdrawn_date", 0.03)):
        assert np.mean([r[column] is not None for r in rows]) == pytest.approx(share, abs=0.01)
    slips = [
        (r["first_started_date"] - r["started_date"]).days for r in rows if r["corrected_date"]
    ]
    assert 0 < min(map(abs, slips)) <= max(map(abs, slips)) <= 45
    assert min(slips) < 0 < max(slips)
    assert all(r["first_started_date"] <= r["arrived_date"] for r in rows)


def test_lateness_changes_neither_the_truth_nor_the_columns(prompt: World, late: World) -> None:
    first, second = deliver(prompt, DAYS[-1]), deliver(late, DAYS[-1])
    assert first["lead_truth"].equals(second["lead_truth"])
    assert first["firm_historicals"].equals(second["firm_historicals"])
    assert all(first[name].schema == second[name].schema for name in TABLES)
    assert second[HISTORY].num_rows < first[HISTORY].num_rows


def test_an_end_is_not_written_before_the_next_start_has_arrived(late: World) -> None:
    """Whose newest known registration has an end has left the industry."""
    tables = deliver(late, DAYS[1])
    gone = {
        row["RIA_CONTACT_CRD_ID"]
        for row in tables[CONTACTS].to_pylist()
        if row["LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID"] is None
    }
    arrived = {
        (r["advisor_crd"], r["started_date"])
        for r in truth_rows(late)
        if r["arrived_date"] <= DAYS[1]
    }
    ended = [
        row
        for row in tables[HISTORY].to_pylist()
        if row["PREVIOUS_REGISTRATION_COMPANY_END_DATE"]
        and row["RIA_CONTACT_CRD_ID"] not in gone
        and row["PREVIOUS_REGISTRATION_COMPANY_END_DATE"] > DAYS[1] - timedelta(days=300)
    ]
    assert len(ended) > 50
    for row in ended:
        later = [
            start
            for crd, start in arrived
            if crd == row["RIA_CONTACT_CRD_ID"]
            and start > row["PREVIOUS_REGISTRATION_COMPANY_END_DATE"]
        ]
        assert later, row


curves = st.lists(
    st.tuples(st.integers(0, 700), st.integers(1, 99)),
    max_size=5,
    unique_by=(lambda p: p[0], lambda p: p[1]),
).map(lambda points: (sorted(p[0] for p in points), sorted(p[1] / 100 for p in points)))


@settings(max_examples=100)
@given(curves)
def test_so_many_are_delivered_by_each_age_as_the_curve_says(
    points: tuple[list[int], list[float]],
) -> None:
    ages, shares = points
    late = Lateness((*zip(ages, shares, strict=True), (800, 1.0)))
    draws = (np.arange(20_000) + 0.5) / 20_000
    delays = late.delays(draws)
    for age in (0, 1, 30, 365, *ages, 800):
        told = float(late.delivered_by(np.array([age]))[0])
        assert np.mean(delays <= age) == pytest.approx(told, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "point 1, '', is not AGE:SHARE"),
        ("30", "point 1, '30', is not AGE:SHARE"),
        ("30:0.5,60", "point 2"),
        ("-1:0.5,60:1", "point 1"),
        ("1.5:0.5,60:1", "point 1"),
        ("30:nan,60:1", "point 1"),
        ("30:1e-1,60:1", "point 1"),
        ("30:0,60:1", "does not lie above 0"),
        ("30:0.5,60:1.5", "does not lie above 0"),
        ("30:0.5,20:1", "do not both rise"),
        ("30:0.5,30:1", "do not both rise"),
        ("30:0.5,60:0.5,90:1", "do not both rise"),
        ("30:0.5,60:0.9", "the last share is 0.9, not 1"),
        ("30:0.5,9999:1", "beyond 3650 days"),
    ],
)
def test_a_curve_that_is_none_is_refused_in_four_parts(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        parse_curve(text)
    assert caught.value.why
    assert caught.value.where
    assert caught.value.fix


@pytest.mark.parametrize("share", [-0.1, 0.51, float("nan"), float("inf")])
@pytest.mark.parametrize("name", ["corrected", "withdrawn"])
def test_a_share_out_of_range_is_refused(name: str, share: float) -> None:
    with pytest.raises(InputError, match=f"--{name} is .*, but must lie between 0 and 0.5"):
        Lateness(**{name: share})  # type: ignore[arg-type]


def simulate(out: Path, *extra: str) -> Result:
    size = ["--advisors", "300", "--leads", "100", "--seed", "5", "--as-of", "2025-05-31"]
    return CliRunner().invoke(main, ["simulate", "--out", str(out), *size, *extra])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_series_is_the_same_world_on_each_day(tmp_path: Path) -> None:
    late = ("--late", CURVE, "--corrected", "0.02", "--withdrawn", "0.01")
    done = simulate(tmp_path / "series", *late, "--deliveries", "4")
    assert done.exit_code == 0, done.output
    assert sorted(p.name for p in (tmp_path / "series").iterdir()) == [
        "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31",
    ]  # fmt: skip
    assert simulate(tmp_path / "one", *late, "--as-of", "2025-02-28").exit_code == 0
    assert contents(tmp_path / "series/2025-02-28") == contents(tmp_path / "one")
    assert f"{REGISTRATION_TRUTH}.parquet" in contents(tmp_path / "one")
    again = simulate(tmp_path / "series", *late, "--deliveries", "4")
    assert again.exit_code == 0, "the same series may be written again"


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        (["--late", "soon"], "--late soon"),
        (["--corrected", "0.9"], "--corrected"),
        (["--withdrawn", "nan"], "--withdrawn"),
        (["--deliveries", "0"], "--deliveries is 0"),
        (["--deliveries", "61"], "--deliveries is 61"),
        (["--deliveries", "17"], "--deliveries 17 would begin on 2024-01-31"),
    ],
)
def test_a_bad_request_is_refused_before_anything_is_written(
    tmp_path: Path, extra: list[str], named: str
) -> None:
    done = simulate(tmp_path / "world", *extra)
    assert done.exit_code == 2
    assert named in done.stderr
    for part in ("Why it matters:", "Fix:"):
        assert part in done.stderr
    assert not (tmp_path / "world").exists()


def test_a_series_does_not_go_where_something_else_lies(tmp_path: Path) -> None:
    (tmp_path / "series" / "2024-12-31").mkdir(parents=True)
    done = simulate(tmp_path / "series", "--deliveries", "2")
    assert done.exit_code == 2
    assert "none of these deliveries: 2024-12-31" in done.stderr
    assert len(list((tmp_path / "series").iterdir())) == 1
