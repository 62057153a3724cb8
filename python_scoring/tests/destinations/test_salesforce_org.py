"""How the client logs in, waits, and gives up; against an org on loopback."""

from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import HTTPAdapter

from python_scoring.destinations.delivery import ATTEMPTS
from python_scoring.destinations.salesforce import credentials
from python_scoring.destinations.salesforce.credentials import login_from
from python_scoring.destinations.salesforce.org import Org
from python_scoring.errors import DeliveryError, InputError
from python_scoring.tests.support.fake_salesforce import Answer, FakeOrg, refusal

DESCRIBE = "sobjects/Lead/describe"
PASSWORD = {
    "SALESFORCE_USERNAME": "somebody@example.com",
    "SALESFORCE_PASSWORD": "hunter2",
    "SALESFORCE_SECURITY_TOKEN": "token",
    "SALESFORCE_DOMAIN": "test",
}


class ToLoopback(HTTPAdapter):
    """Takes requests for Salesforce's login host to the fake org."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *a: Any, **more: Any) -> requests.Response:
        host, slash, path = str(request.url).removeprefix("https://").partition("/")
        assert host == "test.salesforce.com"
        request.url = f"{self._url}{slash}{path}"
        return super().send(request, *a, **more)


def logged_in(org: FakeOrg, environment: dict[str, str], pauses: list[float]) -> Org:
    session = requests.Session()
    session.mount("https://test.salesforce.com", ToLoopback(org.url))
    return Org(login_from(environment, session), sleep=pauses.append)


@pytest.mark.parametrize(
    "answer",
    [
        refusal(500, "UNKNOWN_EXCEPTION"),
        refusal(429, "TOO_MANY_REQUESTS"),
        refusal(403, "REQUEST_LIMIT_EXCEEDED"),
        refusal(400, "UNABLE_TO_LOCK_ROW"),
        (502, "<html>gateway</html>"),
        None,
    ],
    ids=["500", "429", "limit", "lock", "gateway", "timeout"],
)
def test_a_fault_that_may_pass_is_sat_out_and_not_for_ever(
    org: FakeOrg, answer: Answer | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "TIMEOUT", (5.0, 1.5 if answer is None else 30.0))
    environment = {"SALESFORCE_INSTANCE_URL": org.url, "SALESFORCE_SESSION_ID": "session-0"}
    pauses: list[float] = []
    client = Org(login_from(environment), sleep=pauses.append)
    org.fail("GET", DESCRIBE, answer, times=2)
    assert client.json("GET", DESCRIBE) == org.describe
    assert len(pauses) == 2
    assert all(0 <= pause <= 2**n for n, pause in enumerate(pauses))
    org.fail("GET", DESCRIBE, answer, times=ATTEMPTS)
    told = "ReadTimeout" if answer is None else "did not accept the request"
    with pytest.raises(DeliveryError, match=told):
        client.json("GET", DESCRIBE)
    assert (len(pauses), len(org.faults)) == (2 + ATTEMPTS - 1, 0)


def test_an_expired_session_is_renewed_once_and_the_request_goes_on(org: FakeOrg) -> None:
    pauses: list[float] = []
    client = logged_in(org, PASSWORD, pauses)
    client.json("GET", DESCRIBE)
    assert org.logins == 1
    org.sessions.clear()
    assert client.json("GET", DESCRIBE) == org.describe
    assert (org.logins, pauses) == (2, [])
    org.sessions.clear()
    expired = refusal(401, "INVALID_SESSION_ID")
    org.fail("GET", DESCRIBE, expired, times=2)
    with pytest.raises(DeliveryError, match="session has expired, also after logging in again"):
        client.json("GET", DESCRIBE)
    assert (org.logins, pauses) == (3, [])


def test_a_refused_login_reports_the_code_and_no_secret(org: FakeOrg) -> None:
    said = "<a><sf:exceptionCode>INVALID_LOGIN</sf:exceptionCode></a>"
    org.fail("POST", "Soap", (500, said.replace("sf:", "")))
    with pytest.raises(DeliveryError) as caught:
        logged_in(org, PASSWORD, []).json("GET", DESCRIBE)
    assert "hunter2" not in str(caught.value)
    assert "somebody" not in str(caught.value)


def test_a_login_is_tried_again_while_salesforce_is_down(org: FakeOrg) -> None:
    """The client calls every failed login a 401."""
    pauses: list[float] = []
    down = (503, "<html>down for maintenance<br></html>")
    org.fail("POST", "Soap", down, times=2)
    assert logged_in(org, PASSWORD, pauses).json("GET", DESCRIBE) == org.describe
    assert (org.logins, len(pauses)) == (1, 2)
    org.fail("POST", "Soap", down, times=ATTEMPTS)
    with pytest.raises(DeliveryError, match="did not accept the request: 503"):
        logged_in(org, PASSWORD, pauses).json("GET", DESCRIBE)
    assert (len(pauses), len(org.faults)) == (2 + ATTEMPTS - 1, 0)


def test_a_page_in_answer_to_the_login_is_an_error(org: FakeOrg) -> None:
    pauses: list[float] = []
    org.fail("POST", "Soap", (200, "<html>a proxy's page<br></html>"))
    with pytest.raises(DeliveryError, match="is not XML, so it is not Salesforce's") as caught:
        logged_in(org, PASSWORD, pauses).json("GET", DESCRIBE)
    assert "https://test.salesforce.com" in caught.value.where
    assert caught.value.fix
    assert "hunter2" not in str(caught.value)
    assert (org.logins, pauses) == (0, [])


@pytest.mark.parametrize(
    "address",
    ["myorg.my.salesforce.com", "myorg.my.salesforce.com:443", "https://org:abc", "https://"],
)
def test_an_address_without_a_server_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(InputError, match="names no server") as caught:
        login_from({"SALESFORCE_INSTANCE_URL": address, "SALESFORCE_SESSION_ID": "session-0"})
    assert caught.value.why
    assert caught.value.where == "SALESFORCE_INSTANCE_URL"
    assert "https://" in caught.value.fix
    assert "session-0" not in str(caught.value)


def test_jwt_is_preferred_and_signed_with_the_key_file(org: FakeOrg, tmp_path: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    jwt = {"SALESFORCE_CONSUMER_KEY": "app", "SALESFORCE_PRIVATE_KEY_FILE": f"{tmp_path}/key.pem"}
    client = logged_in(org, PASSWORD | jwt, [])
    assert client.json("GET", DESCRIBE) == org.describe
    assert (org.count("POST", "oauth2/token"), org.count("POST", "Soap")) == (1, 0)


def test_an_answer_that_is_no_json_is_an_error(org: FakeOrg) -> None:
    org.fail("GET", DESCRIBE, (200, "<html>a proxy's page</html>"))
    with pytest.raises(DeliveryError, match="not JSON"):
        logged_in(org, PASSWORD, []).json("GET", DESCRIBE)


def test_an_untrusted_certificate_is_refused_at_once(
    org: FakeOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    environment = {"SALESFORCE_INSTANCE_URL": org.url, "SALESFORCE_SESSION_ID": "session-0"}
    pauses: list[float] = []
    with pytest.raises(DeliveryError, match="SSLError"):
        Org(login_from(environment), sleep=pauses.append).json("GET", DESCRIBE)
    assert (org.requests, pauses) == ([], [])


def test_missing_variables_are_named() -> None:
    with pytest.raises(InputError) as caught:
        login_from({"SALESFORCE_USERNAME": "somebody@example.com", "SALESFORCE_CONSUMER_KEY": "k"})
    assert "(missing: SALESFORCE_PRIVATE_KEY_FILE)" in str(caught.value)
    assert "somebody" not in str(caught.value)
