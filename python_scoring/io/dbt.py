"""Runs dbt on the project as a process of its own, so that one run cannot disturb another."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from python_scoring.errors import InputError

PROJECT_FILE = "dbt_project.yml"
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


def project_vars(project: Path, needed: Sequence[str]) -> dict[str, Any]:
    """Return the vars that dbt_project.yml declares, by name.

    Args:
        project: Folder of the dbt project.
        needed: Vars that a project of ours has.

    Raises:
        InputError: There is no such file, it is no YAML, or it lacks one of those vars.
    """
    path = project / PROJECT_FILE
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _not_ours(project, f"it has no {PROJECT_FILE}") from error
    except (ValueError, yaml.YAMLError) as error:
        raise InputError(
            f"{PROJECT_FILE} cannot be read: {error}",
            why="What a build would do is written there.",
            where=str(path.resolve()),
            fix="Mend the file, or restore it from version control.",
        ) from error
    declared = found.get("vars") if isinstance(found, dict) else None
    missing = [name for name in needed if name not in (declared or {})]
    if not isinstance(declared, dict) or missing:
        told = f"no var {', '.join(missing)}" if missing else "no vars"
        raise _not_ours(project, f"its {PROJECT_FILE} has {told}")
    return declared


def whole_number(dbt_vars: Mapping[str, Any], name: str) -> int:
    """Return a var that is a whole number.

    Raises:
        InputError: It is none.
    """
    try:
        return int(str(dbt_vars[name]))
    except ValueError as error:
        raise _no_value(dbt_vars, name, "a whole number, such as 30") from error


def day(dbt_vars: Mapping[str, Any], name: str) -> date:
    """Return a var that is a day.

    Raises:
        InputError: It is none.
    """
    try:
        return date.fromisoformat(str(dbt_vars[name]))
    except ValueError as error:
        raise _no_value(dbt_vars, name, "a day, such as 2025-06-30") from error


def _no_value(dbt_vars: Mapping[str, Any], name: str, kind: str) -> InputError:
    return InputError(
        f"The var {name} is {str(dbt_vars[name])!r}, which is no value for it.",
        why="What was meant would be a guess, and the build another one than was asked for.",
        where=f"{PROJECT_FILE}, or the vars of the command",
        fix=f"Give it as {kind}.",
    )


def _not_ours(project: Path, problem: str) -> InputError:
    return InputError(
        f"This folder is no dbt project of ours: {problem}.",
        why="dbt would build something else, or nothing.",
        where=str(project.resolve()),
        fix="Run in the project's folder.",
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
