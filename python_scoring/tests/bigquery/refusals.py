"""Says where in the project a statement that BigQuery would refuse came from."""

from typing import Any

from python_scoring.leakage.lineage.source_lines import SqlText
from python_scoring.tests.bigquery.warehouse import Statement


def told(statement: Statement, manifest: dict[str, Any]) -> str:
    """The file, its line, what ZetaSQL says, and the line's text.

    Args:
        statement: A refused one.
        manifest: dbt's manifest, which knows the node's file.

    """
    assert statement.refusal is not None, "only what was refused has a place"
    node = (manifest["nodes"] | manifest["unit_tests"])[statement.node_id]
    written = node.get("raw_code")
    line, text = SqlText(node["original_file_path"], statement.sql, written).place(
        statement.refusal.line or 1
    )
    # a unit test's SQL has no file of its own: the line is one of the compiled SQL
    place = (
        f"{node['original_file_path']}:{line}" if written else f"{statement.node_id}, line {line}"
    )
    return f"{place}: {statement.refusal.message}\n    {text}"


def refusals(log: list[Statement], manifest: dict[str, Any]) -> list[str]:
    """Every refusal of a log, in order, told."""
    return [told(statement, manifest) for statement in log if statement.refusal]
