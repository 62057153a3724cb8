"""Says where in the project a statement that BigQuery would refuse came from."""

from typing import Any

from python_scoring.leakage.lineage.inputs.source_lines import SqlText
from python_scoring.tests.bigquery.warehouse import Statement


def told(statement: Statement, manifest: dict[str, Any]) -> str:
    """The file, its line, what ZetaSQL says, and the line's text.

    Args:
        statement: A refused one.
        manifest: dbt's manifest, which knows the node's file.

    """
    assert statement.refusal is not None, "only what was refused has a place"
    node_id = statement.node_id
    if test := manifest["unit_tests"].get(node_id):
        # dbt runs it before its model, whose SQL it holds: the model is what must be mended
        node_id = f"model.{test['package_name']}.{test['model']}"
    node = manifest["nodes"][node_id]
    written = SqlText(node["original_file_path"], statement.sql, node["raw_code"])
    line, text = written.place(statement.refusal.line or 1)
    return f"{written.path}:{line}: {statement.refusal.message}\n    {text}"


def refusals(log: list[Statement], manifest: dict[str, Any]) -> str:
    """Every refusal of a log, in order, as text; empty where nothing was refused.

    Nodes downstream of a refused one are skipped by dbt, and judged once it is mended.
    """
    return "\n".join(told(statement, manifest) for statement in log if statement.refusal)
