"""The short form of `make test-faults`: each fault a few times, on the commands that are quick."""

import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pytest

from python_scoring.tests.faults.__main__ import parts
from python_scoring.tests.faults.disk import NOT_TRIED, fill_and_forbid
from python_scoring.tests.faults.doors import knock_at, open_doors
from python_scoring.tests.faults.kills import kill_commands
from python_scoring.tests.faults.races import race
from python_scoring.tests.faults.workplace import Tried, Workplace, make_workplace, tree


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return make_workplace(tmp_path_factory.mktemp("workplace"))


def told(rows: Iterable[Tried]) -> list[Tried]:
    """Return rows, none of which holds anything wrong."""
    found = list(rows)
    assert found
    for row in found:
        assert row.outcomes.total() > 0, row.part
        assert not row.wrong, row.to_json()
    return found


def test_every_part_is_found() -> None:
    assert {"disk", "doors", "kills", "races"} <= set(parts())


def test_a_hidden_folder_above_hides_nothing(tmp_path: Path) -> None:
    folder = tmp_path / ".cache/place"
    (folder / ".half").mkdir(parents=True)
    for name in ("seen", ".half/seen", ".unseen"):
        (folder / name).write_bytes(b"x")
    assert tree(folder) == {"seen": b"x"}


def test_a_kill_leaves_the_old_or_the_new(place: Workplace) -> None:
    rows = told(kill_commands(place, 2, 1, {"score", "simulate", "promote", "export-sql"}))
    # as it writes, and twice at a drawn moment
    assert [row.outcomes.total() for row in rows] == [3] * 4


def test_a_full_or_read_only_disk_is_told_and_leaves_nothing(place: Workplace) -> None:
    rows = told(fill_and_forbid(place))
    if any(NOT_TRIED in row.outcomes for row in rows):
        assert not os.environ.get("CI"), f"{NOT_TRIED}; CI proves it, as root or by sudo"
        pytest.skip(NOT_TRIED)


def test_two_at_once_other_clocks_and_returning_process_numbers(place: Workplace) -> None:
    told(race(place, 1))


def test_no_door_breaks(tmp_path: Path) -> None:
    with ExitStack() as stack:
        rows = told(knock_at(open_doors(tmp_path, stack), 40, seed=None))
    assert len(rows) == 7
    assert all(row.outcomes.total() >= 40 for row in rows)
