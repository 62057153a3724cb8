"""The public API of the package: listed, sorted, lazy."""

import subprocess
import sys

import pytest

import python_scoring
from python_scoring import LeadScorer, errors
from python_scoring.scoring import scorer


def test_every_public_name_exists_and_every_error_is_public() -> None:
    names = python_scoring.__all__
    assert names == sorted(names)
    assert {name for name in vars(errors) if name.endswith("Error")} <= set(names)
    assert all(getattr(python_scoring, name) for name in names)
    assert LeadScorer is scorer.LeadScorer


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Scorer'"):
        python_scoring.Scorer  # noqa: B018 - looking it up is the test


def test_importing_the_package_brings_neither_xgboost_nor_pandas() -> None:
    code = "import sys, python_scoring; sys.exit(bool({'xgboost', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
