"""Runs the project's own feature SQL in process, on any small world, as often as one likes.

dbt compiles the SQL once; after that a world of a few rows becomes features within milliseconds,
so that properties can be tested over hundreds of worlds.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from python_scoring.errors import LeadScoringError
from python_scoring.features.contract import FEATURE_MODEL
from python_scoring.io.dbt import run_dbt_apart, words_of
from python_scoring.io.project import ROOT


@dataclass(frozen=True)
class CompiledFeatures:
    """A model and its ancestors, compiled for DuckDB.

    Args:
        sources: Source name to its quoted relation and its columns with their SQL types.
        models: Quoted relation and SQL of each model, ancestors first.

    """

    sources: dict[str, tuple[str, dict[str, str]]]
    models: tuple[tuple[str, str], ...]

    @property
    def database(self) -> str:
        """Name of the database that the relations name."""
        return self.models[0][0].split('"')[1]

    def code(self, model: str) -> str:
        """The SQL of a model."""
        return next(code for relation, code in self.models if relation.endswith(f'"{model}"'))


def compile_features(
    scratch: Path, dbt_vars: dict[str, Any], model: str = FEATURE_MODEL, project: Path = Path(ROOT)
) -> CompiledFeatures:
    """Compile a model and its ancestors with dbt.

    Args:
        scratch: Empty folder for dbt's output.
        dbt_vars: Vars that differ from dbt_project.yml.
        model: Name of the model.
        project: Folder of the dbt project.

    Raises:
        LeadScoringError: dbt cannot compile the project.
    """
    done = run_dbt_apart(
        ["compile", "--quiet", "--select", f"+{model}"],
        project=project,
        scratch=scratch,
        environment={"LEAD_SCORING_DB": str(scratch / "worlds.duckdb")},
        dbt_vars=dbt_vars,
    )
    if done.returncode:
        raise LeadScoringError(
            "dbt cannot compile the feature models.",
            where=words_of(done),
            fix="Run `dbt compile` and mend what it says.",
        )
    manifest = json.loads((scratch / "target/manifest.json").read_text(encoding="utf-8"))
    return compiled_models(manifest, model)


def compiled_models(manifest: dict[str, Any], model: str) -> CompiledFeatures:
    """Return a model and its ancestors from the manifest of a build or a compilation."""
    nodes, order = manifest["nodes"], list[str]()

    def visit(node_id: str) -> None:
        # sources and seeds hold rows, and no SQL
        is_model = node_id in nodes and nodes[node_id]["resource_type"] == "model"
        if is_model and node_id not in order:
            for parent in nodes[node_id]["depends_on"]["nodes"]:
                visit(parent)
            order.append(node_id)

    visit(next(key for key, node in nodes.items() if node["name"] == model))
    used = {parent for node_id in order for parent in nodes[node_id]["depends_on"]["nodes"]}
    sources = {
        source["name"]: (
            source["relation_name"],
            {name: column["data_type"] for name, column in source["columns"].items()},
        )
        for key, source in manifest["sources"].items()
        if key in used
    }
    models = [(nodes[key]["relation_name"], nodes[key]["compiled_code"]) for key in order]
    return CompiledFeatures(sources, tuple(models))


class FeatureEngine:
    """An in-memory database that turns worlds into features; not safe to share between threads."""

    def __init__(self, compiled: CompiledFeatures) -> None:
        self._compiled = compiled
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute(f"attach ':memory:' as {compiled.database}")
        for relation, columns in compiled.sources.values():
            schema = relation.rsplit(".", 1)[0]
            self._connection.execute(f"create schema if not exists {schema}")
            declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            self._connection.execute(f"create table {relation} ({declared})")
        for relation, code in compiled.models:
            self._connection.execute(f"create schema if not exists {relation.rsplit('.', 1)[0]}")
            self._connection.execute(f"create table {relation} as {code}")

    def build(
        self,
        world: dict[str, list[dict[str, Any]]],
        archives: Mapping[str, Sequence[dict[str, Any]]] | None = None,
    ) -> pa.Table:
        """Return the rows of the model for a world.

        Args:
            world: Rows of each source by name; columns that a row lacks are null.
            archives: Rows of `registration_arrivals`, `firm_month_arrivals` and
                `firm_figure_arrivals` by their names, as earlier deliveries would have left them.

        Returns:
            The model's rows, ordered by all columns.
        """
        for name, (relation, columns) in self._compiled.sources.items():
            self._connection.execute(f"delete from {relation}")
            rows = world.get(name, [])
            self._insert(relation, {c: [row.get(c) for row in rows] for c in columns})
        for relation, code in self._compiled.models:
            self._connection.execute(f"create or replace table {relation} as {code}")
            if archive := (archives or {}).get(relation.rpartition(".")[2].strip('"')):
                self._insert(relation, {c: [row[c] for row in archive] for c in archive[0]})
        last = self._compiled.models[-1][0]
        return self._connection.sql(f"select * from {last} order by all").to_arrow_table()

    def _insert(self, relation: str, columns: dict[str, list[Any]]) -> None:
        self._connection.register("rows_to_insert", pa.table(columns))
        self._connection.execute(f"insert into {relation} by name select * from rows_to_insert")
