"""Planted defects, and how a delivery is put in its place."""

import csv
import os
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from python_scoring.cli.main import main
from python_scoring.errors import InputError
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.simulation import build_world, deliver, plant_defects, write_delivery
from python_scoring.simulate.snapshot import folder as snapshot_folder
from python_scoring.simulate.snapshot.defect_catalogue import CATALOGUE, CONTACTS, HISTORY, Row
from python_scoring.simulate.snapshot.folder import TABLES

AS_OF = date(2025, 6, 30)


@pytest.fixture(scope="module")
def clean() -> dict[str, pa.Table]:
    return deliver(build_world(WorldRequest(advisors=2_000, leads=1_000, seed=5)), AS_OF)


def planted(clean: dict[str, pa.Table], rate: float = 0.02) -> tuple[dict[str, pa.Table], pa.Table]:
    return plant_defects(clean, rate, AS_OF, np.random.default_rng(1))


def test_every_defect_is_planted_and_listed_with_its_row(clean: dict[str, pa.Table]) -> None:
    tables, listed = planted(clean)
    entries = listed.to_pylist()
    assert {(e["source_table"], e["defect"]) for e in entries} == {
        (defect.source, defect.name) for defect in CATALOGUE
    }
    assert len(entries) >= 0.019 * sum(clean[name].num_rows for name in TABLES[:4])
    for source in TABLES[:4]:
        rows, before = tables[source].to_pylist(), as_delivered(clean[source])
        changed = {e["row"] for e in entries if e["source_table"] == source}
        unchanged = [row for number, row in enumerate(rows, 1) if number not in changed]
        assert all(as_text(row) in before for row in unchanged), "a good row was touched"
        added = {d.name for d in CATALOGUE if d.source == source and d.is_added}
        more = [e for e in entries if e["source_table"] == source and e["defect"] in added]
        assert len(rows) == clean[source].num_rows + len(more)


def as_text(row: Row) -> str:
    return str([str(float(v)) if isinstance(v, int) else str(v) for v in row.values()])


def as_delivered(table: pa.Table) -> set[str]:
    return {as_text(row) for row in table.to_pylist()}


def test_the_same_seed_plants_the_same(clean: dict[str, pa.Table]) -> None:
    (one, listed), (two, again) = planted(clean), planted(clean)
    assert listed.equals(again)
    for name in (CONTACTS, HISTORY):
        assert one[name].equals(two[name])


@pytest.mark.parametrize("rate", [0.0, -0.1, 0.6, float("nan")])
def test_a_rate_out_of_range_is_refused(clean: dict[str, pa.Table], rate: float) -> None:
    with pytest.raises(InputError, match=r"--defects is .*, but must lie above 0"):
        planted(clean, rate)


def test_a_world_without_enough_good_rows_is_refused(clean: dict[str, pa.Table]) -> None:
    few = clean | {"lead": clean["lead"].slice(0, 10)}
    with pytest.raises(InputError, match=r"rows of lead, and \d+ have nothing amiss"):
        planted(few)


def test_the_command_lists_the_defects_beside_the_tables(tmp_path: Path) -> None:
    arguments = ["--advisors", "2000", "--leads", "1000", "--as-of", "2025-06-30", "--seed", "5"]
    simulate = ["simulate", "--out", str(tmp_path / "world"), *arguments]
    assert CliRunner().invoke(main, [*simulate, "--defects", "0.02"]).exit_code == 0
    with (tmp_path / "world/defects.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert {entry["treatment"] for entry in listed} == {"kept", "left out"}
    assert CliRunner().invoke(main, simulate).exit_code == 0
    assert not (tmp_path / "world/defects.csv").exists(), "a clean delivery has no list"


def test_what_killed_runs_left_is_removed_and_what_runs_is_not(
    tmp_path: Path, clean: dict[str, pa.Table]
) -> None:
    left = tmp_path / ".world-killed00"
    (left / "new").mkdir(parents=True)
    (left / "lock").write_bytes(b"")
    with snapshot_folder._workshop(tmp_path / "world") as running:
        write_delivery(clean, tmp_path / "world")
        assert running.is_dir()
    assert sorted(os.listdir(tmp_path)) == ["world"]


def test_a_run_killed_between_the_renames_loses_no_delivery(
    tmp_path: Path, clean: dict[str, pa.Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The earlier delivery is beside, and the next run, whatever becomes of it, puts it back."""
    write_delivery(clean, tmp_path / "world")
    left = tmp_path / ".world-killed00"
    left.mkdir()
    (left / "lock").write_bytes(b"")
    shutil.move(tmp_path / "world", left / "old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(InputError, match="No space left on device"):
        write_delivery(clean, tmp_path / "world")
    assert sorted(os.listdir(tmp_path)) == ["world"]
    assert {path.stem for path in (tmp_path / "world").iterdir()} == set(TABLES)
