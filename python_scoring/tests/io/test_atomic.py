"""Files and folders are written whole or not at all, also where the system refuses or kills."""

import errno
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from python_scoring.errors import InputError
from python_scoring.io.atomic import STALE_SECONDS, atomic_file, atomic_folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_two_writers_of_one_target_in_one_process_do_not_share_a_name(tmp_path: Path) -> None:
    """The pid alone was the same in two containers, and after it had come round."""
    target = tmp_path / "out.csv"
    with atomic_file(target) as one, atomic_file(target) as other:
        assert one != other
        assert {one.suffix, other.suffix} == {".csv"}
        one.write_text("one")
        other.write_text("other")
    assert target.read_text() == "one"
    assert names(tmp_path) == {"out.csv"}


def test_what_a_killed_run_left_is_swept_by_the_next_run_of_the_same_target(
    tmp_path: Path,
) -> None:
    old = time.time() - STALE_SECONDS - 60
    left = f".{'0' * 32}.out.csv"
    others = [f".{'0' * 32}.other.csv", ".out.csv", "x.out.csv", f".{'g' * 32}.out.csv"]
    for name in [left, *others]:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (old, old))
    young = tmp_path / f".{'1' * 32}.out.csv"
    young.touch()
    with atomic_file(tmp_path / "out.csv") as beside:
        beside.touch()
    assert names(tmp_path) == {"out.csv", young.name, *others}


def test_folders_of_killed_runs_are_swept_too(tmp_path: Path) -> None:
    left = tmp_path / f".{'0' * 32}.world"
    (left / "deep").mkdir(parents=True)
    (left / "deep" / "part").touch()
    old = time.time() - STALE_SECONDS - 60
    os.utime(left, (old, old))
    with atomic_folder(tmp_path / "world") as beside:
        (beside / "lead.csv").touch()
    assert names(tmp_path) == {"world"}


def test_a_clock_that_was_set_back_sweeps_nothing_that_is_being_written(tmp_path: Path) -> None:
    ahead = time.time() + 10 * STALE_SECONDS
    other = tmp_path / f".{'2' * 32}.out.csv"
    other.touch()
    os.utime(other, (ahead, ahead))
    with atomic_file(tmp_path / "out.csv") as beside:
        beside.touch()
    assert other.exists()


def test_the_content_reaches_the_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def watched(name: str, act: Callable[..., None]) -> Callable[..., None]:
        def call(*arguments: object) -> None:
            told.append(name)
            act(*arguments)

        return call

    for name in ("fsync", "replace", "rename"):
        monkeypatch.setattr(os, name, watched(name, getattr(os, name)))
    with atomic_file(tmp_path / "file") as beside:
        beside.touch()
    assert told == ["fsync", "replace", "fsync"]
    told.clear()
    with atomic_folder(tmp_path / "folder") as beside:
        (beside / "a").touch()
        (beside / "b").touch()
    assert told == ["fsync"] * 3 + ["rename", "fsync"]


@pytest.mark.parametrize(
    ("number", "fix"),
    [
        (errno.ENOSPC, "Free space"),
        (errno.EROFS, "where you may write"),
        (errno.EACCES, "where you may write"),
        (errno.ENAMETOOLONG, "shorter name"),
    ],
)
def test_a_refusal_of_the_system_is_told_in_four_parts(
    tmp_path: Path, number: int, fix: str
) -> None:
    (tmp_path / "out.csv").write_text("former")

    def refused(beside: Path) -> None:
        beside.write_text("half")
        raise OSError(number, "")

    with pytest.raises(InputError) as told, atomic_file(tmp_path / "out.csv") as beside:
        refused(beside)
    assert told.value.what == f"out.csv cannot be written: {os.strerror(number)}."
    assert told.value.why
    assert told.value.where == str(tmp_path / "out.csv")
    assert fix in told.value.fix
    assert (tmp_path / "out.csv").read_text() == "former"
    assert names(tmp_path) == {"out.csv"}


def test_a_folder_that_holds_something_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / "mine").touch()
    with pytest.raises(InputError, match="Directory not empty"), atomic_folder(tmp_path / "world"):
        pass
    assert names(tmp_path) == {"world"}
    assert names(tmp_path / "world") == {"mine"}


@pytest.mark.parametrize("write", [atomic_file, atomic_folder])
def test_a_path_without_a_name_is_refused(
    write: Callable[[Path], AbstractContextManager[Path]],
) -> None:
    said = r"'/' names no file.*\nWhy.*\nWhere.*\nFix"
    with pytest.raises(InputError, match=said), write(Path("/")):
        pass


def test_the_value_of_an_empty_variable_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"'\.' names no file"), atomic_file(Path("")):
        pass
