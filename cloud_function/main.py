"""The Cloud Function: scores leads on request. What it answers with: python_scoring.serving."""

import os

# Requests are small and come side by side: threads inside one only get in each other's way, and a
# team of threads would not survive the fork of the server. XGBoost reads this when it is loaded.
os.environ["OMP_NUM_THREADS"] = "1"

import functions_framework
from flask import Request, Response
from werkzeug.exceptions import HTTPException

from python_scoring.errors import LeadScoringError
from python_scoring.scoring.scorer import LeadScorer
from python_scoring.serving.logs import log_to_stdout
from python_scoring.serving.service import LOG, Service

log_to_stdout(LOG)
try:
    # once, before the first request; a damaged model keeps a deployment from going live
    SERVICE = Service(LeadScorer())
except LeadScoringError as error:
    raise SystemExit(str(error)) from None


@functions_framework.http
def score_lead(request: Request) -> Response:
    """Score what is posted; see /openapi.json."""
    return SERVICE.answer(request)


@functions_framework.errorhandler(HTTPException)  # type: ignore[untyped-decorator]
def refuse(refusal: HTTPException) -> Response:
    """Answer in JSON what the framework refuses by itself: /favicon.ico, /robots.txt."""
    return SERVICE.refuse(refusal)
