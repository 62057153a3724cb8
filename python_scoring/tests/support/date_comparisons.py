"""Finds comparisons with the day of a prediction that do not come from macros/point_in_time.sql."""

import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import sqlglot
from sqlglot import exp

from python_scoring.tests.conftest import PROJECT
from python_scoring.tests.support.feature_engine import compile_features

# Macros that compare dates, and what stands in their place: a neutral value without a comparison.
# The months of whole_months_between are feature values, which models may compare.
_NEUTRAL = {
    "happened_by": "true",
    "happened_on_or_before": "true",
    "known_as_of": "true",
    "known_within": "true",
    "in_force_on": "true",
    "unknown_before_window": "true",
    "known_before_window": "{{ months_before(as_of_date, months) }}",
    "is_known_on": "true",
    "opening_balance_date": "{{ event_date }}",
    "whole_months_between": "0",
}
_COMPARISONS = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ),
    *(exp.Between, exp.In, exp.Greatest, exp.Least, exp.Nullif),
)
_PARTS = ("models", "macros", "seeds/mappings", "tests", "analyses")


def without_macros_comparisons(scratch: Path, model: str) -> dict[str, str]:
    """Compile a model and its ancestors with the comparisons of the macros taken out.

    Args:
        scratch: Empty folder for a copy of the project and dbt's output.
        model: Name of the model.

    Returns:
        SQL by model name.
    """
    project = scratch / "project"
    for part in _PARTS:
        shutil.copytree(PROJECT / part, project / part)
    for file in ("dbt_project.yml", "profiles.yml.example"):
        shutil.copy(PROJECT / file, project / file)
    macros = project / "macros/point_in_time.sql"
    text = macros.read_text(encoding="utf-8")
    for name, neutral in _NEUTRAL.items():
        body = re.compile(rf"({{% macro {name}\([^)]*\) -%}}).*?({{%- endmacro %}})", re.DOTALL)
        text, replaced = body.subn(rf"\1 {neutral} \2", text)
        assert replaced == 1, f"macros/point_in_time.sql has no macro {name} any more"
    macros.write_text(text, encoding="utf-8")
    compiled = compile_features(scratch, {}, model, project)
    return {relation.split(".")[-1].strip('"'): code for relation, code in compiled.models}


def compared_by_hand(models: Mapping[str, str]) -> dict[str, list[str]]:
    """Find every comparison with `as_of_date`, or with a column that is made of it.

    A column is followed by its name, through all models together.

    Args:
        models: DuckDB SQL by model name.

    Returns:
        The comparisons by model name, without models that have none.
    """
    trees = {name: sqlglot.parse_one(code, dialect="duckdb") for name, code in models.items()}
    derived = {"as_of_date"}
    while more := _made_of(trees.values(), derived) - derived:
        derived |= more
    found = {name: _compared(tree, derived) for name, tree in trees.items()}
    return {name: comparisons for name, comparisons in found.items() if comparisons}


def _made_of(trees: Iterable[exp.Expr], derived: set[str]) -> set[str]:
    return {
        alias.alias.lower()
        for tree in trees
        for alias in tree.find_all(exp.Alias)
        if _reads(alias.this, derived)
    }


def _compared(tree: exp.Expr, derived: set[str]) -> list[str]:
    return [
        node.sql(dialect="duckdb")
        for node in tree.find_all(*_COMPARISONS)
        if _reads(node, derived) and not _joins_the_same_day(node)
    ]


def _joins_the_same_day(node: exp.Expr) -> bool:
    """Say whether both sides are `as_of_date`, which is half of a feature group's key."""
    sides = (node.this, node.args.get("expression"))
    return isinstance(node, exp.EQ) and all(
        isinstance(side, exp.Column) and side.name.lower() == "as_of_date" for side in sides
    )


def _reads(node: exp.Expr, derived: set[str]) -> bool:
    """Say whether a column of these names is read in an expression, subqueries apart."""
    if isinstance(node, exp.Query):
        return False
    if isinstance(node, exp.Column):
        return node.name.lower() in derived
    return any(_reads(child, derived) for child in node.iter_expressions())
