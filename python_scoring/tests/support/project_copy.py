"""A copy of the dbt project that a test may change."""

import shutil
from pathlib import Path

from python_scoring.io.dbt import PROFILES_EXAMPLE

PROJECT = Path(__file__).resolve().parents[3]
_PARTS = ("models", "macros", "seeds", "tests", "analyses", "dbt_project.yml", PROFILES_EXAMPLE)


def copy_project(folder: Path) -> Path:
    """Copy what dbt reads into a new folder, and return the folder."""
    for part in _PARTS:
        source = PROJECT / part
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, folder / part)
        else:
            shutil.copy(source, folder / part)
    return folder
