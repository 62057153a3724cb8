"""Net 2: which source columns influence a feature, read from the SQL itself.

Influence, not selection: a column counts when it stands in an expression, and also when it decides
which rows exist, or how they are grouped and ordered. What cannot be followed is a finding.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from python_scoring.errors import InputError
from python_scoring.leakage.lineage.audit import Audit
from python_scoring.leakage.lineage.graph import Node
from python_scoring.leakage.lineage.inputs.dbt_manifest import Manifest
from python_scoring.leakage.lineage.inputs.dbt_project import ProjectReader, feature_columns
from python_scoring.leakage.lineage.inputs.sql_files import LooseReader, load_schema
from python_scoring.leakage.lineage.names.scopes import Problem
from python_scoring.leakage.lineage.rules import GlobRules, project_rules

DIALECTS = ("bigquery", "duckdb")
DEFAULT_FEATURES = "lead_scoring_features_pit"

__all__ = ["DEFAULT_FEATURES", "DIALECTS", "audit_files", "audit_project"]


def audit_project(
    manifest: Manifest,
    features: str = DEFAULT_FEATURES,
    on_model: Callable[[str], None] = lambda name: None,
) -> Audit:
    """Read every ancestor of a dbt project's feature model.

    Args:
        manifest: The compiled project.
        features: Name of the feature model; its columns with `meta.feature` are audited.
        on_model: Called with each model's name, for a progress bar.

    Raises:
        InputError: The project is not compiled, has no such model, or forbids nothing.
    """
    _check_dialect(manifest.adapter)
    model = manifest.model(features)
    names, rules = feature_columns(model), project_rules(manifest)
    reader = ProjectReader(manifest, on_model)
    relation = reader.relation(model.id)
    for name in names:
        if not relation.may_have(name):
            what = f"The feature {name} is declared, but the SQL does not make it."
            reader.workspace.problems.append(Problem(model.id, 0, what, "Add it, or remove it."))
    return Audit(reader.workspace, rules, {name: Node(model.id, name.lower()) for name in names})


def audit_files(
    files: Sequence[Path],
    dialect: str,
    forbid: Sequence[str],
    allow: Sequence[str] = (),
    schema_file: Path | None = None,
) -> Audit:
    """Read SQL files that no dbt project holds; every column that they end in is audited.

    Args:
        files: The SQL files.
        dialect: `bigquery` or `duckdb`.
        forbid: Patterns of forbidden columns, matched as `rules.GlobRules` says.
        allow: Patterns of exceptions to them.
        schema_file: Columns of the tables that the files read.

    Raises:
        InputError: A file cannot be read, or nothing is forbidden.
    """
    _check_dialect(dialect)
    if not forbid:
        raise InputError(
            "No column is forbidden.",
            why="Any SQL would pass the audit.",
            fix="Name the columns that tell the future: --forbid '*END_DATE*'.",
        )
    reader = LooseReader(files, dialect, load_schema(schema_file))
    outputs = reader.outputs()
    several, features = len(outputs) > 1, dict[str, Node]()
    for output in outputs:
        label = reader.workspace.graph.relations[output.id].label
        for node in output.all_columns(reader.workspace.graph):
            name = reader.workspace.graph.display(node)
            features[f"{label}.{name}" if several else name] = node
    if not features and not reader.workspace.problems:
        raise InputError(
            "The SQL makes no column.",
            why="Nothing would be audited.",
            where=", ".join(str(file) for file in files),
            fix="Give files with a query, `create .. as` or `insert .. select`.",
        )
    return Audit(reader.workspace, GlobRules(reader.workspace.graph, forbid, allow), features)


def _check_dialect(dialect: str) -> None:
    if dialect not in DIALECTS:
        raise InputError(
            f"The SQL dialect {dialect} is not supported.",
            why="Constructs of another dialect would be misread.",
            fix=f"Use one of: {', '.join(DIALECTS)}.",
        )
