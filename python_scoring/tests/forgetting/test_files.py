"""Files that name a person: also behind links, and none that cannot be read counts as clean."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from python_scoring.errors import InputError
from python_scoring.forgetting.files import files_that_name, remove_files
from python_scoring.forgetting.person import Person

PERSON = Person(1234567, ())
ROW = "crd,score\n1234567,0.5\n"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    return folder


def test_a_folder_that_is_a_link_is_searched(calls: Path, tmp_path: Path) -> None:
    (calls / "day.csv").write_text(ROW)
    link = tmp_path / "link"
    link.symlink_to(calls)
    assert files_that_name([link], PERSON) == [calls / "day.csv"]


def test_what_a_link_leads_to_is_removed_and_not_the_link_alone(
    calls: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    for name in ("2025-06-30.csv", "2025-07-01.csv"):
        (archive / name).write_text(ROW)
    (calls / "today.csv").symlink_to("../archive/2025-07-01.csv")
    found = files_that_name([calls], PERSON)
    assert found == [archive / "2025-07-01.csv"]
    remove_files(found)
    assert files_that_name([calls], PERSON) == []
    # the folder is searched too, once a link in a place leads there
    (calls / "earlier").symlink_to(archive)
    assert files_that_name([calls], PERSON) == [archive / "2025-06-30.csv"]


def test_links_that_lead_back_or_nowhere_end_the_search(calls: Path) -> None:
    (calls / "day.csv").write_text(ROW)
    (calls / "back").symlink_to(calls)
    (calls / "above").symlink_to(calls.parent)
    (calls / "itself").symlink_to("itself")
    (calls / "gone").symlink_to("was removed")
    assert files_that_name([calls], PERSON) == [calls / "day.csv"]


def test_a_link_into_what_is_left_alone_removes_nothing(calls: Path, tmp_path: Path) -> None:
    delivery = tmp_path / "delivery"
    (delivery / "july").mkdir(parents=True)
    (delivery / "july/lead.csv").write_text(ROW)
    (calls / "lead.csv").symlink_to(delivery / "july/lead.csv")
    (calls / "july").symlink_to(delivery / "july")
    assert files_that_name([calls], PERSON, [delivery]) == []
    with pytest.raises(InputError, match="of which nothing is removed") as told:
        files_that_name([calls / "july"], PERSON, [delivery])
    assert told.value.why
    assert told.value.where == str(calls / "july")
    assert "deliveries" in told.value.fix


def test_a_place_is_searched_whatever_it_holds(calls: Path) -> None:
    """What is within is passed over where others write; a place itself was named."""
    (calls / "package.json").write_text(ROW)
    (calls / "environment").mkdir()
    (calls / "environment/pyvenv.cfg").write_text(ROW)
    assert files_that_name([calls], PERSON) == [calls / "package.json"]


def table_of_many(path: Path) -> bytes:
    table = pa.table({"advisor_crd": range(1_200_000, 1_300_000), "name": ["x"] * 100_000})
    pq.write_table(table, path, row_group_size=20_000)
    return path.read_bytes()


def damaged(content: bytes, start: int) -> bytes:
    """The same bytes but for twenty."""
    return content[:start] + b"\xff" * 20 + content[start + 20 :]


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("day.parquet", table_of_many),
        ("a kept copy", table_of_many),
        ("day.csv.gz", lambda path: gzip.compress(ROW.encode())),
        ("day.csv.gz.1", lambda path: gzip.compress(ROW.encode())),
    ],
)
def test_packed_files_are_read_whatever_they_are_called(
    calls: Path, name: str, made: Callable[[Path], bytes]
) -> None:
    path = calls / name
    path.write_bytes(made(path))
    assert files_that_name([calls], PERSON) == [path]
    assert files_that_name([calls], Person(7654321, ())) == []


@pytest.mark.parametrize(
    ("name", "made", "reason"),
    [
        # as a killed `score --output day.parquet` leaves it
        (f".{'0' * 32}.day.parquet", lambda path: half(table_of_many(path)), "magic bytes"),
        ("day.parquet", lambda path: damaged(table_of_many(path), 5000), "Corrupt"),
        ("day.csv.gz", lambda path: half(gzip.compress(ROW.encode() * 999)), "ended before"),
        ("day.csv.gz", lambda path: damaged(gzip.compress(ROW.encode()), 10), "Error -3"),
        ("day.csv.gz", lambda path: ROW.encode(), "Not a gzipped file"),
    ],
    ids=["cut Parquet", "damaged Parquet", "cut gzip", "damaged gzip", "no gzip"],
)
def test_what_cannot_be_read_to_its_end_does_not_count_as_clean(
    calls: Path, name: str, made: Callable[[Path], bytes], reason: str
) -> None:
    path = calls / name
    path.write_bytes(made(path))
    with pytest.raises(InputError) as told:
        files_that_name([calls], PERSON)
    assert re.search(rf"cannot be read: .*{reason}", told.value.what)
    assert "Success" not in told.value.what
    assert told.value.why
    assert told.value.where == str(path)
    assert "run again" in told.value.fix


def test_a_text_that_is_called_parquet_is_searched_as_text(calls: Path) -> None:
    (calls / "day.parquet").write_text(ROW)
    assert files_that_name([calls], PERSON) == [calls / "day.parquet"]
