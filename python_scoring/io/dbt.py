"""Runs dbt on the project as a process of its own, so that one run cannot disturb another."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from python_scoring.errors import InputError

PROFILES_EXAMPLE = "profiles.yml.example"
# not -m dbt.cli.main: the package imports that module itself, and Python warns of it
_DBT = "from dbt.cli.main import cli; cli(prog_name='dbt')"
_PLAIN = {"NO_COLOR": "1", "DBT_USE_COLORS": "0"}
# Its words come back with the result; a file of them would take a twentieth of the time.
_NO_LOG = {"DBT_LOG_LEVEL_FILE": "none"}
# Settings of the caller's dbt and of the caller's warehouse; a run in a scratch folder has its own.
_FOREIGN = ("DBT_", "LEAD_SCORING_")


def run_dbt(
    arguments: Sequence[str],
    dbt_vars: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run dbt as the user would in this folder, with the user's profile and environment.

    Args:
        arguments: Command and options, such as `build --select …`.
        dbt_vars: Vars that differ from dbt_project.yml.
        environment: Variables that differ from the user's.

    Returns:
        The ended process; its exit code is the caller's to judge.
    """
    return _run([*arguments, *_vars(dbt_vars)], os.environ | _PLAIN | dict(environment or {}))


def run_dbt_apart(
    arguments: Sequence[str],
    *,
    project: Path,
    scratch: Path,
    environment: Mapping[str, str],
    dbt_vars: Mapping[str, Any] | None = None,
    start_in: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run dbt with everything that it writes in a folder of its own, without the user's settings.

    Args:
        arguments: Command and options.
        project: Folder of the dbt project.
        scratch: Takes target/, and the project's example where it holds no profiles.yml; with
            DBT_LOG_LEVEL_FILE in the environment also logs/.
        environment: Variables that the profile and the sources read.
        dbt_vars: Vars that differ from dbt_project.yml.
        start_in: Folder that relative paths of the environment start from; where None, this one.

    Raises:
        InputError: The folder is no project of ours.
    """
    example = project / PROFILES_EXAMPLE
    if not example.is_file():
        raise InputError(
            f"This folder is no dbt project of ours: it has no {PROFILES_EXAMPLE}.",
            where=str(project),
            fix="Run in the project's folder, or name it with --project-dir.",
        )
    profile = scratch / "profiles.yml"
    if not profile.exists():
        profile.write_bytes(example.read_bytes())
    folders = ["--project-dir", str(project), "--profiles-dir", str(scratch)]
    folders += ["--target-path", str(scratch / "target"), "--log-path", str(scratch / "logs")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return _run(
        [*arguments, *folders, *_vars(dbt_vars)],
        kept | _PLAIN | _NO_LOG | dict(environment),
        start_in,
    )


def words_of(done: subprocess.CompletedProcess[str]) -> str:
    """Return the end of what dbt said, for an error."""
    return (done.stdout + done.stderr).strip()[-3000:]


def _run(
    arguments: Sequence[str], environment: Mapping[str, str], start_in: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _DBT, "--no-use-colors", *arguments]
    return subprocess.run(  # noqa: S603 - our own command, no shell
        command,
        env=dict(environment),
        cwd=start_in,
        capture_output=True,
        text=True,
        check=False,
    )


def _vars(dbt_vars: Mapping[str, Any] | None) -> list[str]:
    return ["--vars", json.dumps(dbt_vars)] if dbt_vars else []
