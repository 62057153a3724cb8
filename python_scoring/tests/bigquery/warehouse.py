"""A small BigQuery: tables in memory, every statement analysed by ZetaSQL before it counts."""

import re
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from python_scoring.tests.bigquery.merges import merge
from python_scoring.tests.bigquery.zetasql_engine import (
    SqlRefusedError,
    Table,
    ZetaSql,
    bigquery_type,
)

RELATION = re.compile(r"`[^`]+`\.`[^`]+`\.`([^`]+)`")
_NODE = re.compile(r'"node_id": "([^"]+)"')
_VERB = re.compile(r"(?:\s|--[^\n]*\n|/[*].*?[*]/|[(])*(\w+)", re.DOTALL)
_CREATED = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:table|view)\s+(if\s+not\s+exists\s+)?`?(\w+)`?", re.IGNORECASE
)
_ADDED = re.compile(r"alter\s+table\s+`([^`]+)`\s+add\s+column\s+(\w+)\s+(\w+)\s*$", re.IGNORECASE)
_INSERTED = re.compile(
    r"insert\s+into\s+`([^`]+)`\s*[(]([^)]+)[)]\s*(select\b.*)", re.IGNORECASE | re.DOTALL
)
_DELETED = re.compile(r"delete\s+from\s+`([^`]+)`\s+where\s+(.*?);?\s*$", re.IGNORECASE | re.DOTALL)
_BLANKED = re.compile(
    r"update\s+`([^`]+)`\s+set\s+(\w+)\s*=\s*null\s+where\s+(.*?);?\s*$", re.IGNORECASE | re.DOTALL
)
_DROPPED = re.compile(r"drop\s+\w+\s+(?:if\s+exists\s+)?`([^`]+)`", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """What dbt sent for a node, and why it was refused; None where it was not."""

    node_id: str
    sql: str
    refusal: SqlRefusedError | None = None


@dataclass
class Warehouse:
    """Tables by name (names are unique over datasets here), and a log of all that was sent.

    INSERT of a query, DELETE, UPDATE of one column to null, and MERGE are carried out, by queries
    of the same sense.
    A column that ALTER TABLE adds is there afterwards, without values.
    """

    engine: ZetaSql
    tables: dict[str, Table] = field(default_factory=dict)
    log: list[Statement] = field(default_factory=list)
    changed: int = 0
    """Rows that the last MERGE changed."""

    def run(self, script: str) -> tuple[str, Table]:
        """Run the statements of a script.

        Returns:
            The verb of the last one in capitals, and its result, empty where it has none.

        Raises:
            SqlRefusedError: BigQuery would refuse a statement; later ones are not run.
        """
        node = _NODE.search(script)
        verb, result = "", Table({})
        try:
            for statement in self.engine.statements(script):
                verb, result = self._run_one(RELATION.sub(r"`\1`", statement))
        except SqlRefusedError as refusal:
            self.log.append(Statement(node[1] if node else "", script, refusal))
            raise
        self.log.append(Statement(node[1] if node else "", script))
        return verb, result

    def reads(self, sql: str) -> dict[str, Table]:
        """The tables that a statement names; a table that is not there is left to the engine."""
        # dbt quotes relations, commands do not
        named = set(re.findall(r"`([^`]+)`", sql) or re.findall(r"\w+", sql))
        return {name: table for name, table in self.tables.items() if name in named}

    def _run_one(self, sql: str) -> tuple[str, Table]:
        start = _VERB.match(sql)
        verb = start[1].upper() if start else ""
        tables = self.reads(sql)
        if verb in ("SELECT", "WITH"):
            return "SELECT", self.engine.evaluate(sql, tables)
        self.engine.analyse(sql, tables)
        if verb == "CREATE" and (created := _CREATED.search(sql)):
            if created[1] and created[2] in self.tables:
                return "CREATE_TABLE", Table({})
            self.tables[created[2]] = self._made(sql, tables)
            return "CREATE_TABLE_AS_SELECT", self.tables[created[2]]
        if verb == "MERGE":
            self.changed = merge(self.engine, sql, self.tables)
        if verb == "ALTER" and (added := _ADDED.search(sql)):
            table = self.tables[added[1]]
            rows = tuple((*row, None) for row in table.rows)
            self.tables[added[1]] = Table({**table.columns, added[2]: added[3].upper()}, rows)
        if verb == "INSERT" and (inserted := _INSERTED.search(sql)):
            self._insert(inserted[1], inserted[2], inserted[3], tables)
        if verb == "DELETE" and (deleted := _DELETED.search(sql)):
            kept = f"select * from `{deleted[1]}` where not coalesce({deleted[2]}, false)"
            rows = self.engine.evaluate(kept, tables).rows
            self.tables[deleted[1]] = Table(self.tables[deleted[1]].columns, rows)
        if verb == "UPDATE" and (blanked := _BLANKED.search(sql)):
            table, column = self.tables[blanked[1]], blanked[2]
            value = f"if({blanked[3]}, null, {column}) as {column}"
            query = f"select * replace ({value}) from `{blanked[1]}`"
            self.tables[blanked[1]] = Table(table.columns, self.engine.evaluate(query, tables).rows)
        if verb == "DROP" and (dropped := _DROPPED.search(sql)):
            self.tables.pop(dropped[1], None)
        return verb, Table({})

    def _made(self, create: str, tables: dict[str, Table]) -> Table:
        if re.search(r"\bselect\b", create, re.IGNORECASE):
            return self.engine.evaluate(self.engine.created_query(create), tables)
        columns = sqlglot.parse_one(create, dialect="bigquery").find_all(exp.ColumnDef)
        return Table({c.name: bigquery_type(c.kind.sql("bigquery")) for c in columns if c.kind})

    def _insert(self, name: str, columns: str, query: str, tables: dict[str, Table]) -> None:
        table, added = self.tables[name], self.engine.evaluate(query, tables)
        place = {column.strip(" `\n").lower(): n for n, column in enumerate(columns.split(","))}
        rows = (
            tuple(row[place[c.lower()]] if c.lower() in place else None for c in table.columns)
            for row in added.rows
        )
        self.tables[name] = Table(table.columns, (*table.rows, *rows))
