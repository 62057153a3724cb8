"""Fills the disk, and forbids writing: each command then says so in four parts, and leaves no half.

The disk is a small tmpfs, filled or made read-only; where mounting is not allowed, that is a row.
In CI it is asked for by sudo, which GitHub's runners have without a password.

    python -m python_scoring.tests.faults.disk
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import click
from click.testing import CliRunner

from python_scoring.cli.main import main as lead_scoring
from python_scoring.tests.faults.workplace import (
    TABLE,
    Tried,
    Workplace,
    make_workplace,
    print_rows,
    tree,
)

FULL, READ_ONLY = "disk full", "read-only folder"
DISK_KB = 64
NOT_TRIED = "not tried: mounting a tmpfs is not allowed here"
FORMER = b"former"
PARTS = ("cannot be written", "Why it matters:", "Where:", "Fix:")


def fill_and_forbid(place: Workplace) -> Iterator[Tried]:
    """Yield a row for each command and fault."""
    for fault in (FULL, READ_ONLY):
        for name, words in _commands(place):
            tried = Tried(name, fault)
            with small_disk(place.folder / "disk") as disk:
                if disk is None:
                    tried.note(NOT_TRIED, good=True)
                else:
                    _try(place, disk, fault, [word.format(disk=disk) for word in words], tried)
            yield tried


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """Yield an empty disk of `DISK_KB`, or None where mounting is not allowed."""
    folder.mkdir(exist_ok=True)
    options = f"size={DISK_KB}k,uid={os.getuid()},gid={os.getgid()}"
    mount = [*_as_root(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        # lazily: what failed may hold its file until it is collected
        subprocess.run([*_as_root(), "umount", "--lazy", str(folder)], check=True)


def _as_root() -> list[str]:
    asked = os.getuid() != 0 and os.environ.get("CI") and shutil.which("sudo")
    return ["sudo", "-n"] if asked else []


def _commands(place: Workplace) -> list[tuple[str, list[str]]]:
    """The commands, with {disk} where they write; those on the built demo where there is one."""
    leads, past = str(place.folder / "leads.parquet"), str(place.folder / "past.parquet")
    world = ["--advisors", "400", "--leads", "200", "--as-of", "2025-06-30", "--seed", "1"]
    promote = ["models", "promote", place.candidate, "--override", "x", "--input", past, *TABLE]
    forbid = ["--dialect", "duckdb", "--forbid", "*end*"]
    sql = place.folder / "features.sql"
    sql.write_text("select " + ", ".join(f"a{i} as c{i}" for i in range(900)) + " from t")
    commands = [
        ("score", ["score", "--input", leads, "--output", "{disk}/out.parquet"]),
        ("score", ["score", "--input", leads, "--output", "{disk}/out.csv"]),
        ("train", ["train", "--input", past, *TABLE, "--out", "{disk}/models"]),
        ("export-sql", ["models", "export-sql", "--out", "{disk}/model.sql"]),
        ("function bundle", ["function", "bundle", "--out", "{disk}/function"]),
        ("simulate", ["simulate", *world, "--out", "{disk}/world"]),
        ("promote", [*promote, "--registry", "{disk}/registry"]),
        ("audit lineage", ["audit", "lineage", "--sql", str(sql), *forbid, "--out", "{disk}/r"]),
    ]
    if place.database:
        commands += [
            ("sync, payload", ["sync", "salesforce", "--out", "{disk}/payload.json"]),
            ("prospects", ["prospects", "--out", "{disk}/calls.csv"]),
            ("report", ["report", "--out", "{disk}/report"]),
        ]
    return commands


def _try(place: Workplace, disk: Path, fault: str, words: list[str], tried: Tried) -> None:
    (disk / "out.parquet").write_bytes(FORMER)
    if "{registry}" in " ".join(words) or f"{disk}/registry" in words:
        _small_registry(place, disk / "registry")
    if fault == FULL:
        with (disk / "filler").open("wb") as filler:
            filler.write(b"x" * 1024 * _free_kb(disk))
    else:
        subprocess.run([*_as_root(), "mount", "-o", "remount,ro", str(disk)], check=True)
    before = tree(disk)
    with patch.dict("os.environ", place.environment(), clear=True):
        done = CliRunner().invoke(lead_scoring, words)
    subprocess.run([*_as_root(), "mount", "-o", "remount,rw", str(disk)], check=True)
    hidden = [path.name for path in disk.rglob(".*")]
    missing = [part for part in PARTS if part not in done.stderr]
    if done.exit_code != 2 or missing or "Traceback" in done.output:
        last = (done.output.strip().splitlines() or ["nothing"])[-1][:200]
        tried.note(f"exit {done.exit_code}, said {last}", good=False)
    elif tree(disk) != before or hidden:
        tried.note(f"left {sorted(set(tree(disk)) - set(before))} {hidden}", good=False)
    else:
        tried.note("told in four parts, nothing half-written", good=True)


def _free_kb(disk: Path) -> int:
    return shutil.disk_usage(disk).free // 1024


def _small_registry(place: Workplace, folder: Path) -> None:
    """A registry on the small disk: its models lie elsewhere, the history is its own."""
    folder.mkdir()
    for version in place.registry.versions():
        (folder / version).symlink_to(place.registry.folder / version)
    shutil.copy(place.registry.folder / "registry.json", folder)


@click.command()
@click.option("--built/--not-built", default=True, help="Also what works on the built demo.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row.")
def main(built: bool, as_json: bool) -> None:
    """Fill the disk under each command, and forbid it to write.

    Exit codes: 0 each told and left nothing, 1 one did not.
    """
    with tempfile.TemporaryDirectory(prefix="disk-") as scratch:
        wrong = print_rows(fill_and_forbid(make_workplace(Path(scratch), built=built)), as_json)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
