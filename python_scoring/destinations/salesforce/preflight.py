"""Compares the field list with the org's own description, before the first row is sent.

Rows are checked against the list (`Field.problem`), and the org here: what passes both fits.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from python_scoring.destinations.salesforce.fields import OBJECT, TEXT_TYPES, Field

# Types that hold ours without changing it. A percent field would show 0.12 as 0.12 %.
_HOLDS = {
    "double": frozenset({"double"}),
    "picklist": TEXT_TYPES,
    "string": TEXT_TYPES,
    "textarea": frozenset({"string", "textarea"}),
}


def findings(fields: Sequence[Field], description: Mapping[str, Any]) -> list[str]:
    """Say everything that keeps the org from taking the fields; empty when nothing does.

    Args:
        fields: The fields to be sent.
        description: Salesforce's describe of the object, as its user sees it.
    """
    found = [] if description.get("updateable") else [f"{OBJECT}: the user may not edit it"]
    there = {field["name"]: field for field in description["fields"]}
    for field in fields:
        if field.name in there:
            found += [f"{field.name}: {what}" for what in _findings(field, there[field.name])]
        else:
            found.append(f"{field.name}: there is no such field, or the user may not see it")
    return found


def _findings(field: Field, there: Mapping[str, Any]) -> list[str]:
    if there["type"] not in _HOLDS.get(field.type, {field.type}):
        return [f"is of type {there['type']}, not {field.type}"]
    found = []
    if field.type != "id" and not there["updateable"]:
        why = "it is a formula" if there.get("calculated") else "no edit access"
        found.append(f"cannot be written by the user ({why})")
    if there["type"] == "double":
        found += _findings_of_number(field, there)
    elif there["type"] == "picklist":
        found += _findings_of_picklist(field, there)
    elif field.type in TEXT_TYPES and there["length"] < field.length:
        found.append(f"holds {there['length']} characters, {field.length} are needed")
    return found


def _findings_of_number(field: Field, there: Mapping[str, Any]) -> list[str]:
    found = []
    if there["scale"] < field.scale:
        found.append(f"keeps {there['scale']} decimals, {field.scale} are sent")
    whole, needed = there["precision"] - there["scale"], field.length - field.scale
    if whole < needed:
        found.append(f"holds {whole} digits before the point, {needed} are needed")
    return found


def _findings_of_picklist(field: Field, there: Mapping[str, Any]) -> list[str]:
    if not there["restrictedPicklist"]:
        return []
    active = {entry["value"] for entry in there["picklistValues"] if entry["active"]}
    if not field.words:
        return ["is a restricted picklist, and our texts are free"]
    lacking = [word for word in field.words if word not in active]
    return [f'restricted picklist without the value "{word}"' for word in lacking]
