"""Answers requests: routes them, checks them, scores, and logs what happened without saying whom.

POST /              one lead, or {"leads": [...]}
GET  /health        whether it can score
GET  /version       which model scores
GET  /openapi.json  the description of all this
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter
from typing import Any

from flask import Request, Response
from pydantic import ValidationError
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MethodNotAllowed,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)
from werkzeug.routing import Map, Rule

from python_scoring.io.strict_json import parse_json
from python_scoring.scoring.scorer import LeadScorer
from python_scoring.serving.messages import FieldReason, reasons, request_type
from python_scoring.serving.openapi import openapi

MOST_BYTES = 2 * 1024 * 1024
ROUTES = Map(
    [
        Rule("/", endpoint="score", methods=["POST"]),
        Rule("/health", endpoint="health", methods=["GET"]),
        Rule("/version", endpoint="version", methods=["GET"]),
        Rule("/openapi.json", endpoint="openapi", methods=["GET"]),
    ],
    merge_slashes=False,
)
LOG = logging.getLogger("lead_scoring")


@dataclass(frozen=True)
class Answer:
    """What is sent back, and how many leads were scored for it."""

    status: int
    body: Mapping[str, Any]
    leads: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


class RefusedFields(BadRequest):
    """A request with fields that cannot be used."""

    def __init__(self, fields: list[FieldReason]) -> None:
        count = f"{len(fields):,} field{'s' if len(fields) > 1 else ''}"
        super().__init__(f"Nothing was scored: {count} cannot be used.")
        self.fields = fields


class Service:
    """Answers for one loaded model; safe to call from many threads.

    Args:
        scorer: The model.
    """

    def __init__(self, scorer: LeadScorer) -> None:
        self._scorer = scorer
        self._request_type = request_type(scorer.contract)
        self._endpoints: dict[str, Callable[[Request], Answer]] = {
            "score": self._score,
            "health": self._health,
            "version": self._version,
            "openapi": lambda _: Answer(200, self._openapi),
        }
        # warm-up, so that the first request is not slow
        scorer.score_lead(dict.fromkeys(scorer.contract.base_names))

    def answer(self, request: Request) -> Response:
        """Answer a request; whatever happens, in JSON and without a traceback."""
        started = perf_counter()
        endpoint = "unknown"
        try:
            endpoint, _ = ROUTES.bind("").match(request.path, request.method)
            answer = self._endpoints[endpoint](request)
        except HTTPException as refusal:
            answer = _refused(refusal)
        except Exception as error:
            LOG.error("the service has a defect", exc_info=error)
            answer = Answer(500, {"error": "The service has a defect; it is logged.", "fields": []})
        return self._respond(endpoint, answer, started)

    def refuse(self, refusal: HTTPException) -> Response:
        """Answer what the framework refuses before it asks us, such as /favicon.ico, alike."""
        return self._respond("unknown", _refused(refusal), perf_counter())

    def _respond(self, endpoint: str, answer: Answer, started: float) -> Response:
        self._log(endpoint, answer, 1000 * (perf_counter() - started))
        text = json.dumps(answer.body, ensure_ascii=False, allow_nan=False)
        return Response(text, answer.status, answer.headers, mimetype="application/json")

    def _score(self, request: Request) -> Answer:
        sent = self._checked(request)
        leads = sent.get("leads", [sent])
        found = self._scorer.score_leads([lead["features"] for lead in leads])
        scores = [
            {"lead_id": lead["lead_id"], **score} for lead, score in zip(leads, found, strict=True)
        ]
        return Answer(200, {"scores": scores} if "leads" in sent else scores[0], len(scores))

    def _checked(self, request: Request) -> dict[str, Any]:
        """Return the body, checked.

        Raises:
            HTTPException: 413 too large, 415 not JSON by its type, 400 with all that is wrong.
        """
        if not request.is_json:
            raise UnsupportedMediaType("Send the lead as application/json.")
        body = request.stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise RequestEntityTooLarge(f"At most {MOST_BYTES:,} bytes are read.")
        try:
            checked: dict[str, Any] = self._request_type.validate_json(body).model_dump(
                by_alias=True
            )
            parse_json(body)
        except ValidationError as error:
            raise RefusedFields(reasons(error)) from error
        except ValueError as error:  # what pydantic passes over: a key that stands twice
            raise RefusedFields([FieldReason(field="body", reason=str(error))]) from error
        return checked

    def _health(self, _: Request) -> Answer:
        return Answer(200, {"status": "ok", "model_version": self._scorer.model_version})

    def _version(self, _: Request) -> Answer:
        scorer = self._scorer
        return Answer(
            200,
            {
                "model_version": scorer.model_version,
                "model_sha256": scorer.model_sha256,
                "base_rate": scorer.base_rate,
                "feature_names": scorer.feature_names,
                "base_feature_names": scorer.contract.base_names,
            },
        )

    @cached_property
    def _openapi(self) -> dict[str, Any]:
        return openapi(self._scorer.contract)

    def _log(self, endpoint: str, answer: Answer, milliseconds: float) -> None:
        """Say what happened; no id, value or path, since each could name a person."""
        told = {
            "endpoint": endpoint,
            "status": answer.status,
            "leads": answer.leads,
            "latency_ms": round(milliseconds, 2),
            "model_version": self._scorer.model_version,
        }
        level = logging.INFO if answer.status < 400 else logging.WARNING
        LOG.log(level, "answered", extra={"told": told})


def _refused(refusal: HTTPException) -> Answer:
    found = refusal.fields if isinstance(refusal, RefusedFields) else []
    body = {"error": refusal.description, "fields": [reason.model_dump() for reason in found]}
    headers = {}
    if isinstance(refusal, MethodNotAllowed) and refusal.valid_methods:
        headers["Allow"] = ", ".join(sorted(refusal.valid_methods))
    return Answer(refusal.code or 500, body, headers=headers)
