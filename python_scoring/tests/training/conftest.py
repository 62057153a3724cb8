"""The demo's labelled rows, from which the tests of this folder learn."""

from pathlib import Path

import pytest

from python_scoring.dataset.labelled_leads import LabelledTable
from python_scoring.dataset.read import read_training_set


@pytest.fixture(scope="module")
def table(database: Path) -> LabelledTable:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEAD_SCORING_DB", str(database))
        return read_training_set()
