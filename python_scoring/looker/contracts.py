"""The relations that Looker shows, and their columns as dbt's contracts declare them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_scoring.errors import InputError

PARSE = "Run `dbt parse` (or `dbt build`) in the project, then try again."
# both engines' spellings, and LookML's word
_TYPES = {
    "string": "string",
    "bigint": "number",
    "integer": "number",
    "int64": "number",
    "double": "number",
    "float64": "number",
    "boolean": "yesno",
    "date": "date",
    "timestamp": "timestamp",
}


@dataclass(frozen=True)
class Relation:
    """A public relation that Looker shows.

    Args:
        name: Its name.
        key: Columns that name a row.
    """

    name: str
    key: tuple[str, ...]


# One line a relation; `lead-scoring looker generate` then writes its view.
RELATIONS = (
    Relation("builds", ("build_id",)),
    Relation("build_metrics", ("build_id", "subject", "metric")),
    Relation("calibration_evidence", ("model_version", "process", "direction", "ripe_date")),
    Relation("call_exclusions", ("prediction_id", "exclusion")),
    Relation("early_outcomes", ("model_version", "population", "age_weeks")),
    Relation("lead_scores_daily", ("score_date", "lead_id")),
    Relation("model_alerts", ("model_version", "process", "direction")),
    Relation("model_verdicts", ("contact_month", "model_version", "population")),
    Relation("prospect_call_list", ("advisor_crd",)),
    Relation("realised_bands", ("contact_month", "model_version", "population", "score_decile")),
    Relation("realised_performance", ("contact_month", "model_version", "population")),
    Relation("salesforce_leads", ("lead_id",)),
    Relation("scored_contacts", ("lead_id",)),
)


@dataclass(frozen=True)
class Column:
    """A column of a contract.

    Args:
        name: Its name.
        type: string, number, yesno, date or timestamp.
        description: What it holds, on one line.
        is_name: Whether it holds the name of a person.
    """

    name: str
    type: str
    description: str
    is_name: bool


@dataclass(frozen=True)
class Contract:
    """A relation with what its yml promises.

    Args:
        relation: The relation.
        description: What it holds, on one line.
        columns: In the order of the yml.
    """

    relation: Relation
    description: str
    columns: tuple[Column, ...]


def read_contracts(target_path: Path) -> dict[str, Contract]:
    """Read the contracts of `RELATIONS` from dbt's manifest, by name of the relation.

    Args:
        target_path: dbt's target folder.

    Raises:
        InputError: There is no manifest, it cannot be read, or a relation has no public contract.
    """
    file = target_path / "manifest.json"
    if not file.is_file():
        raise InputError(
            "The project was not parsed.",
            why="The views are written from the contracts in dbt's manifest.",
            where=str(file),
            fix=PARSE,
        )
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        return contracts_of(manifest)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"dbt's manifest cannot be read: {error!r}.",
            why="The views are written from the contracts in it.",
            where=str(file),
            fix=PARSE,
        ) from error


def contracts_of(manifest: Mapping[str, Any]) -> dict[str, Contract]:
    """Return the contracts of `RELATIONS` in a manifest.

    Raises:
        InputError: A relation is none of the project, or has no public contract.
    """
    nodes = {node["name"]: node for node in manifest["nodes"].values() if _is_model(node)}
    return {relation.name: _contract(relation, nodes) for relation in RELATIONS}


def _is_model(node: Mapping[str, Any]) -> bool:
    return bool(node["resource_type"] == "model")


def _contract(relation: Relation, nodes: Mapping[str, Any]) -> Contract:
    node = nodes.get(relation.name)
    if node is None or node["access"] != "public" or not node["config"]["contract"]["enforced"]:
        raise InputError(
            f"{relation.name} is no public relation with an enforced contract.",
            why="Looker would show columns that may change or vanish with any commit.",
            where=f"RELATIONS in {__name__}",
            fix="Give it `access: public` and a contract in its yml, or take it off the list.",
        )
    columns = tuple(_column(relation, column) for column in node["columns"].values())
    if missing := set(relation.key) - {column.name for column in columns}:
        raise InputError(
            f"The key of {relation.name} names no column of it: {', '.join(sorted(missing))}.",
            why="Looker counts wrong where the primary key is not one.",
            where=f"RELATIONS in {__name__}",
            fix="Name the columns of the key as the contract does.",
        )
    return Contract(relation, _line(node["description"]), columns)


def _column(relation: Relation, column: Mapping[str, Any]) -> Column:
    kind = str(column["data_type"]).lower()
    if kind not in _TYPES:
        raise InputError(
            f"The column {relation.name}.{column['name']} has the type {kind}.",
            why="It is not known how Looker would show it.",
            where=f"contract of {relation.name}",
            fix=f"Choose one of {', '.join(_TYPES)}, or say in {__name__} how it is shown.",
        )
    meta = column.get("meta") or (column.get("config") or {}).get("meta") or {}
    return Column(
        name=column["name"],
        type=_TYPES[kind],
        description=_line(column["description"]),
        is_name=meta.get("personal") == "name",
    )


def _line(text: str) -> str:
    return " ".join(text.split())
