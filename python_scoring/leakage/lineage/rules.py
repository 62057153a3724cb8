"""What must not influence a feature, and which exceptions were accepted with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Protocol

from python_scoring.errors import InputError
from python_scoring.leakage.lineage.graph import ALL, ROWS, Graph, Node
from python_scoring.leakage.lineage.inputs.dbt_manifest import Manifest, ManifestNode
from python_scoring.leakage.lineage.names.functions import RUNTIME_TABLE

UNDECLARED = "undeclared"
KINDS = {
    "end_date": "end dates are back-filled: they show in the past what was learnt later",
    "current_state": "today's state has no history: on a past row it is the future",
    "label": "the label is made of it",
    UNDECLARED: "nobody has said whether it was knowable: declare it in the source's yml",
    RUNTIME_TABLE: "the time and chance of a run are not data: the same row would change tomorrow",
    "forbidden": "it was named with --forbid",
}


@dataclass(frozen=True)
class Acceptance:
    """A forbidden column that may decide rows in one model, and why."""

    model: str
    source_column: str
    reason: str


class Rules(Protocol):
    """Says which source columns are forbidden, and which exceptions hold."""

    def forbidden(self, node: Node) -> str | None:
        """Why a source column is forbidden (a key of `KINDS`), None when it is not."""

    def acceptance(self, node: Node, unit: str) -> Acceptance | None:
        """The exception that lets a source column decide rows in a unit, if there is one."""

    def acceptances(self) -> list[Acceptance]:
        """All exceptions."""


@dataclass
class ProjectRules:
    """The lists in `meta` of a dbt project's yml.

    Args:
        kinds: Forbidden columns, and None for those that are declared and allowed.
        defaults: What holds for any other column of a source.
        accepted: Exceptions by unit and source column (lower case).
    """

    kinds: dict[Node, str | None] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    accepted: dict[tuple[str, Node], Acceptance] = field(default_factory=dict)

    def forbidden(self, node: Node) -> str | None:
        """See `Rules`."""
        if node.column == ROWS:
            return None
        if node.relation == RUNTIME_TABLE:
            return RUNTIME_TABLE
        return self.kinds.get(node, self.defaults.get(node.relation))

    def acceptance(self, node: Node, unit: str) -> Acceptance | None:
        """See `Rules`."""
        return self.accepted.get((unit, node))

    def acceptances(self) -> list[Acceptance]:
        """See `Rules`."""
        return list(self.accepted.values())


@dataclass
class GlobRules:
    """Patterns given on the command line, matched without regard to case.

    A pattern with a dot is matched with `table.column`, one without with the column alone.

    Args:
        graph: Tells the names of tables.
        forbid: Patterns of forbidden columns.
        allow: Patterns of exceptions to them.
    """

    graph: Graph
    forbid: Sequence[str]
    allow: Sequence[str] = ()

    def forbidden(self, node: Node) -> str | None:
        """See `Rules`."""
        if node.column == ROWS or any(self._matches(pattern, node) for pattern in self.allow):
            return None
        hit = any(self._matches(pattern, node) for pattern in self.forbid)
        return "forbidden" if hit else None

    def acceptance(self, node: Node, unit: str) -> Acceptance | None:
        """See `Rules`; loose files have no exceptions but `--allow`."""
        return None

    def acceptances(self) -> list[Acceptance]:
        """See `Rules`."""
        return []

    def _matches(self, pattern: str, node: Node) -> bool:
        table, _, column = pattern.lower().rpartition(".")
        label = self.graph.relations[node.relation].label.lower()
        names = [label, label.rpartition(".")[2]]
        if table and not any(fnmatchcase(name, table) for name in names):
            return False
        if node.column == ALL:
            # unknown columns: any of them may be the forbidden one, none is surely the allowed one
            return pattern in self.forbid or column == "*"
        return fnmatchcase(node.column, column)


def project_rules(manifest: Manifest) -> ProjectRules:
    """Collect the lists from the sources' and models' `meta`.

    Raises:
        InputError: Nothing is forbidden at all, or an entry makes no sense.
    """
    rules = ProjectRules()
    sources = [node for node in manifest.nodes.values() if node.kind == "source"]
    for source in sources:
        _add_source(source, rules)
    if not any(rules.kinds.values()) and set(rules.defaults.values()) <= {UNDECLARED}:
        raise InputError(
            "No source column is forbidden.",
            why="Every project would pass the audit.",
            where=str(manifest.target_dir / "manifest.json"),
            fix="Mark columns in the sources' yml: `config: {meta: {forbidden: end_date}}`.",
        )
    by_label = {source.label.lower(): source for source in sources}
    for node in manifest.nodes.values():
        for entry in node.meta.get("accepted_row_influence") or []:
            _add_acceptance(node, entry, by_label, rules)
    return rules


def _add_source(source: ManifestNode, rules: ProjectRules) -> None:
    default = source.meta.get("forbidden_by_default")
    rules.defaults[source.id] = _known_kind(default, source) if default else UNDECLARED
    for name, meta in source.columns.items():
        kind, knowable = meta.get("forbidden"), meta.get("knowable")
        if kind and knowable:
            raise InputError(
                f"{source.label}.{name} is both forbidden and knowable.",
                where=source.path,
                fix="Keep one of the two.",
            )
        allowed = None if knowable else default
        node = Node(source.id, name.lower())
        rules.kinds[node] = _known_kind(kind, source) if kind else allowed


def _known_kind(kind: Any, source: ManifestNode) -> str:
    if kind in ("end_date", "current_state", "label"):
        return str(kind)
    raise InputError(
        f"{source.label}: `{kind}` is no reason to forbid a column.",
        where=source.path,
        fix="Write end_date, current_state or label.",
    )


def _add_acceptance(
    node: ManifestNode,
    entry: Mapping[str, Any],
    sources: Mapping[str, ManifestNode],
    rules: ProjectRules,
) -> None:
    where = f"{node.path}, accepted_row_influence of {node.label}"
    name, reason = str(entry.get("source_column") or ""), str(entry.get("reason") or "").strip()
    if not reason:
        raise InputError(
            f"The exception for {name or 'a column'} has no reason.",
            why="An exception that nobody can judge is a hole.",
            where=where,
            fix="Add `reason:` with what makes it safe.",
        )
    table, _, column = name.rpartition(".")
    source = sources.get(table.lower())
    if source is None and table.lower() != RUNTIME_TABLE:
        raise InputError(
            f"The exception names {name}, which is no column of a source.",
            where=where,
            fix="Write it as source.table.column, as in sources.yml.",
        )
    origin = Node(source.id if source else RUNTIME_TABLE, column.lower())
    rules.accepted[(node.id, origin)] = Acceptance(node.label, name, reason)
