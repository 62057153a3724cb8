"""Reads a dbt project into the graph: every ancestor of the feature model, from compiled SQL."""

import csv
from collections.abc import Callable
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from python_scoring.errors import InputError
from python_scoring.leakage.lineage.graph import ROWS, Influence, Node
from python_scoring.leakage.lineage.inputs.dbt_manifest import Manifest, ManifestNode
from python_scoring.leakage.lineage.inputs.source_lines import SqlText
from python_scoring.leakage.lineage.inputs.workspace import Workspace
from python_scoring.leakage.lineage.names.relations import Dependency, Relation, add_edges
from python_scoring.leakage.lineage.names.scopes import Unit

KNOWN_MATERIALIZATIONS = frozenset(
    ("view", "table", "incremental", "ephemeral", "materialized_view", "external")
)
SNAPSHOT_COLUMNS = ("dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to")
KEY_TESTS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "unique": lambda arguments: [arguments["column_name"]],
    "unique_combination": lambda arguments: arguments["columns"],
    "unique_combination_of_columns": lambda arguments: arguments["combination_of_columns"],
}


class ProjectReader:
    """Reads models on demand, each once.

    Args:
        manifest: The project.
        on_model: Called with each model's name before it is read.
    """

    def __init__(
        self, manifest: Manifest, on_model: Callable[[str], None] = lambda name: None
    ) -> None:
        self.workspace = Workspace(manifest.adapter)
        self._manifest = manifest
        self._on_model = on_model
        self._relations: dict[str, Relation] = {}
        self._names = {
            name: node.id for node in manifest.nodes.values() if (name := self._name_of(node))
        }

    def relation(self, node_id: str) -> Relation:
        """The relation of a node; read on first use, with all that it reads."""
        if node_id not in self._relations:
            node = self._manifest.nodes[node_id]
            # an incremental model reads itself: until it is read, any column may be there
            self._relations[node_id] = Relation(node_id, is_open=True)
            self._relations[node_id] = self._read(node)
            self._relations[node_id].keys |= self._tested_keys(node)
        return self._relations[node_id]

    def _read(self, node: ManifestNode) -> Relation:
        if node.kind == "source":
            return self.workspace.leaf(node.id, node.label, node.columns, "declared")
        if node.kind == "seed":
            return self.workspace.leaf(node.id, f"seed.{node.label}", self._header(node), "closed")
        self._on_model(node.label)
        unit = self.workspace.unit(node.id, node.label, self._find_table)
        self._check_config(node, unit)
        if node.raw.get("language") == "python":
            return self._python(node)
        text = SqlText(node.path, self._manifest.compiled_sql(node), str(node.raw["raw_code"]))
        relation = self.workspace.read_query(text, unit)
        if node.kind == "snapshot":
            graph = self.workspace.graph
            every = [_value(each, "snapshot") for each in relation.all_columns(graph)]
            for name in SNAPSHOT_COLUMNS:
                relation.add_column(name, every, graph)
        return relation

    def _python(self, node: ManifestNode) -> Relation:
        """A Python model passes every input to every output, unless its yml declares less."""
        graph = self.workspace.graph
        self.workspace.texts[node.id] = SqlText(node.path, str(node.raw.get("raw_code") or ""))
        relation = Relation(node.id)
        inputs = [self.relation(each) for each in node.depends_on if each in self._manifest.nodes]
        values = [each for source in inputs for each in source.all_columns(graph)]
        rows = [*values, *(source.rows for source in inputs)]
        declared_rows = self._declared(node, node.meta.get("rows_from"))
        deciding = rows if declared_rows is None else declared_rows
        add_edges(graph, relation.rows, [_row(each) for each in deciding])
        for name, meta in node.columns.items():
            declared = self._declared(node, meta.get("reads"))
            read = values if declared is None else declared
            relation.add_column(name, [_value(each, "python") for each in read], graph)
        return relation

    def _declared(self, node: ManifestNode, entries: list[str] | None) -> list[Node] | None:
        """Inputs that a Python model's yml names: `model.column`, or `model` for its rows."""
        if entries is None:
            return None
        labels = {self._manifest.nodes[each].label: each for each in node.depends_on}
        found = []
        for entry in entries:
            label, column = (entry, ROWS) if entry in labels else entry.rsplit(".", 1)
            if label not in labels:
                raise InputError(
                    f"{node.label} declares that it reads {entry}, which is none of its inputs.",
                    where=node.path,
                    fix=f"Name one of: {', '.join(sorted(labels))}.",
                )
            source = self.relation(labels[label])
            is_rows = column == ROWS
            found.append(source.rows if is_rows else source.column(column, self.workspace.graph))
        self.workspace.trusted.append(f"{node.label} reads only {', '.join(entries)} (its yml)")
        return found

    def _find_table(self, table: exp.Table, unit: Unit) -> Relation:
        name = _table_name(table)
        found = self._names.get(name) or self._names.get(name[1:])
        if found is not None:
            return self.relation(found)
        text = f"`{table.sql(unit.dialect)}` is no source, seed or model of the project."
        unit.complain(table, text, "Read it through source() or ref(), declared in a yml.")
        return self.workspace.leaf(f"unknown.{'.'.join(name)}", ".".join(name), (), "open")

    def _name_of(self, node: ManifestNode) -> tuple[str, ...] | None:
        try:
            name = exp.to_table(node.relation_name or "", dialect=self._manifest.adapter)
        except SqlglotError:
            return None
        return _table_name(name) if node.relation_name else None

    def _header(self, seed: ManifestNode) -> list[str]:
        file = self._manifest.project_dir / seed.path
        if not file.is_file():
            return list(seed.columns)
        with file.open(encoding="utf-8", newline="") as lines:
            return next(csv.reader(lines, delimiter=str(seed.config.get("delimiter", ","))), [])

    def _tested_keys(self, node: ManifestNode) -> set[frozenset[str]]:
        keys = set()
        for name, arguments, tested in self._manifest.tests:
            if tested == node.id and name in KEY_TESTS:
                columns = [str(each).lower() for each in KEY_TESTS[name](arguments)]
                keys.add(frozenset(columns))
                self.workspace.trusted.append(
                    f"{node.label} has one row per {', '.join(columns)} (dbt test {name})"
                )
        return keys

    def _check_config(self, node: ManifestNode, unit: Unit) -> None:
        """Whatever changes a model beside its SQL cannot be followed."""
        config = node.config
        if config.get("sql_header"):
            unit.complain(None, "The model has an sql_header.", "Do without it.")
        for hook in ("pre-hook", "post-hook"):
            if config.get(hook):
                text = f"The model has a {hook}, which may change its rows."
                unit.complain(None, text, "Move what it does into the model's SQL.")
        if node.kind == "model" and config.get("materialized") not in KNOWN_MATERIALIZATIONS:
            text = f"The materialization `{config.get('materialized')}` is not known."
            unit.complain(None, text, "Use one of dbt's own.")


def feature_columns(node: ManifestNode) -> list[str]:
    """Columns of the feature model that its yml marks as features.

    Raises:
        InputError: There are none.
    """
    names = [name for name, meta in node.columns.items() if meta.get("feature")]
    if not names:
        raise InputError(
            f"No column of {node.label} is marked as a feature.",
            why="Nothing would be audited.",
            where=node.path,
            fix="Mark the columns in its yml: `config: {meta: {feature: base}}`.",
        )
    return names


def _table_name(table: exp.Table) -> tuple[str, ...]:
    return tuple(part.name.lower() for part in table.parts)


def _value(node: Node, clause: str) -> Dependency:
    return Dependency(node, Influence.VALUE, clause, 0)


def _row(node: Node) -> Dependency:
    return Dependency(node, Influence.ROWS, "python", 0)
