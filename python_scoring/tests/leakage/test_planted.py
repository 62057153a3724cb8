"""The catalogue of leaks fits the project as it is; the full run is `make test-leaks`."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from python_scoring.errors import LeadScoringError
from python_scoring.leakage.planted.catalogue import Leak, Patch, read_catalogue
from python_scoring.leakage.planted.nets import NETS
from python_scoring.leakage.planted.run import Verdict, plant_all
from python_scoring.tests.conftest import PROJECT

CATALOGUE = read_catalogue()


@pytest.mark.parametrize("leak", CATALOGUE, ids=[leak.name for leak in CATALOGUE])
def test_every_leak_can_be_planted(leak: Leak, tmp_path: Path) -> None:
    files = {patch.file for patch in leak.patches}
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / file).exists():
            shutil.copy(PROJECT / file, tmp_path / file)
    leak.plant(tmp_path)
    changed = [
        file
        for file in files
        if not (PROJECT / file).exists()
        or (tmp_path / file).read_text() != (PROJECT / file).read_text()
    ]
    assert set(changed) == files
    # a leak of names that are gone would be an error in every net, and caught by none
    python = [str(tmp_path / file) for file in sorted(files) if file.endswith(".py")]
    if python:
        ruff = str(Path(sys.executable).with_name("ruff"))
        undefined = [ruff, "check", "--isolated", "--select", "F821", *python]
        done = subprocess.run(undefined, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_catalogue_holds_what_the_design_asks_for() -> None:
    assert len(CATALOGUE) >= 26
    assert len({leak.name for leak in CATALOGUE}) == len(CATALOGUE)
    assert all(leak.motive for leak in CATALOGUE)


def test_a_patch_that_no_longer_fits_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "model.sql").write_text("select 1")
    with pytest.raises(LeadScoringError, match="cannot be planted"):
        Patch("model.sql", replace="x", find="select 2").apply(tmp_path)


def test_the_nets_catch_the_predecessors_second_leak_and_nothing_else() -> None:
    """One leak in CI: history without the current registration, and the clean project.

    The tests of the net "perturbation" are part of this suite, and so is a replay on a late vendor;
    that they catch the leak is shown by `make test-leaks`.
    """
    chosen = [leak for leak in CATALOGUE if leak.name == "history_without_the_current_registration"]
    nets = {name: net for name, net in NETS.items() if name not in {"perturbation", "late replay"}}
    verdicts: list[Verdict] = plant_all(PROJECT, chosen, lambda verdict: None, nets)
    clean, leaky = verdicts
    assert set(clean.nets.values()) == {"-"}, clean.nets
    assert leaky.nets["replay"] == "caught"
