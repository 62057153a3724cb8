"""The SQL that Looker would send for fields, filters, sorts and a limit of an explore."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from python_scoring.looker.fields import REFERENCE, Field, RefusedError, in_brackets
from python_scoring.looker.filters import condition
from python_scoring.looker.project import Explore, Project

# relations are named without project and dataset, as commands name them
_RELATION = re.compile(r"`[\w.-]+\.(\w+)`")
_COLUMN = re.compile(r"\$\{TABLE\}\.(\w+)")
# a measure of a joined view is right only where the join repeats no row of it
_REPEATS_NO_ROW = ("one_to_one",)
_REPEATS_NO_ROW_OF_THE_EXPLORE = ("one_to_one", "many_to_one")


@dataclass(frozen=True)
class Query:
    """What a tile or a test asks.

    Args:
        explore: Name of the explore.
        fields: Full names, in order.
        filters: Expressions by full name.
        sorts: Full names, each with ` desc` or not.
        limit: Rows at most.
    """

    explore: str
    fields: tuple[str, ...]
    filters: Mapping[str, str] = field(default_factory=dict)
    sorts: tuple[str, ...] = ()
    limit: int = 500


@dataclass
class Translator:
    """Turns queries into SQL, and notes which views and columns they read.

    Args:
        project: The LookML.
        today: The day that relative filters end on.
        grants: Access grants that the reader holds.
    """

    project: Project
    today: dt.date
    grants: frozenset[str] = frozenset()
    views: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)

    def sql(self, query: Query) -> str:
        """Return the statement.

        Raises:
            RefusedError: A field is missing or not granted, or something is not understood here.
        """
        self.views, self.columns = set(), set()
        explore = self._explore(query)
        chosen = [self._granted(name) for name in query.fields]
        if not chosen or len(set(query.fields)) != len(query.fields):
            raise RefusedError("no fields, or one of them twice")
        selected = [f"{self.sql_of(each)} as {_alias(each)}" for each in chosen]
        where, having = self._conditions(explore, query)
        order = [self._sorted(sort, query) for sort in query.sorts]
        dimensions = [each for each in chosen if not each.is_measure]
        if dimensions and not order:
            raise RefusedError("no sorts: the order of its rows would be chance")
        for each in chosen:
            self._check_measure(explore, each)
        lines = ["select", ",\n".join(f"  {each}" for each in selected), self._from(explore)]
        lines += [f"where {' and '.join(where)}"] if where else []
        if dimensions:
            lines += [f"group by {', '.join(self.sql_of(each) for each in dimensions)}"]
        lines += [f"having {' and '.join(having)}"] if having else []
        lines += [f"order by {', '.join(order)}"] if order else []
        return "\n".join([*lines, f"limit {query.limit}"])

    def sql_of(self, field: Field, inside: tuple[str, ...] = ()) -> str:
        """Return a field's SQL, and note the views and columns that it reads.

        Raises:
            RefusedError: It refers to itself, to no field, or to what it must not.
        """
        if field.full_name in inside:
            raise RefusedError(f"{field.full_name} refers to itself")
        self.views.add(field.view)
        inside = (*inside, field.full_name)
        sql = self._expanded(field.sql, field.view, inside, of_measure=field)
        if not field.is_measure:
            return field.wrapped(sql)
        if field.type == "number":
            return sql
        if not sql and field.type != "count":
            raise RefusedError(f"{field.full_name} has no sql")
        conditions = [
            condition(one, in_brackets(self.sql_of(one, inside)), value, self.today)
            for one, value in ((self._of(field.view, k), v) for k, v in field.filters.items())
        ]
        return field.aggregated(sql, " and ".join(conditions))

    def _expanded(
        self, sql: str, view: str, inside: tuple[str, ...], of_measure: Field | None = None
    ) -> str:
        """Put columns and other fields in the place of `${…}`."""
        found = REFERENCE.findall(sql)
        text = _RELATION.sub(r"\1", self.project.resolved(sql))
        for name in found:
            if name == "TABLE":
                continue
            other = self._of(view, name)
            if of_measure and of_measure.is_measure:
                wanted = of_measure.type == "number"
                if other.is_measure != wanted:
                    kind = "measures" if wanted else "dimensions"
                    raise RefusedError(f"{of_measure.full_name} must refer to {kind}, not {name}")
            elif other.is_measure:
                raise RefusedError(f"the dimension {inside[-1]} refers to the measure {name}")
            text = text.replace(f"${{{name}}}", in_brackets(self.sql_of(other, inside)))
        self.columns |= {(view, column) for column in _COLUMN.findall(text)}
        return text.replace("${TABLE}", view)

    def _of(self, view: str, name: str) -> Field:
        return self.project.field(name if "." in name else f"{view}.{name}")

    def _granted(self, name: str) -> Field:
        field = self.project.field(name)
        if missing := field.grants - self.grants:
            raise RefusedError(f"{name} needs the access grant {', '.join(sorted(missing))}")
        return field

    def _explore(self, query: Query) -> Explore:
        if query.explore not in self.project.explores:
            raise RefusedError(f"there is no explore {query.explore}")
        return self.project.explores[query.explore]

    def _conditions(self, explore: Explore, query: Query) -> tuple[list[str], list[str]]:
        where: list[str] = []
        having: list[str] = []
        # a query's own value stands in the place of the explore's
        for name, value in {**explore.always_filter, **query.filters}.items():
            field = self._granted(name)
            said = condition(field, in_brackets(self.sql_of(field)), value, self.today)
            if said:
                (having if field.is_measure else where).append(said)
        return where, having

    def _sorted(self, sort: str, query: Query) -> str:
        name, _, direction = sort.partition(" ")
        if name not in query.fields or direction not in ("", "desc", "asc"):
            raise RefusedError(f"the sort {sort!r} is not by one of the fields")
        return f"{_alias(self.project.field(name))} {direction}".strip()

    def _check_measure(self, explore: Explore, field: Field) -> None:
        if not field.is_measure:
            return
        joined = {join.view: join.relationship for join in explore.joins}
        if field.view != explore.view and joined.get(field.view) not in _REPEATS_NO_ROW:
            raise RefusedError(f"{field.full_name} would count rows that the join repeats")
        repeated = [
            view
            for view in self.views & joined.keys()
            if joined[view] not in _REPEATS_NO_ROW_OF_THE_EXPLORE
        ]
        if repeated:
            raise RefusedError(f"the join of {', '.join(repeated)} repeats rows")

    def _from(self, explore: Explore) -> str:
        joins = {join.view: join for join in explore.joins}
        if stray := self.views - {explore.view, *joins}:
            raise RefusedError(f"the explore {explore.name} has no view {', '.join(sorted(stray))}")
        lines = [f"from {self.project.views[explore.view].table} as {explore.view}"]
        for view, join in joins.items():
            if view in self.views:
                on = self._expanded(join.on.strip(), explore.view, (f"join {view}",))
                lines.append(f"left join {self.project.views[view].table} as {view} on {on}")
        return "\n".join(lines)


def _alias(field: Field) -> str:
    return f"{field.view}_{field.name}"
