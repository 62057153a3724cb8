"""A copy of the dbt project that a test may change."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from python_scoring.io.dbt import PROFILES_EXAMPLE

PROJECT = Path(__file__).resolve().parents[3]
_PARTS = ("models", "macros", "seeds", "tests", "analyses", "dbt_project.yml", PROFILES_EXAMPLE)
_EVERYTHING = "graph.nodes.values() | map(attribute='name') | list"


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


def allow_parts(project: Path, names: Sequence[str] | None = None) -> None:
    """Let a copy publish although a build has not made and tested everything.

    Args:
        project: The copy.
        names: Nodes that come from elsewhere; all nodes where None.
    """
    made = _EVERYTHING if names is None else str(list(names))
    macros = [
        f"{{% macro {engine}__made_elsewhere() %}} {{{{ return({made}) }}}} {{% endmacro %}}\n"
        for engine in ("duckdb", "bigquery")
    ]
    (project / "macros/made_elsewhere.sql").write_text("".join(macros), encoding="utf-8")
