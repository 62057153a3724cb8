"""Reads a query: select blocks, set operations, CTEs (recursive ones too), into the graph."""

from dataclasses import replace
from itertools import groupby

from sqlglot import exp

from python_scoring.leakage.lineage.clauses.expressions import (
    ExpressionReader,
    ReadQuery,
    rows_use,
    value_use,
)
from python_scoring.leakage.lineage.clauses.joins import JoinReader
from python_scoring.leakage.lineage.clauses.projections import Outputs, ProjectionReader
from python_scoring.leakage.lineage.clauses.set_operations import read_set_operation
from python_scoring.leakage.lineage.clauses.tables import TableReader, check_parts, rename_columns
from python_scoring.leakage.lineage.names.keys import is_aggregate, keys_of_select, partition_of
from python_scoring.leakage.lineage.names.relations import Dependency, Relation, add_edges
from python_scoring.leakage.lineage.names.scopes import Scope, Unit, line_of

SELECT_PARTS = frozenset(
    [
        "with_",
        "kind",
        "expressions",
        "hint",
        "distinct",
        "from_",
        "laterals",
        "joins",
        "where",
        "group",
        "having",
        "qualify",
        "windows",
        "order",
        "limit",
        "offset",
        "sample",
    ]
)


class QueryReader:
    """Reads the queries of one unit into its graph."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        read: ReadQuery = self.read
        self._expressions = ExpressionReader(read)
        self._tables = TableReader(self._expressions, read)
        self._joins = JoinReader(self._tables, self._expressions)
        self._projections = ProjectionReader(self._expressions)

    def read_into(self, query: exp.Expr, target: Relation) -> Relation:
        """Read a query of the unit into a relation."""
        return self.read(query, Scope(self._unit), target)

    def read(self, query: exp.Expr, outer: Scope, target: Relation | None = None) -> Relation:
        """Read any query.

        Args:
            query: A select, set operation, or either in brackets.
            outer: Where the query stands; its tables may be named by correlated columns.
            target: The relation to fill; a new one by default.

        Returns:
            The relation that the query makes.
        """
        scope = self._with_ctes(query, outer)
        if target is None:
            target = self._unit.new_relation(query.alias or f"subquery in line {line_of(query)}")
        if isinstance(query, exp.Select):
            self._select(query, scope, target)
        elif isinstance(query, exp.SetOperation):
            self._set_operations(query, scope, target)
        elif isinstance(query, exp.Subquery):
            self._bracketed(query, scope, target)
        elif isinstance(query, exp.Values):
            self._pass(self._tables.read(query, scope)[1], query, target)
        else:
            self._unit.complain(query, f"`{query.key}` is no query.", "Write it as a select.")
            target.is_open = True
        return target

    def _set_operations(self, query: exp.SetOperation, scope: Scope, target: Relation) -> None:
        """Read `a union b union c ..` from the left, however many there are.

        Unions of one kind in a row fill one relation: a chain of them would be as deep as it is
        long.
        """
        chain = [query]
        while isinstance(inner := chain[-1].this, exp.SetOperation) and not inner.args.get("with_"):
            chain.append(inner)
        left = self.read(chain[-1].this, scope)
        runs = [list(run) for _, run in groupby(reversed(chain), _kind_of_union)]
        for run in runs:
            whole = run is runs[-1]
            into = target if whole else self._unit.new_relation(f"line {line_of(run[0])}")
            for operation in run:
                read_set_operation(operation, scope, into, left, self.read)
                inside = Scope(self._unit, scope, scope.ctes, {"": into})
                self._order_and_limit(operation, inside, into)
                left = into

    def _bracketed(self, query: exp.Subquery, scope: Scope, target: Relation) -> None:
        modified = any(query.args.get(part) for part in ("order", "limit", "offset"))
        if not modified:
            self.read(query.this, scope, target)
            return
        inner = self.read(query.this, scope)
        self._pass(inner, query, target)
        self._order_and_limit(query, Scope(self._unit, scope, scope.ctes, {"": inner}), target)

    def _pass(self, inner: Relation, query: exp.Expr, target: Relation) -> None:
        graph, line, use = self._unit.graph, line_of(query), value_use()
        for name, spelled in inner.columns.items():
            target.add_column(spelled, [use.of(inner.column(name, graph), line)], graph)
        target.stars = [(inner, frozenset(inner.columns))] if inner.has_unknown_columns else []
        add_edges(graph, target.rows, [rows_use("from").of(inner.rows, line)])

    def _with_ctes(self, query: exp.Expr, outer: Scope) -> Scope:
        clause = query.args.get("with_")
        if clause is None:
            return outer
        check_parts(clause, frozenset(("expressions", "recursive")), outer)
        scope = replace(outer, ctes=dict(outer.ctes))
        for cte in clause.expressions:
            parts = frozenset(("this", "alias", "materialized"))
            check_parts(cte, parts, scope)
            scope.ctes[cte.alias.lower()] = self._cte(
                cte, bool(clause.args.get("recursive")), scope
            )
        return scope

    def _cte(self, cte: exp.CTE, recursive: bool, scope: Scope) -> Relation:
        relation = self._unit.new_relation(cte.alias)
        query = cte.this.unnest() if isinstance(cte.this, exp.Subquery) else cte.this
        if not recursive or not isinstance(query, exp.SetOperation):
            return rename_columns(self.read(cte.this, scope, relation), cte.args["alias"], scope)
        return self._recursive_cte(cte, query, relation, scope)

    def _recursive_cte(
        self, cte: exp.CTE, query: exp.SetOperation, relation: Relation, scope: Scope
    ) -> Relation:
        """Inside its own second part the name stands for the result: a cycle in the graph."""
        names = [column.name for column in cte.args["alias"].columns]

        def make_visible(partial: Relation) -> Scope:
            return replace(scope, ctes={**scope.ctes, cte.alias.lower(): partial})

        left = self.read(query.this, scope)
        read_set_operation(
            query, scope, relation, left, self.read, names=names, recursion=make_visible
        )
        inside = Scope(self._unit, scope, scope.ctes, {"": relation})
        self._order_and_limit(query, inside, relation)
        return relation

    def _select(self, select: exp.Select, outer: Scope, target: Relation) -> None:
        check_parts(select, SELECT_PARTS, outer)
        graph = self._unit.graph
        scope = Scope(self._unit, outer, outer.ctes)
        scope.windows = {w.name.lower(): w for w in select.args.get("windows") or []}
        rows = self._joins.read_from(select, scope)
        outputs = self._projections.read(select, scope)
        rows += self._where(select, scope)
        scope.aliases = {each.name.lower(): each.dependencies for each in outputs.columns}
        rows += self._grouping(select, outputs, scope)
        rows += self._distinct(select, outputs, scope)
        rows += _unnested(outputs)
        add_edges(graph, target.rows, rows)
        self._order_and_limit(select, scope, target, outputs)
        for output in outputs.columns:
            target.add_column(output.name, output.dependencies, graph)
            if output.row is not None:
                target.row_columns[output.name.lower()] = output.row
        self._describe(select, outputs, scope, target)

    def _describe(
        self, select: exp.Select, outputs: Outputs, scope: Scope, target: Relation
    ) -> None:
        named = [(each.name, each.expression) for each in outputs.columns]
        target.stars = outputs.stars
        target.keys = keys_of_select(select, named, scope, hidden=bool(outputs.stars))
        for name, expression in named:
            if (partition := partition_of(expression, named)) is not None:
                target.ranks[name.lower()] = partition
        if len(outputs.stars) > 1:
            text = "`select *` over several tables whose columns are not known."
            self._unit.complain(select, text, "Name the columns, or give the tables' columns.")

    def _where(self, select: exp.Select, scope: Scope) -> list[Dependency]:
        where = select.args.get("where")
        return self._expressions.read(where.this, scope, rows_use("where")) if where else []

    def _grouping(self, select: exp.Select, outputs: Outputs, scope: Scope) -> list[Dependency]:
        found: list[Dependency] = []
        group = select.args.get("group")
        if group is not None:
            found += self._positions(group.expressions, outputs, scope, "group by")
            for part in ("grouping_sets", "cube", "rollup"):
                sets = group.args.get(part) or []
                found += self._expressions.read_all(sets, scope, rows_use("group by"))
            if group.args.get("all"):
                plain = [each for each in outputs.columns if not is_aggregate(each.expression)]
                line = line_of(select)
                found += [d.as_rows("group by", line) for each in plain for d in each.dependencies]
                found += self._behind_stars(outputs, "group by", line)
        for clause in ("having", "qualify"):
            if (condition := select.args.get(clause)) is not None:
                use = rows_use(clause, aliases_first=True)
                found += self._expressions.read(condition.this, scope, use)
        return found

    def _distinct(self, select: exp.Select, outputs: Outputs, scope: Scope) -> list[Dependency]:
        distinct = select.args.get("distinct")
        if distinct is None:
            return []
        if (on := distinct.args.get("on")) is not None:
            return self._positions(on.expressions, outputs, scope, "distinct on")
        found = self._behind_stars(outputs, "distinct", line_of(select))
        every = [each for output in outputs.columns for each in output.dependencies]
        return found + [each.as_rows("distinct", each.line) for each in every]

    def _behind_stars(self, outputs: Outputs, clause: str, line: int) -> list[Dependency]:
        graph = self._unit.graph
        hidden = [node for star, _ in outputs.stars for node in star.all_columns(graph)]
        return [rows_use(clause).of(node, line) for node in hidden]

    def _order_and_limit(
        self, query: exp.Expr, scope: Scope, target: Relation, outputs: Outputs | None = None
    ) -> None:
        """Order counts even without a limit: `first(x)` of an ordered subquery depends on it."""
        found: list[Dependency] = []
        if (order := query.args.get("order")) is not None:
            keys = [ordered.this for ordered in order.expressions]
            found += self._positions(keys, outputs or Outputs(), scope, "order by")
        for part in ("limit", "offset"):
            if (clause := query.args.get(part)) is not None:
                found += self._expressions.read_all(
                    clause.iter_expressions(), scope, rows_use(part)
                )
        add_edges(self._unit.graph, target.rows, found)

    def _positions(
        self, expressions: list[exp.Expr], outputs: Outputs, scope: Scope, clause: str
    ) -> list[Dependency]:
        """Expressions that may also be the number of an output column, or `all` of them."""
        found: list[Dependency] = []
        for expression in expressions:
            line = line_of(expression)
            meant = outputs.columns if expression.sql().upper() == "ALL" else []
            if isinstance(expression, exp.Literal) and not expression.is_string:
                # a star whose columns are not known may stand before: then any may be meant
                place = slice(int(expression.name) - 1, int(expression.name))
                meant = outputs.columns if outputs.stars else outputs.columns[place]
                found += self._behind_stars(outputs, clause, line)
            found += [d.as_rows(clause, line) for each in meant for d in each.dependencies]
            if not meant:
                use = rows_use(clause, aliases_first=True)
                found += self._expressions.read(expression, scope, use)
        return found


def _kind_of_union(query: exp.SetOperation) -> tuple[object, ...]:
    """The same for unions that may be read in any order, and for no two other operations."""
    if not isinstance(query, exp.Union):
        return (id(query),)
    return (bool(query.args.get("distinct")), bool(query.args.get("by_name")))


def _unnested(outputs: Outputs) -> list[Dependency]:
    """`select unnest(list)`: the list decides how many rows there are."""
    multiplying = [
        each for each in outputs.columns if each.expression.find(exp.Explode, exp.Unnest)
    ]
    return [d.as_rows("unnest", d.line) for each in multiplying for d in each.dependencies]
