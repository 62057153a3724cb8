"""The target that dbt would use, resolved by dbt's own code from the same profile."""

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbt.cli.resolvers import default_profiles_dir
from dbt.config.runtime import load_profile
from dbt.flags import set_from_args
from dbt_common.context import set_invocation_context
from dbt_common.exceptions import DbtBaseException

from python_scoring.errors import WarehouseError

_LAST_WORDS = 300


def credentials_of(target: str) -> Any:
    """Return dbt's credentials of an output of the project's profile.

    Args:
        target: Name of the output.

    Raises:
        WarehouseError: No project here, no profile, no such output, or a variable that it needs.
    """
    set_invocation_context(os.environ)
    project = os.environ.get("DBT_PROJECT_DIR", str(Path.cwd()))
    folder = os.environ.get("DBT_PROFILES_DIR") or str(default_profiles_dir())
    with _explained(target, folder):
        set_from_args(Namespace(PROFILES_DIR=folder), {})
        return load_profile(project, {}, target_override=target).credentials


@contextmanager
def _explained(target: str, folder: str) -> Iterator[None]:
    try:
        yield
    except DbtBaseException as error:
        raise WarehouseError(
            f"dbt cannot resolve the target {target}: {last_words(error)}",
            why="Commands read where dbt builds: project, dataset and credentials are the same.",
            where=f"LEAD_SCORING_TARGET, and profiles.yml in {folder}",
            fix="Run in the project's folder; `dbt debug` says what it misses.",
        ) from error


def last_words(error: Exception) -> str:
    """Return an error of dbt in one line, without its headings."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(line for line in lines if not line.endswith(" Error"))[:_LAST_WORDS]
