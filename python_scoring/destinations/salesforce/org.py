"""Requests to one org: tried again while the fault may pass, logged in again when it expired."""

import time
from collections.abc import Callable
from typing import Any

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceError,
    SalesforceExpiredSession,
)
from simple_salesforce.util import call_salesforce
from tenacity import Retrying, retry_if_exception, stop_after_attempt

from python_scoring.destinations.delivery import ATTEMPTS, BACKOFF
from python_scoring.errors import DeliveryError

LOCKED = "UNABLE_TO_LOCK_ROW"

_PASSING_STATUS = frozenset({429, 500, 502, 503, 504})
_PASSING_CODES = frozenset({LOCKED, "REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE"})
_PASSING_FAULTS = (
    requests.Timeout,
    requests.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
)


class Org:
    """One org, seen through simple-salesforce.

    Args:
        login: Logs in; called at the first request, and once more whenever a session has expired.
        sleep: Waits so many seconds.
    """

    def __init__(
        self, login: Callable[[], Salesforce], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.sleep = sleep
        self._login = login
        self._client: Salesforce | None = None

    def request(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send one request below `/services/data/vXX.X/`; all that we send may be sent twice.

        Raises:
            DeliveryError: Salesforce refuses it, or the fault did not pass.
        """
        retrying = Retrying(
            retry=retry_if_exception(_may_pass),
            stop=stop_after_attempt(ATTEMPTS),
            wait=BACKOFF,
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return retrying(self._request_logged_in, method, path, more)
        except (SalesforceError, requests.RequestException) as error:
            raise _refusal(error, f"{method} {path}") from error

    def json(self, method: str, path: str, **more: Any) -> Any:
        """Send one request and return the JSON of its answer.

        Raises:
            DeliveryError: As `request`, or the answer is not JSON.
        """
        response = self.request(method, path, **more)
        try:
            return response.json()
        except ValueError as error:
            raise DeliveryError(
                "Salesforce's answer is not JSON.",
                where=f"{method} {path}",
                fix="Is there a proxy between? Check SALESFORCE_INSTANCE_URL.",
            ) from error

    def _request_logged_in(self, method: str, path: str, more: dict[str, Any]) -> requests.Response:
        if self._client is None:
            self._client = self._login()
            return self._request_once(self._client, method, path, more)
        try:
            return self._request_once(self._client, method, path, more)
        except SalesforceExpiredSession:
            self._client = self._login()
            return self._request_once(self._client, method, path, more)

    @staticmethod
    def _request_once(
        client: Salesforce, method: str, path: str, more: dict[str, Any]
    ) -> requests.Response:
        headers = client.headers | more.get("headers", {})
        rest = {name: value for name, value in more.items() if name != "headers"}
        return call_salesforce(client.base_url + path, method, client.session, headers, **rest)


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, SalesforceError):
        # the client calls every failed login a 401; what was answered is its code
        status = error.code if isinstance(error, SalesforceAuthenticationFailed) else error.status
        return status in _PASSING_STATUS or _code(error) in _PASSING_CODES
    return isinstance(error, _PASSING_FAULTS) and not isinstance(
        error, requests.exceptions.SSLError
    )


def _code(error: SalesforceError) -> str:
    """Return Salesforce's error code; its message is left behind, it may name a person."""
    content: Any = error.content
    if isinstance(content, list) and content and isinstance(content[0], dict):
        return str(content[0].get("errorCode", error.status))
    return str(getattr(error, "code", None) or error.status)


def _refusal(error: Exception, where: str) -> DeliveryError:
    if isinstance(error, SalesforceExpiredSession):
        return DeliveryError(
            "The session has expired, also after logging in again.",
            where=where,
            fix="A SALESFORCE_SESSION_ID cannot be renewed: take a new one, or log in by JWT.",
        )
    code = _code(error) if isinstance(error, SalesforceError) else type(error).__name__
    return DeliveryError(
        f"Salesforce did not accept the request: {code}.",
        where=where,
        fix="docs/guides/salesforce.md says what each code means.",
    )
