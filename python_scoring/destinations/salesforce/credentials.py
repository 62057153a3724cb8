"""Who logs in to Salesforce: from the environment only, never from a file, option or log."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

import requests
from jwt.exceptions import PyJWTError
from simple_salesforce.api import Salesforce

from python_scoring.errors import DeliveryError, InputError

# Seconds to connect, and to wait for the next byte of an answer.
TIMEOUT = (10.0, 120.0)

# Ways to log in, the one to prefer first: variable of the environment → argument of the client.
_WAYS = (
    {
        "SALESFORCE_USERNAME": "username",
        "SALESFORCE_CONSUMER_KEY": "consumer_key",
        "SALESFORCE_PRIVATE_KEY_FILE": "privatekey_file",
    },
    {
        "SALESFORCE_DOMAIN": "domain",
        "SALESFORCE_CONSUMER_KEY": "consumer_key",
        "SALESFORCE_CONSUMER_SECRET": "consumer_secret",
    },
    {
        "SALESFORCE_USERNAME": "username",
        "SALESFORCE_PASSWORD": "password",
        "SALESFORCE_SECURITY_TOKEN": "security_token",
    },
    {
        "SALESFORCE_INSTANCE_URL": "instance_url",
        "SALESFORCE_SESSION_ID": "session_id",
    },
)


class _Session(requests.Session):
    """simple-salesforce sets no timeout; each of its requests goes through here."""

    def request(self, *args: Any, **more: Any) -> requests.Response:
        return super().request(*args, **({"timeout": TIMEOUT} | more))


def login_from(
    environment: Mapping[str, str], session: requests.Session | None = None
) -> Callable[[], Salesforce]:
    """Return what logs in, as often as it is called.

    Args:
        environment: Variables; see docs/guides/salesforce.md.
        session: HTTP session to use; by default one of our own with `TIMEOUT` on every request.

    Raises:
        InputError: No way to log in is complete; names the variables that are missing. Or the
            address of the session names no server.
    """
    for way in _WAYS:
        if all(environment.get(variable) for variable in way):
            arguments: dict[str, Any] = {way[name]: environment[name] for name in way}
            if "instance_url" in arguments:
                _require_host(arguments["instance_url"])
            if environment.get("SALESFORCE_DOMAIN"):
                arguments["domain"] = environment["SALESFORCE_DOMAIN"]
            arguments["session"] = session or _Session()
            return lambda: _log_in(arguments)
    choices = []
    for way in _WAYS:
        missing = [variable for variable in way if not environment.get(variable)]
        partly = f" (missing: {', '.join(missing)})" if len(missing) < len(way) else ""
        choices.append(", ".join(way) + partly)
    raise InputError(
        "There are no complete credentials for Salesforce in the environment.",
        fix="Set one of these:\n  " + "\n  ".join(choices),
    )


def _require_host(instance_url: str) -> None:
    """Refuse an address from which the client would take no host, and ask https://None/."""
    try:
        address = urlsplit(instance_url)
        host, _ = address.hostname, address.port
    except ValueError:
        host = None
    if not host:
        raise InputError(
            "The address of the session names no server, or no port.",
            why="The session would be offered to another server, or to none; nothing was sent.",
            where="SALESFORCE_INSTANCE_URL",
            fix="Give it with https://, such as https://MYDOMAIN.my.salesforce.com.",
        )


def _log_in(arguments: dict[str, Any]) -> Salesforce:
    """Log in; nothing of a key that cannot be used is quoted.

    Raises:
        InputError: The private key's file cannot be read, or holds no private key.
        DeliveryError: What answered a login by password is not Salesforce.
    """
    try:
        return Salesforce(**arguments)
    except requests.RequestException:
        raise
    except ExpatError as error:
        raise DeliveryError(
            "The answer to the login is not XML, so it is not Salesforce's.",
            why="Without a login nothing can be sent, and nothing was.",
            where=f"https://{arguments.get('domain', 'login')}.salesforce.com (SALESFORCE_DOMAIN)",
            fix="Is there a proxy between? Have it let this address through.",
        ) from error
    except (OSError, ValueError, TypeError, PyJWTError) as error:
        if "privatekey_file" not in arguments:
            raise
        raise InputError(
            f"The private key cannot be used ({type(error).__name__}).",
            why="Without it nobody can log in, and nothing was sent.",
            where=f"{arguments['privatekey_file']} (SALESFORCE_PRIVATE_KEY_FILE)",
            fix="Name a file that may be read and holds an RSA private key in PEM, without a "
            "password.",
        ) from error
