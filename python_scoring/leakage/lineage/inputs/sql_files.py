"""Reads SQL files that no dbt project holds: they make tables, and may read each other's."""

import json
from collections.abc import Sequence
from pathlib import Path

import yaml
from sqlglot import exp

from python_scoring.errors import InputError
from python_scoring.leakage.lineage.graph import RelationInfo
from python_scoring.leakage.lineage.inputs.source_lines import SqlText
from python_scoring.leakage.lineage.inputs.workspace import Workspace
from python_scoring.leakage.lineage.names.relations import Relation
from python_scoring.leakage.lineage.names.scopes import Unit

Schema = dict[str, list[str]]


class LooseReader:
    """Reads SQL files into one workspace.

    Args:
        files: The files; a bare query makes a table named as its file.
        dialect: Their SQL dialect.
        schema: Known columns by table (lower case).
    """

    def __init__(self, files: Sequence[Path], dialect: str, schema: Schema) -> None:
        self.workspace = Workspace(dialect)
        self._schema = schema
        self._relations: dict[str, Relation] = {}
        self._queries: dict[str, list[tuple[exp.Expr, Unit]]] = {}
        self._read_by_others: set[str] = set()
        for file in files:
            self._register(file)

    def outputs(self) -> list[Relation]:
        """Relations of the tables that no other table reads: what the files are for."""
        for name in list(self._queries):
            self._relation(name)
        last = [name for name in self._queries if name not in self._read_by_others]
        return [self._relations[name] for name in last or self._queries]

    def _register(self, file: Path) -> None:
        unit = self.workspace.unit(str(file), file.name, self._find_table)
        statements = self.workspace.parse(_read_text(file), unit)
        for statement in statements:
            name, query = _target(statement, file)
            if query is None:
                text = f"`{statement.key}` is not followed."
                fix = "Keep queries, `create .. as` and `insert .. select`."
                unit.complain(statement, text, fix)
            else:
                self._queries.setdefault(name, []).append((query, unit))

    def _relation(self, name: str) -> Relation:
        if name not in self._relations:
            parts = self._queries[name]
            self._relations[name] = Relation(f"table {name}", is_open=True)
            query, unit = parts[0]
            self.workspace.graph.relations[f"table {name}"] = RelationInfo(unit.id, name)
            if len(parts) > 1:
                text = f"`{name}` is made by more than one statement."
                unit.complain(parts[1][0], text, "Make it one query, with `union all`.")
            relation = Relation(f"table {name}")
            self._relations[name] = self.workspace.read_into(query, relation, unit)
        return self._relations[name]

    def _find_table(self, table: exp.Table, unit: Unit) -> Relation:
        if isinstance(table.this, exp.Func):
            return self._file(table)
        name = table.name.lower()
        if name in self._queries:
            self._read_by_others.add(name)
            return self._relation(name)
        return self._leaf(name, ".".join(part.name for part in table.parts))

    def _file(self, table: exp.Table) -> Relation:
        """`read_parquet('folder/leads.parquet')` is the table `leads`."""
        literal = table.this.find(exp.Literal)
        stem = Path(literal.name).stem if literal is not None else table.this.key
        return self._leaf(stem.lower(), stem)

    def _leaf(self, name: str, label: str) -> Relation:
        leaf_id = f"source {label.lower()}"
        if leaf_id not in self._relations:
            columns = self._schema.get(label.lower()) or self._schema.get(name)
            kind = "open" if columns is None else "closed"
            self._relations[leaf_id] = self.workspace.leaf(leaf_id, label, columns or (), kind)
        return self._relations[leaf_id]


def load_schema(file: Path | None) -> Schema:
    """Read known columns: a mapping of table to its columns (a list, or a mapping to types).

    Raises:
        InputError: The file cannot be read as that.
    """
    if file is None:
        return {}
    try:
        text = file.read_text(encoding="utf-8")
        content = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
        return {str(table).lower(): [str(c) for c in columns] for table, columns in content.items()}
    except (OSError, ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise InputError(
            f"The schema cannot be read: {str(error).splitlines()[0]}",
            where=str(file),
            fix="Write a mapping of each table to the list of its columns, as YAML or JSON.",
        ) from error


def _read_text(file: Path) -> SqlText:
    try:
        return SqlText(str(file), file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The SQL file cannot be read: {error}.",
            where=str(file),
            fix="Give a text file in UTF-8.",
        ) from error


def _target(statement: exp.Expr, file: Path) -> tuple[str, exp.Expr | None]:
    """The table that a statement fills, and the query that fills it (None when it is neither)."""
    if isinstance(statement, exp.Query):
        return file.stem.lower(), statement
    is_table = isinstance(statement, exp.Create) and statement.kind in ("TABLE", "VIEW")
    query = statement.args.get("expression")
    if (is_table or isinstance(statement, exp.Insert)) and isinstance(query, exp.Query):
        table = statement.find(exp.Table)
        return (table.name.lower() if table is not None else ""), query
    return "", None
