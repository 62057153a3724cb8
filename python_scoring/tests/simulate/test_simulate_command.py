"""The command `lead-scoring simulate`: files, refusals, and the demo that it wrote."""

import json
import re
import shlex
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from python_scoring.cli.main import main
from python_scoring.simulate.snapshot.folder import TABLES

DEMO = Path(__file__).parents[3] / "seeds" / "demo"


def simulate(out: Path, *extra: str, seed: int = 7, as_of: str = "2025-06-30") -> Result:
    size = ["--advisors", "400", "--leads", "200", "--seed", str(seed), "--as-of", as_of]
    return CliRunner().invoke(main, ["simulate", "--out", str(out), *size, *extra])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert simulate(tmp_path / name).exit_code == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert set(contents(tmp_path / "one")) == {f"{table}.parquet" for table in TABLES}


@pytest.mark.parametrize("change", [{"seed": 8}, {"as_of": "2025-07-31"}])
def test_other_arguments_write_another_delivery(tmp_path: Path, change: dict[str, str]) -> None:
    simulate(tmp_path / "one")
    simulate(tmp_path / "two", **change)  # type: ignore[arg-type]
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one["lead.parquet"] != two["lead.parquet"]


def test_json_counts_what_was_written(tmp_path: Path) -> None:
    result = simulate(tmp_path / "world", "--json")
    summary = json.loads(result.stdout)
    for table, rows in summary["rows"].items():
        assert pq.read_metadata(tmp_path / "world" / f"{table}.parquet").num_rows == rows
    assert set(summary["rows"]) == set(TABLES)
    assert 0 < summary["mature_positives"] < summary["mature_leads"] < summary["contacted_leads"]


def test_text_names_each_table(tmp_path: Path) -> None:
    result = simulate(tmp_path / "world")
    assert all(table in result.stdout for table in TABLES)
    assert "invented" in result.stdout.lower()


def test_an_earlier_delivery_is_replaced_and_its_readme_stays(tmp_path: Path) -> None:
    simulate(tmp_path / "world", seed=1)
    (tmp_path / "world" / "README.md").write_text("mine", encoding="utf-8")
    assert simulate(tmp_path / "world", seed=2).exit_code == 0
    simulate(tmp_path / "fresh", seed=2)
    replaced = contents(tmp_path / "world")
    assert replaced.pop("README.md") == b"mine"
    assert replaced == contents(tmp_path / "fresh")
    assert {path.name for path in tmp_path.iterdir()} == {"world", "fresh"}, "nothing left beside"


def test_a_folder_with_other_files_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work", encoding="utf-8")
    result = simulate(tmp_path)
    assert result.exit_code == 2
    assert "thesis.docx" in result.stderr
    assert "Fix:" in result.stderr
    assert set(contents(tmp_path)) == {"thesis.docx"}


def test_a_file_as_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = simulate(tmp_path / "file")
    assert result.exit_code == 2
    assert "is a file" in result.stderr


def test_a_folder_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = simulate(tmp_path / "file" / "world")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        (["--as-of", "2024-02-29"], "2024-03-01"),
        (["--as-of", "2029-01-01"], "2028-12-31"),
        (["--as-of", "yesterday"], "--as-of"),
        (["--advisors", "-1"], "--advisors"),
        (["--leads", "0"], "--leads"),
        (["--signal", "-1"], "--signal"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_written(
    tmp_path: Path, extra: list[str], named: str
) -> None:
    result = simulate(tmp_path / "world", *extra)
    assert result.exit_code == 2
    assert named in result.stderr
    assert not (tmp_path / "world").exists()


def test_the_demo_is_what_its_readme_says(tmp_path: Path) -> None:
    """Byte for byte only where the libraries are the same, so ids and sizes are compared."""
    readme = (DEMO / "README.md").read_text(encoding="utf-8")
    found = re.search(r"lead-scoring (simulate --out seeds/demo .*)", readme)
    assert found, "the README names the command"
    arguments = shlex.split(found[1].replace("seeds/demo", str(tmp_path / "demo")))
    assert CliRunner().invoke(main, arguments).exit_code == 0
    for table in TABLES:
        committed, fresh = (
            pq.read_table(folder / f"{table}.parquet") for folder in (DEMO, tmp_path / "demo")
        )
        assert committed.schema == fresh.schema
        assert abs(committed.num_rows - fresh.num_rows) <= 0.01 * fresh.num_rows, table
    committed, fresh = (
        pq.read_table(folder / "lead.parquet", columns=["Id", "OwnerId", "CreatedDate"])
        for folder in (DEMO, tmp_path / "demo")
    )
    assert committed == fresh
    assert sum(path.stat().st_size for path in DEMO.iterdir()) <= 4_000_000
