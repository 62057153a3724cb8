"""Files that name a person: also behind links, and none that cannot be read counts as clean."""

from pathlib import Path

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
