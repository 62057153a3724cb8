"""Both engines' SQL makes the hash of a forgotten person that Python makes."""

import hashlib
import hmac
import re
from types import SimpleNamespace

import duckdb
import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_scoring.errors import InputError
from python_scoring.io.forget_key import VARIABLE, forget_key, keyed_hash, pads
from python_scoring.tests.bigquery.warehouse import RELATION
from python_scoring.tests.bigquery.zetasql_engine import Table, ZetaSql
from python_scoring.tests.conftest import PROJECT

MACROS = PROJECT / "macros/forgotten_people.sql"
printable = st.characters(min_codepoint=33, max_codepoint=126)
keys = st.text(printable, min_size=32, max_size=64)
values = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


def expression(engine: str, forget_dataset: str = "secrets") -> str:
    """The macro as dbt renders it, on a column named message."""
    template = jinja2.Environment(autoescape=False).from_string(  # noqa: S701 - SQL
        MACROS.read_text(encoding="utf-8"),
        globals={
            "target": SimpleNamespace(database="offline"),
            "var": {"forget_dataset": forget_dataset}.get,
            "dbt": SimpleNamespace(type_string=lambda: "string"),
        },
    )
    macro = getattr(template.module, f"{engine}__keyed_hash")
    return re.sub(r"\s+", " ", str(macro("message")))


@settings(max_examples=40)
@given(keys, values)
def test_duckdb_hashes_as_python_does(key: str, value: str) -> None:
    inner, outer = pads(key.encode())
    with duckdb.connect() as connection:
        connection.execute("set variable forget_inner_pad = ?", [inner])
        connection.execute("set variable forget_outer_pad = ?", [outer])
        sql = f"select {expression('default')} from (select ? as message)"
        assert connection.execute(sql, [f"lead:{value}"]).fetchall() == [
            (keyed_hash(key.encode(), "lead", value),)
        ]


@settings(max_examples=40)
@given(keys, values)
def test_bigquery_hashes_as_python_does(zetasql: ZetaSql, key: str, value: str) -> None:
    tables = {
        "forget_key": Table({"secret": "STRING"}, ((key,),)),
        "delivered": Table({"message": "STRING"}, ((f"lead:{value}",),)),
    }
    sql = RELATION.sub(r"`\1`", f"select {expression('bigquery')} as hashed from delivered")
    expected = keyed_hash(key.encode(), "lead", value)
    assert zetasql.evaluate(sql, tables).rows == ((expected,),)


def test_it_is_the_hmac_of_the_standard() -> None:
    key = b"k" * 40
    assert (
        keyed_hash(key, "advisor", "7") == hmac.new(key, b"advisor:7", hashlib.sha256).hexdigest()
    )


def test_without_a_key_there_is_no_hash(zetasql: ZetaSql) -> None:
    with duckdb.connect() as connection:
        sql = f"select {expression('default')} from (select 'lead:1' as message)"
        assert connection.execute(sql).fetchall() == [(None,)]
    sql = f"select {expression('bigquery', '')} as hashed from delivered"
    delivered = {"delivered": Table({"message": "STRING"}, (("lead:1",),))}
    assert zetasql.evaluate(sql, delivered).rows == ((None,),)


@pytest.mark.parametrize("key", ["short", "x" * 65, "x" * 40 + "\n", "é" * 40])
def test_what_is_no_key_is_refused(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, key)
    with pytest.raises(InputError, match=r"(?s)is no key.*Why it matters.*Where.*Fix") as told:
        forget_key()
    assert key not in str(told.value)
