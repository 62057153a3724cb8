"""Reads a select list: its outputs with their dependencies, and what its stars stand for."""

from dataclasses import dataclass, field

from sqlglot import exp

from python_scoring.leakage.lineage.clauses.expressions import ExpressionReader, rows_use, value_use
from python_scoring.leakage.lineage.clauses.joins import joined
from python_scoring.leakage.lineage.graph import Influence, Node
from python_scoring.leakage.lineage.names.columns import Use
from python_scoring.leakage.lineage.names.relations import Dependency, Relation
from python_scoring.leakage.lineage.names.scopes import Scope, line_of

WRAPPERS = (exp.ArrayAgg, exp.AnyValue, exp.Bracket, exp.First, exp.Last, exp.Limit, exp.Order)


@dataclass
class Output:
    """One output column: its name, its expression, and all that it depends on."""

    name: str
    expression: exp.Expr
    dependencies: list[Dependency]
    row: Relation | None = None


@dataclass
class Outputs:
    """All output columns in order, and the tables whose unknown columns a star passes on."""

    columns: list[Output] = field(default_factory=list)
    stars: list[tuple[Relation, frozenset[str]]] = field(default_factory=list)


class ProjectionReader:
    """Reads the select list of a query block.

    Args:
        expressions: Reads each expression.
    """

    def __init__(self, expressions: ExpressionReader) -> None:
        self._expressions = expressions

    def read(self, select: exp.Select, scope: Scope) -> Outputs:
        """The outputs of `select`; on DuckDB each alias becomes visible to what follows it."""
        outputs = Outputs()
        for position, projection in enumerate(select.expressions):
            if _is_star(projection):
                self._star(projection, scope, outputs)
            elif projection.find(exp.Columns) is not None:
                text = f"`{projection.sql('duckdb')}` makes columns by a pattern."
                scope.unit.complain(projection, text, "Name the columns.")
            else:
                outputs.columns.append(self._output(projection, position, scope))
        return outputs

    def _output(self, projection: exp.Expr, position: int, scope: Scope) -> Output:
        name = projection.output_name or f"_col_{position}"
        found = self._expressions.read(projection.unalias(), scope, value_use())
        if scope.unit.dialect == "duckdb" and isinstance(projection, exp.Alias):
            scope.aliases[name.lower()] = found
        return Output(name, projection, found, _whole_row(projection, found, scope))

    def _star(self, projection: exp.Expr, scope: Scope, outputs: Outputs) -> None:
        star = projection if isinstance(projection, exp.Star) else projection.find(exp.Star)
        if star is None:
            return
        names = _StarNames(star, line_of(projection))
        for alias, relation in self._star_tables(projection, scope):
            for column in relation.columns:
                node = Node(relation.id, column)
                self._star_column(alias, column, relation, node, names, scope, outputs)
            if relation.has_unknown_columns:
                hidden = names.left_out | names.renamed.keys() | frozenset(relation.columns)
                outputs.stars.append((relation, hidden))

    def _star_tables(self, projection: exp.Expr, scope: Scope) -> list[tuple[str, Relation]]:
        if isinstance(projection, exp.Star):
            return list(scope.sources.items())
        parts = [name.lower() for name in _qualifiers(projection)]
        if len(parts) == 1 and (source := scope.source(parts[0])) is not None:
            return [(parts[0], source)]
        for source in scope.sources.values():
            if (row := source.row_columns.get(parts[-1])) is not None:
                return [(parts[-1], row)]
        source = scope.source(parts[-1]) if len(parts) > 1 else None
        if source is not None:
            return [(parts[-1], source)]
        text = f"`{projection.sql()}`: the fields behind this star are not known."
        scope.unit.complain(projection, text, "Name the fields.")
        return []

    def _star_column(
        self,
        alias: str,
        column: str,
        relation: Relation,
        node: Node,
        names: "_StarNames",
        scope: Scope,
        outputs: Outputs,
    ) -> None:
        if column in names.left_out:
            return
        nodes = [node]
        if names.is_bare and column in scope.merged:
            if any(output.name.lower() == column for output in outputs.columns):
                return  # `using` shows the column once
            nodes = scope.merged[column]
        name = names.renamed.get(column, relation.columns[column])
        use = Use("select *", Influence.VALUE)
        if column in names.replaced:
            found = self._expressions.read(names.replaced[column], scope, value_use())
        else:
            found = [use.of(each, names.line) for each in nodes]
        origin = names.replaced.get(column) or exp.column(column, table=alias)
        plain = exp.alias_(origin.copy(), name)
        row = relation.row_columns.get(column)
        outputs.columns.append(Output(name, plain, found, row))


class _StarNames:
    """What `except`, `replace` and `rename` behind a star say."""

    def __init__(self, star: exp.Star, line: int) -> None:
        self.line = line
        self.is_bare = not isinstance(star.parent, exp.Column)
        self.left_out = frozenset(part.name.lower() for part in star.args.get("except_") or [])
        self.replaced = {part.alias.lower(): part.this for part in star.args.get("replace") or []}
        self.renamed = {
            part.this.name.lower(): part.alias for part in star.args.get("rename") or []
        }


def _qualifiers(star: exp.Expr) -> list[str]:
    """`a.b.*` gives a, b."""
    return [part.name for part in star.parts[:-1]] if isinstance(star, exp.Column) else []


def _is_star(projection: exp.Expr) -> bool:
    is_qualified = isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star)
    return isinstance(projection, exp.Star) or is_qualified


def _whole_row(projection: exp.Expr, found: list[Dependency], scope: Scope) -> Relation | None:
    """The relation whose row this output holds as a struct, as in `array_agg(t order by d)[0]`."""
    inner = projection.unalias()
    while isinstance(inner, WRAPPERS):
        inner = inner.this
    if not isinstance(inner, exp.Column) or isinstance(inner.this, exp.Star):
        return None
    for source in scope.sources.values():
        if not inner.table and inner.name.lower() in source.row_columns:
            return source.row_columns[inner.name.lower()]
    relation = scope.sources.get(inner.name.lower()) if not inner.table else None
    if relation is None or any(each.knows(inner.name) for each in scope.sources.values()):
        return None
    rows = [each for each in found if each.influence is Influence.ROWS]
    return joined(relation, [*rows, rows_use("from").of(relation.rows, line_of(projection))], scope)
