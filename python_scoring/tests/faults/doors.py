"""Knocks at each door with what nobody should send: no traceback, no 500, an answer in words.

python -m python_scoring.tests.faults.doors --cases 10000
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import pandas as pd
from click.testing import CliRunner
from flask.testing import FlaskClient
from functions_framework import create_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from python_scoring.cli.main import main as lead_scoring
from python_scoring.model.artifact import CURVE, METADATA
from python_scoring.model.manifest import MANIFEST, json_bytes, new_manifest
from python_scoring.model.registry import HISTORY
from python_scoring.scoring.scorer import LeadScorer
from python_scoring.serving.bundle import FUNCTION
from python_scoring.serving.service import LOG
from python_scoring.tests.faults.workplace import (
    TABLE,
    Tried,
    Workplace,
    make_workplace,
    print_rows,
)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["NaN", "1219717.0", "-0", "\x00", "\ud800", "'; drop table x", "=1+1"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
DEEP = st.integers(1, 100_000).map(lambda depth: "[" * depth)
WORDS = [
    "select",
    "with",
    "as",
    "from",
    "t",
    "u",
    "join",
    "on",
    "using",
    "where",
    "group",
    "by",
    "order",
    "limit",
    "union",
    "all",
    "distinct",
    "except",
    "intersect",
    "(",
    ")",
    ",",
    ".",
    "*",
    "+",
    "=",
    "<",
    "case",
    "when",
    "then",
    "end",
    "over",
    "partition",
    "rows",
    "between",
    "and",
    "unbounded",
    "preceding",
    "'x'",
    "1",
    "end_date",
    "crd",
    "firm",
    "a",
    "b",
    "null",
    "exists",
    "in",
    "recursive",
    "values",
    "pivot",
    "unnest",
    "qualify",
    "create",
    "table",
    "insert",
    "into",
    "--",
    "/*",
    "*/",
    ";",
    '"',
    "`",
    "?",
    "::",
    "[",
    "]",
    "{",
    "}",
    "lateral",
    "row_number()",
    "count(*)",
    "cast",
    "",
]


@dataclass(frozen=True)
class Door:
    """A way in.

    Args:
        name: Its name in the table.
        given: What is sent.
        knock: Sends it; returns how it was answered.
    """

    name: str
    given: st.SearchStrategy[Any]
    knock: Callable[[Any], str]


def knock_at(doors: list[Door], cases: int, *, seed: int | None) -> Iterator[Tried]:
    """Yield a row for each door; a case that breaks it is told, and the next door is tried.

    Args:
        doors: The doors.
        cases: Cases for each.
        seed: None for the same cases on every run.
    """
    rules = settings(
        max_examples=cases,
        derandomize=seed is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    for door in doors:
        tried = Tried(door.name, "what nobody should send")
        try:
            rules(_case(door, tried))()
        except AssertionError as error:
            tried.note(str(error)[-800:], good=False)
        yield tried


def _case(door: Door, tried: Tried) -> Callable[[], None]:
    @given(door.given)
    def case(sent: Any) -> None:
        tried.note(door.knock(sent), good=True)

    return case


def all_doors(place: Workplace, stack: ExitStack) -> list[Door]:
    """Every door, opened onto a workplace for as long as the stack lasts."""
    stack.enter_context(patch.dict("os.environ", place.environment(), clear=True))
    scorer = LeadScorer()
    stack.enter_context(
        patch("python_scoring.cli.scoring.score.LeadScorer", lambda *_, **__: scorer)
    )
    # what is asked here ends before dbt begins; that dbt cannot build is an answer too
    failed = subprocess.CompletedProcess([], 1, "dbt is not asked here", "")
    stack.enter_context(
        patch("python_scoring.call_lists.daily_batch.run_dbt", lambda *_, **__: failed)
    )
    LOG.disabled = True
    stack.callback(setattr, LOG, "disabled", False)
    app = create_app("score_lead", str(FUNCTION / "main.py"))  # type: ignore[no-untyped-call]
    names = scorer.contract.base_names
    return [
        Door("function", _bodies(names), partial(_ask, app.test_client())),
        Door("score-lead", _bodies(names), _score_lead),
        Door("score --input, train --input", _tables(place), partial(_read_table, place)),
        Door("audit lineage --sql", _sql(), partial(_audit, place)),
        Door("options: vars, days, numbers", _options(place), _run),
        Door("file names", _file_names(), partial(_name, place)),
        Door("registry, manifest, artifact", _documents(), partial(_load, place)),
    ]


def _bodies(names: list[str]) -> st.SearchStrategy[bytes]:
    """Requests that are whole, nearly whole, and nothing of the kind."""
    value = st.none() | st.booleans() | st.floats(allow_nan=False) | JSON
    features = st.fixed_dictionaries(dict.fromkeys(names, st.none() | st.integers(0, 99)))
    spoilt = st.builds(
        lambda whole, extra: whole | extra,
        features,
        st.dictionaries(st.sampled_from([*names, "days_in_gap"]) | st.text(max_size=9), value),
    )
    lead_id = st.text(min_size=1, max_size=9) | value
    lead = st.builds(lambda i, f: {"lead_id": i, "features": f}, lead_id, features | spoilt | JSON)
    body = spoilt | lead | st.lists(lead, max_size=3).map(lambda many: {"leads": many}) | JSON
    text = body.map(json.dumps) | DEEP | st.text()
    twice = text.map(lambda told: told.replace("{", '{"lead_id": "x", ', 1))
    return (text | twice).map(lambda told: told.encode("utf-8", "surrogatepass")) | st.binary()


def _ask(client: FlaskClient, body: bytes) -> str:
    reply = client.post("/", data=body, content_type="application/json")
    assert reply.status_code in (200, 400), f"{reply.status_code} for {body!r}"
    assert reply.get_json(), body
    return str(reply.status_code)


def _run(words: list[str], body: bytes | None = None) -> str:
    done = CliRunner().invoke(lead_scoring, words, input=body)
    told = done.output
    odd = done.exception if not isinstance(done.exception, SystemExit) else None
    broken = odd is not None or "Traceback" in told
    assert not broken, f"{words} {body!r}: {odd!r} {told[-600:]}"
    assert done.exit_code in (0, 1, 2), f"{words}: exit {done.exit_code}"
    assert done.exit_code != 2 or "Error: " in told, f"{words}: no word of why: {told[-300:]}"
    return f"exit {done.exit_code}"


def _score_lead(body: bytes) -> str:
    return _run(["score-lead", "-"], body)


def _tables(place: Workplace) -> st.SearchStrategy[tuple[str, bytes]]:
    """CSV files of twelve leads in which one or more cells, or bytes, are something else."""
    past = pd.read_parquet(place.folder / "past.parquet").head(12)
    whole = past.to_csv(index=False)
    rows = [line.split(",") for line in whole.splitlines()]
    odd = st.text(max_size=12) | st.sampled_from(
        ["inf", "NaN", "1e999", "-0", "1219717.0", "0001-01-01", "9999-12-31", '"', "\x00", "[]"]
    )

    def spoil(changes: list[tuple[int, int, str]]) -> bytes:
        table = [list(row) for row in rows]
        for row, column, cell in changes:
            table[row % len(table)][column % len(table[0])] = cell
        lines = "\n".join(",".join(row) for row in table)
        return lines.encode("utf-8", "surrogatepass")

    change = st.tuples(st.integers(0, 12), st.integers(0, 30), odd)
    content = (
        st.lists(change, min_size=1, max_size=4).map(spoil)
        | st.binary(max_size=200)
        | st.integers(0, len(whole)).map(lambda cut: whole[:cut].encode())
        | st.just(whole.encode("utf-16"))
    )
    return st.tuples(st.sampled_from(["score", "train"]), content)


def _read_table(place: Workplace, sent: tuple[str, bytes]) -> str:
    command, content = sent
    source = place.folder / "fuzzed.csv"
    source.write_bytes(content)
    out = str(place.folder / "fuzzed out.csv")
    if command == "score":
        return _run(["score", "--input", str(source), "--output", out])
    folder = ["--out", str(place.folder / "fuzzed models")]
    return _run(["train", "--input", str(source), *TABLE, *folder])


def _sql() -> st.SearchStrategy[str]:
    soup = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)
    column = st.sampled_from(["a", "t.end_date", "max(b) over (order by crd)", "*", "count(*)"])
    select = st.builds(
        lambda columns, tail: f"select {', '.join(columns)} from t {tail}",
        st.lists(column, min_size=1, max_size=4),
        soup | st.sampled_from(["", "where a > 1", "group by all", "join u using (crd)"]),
    )
    deep = st.integers(1, 3000).map(lambda n: "select " + "(" * n + "a" + ")" * n + " from t")
    many = st.integers(1, 300).map(lambda n: " union all ".join(["select a from t"] * n))
    ctes = select.map(lambda inner: f"with c as ({inner}) select * from c")
    return select | ctes | soup | deep | many | st.text()


def _audit(place: Workplace, sql: str) -> str:
    file = place.folder / "fuzzed.sql"
    file.write_bytes(sql.encode("utf-8", "surrogatepass"))
    words = ["audit", "lineage", "--sql", str(file), "--forbid", "*end*"]
    return _run([*words, "--dialect", "bigquery" if len(sql) % 2 else "duckdb"])


def _options(place: Workplace) -> st.SearchStrategy[list[str]]:
    number = st.integers().map(str) | st.floats().map(str) | st.text(max_size=8)
    day = st.dates().map(str) | st.text(max_size=10) | st.sampled_from(["0001-01-01", "today"])
    past = ["--input", str(place.folder / "twelve.csv"), *TABLE]
    # a world too small to take long, or numbers that are refused
    few = st.integers(-5, 40).map(str) | st.sampled_from(["", "1e3", "٣", "-0", "0x10"])
    world = ["simulate", "--out", str(place.folder / "fuzzed world")]
    return st.one_of(
        st.builds(lambda d, n: ["batch", "--days", n, "--score-date", d], day, number),
        st.builds(
            lambda share, gap, seed: [
                *("train", *past, "--test-share", share, "--gap-days", gap, "--seed", seed)
            ],
            number,
            number,
            number,
        ),
        st.builds(
            lambda a, n, d, s, g: [
                *world,
                *("--advisors", a, "--leads", n, "--as-of", d, "--seed", s, "--signal", g),
            ],
            *(few, few, day, number, number),
        ),
    )


def _file_names() -> st.SearchStrategy[str]:
    odd = st.sampled_from(
        [
            "q'ué o",
            "[a]",
            "*",
            "..",
            ".",
            "/",
            "-",
            "--help",
            "a\nb",
            "x" * 300,
            "",
            "~",
            "%",
            "\udcff",
        ]
    )
    # the system itself passes no NUL, and of half characters only those that stand for a byte
    plain = st.text(
        st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30
    )
    name = plain | odd | st.builds(str.__add__, odd, odd)
    return name | name.map(lambda text: text + ".csv") | name.map(lambda text: text + ".parquet")


def _name(place: Workplace, name: str) -> str:
    home = Path.cwd()
    folder = place.folder / "names"
    folder.mkdir(exist_ok=True)
    leads = str(place.folder / "leads.parquet")
    # below a folder of its own: a name must not be able to reach anything else
    below = f"here/{name}"
    os.chdir(folder)
    try:
        told = [
            _run(["score", "--input", below, "--output", "out.csv"]),
            _run(["score", "--input", leads, "--output", below]),
            _run(["models", "show", name, "--registry", "here"]),
            _run(["models", "list", "--registry", below]),
            _run(["score-lead", below]),
        ]
    finally:
        os.chdir(home)
    return ", ".join(sorted(set(told)))


def _documents() -> st.SearchStrategy[tuple[str, int, Any]]:
    """A document of the registry, a place in it, and what stands there instead."""
    names = st.sampled_from([HISTORY, MANIFEST, CURVE, METADATA, "feature_contract.json"])
    return st.tuples(names, st.integers(0, 400), JSON | DEEP)


def _load(place: Workplace, sent: tuple[str, int, Any]) -> str:
    name, number, value = sent
    registry = place.registry
    version = registry.versions()[0]
    folder = registry.folder if name == HISTORY else registry.folder / version
    kept = {path: path.read_bytes() for path in (registry.folder / version).iterdir()}
    kept[registry.folder / HISTORY] = (registry.folder / HISTORY).read_bytes()
    renamed = None
    try:
        text = _replaced(json.loads((folder / name).read_bytes()), number, value)
        (folder / name).write_bytes(text)
        if name not in (HISTORY, MANIFEST):
            renamed = _rehashed(registry.folder / version)
        return _run(["models", "list"]) + ", show: " + _run(["models", "show"])
    finally:
        if renamed:
            renamed.rename(registry.folder / version)
        for path, content in kept.items():
            path.write_bytes(content)


def _replaced(document: Any, number: int, value: Any) -> bytes:
    """Put a value in the place of one node of a document, or of all of it."""
    if isinstance(value, str) and value.startswith("[["):
        return value.encode()
    places: list[tuple[Any, Any]] = []

    def collect(node: Any) -> None:
        pairs = node.items() if isinstance(node, dict) else enumerate(node)
        for key, inner in list(pairs)[:12]:
            places.append((node, key))
            if isinstance(inner, dict | list):
                collect(inner)

    collect(document)
    if number < len(places):
        node, key = places[number]
        node[key] = value
    else:
        document = value
    return json.dumps(document).encode()


def _rehashed(folder: Path) -> Path | None:
    """Let the manifest fit what was changed, as somebody who edits by hand would."""
    old = json.loads((folder / MANIFEST).read_bytes())
    contents = {name: (folder / name).read_bytes() for name in old["files"]}
    family, day = old["version"].split("-")[1:3]
    manifest = new_manifest(contents, old["format"], family, day)
    (folder / MANIFEST).write_bytes(json_bytes(manifest))
    target = folder.with_name(manifest["version"])
    return folder.rename(target) if target != folder else None


def open_doors(folder: Path, stack: ExitStack) -> list[Door]:
    """Make a workplace in a folder, and return its doors."""
    place = replace(make_workplace(folder))
    past = pd.read_parquet(folder / "past.parquet").head(12)
    past.to_csv(folder / "twelve.csv", index=False)
    return all_doors(place, stack)


@click.command()
@click.option("--cases", default=10_000, show_default=True, type=click.IntRange(min=1))
@click.option("--only", multiple=True, help="Only doors whose name holds this. May be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a row.")
def main(cases: int, only: tuple[str, ...], as_json: bool) -> None:
    """Knock at each door so many times.

    Exit codes: 0 each was answered, 1 one broke.
    """
    with tempfile.TemporaryDirectory(prefix="doors-") as scratch, ExitStack() as stack:
        doors = open_doors(Path(scratch), stack)
        chosen = [door for door in doors if not only or any(word in door.name for word in only)]
        wrong = print_rows(knock_at(chosen, cases, seed=0), as_json)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
