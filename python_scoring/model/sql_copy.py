"""Keeps the SQL copy of the promoted model, which dbt compiles in, in step with the registry."""

import re
from pathlib import Path
from shlex import quote

import yaml

from python_scoring.errors import InputError
from python_scoring.io.atomic import atomic_file
from python_scoring.model.artifact import Artifact
from python_scoring.model.sql_export import render

SQL_COPY = Path("macros/generated/exported_model.sql")
PROJECT_FILE = "dbt_project.yml"
_VERSION = re.compile(r"macro exported_model_version\(\) -%\}\s+(\S+)")


def renew_sql_copy(artifact: Artifact, project: Path, place: str | None = None) -> str:
    """Write the copy anew where the project scores in SQL; say in one line what is left to do.

    Args:
        artifact: The model that scores from now on.
        project: Folder of the dbt project.
        place: Registry that was named, for the command that the line tells.

    Returns:
        What was done, or is left to do; empty where the copy is of this model already.
    """
    copy, version = project / SQL_COPY, artifact.version
    held = _version_held(copy)
    if held == version:
        return ""
    named = f" --registry {quote(place)}" if place else ""
    command = f"lead-scoring models export-sql {version}{named} --out {SQL_COPY}"
    told = f"{SQL_COPY} is {f'of {held}' if held else 'not there'}"
    if not _scores_in_sql(project):
        return f"Left to do where a build scores in SQL ({told}): {command}"
    try:
        text = render(artifact)
        with atomic_file(copy) as beside:
            beside.write_text(text, encoding="utf-8")
    except InputError as error:
        return f"Left to do, since this project scores in SQL and {told}: {error.what} {error.fix}"
    return f"{SQL_COPY} is of {version} now: commit it, and build."


def _version_held(copy: Path) -> str | None:
    try:
        found = _VERSION.search(copy.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    return found[1] if found else None


def _scores_in_sql(project: Path) -> bool:
    """Whether the project's own vars say so; a run's `--vars` are nobody's to know here."""
    try:
        settings = yaml.safe_load((project / PROJECT_FILE).read_text(encoding="utf-8"))
        return bool(settings["vars"]["scoring_engine"] == "sql")
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError):
        return False
