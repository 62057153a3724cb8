"""`lead-scoring arrivals`: what is counted of two deliveries by hand, and what is refused."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from python_scoring.arrivals.deliveries import Delivery, HeldCounts, compare, starts_by_age
from python_scoring.arrivals.one_delivery import look_at
from python_scoring.cli.main import main
from python_scoring.io.project import ROOT
from python_scoring.simulate.lateness import Lateness
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world
from python_scoring.tests.support.vendor_series import LATEST, PLANTED, write

CURRENT = (
    "RIA_CONTACT_CRD_ID,CONTACT_FIRST_NAME,CONTACT_LAST_NAME,PRIMARY_FIRM_NAME,"
    "LATEST_REGISTERED_EMPLOYMENT_COMPANY_CRD_ID,LATEST_REGISTERED_EMPLOYMENT_START_DATE,"
    "PRODUCING_ADVISOR"
)
PAST = (
    "RIA_CONTACT_CRD_ID,PREVIOUS_REGISTRATION_COMPANY_CRD_ID,"
    "PREVIOUS_REGISTRATION_COMPANY_START_DATE,PREVIOUS_REGISTRATION_COMPANY_END_DATE"
)
Rows = Sequence[tuple[int, int | str, str]]


def arrivals(*arguments: str | Path) -> Result:
    command = ["arrivals", *map(str, arguments), "--project-dir", str(ROOT)]
    return CliRunner().invoke(main, command)


def delivery(folder: Path, current: Rows, past: Rows) -> Path:
    """Write the two tables of registrations: advisor, firm, start."""
    folder.mkdir(parents=True)
    lines = [f"{advisor},A,B,F,{firm},{start},true" for advisor, firm, start in current]
    text = "\n".join([CURRENT, *lines, ""])
    (folder / "ria_contacts_current.csv").write_text(text, encoding="utf-8")
    lines = [f"{advisor},{firm},{start}," for advisor, firm, start in past]
    text = "\n".join([PAST, *lines, ""])
    (folder / "contact_registered_employment_history.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def by_hand(tmp_path: Path) -> tuple[Path, Path]:
    """Advisor 1 moved, 2 was corrected, 3 arrived late, 4 was withdrawn; 5 and 6 are dirt."""
    old = [(n, 7, "2010-05-01") for n in range(10, 40)]
    earlier = delivery(
        tmp_path / "2025-05-31",
        [(1, 7, "2015-01-01"), (2, 8, "2025-05-11"), (4, 7, "2024-01-01"), (5, "", "2025-05-01")],
        old,
    )
    later = delivery(
        tmp_path / "2025-06-30",
        [(1, 8, "2025-06-10"), (2, 8, "2025-05-21"), (3, 9, "2025-05-26"), (6, 9, "2031-01-01")],
        [(1, 7, "2015-01-01"), *old, (10, 7, "2010-05-01"), (5, 7, "1901-01-01")],
    )
    return earlier, later


def test_keys_are_counted_as_by_hand(by_hand: tuple[Path, Path]) -> None:
    """A row that moves from current to history is the same registration."""
    days = (date(2025, 5, 31), date(2025, 6, 30))
    pair = compare(
        Path(ROOT), *(Delivery(folder, day) for folder, day in zip(by_hand, days, strict=True))
    )
    assert (pair.corrected, pair.withdrawn, pair.gap_days) == (1, 1, 30)
    young = [
        (int(age), int(starts), int(held))
        for age, starts, held in zip(
            pair.counts.age, pair.counts.starts, pair.counts.held, strict=True
        )
        if age < 30
    ]
    assert young == [(5, 1, 0), (10, 1, 1)], "the late start, and the corrected one by its new day"
    assert pair.counts.starts.sum() == 1 + 1 + 31
    assert pair.counts.held.sum() == 1 + 31


def test_too_few_starts_cannot_tell(by_hand: tuple[Path, Path], tmp_path: Path) -> None:
    earlier, later = by_hand
    done = arrivals("--earlier", earlier, "--later", later)
    assert done.exit_code == 0
    assert "Cannot tell" in done.output
    done = arrivals("--earlier", earlier, "--later", later, "--out", tmp_path / "curve.csv")
    assert done.exit_code == 2
    assert "bins without a share" in done.stderr
    done = arrivals("--later", later)
    assert "Cannot tell" in done.output


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("series")
    world = build_world(
        WorldRequest(advisors=12_000, leads=10, seed=6, late=Lateness(PLANTED, corrected=0.02))
    )
    for day in (date(2025, 3, 31), LATEST):
        write(world, day, folder)
    prompt = build_world(WorldRequest(advisors=12_000, leads=10, seed=6))
    write(prompt, LATEST, folder / "prompt")
    write(prompt, date(2025, 5, 31), folder / "prompt")
    return folder


def test_a_late_vendor_is_told_with_what_it_means(series: Path, tmp_path: Path) -> None:
    out = tmp_path / "curve.csv"
    pair = ("--earlier", series / "2025-03-31", "--later", series / "2025-06-30")
    done = arrivals(*pair, "--out", out)
    assert done.exit_code == 0, done.output
    assert "The vendor is late: half of all starts are delivered" in done.output
    assert "firm_net_change_12mo" in done.output
    assert "starts corrected" in done.output
    assert out.read_text(encoding="utf-8").startswith("age_days,share_arrived,")
    told = json.loads(arrivals(*pair, "--json").stdout)
    assert told["is_late"]
    assert len(told["points"]) == 24
    assert told["corrected"] > 0


def test_a_prompt_vendor_is_told_as_such(series: Path) -> None:
    folder = series / "prompt"
    done = arrivals("--earlier", folder / "2025-05-31", "--later", folder / "2025-06-30")
    assert done.exit_code == 0, done.output
    assert "The vendor is prompt" in done.output
    done = arrivals("--later", folder / "2025-06-30")
    assert "It does not look late" in done.output


def test_one_delivery_detects_and_estimates_nothing(series: Path) -> None:
    done = arrivals("--later", series / "2025-06-30")
    assert done.exit_code == 0
    assert "It looks late" in done.output
    told = json.loads(arrivals("--later", series / "2025-06-30", "--json").stdout)
    assert told["looks_late"]
    assert told["ratios"][0]["is_thin"]
    assert not told["ratios"][5]["is_thin"]
    done = arrivals("--later", series / "2025-06-30", "--out", "curve.csv")
    assert done.exit_code == 2
    assert "--out and --earlier-day need --earlier" in done.stderr


@pytest.mark.parametrize(("newest_share", "looks_late"), [(1.0, False), (0.65, True)])
def test_a_season_is_not_taken_for_lateness(newest_share: float, looks_late: bool) -> None:
    """Four times as many start in the best month as in the worst, which was half a year ago."""
    ages = np.arange(1_500)
    rng = np.random.default_rng(3)
    starts = rng.poisson(25 - 15 * np.cos(2 * np.pi * ages / 365))
    starts[:30] = starts[:30] * newest_share
    counts = HeldCounts(np.zeros_like(ages), ages, starts, starts)
    seen = look_at(Delivery(Path(), LATEST), counts)
    assert seen.looks_late is looks_late
    assert [ratio.is_thin for ratio in seen.ratios] == [looks_late, *[False] * 5]


def test_prompt_vendors_seldom_look_late(tmp_path: Path) -> None:
    world = build_world(WorldRequest(advisors=8_000, leads=10, seed=12))
    days = [date(2024, month, 28) for month in range(4, 13)]
    seen = [write(world, day, tmp_path) for day in days]
    late = [look_at(one, starts_by_age(Path(ROOT), one)).looks_late for one in seen]
    assert sum(late) == 0


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--earlier", "{series}/2025-06-30", "--later", "{series}/2025-03-31"], "Exchange them"),
        (["--earlier", "{series}/2025-06-30", "--later", "{series}/2025-06-30"], "Exchange them"),
        (["--later", "{series}/prompt"], "The day of the delivery"),
        (["--later", "{series}/2025-02-30"], "The day of the delivery"),
        (["--later", "{series}/2025-01-31"], "no such file"),
        (["--later", "{series}/2025-06-30", "--project-dir", "{series}"], "--project-dir"),
    ],
)
def test_what_cannot_be_used_is_refused_in_parts(
    series: Path, arguments: list[str], problem: str
) -> None:
    words = [word.format(series=series) for word in arguments]
    done = CliRunner().invoke(main, ["arrivals", "--project-dir", str(ROOT), *words])
    assert done.exit_code == 2
    assert problem in done.stderr
    assert "Why it matters:" in done.stderr
    assert "Fix:" in done.stderr


def test_deliveries_of_two_vendors_are_refused(series: Path, tmp_path: Path) -> None:
    other = build_world(WorldRequest(advisors=500, leads=10, seed=7))
    write(other, date(2025, 2, 28), tmp_path)
    done = arrivals("--earlier", tmp_path / "2025-02-28", "--later", series / "2025-06-30")
    assert done.exit_code == 2
    assert "not two deliveries of one vendor" in done.stderr
