"""The OpenAPI description of the service, made from the messages and the model's features."""

from typing import Any

from pydantic import TypeAdapter

from python_scoring.features.contract import FeatureContract
from python_scoring.serving.messages import (
    MOST_LEADS,
    Health,
    Refusal,
    Score,
    Scores,
    Version,
    request_type,
)

REFUSALS = {
    "400": "Not JSON, or fields that cannot be used, each with its reason.",
    "413": "More than 2 MiB.",
    "415": "Not sent as application/json.",
    "500": "A defect of the service.",
}


def openapi(contract: FeatureContract) -> dict[str, Any]:
    """Return the description as plain data, OpenAPI 3.1.

    Args:
        contract: The features of the model.
    """
    answers = {model.__name__: TypeAdapter(model) for model in (Health, Refusal, Scores, Version)}
    answers["Score"] = TypeAdapter(Score)
    parts: list[Any] = [(name, "serialization", adapter) for name, adapter in answers.items()]
    parts.append(("Request", "validation", request_type(contract)))
    places, definitions = TypeAdapter.json_schemas(
        parts, ref_template="#/components/schemas/{model}"
    )
    schemas = {(str(name), mode): schema for (name, mode), schema in places.items()}
    scored = {"oneOf": [schemas["Score", "serialization"], schemas["Scores", "serialization"]]}
    refused = schemas["Refusal", "serialization"]
    refusals = {code: _answer(text, refused) for code, text in REFUSALS.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lead scoring",
            "version": "1",
            "description": "The chance that a contact made now becomes a scheduled call within 30 "
            "days. The predecessor's spelling of features is understood "
            "(`pit_mobility_tier_Highly Mobile`).",
        },
        "paths": {
            "/": {
                "post": {
                    "operationId": "score",
                    "summary": f"Score one lead, or up to {MOST_LEADS:,} at once.",
                    "requestBody": {
                        "required": True,
                        "content": _json(schemas["Request", "validation"]),
                    },
                    "responses": {"200": _answer("Scored.", scored), **refusals},
                }
            },
            "/health": _get("health", "Whether it can score.", schemas["Health", "serialization"]),
            "/version": _get("version", "Which model.", schemas["Version", "serialization"]),
            "/openapi.json": _get("openapi", "This description.", {"type": "object"}),
        },
        "components": {"schemas": definitions["$defs"]},
    }


def _get(operation: str, summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    answers = {"200": _answer(summary, schema)}
    return {"get": {"operationId": operation, "summary": summary, "responses": answers}}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": _json(schema)}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
