"""The LookML by a second parser, lookml-parser of npm: `make test-lookml`."""

import json
import shutil
import subprocess
from pathlib import Path

import lkml
import pytest

from python_scoring.tests.looker.conftest import LOOKML

pytestmark = pytest.mark.npm

SCRIPT = Path(__file__).with_name("second_parser.js")
KINDS = ("dimensions", "dimension_groups", "measures")


def second(folder: Path) -> dict[str, int]:
    done = subprocess.run(["node", str(SCRIPT)], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_both_parsers_find_the_same() -> None:
    first = dict.fromkeys((*KINDS, "explores", "errors"), 0)
    for path in LOOKML.rglob("*.lkml"):
        parsed = lkml.load(path.read_text(encoding="utf-8"))
        first["explores"] += len(parsed.get("explores", []))
        for view in parsed.get("views", []):
            for kind in KINDS:
                first[kind] += len(view.get(kind, []))
    assert first["dimensions"] > 200
    assert second(LOOKML) == first


def test_an_error_is_seen(tmp_path: Path) -> None:
    shutil.copytree(LOOKML, tmp_path / "looker")
    view = tmp_path / "looker/views/builds.view.lkml"
    view.write_text(view.read_text().replace("dimension: ", "dimension ", 1), encoding="utf-8")
    assert second(tmp_path / "looker")["errors"] > 0
