"""What BigQuery and Google's client refuse, in the four parts of our errors."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import requests
from dbt_common.exceptions import DbtBaseException
from google.api_core import exceptions as api
from google.auth import exceptions as auth

from python_scoring.errors import WarehouseError
from python_scoring.io.warehouse.profile import last_words

_LIMITS = ("quotaExceeded", "rateLimitExceeded", "bytesBilledLimitExceeded")
_NETWORK = (
    api.RetryError,
    api.ServerError,
    auth.TransportError,
    requests.RequestException,
    ConnectionError,
    TimeoutError,
)
_AGAIN = "Run it again: nothing is half-written, a sync goes on where it stopped."


@contextmanager
def explained(place: str, fix: str) -> Iterator[None]:
    """Turn what Google's client raises in the block into WarehouseError.

    Args:
        place: Project and dataset.
        fix: What to do where the project is not built there.
    """
    try:
        yield
    except api.NotFound as error:
        raise WarehouseError(
            f"BigQuery does not find what was asked for: {_told(error)}",
            why="Either the project was not built there, or it is looked for in the wrong place: "
            "another project, dataset or location.",
            where=place,
            fix=fix,
        ) from error
    except (api.TooManyRequests, api.Forbidden) as error:
        raise _refused(error, place) from error
    except (api.Unauthorized, auth.RefreshError, auth.DefaultCredentialsError) as error:
        raise _not_logged_in(_told(error), place) from error
    except _NETWORK as error:
        raise WarehouseError(
            f"BigQuery cannot be reached, or does not answer: {_told(error)}",
            why="What was to be read or written is not complete.",
            where=place,
            fix=f"Look at the network and at Google's status page. {_AGAIN}",
        ) from error
    except api.GoogleAPICallError as error:
        raise _refused(error, place) from error
    except DbtBaseException as error:
        raise _not_logged_in(last_words(error), place) from error


def _refused(error: api.GoogleAPICallError, place: str) -> WarehouseError:
    # REST says its reason in a mapping; the Storage API speaks gRPC, whose errors are other objects
    reasons = (each.get("reason") for each in error.errors or () if isinstance(each, Mapping))
    reason = next((str(given) for given in reasons), "")
    if isinstance(error, api.TooManyRequests) or reason in _LIMITS:
        return WarehouseError(
            f"BigQuery refuses more for now ({reason or 'a limit'}): {_told(error)}",
            why="A quota of the project, or a limit of the profile, is used up.",
            where=place,
            fix="Wait, or raise the quota in the console, or maximum_bytes_billed in the profile. "
            + _AGAIN,
        )
    if isinstance(error, api.Forbidden):
        return WarehouseError(
            f"BigQuery denies access: {_told(error)}",
            why="The account may not do this there, or the project is not the right one.",
            where=place,
            fix="Give the account the roles that docs/guides/bigquery.md lists, or correct the "
            "project in the profile.",
        )
    return WarehouseError(
        f"BigQuery refuses a statement: {_told(error)}",
        why="A relation or column is not as this version of the project makes it.",
        where=place,
        fix="Run `dbt build` of this version on this target.",
    )


def _not_logged_in(told: str, place: str) -> WarehouseError:
    return WarehouseError(
        f"Google does not accept the credentials: {told}",
        why="Without them nothing can be read or written.",
        where=f"{place}; the profile's method, GOOGLE_APPLICATION_CREDENTIALS",
        fix="Log in again (gcloud auth application-default login), or attach a service account; "
        "docs/guides/bigquery.md says how.",
    )


def _told(error: Exception) -> str:
    """Return the error's own words in one line; Google's name no row and no token."""
    text = str(getattr(error, "message", "") or error)
    return " ".join(text.split())[:300]
