"""LookML's `test` blocks: a query of an explore, and expressions that must hold in each row."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from python_scoring.looker.fields import RefusedError
from python_scoring.looker.query import Query, Translator

_TOKEN = re.compile(
    r"""\s*(?:\$\{(?P<field>[\w.]+)\}|(?P<number>\d+(?:\.\d+)?)|"(?P<text>[^"'\\]*)"
    |(?P<word>AND|OR|NOT|yes|no)\b|(?P<sign><=|>=|!=|[=<>+\-*/()]))""",
    re.VERBOSE,
)
_WORDS = {"AND": "and", "OR": "or", "NOT": "not", "yes": "true", "no": "false"}
_SOURCE = {"name", "columns", "filters__all", "sorts", "limit"}


@dataclass(frozen=True)
class DataTest:
    """A test block.

    Args:
        place: File and name, for findings.
        query: What it asks.
        asserts: Expressions by name.
    """

    place: str
    query: Query
    asserts: Mapping[str, str]


def read_test(file: str, parsed: Mapping[str, Any]) -> DataTest:
    """Return a parsed `test` block.

    Raises:
        RefusedError: It is not understood here.
    """
    source = parsed["explore_source"]
    if unknown := set(source) - _SOURCE:
        raise RefusedError(f"{', '.join(sorted(unknown))} is not understood here")
    blocks = source.get("filters__all", [])
    query = Query(
        explore=source["name"],
        fields=tuple(column["field"] for column in source["columns"]),
        filters={key: value for block in blocks for each in block for key, value in each.items()},
        sorts=tuple(f"{k} {v}" for each in source.get("sorts", []) for k, v in _pairs(each)),
        limit=int(source.get("limit", 500)),
    )
    asserts = {each["name"]: each["expression"] for each in parsed["asserts"]}
    return DataTest(f"{file}, test {parsed['name']}", query, asserts)


def statement(test: DataTest, translator: Translator) -> str:
    """Return SQL of one row: `row_count`, and per assertion in how many rows it does not hold.

    Raises:
        RefusedError: A field or an expression is not understood here.
    """
    asked = translator.sql(test.query)
    counted = [
        f"sum(case when {_expression(text, test.query)} then 0 else 1 end) as {name}"
        for name, text in test.asserts.items()
    ]
    selected = ",\n".join(f"  {each}" for each in ["count(*) as row_count", *counted])
    return f"select\n{selected}\nfrom (\n{asked}\n) as asked"


def _pairs(sorts: Any) -> Iterator[tuple[str, str]]:
    yield from sorts.items()


def _expression(text: str, query: Query) -> str:
    parts, at, text = [], 0, text.strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise RefusedError(f"the expression {text!r} is not understood at {text[at:]!r}")
        at = token.end()
        kind = str(token.lastgroup)
        value = token[kind]
        if kind == "field" and value not in query.fields:
            raise RefusedError(f"the expression reads {value}, which is no column of its source")
        if kind == "field":
            parts.append(value.replace(".", "_"))
        elif kind == "text":
            parts.append(f"'{value}'")
        else:
            parts.append(_WORDS.get(value, value))
    return " ".join(parts)
