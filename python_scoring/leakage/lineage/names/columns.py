"""Resolves a column's name to the nodes that it can mean.

Where a name can mean several things and the schema does not decide, all of them are returned:
too much influence shows as a false alarm that a schema settles, too little would be a leak missed.
"""

from dataclasses import dataclass

from sqlglot import exp

from python_scoring.leakage.lineage.graph import Influence, Node
from python_scoring.leakage.lineage.names.relations import Dependency, Relation
from python_scoring.leakage.lineage.names.scopes import Scope, line_of

NAME_THE_TABLE = "Write the table's alias before the column, or give the table's columns."


@dataclass(frozen=True, slots=True)
class Use:
    """What an expression is used for: the clause it stands in, and what it decides there.

    `aliases_first` is set in the clauses that come after the select list (group by, having,
    qualify, order by), where a select-list alias may hide a column.
    """

    clause: str
    influence: Influence
    aliases_first: bool = False

    def deciding_rows(self, clause: str) -> "Use":
        """The same clause, for a part of the expression that decides rows."""
        return Use(clause, Influence.ROWS, self.aliases_first)

    def of(self, node: Node, line: int) -> Dependency:
        """A dependency on `node` through this use."""
        return Dependency(node, self.influence, self.clause, line)

    def of_alias(self, dependency: Dependency, line: int) -> Dependency:
        """What a select-list alias depends on, through this use."""
        if self.influence is Influence.ROWS:
            return dependency.as_rows(self.clause, line)
        return dependency


def resolve_column(column: exp.Column, scope: Scope, use: Use) -> list[Dependency]:
    """All that a column reference depends on; a problem is reported when it means nothing."""
    parts = [part.name for part in column.parts]
    line = line_of(column)
    if isinstance(column.this, exp.Star):
        return [use.of(node, line) for node in _row_nodes(parts[:-1], column, scope)]
    if parts[0].lower() in scope.local_names:
        return []
    if len(parts) > 1:
        return [use.of(node, line) for node in _qualified(parts, column, scope)]
    return _bare(parts[0], column, scope, use)


def whole_rows(scope: Scope) -> list[Node]:
    """Every column of every table of the innermost query."""
    graph = scope.unit.graph
    return [node for source in scope.sources.values() for node in source.all_columns(graph)]


def _row_nodes(parts: list[str], column: exp.Column, scope: Scope) -> list[Node]:
    source = scope.source(parts[-1])
    if source is not None:
        return source.all_columns(scope.unit.graph)
    return _qualified(parts, column, scope) if len(parts) > 1 else _unresolved(column, scope)


def _qualified(parts: list[str], column: exp.Column, scope: Scope) -> list[Node]:
    graph = scope.unit.graph
    for position in (0, len(parts) - 2):
        source = scope.source(parts[position])
        if source is not None and position + 1 < len(parts):
            return _of_source(source, parts[position + 1 :], column, scope)
    struct = _known(parts[0], scope) or _maybe(parts[0], scope)
    fields = [source.row_columns.get(parts[0].lower()) for source in scope.sources.values()]
    rows = [each for each in fields if each is not None and each.may_have(parts[1])]
    if rows:
        return [each.column(parts[1], graph) for each in rows]
    return struct or _unresolved(column, scope)


def _of_source(source: Relation, parts: list[str], column: exp.Column, scope: Scope) -> list[Node]:
    row = source.row_columns.get(parts[0].lower())
    if row is not None and len(parts) > 1 and row.may_have(parts[1]):
        return [row.column(parts[1], scope.unit.graph)]
    if source.may_have(parts[0]) or source.element is not None:
        return [source.column(parts[0], scope.unit.graph)]
    return _unresolved(column, scope)


def _bare(name: str, column: exp.Column, scope: Scope, use: Use) -> list[Dependency]:
    line = line_of(column)
    known, alias = _known(name, scope), scope.aliases.get(name.lower())
    listed = all(_is_listed(source) for source in scope.sources.values())
    elsewhere = listed and scope.parent is not None and _known_outside(name, scope.parent)
    settled = known or elsewhere or (alias is not None and (use.aliases_first or listed))
    hidden = [] if settled else _maybe(name, scope)
    if not known and not hidden and alias is None:
        return _outside(name, column, scope, use)
    if len(known or hidden) > 1 and name.lower() not in scope.merged:
        _ambiguous(column, scope)
    found = [use.of(node, line) for node in known + hidden]
    if alias is not None and (use.aliases_first or not known):
        found += [use.of_alias(dependency, line) for dependency in alias]
    # an inner table of unknown columns may lack the name: then an outer table's column is meant
    outer = _anywhere(name, scope.parent) if hidden else []
    return found + [use.of(node, line) for node in outer]


def _outside(name: str, column: exp.Column, scope: Scope, use: Use) -> list[Dependency]:
    """A name that no table of this query has: a whole row, or a column of an outer query."""
    line = line_of(column)
    row = scope.sources.get(name.lower())
    if row is not None:
        return [use.of(node, line) for node in row.all_columns(scope.unit.graph)]
    elements = [each.element for each in scope.sources.values() if each.element is not None]
    if elements:
        return [use.of(node, line) for node in elements]
    if scope.parent is not None:
        return _bare(name, column, scope.parent, use)
    return [use.of(node, line) for node in _unresolved(column, scope)]


def _anywhere(name: str, scope: Scope | None) -> list[Node]:
    if scope is None:
        return []
    here = _known(name, scope) or _maybe(name, scope)
    return here + _anywhere(name, scope.parent)


def _known_outside(name: str, scope: Scope) -> bool:
    inner = bool(_known(name, scope))
    return inner or (scope.parent is not None and _known_outside(name, scope.parent))


def _known(name: str, scope: Scope) -> list[Node]:
    if name.lower() in scope.merged:
        return scope.merged[name.lower()]
    graph = scope.unit.graph
    return [each.column(name, graph) for each in scope.sources.values() if each.knows(name)]


def _maybe(name: str, scope: Scope) -> list[Node]:
    graph = scope.unit.graph
    return [each.column(name, graph) for each in scope.sources.values() if each.may_have(name)]


def _is_listed(source: Relation) -> bool:
    """Whether a name that is not among the known columns is most likely no column at all."""
    stars_are_listed = all(_is_listed(relation) for relation, _ in source.stars)
    return stars_are_listed and (source.is_declared or not source.is_open)


def _ambiguous(column: exp.Column, scope: Scope) -> None:
    what = f"`{column.sql()}` can be a column of several tables, and no schema says of which."
    scope.unit.complain(column, what, NAME_THE_TABLE)


def _unresolved(column: exp.Column, scope: Scope) -> list[Node]:
    what = f"`{column.sql()}` is a column of no table in sight."
    scope.unit.complain(column, what, NAME_THE_TABLE)
    return []
