"""What Cloud Storage or its client refuses, as errors for people."""

from python_scoring.errors import RegistryError

_LOGIN = (
    "Log in (gcloud auth application-default login), attach a service account, or name a file in "
    "GOOGLE_APPLICATION_CREDENTIALS."
)
_RIGHTS = (
    "Grant the account which runs this roles/storage.objectViewer on the bucket to score, "
    "roles/storage.objectUser to train and promote."
)
_BUCKET = "Check the bucket's name, or create it: gcloud storage buckets create gs://BUCKET"
_NETWORK = "Check the network, and run the same command again: what was half done is found."


def refused(error: Exception, place: str, what: str) -> RegistryError:
    """Return the error that says why a registry in a bucket cannot be read or written.

    Args:
        error: What Google's client raised.
        place: Address of the registry.
        what: `read` or `written`.
    """
    unchanged = "No version was overwritten, and the history is whole."
    said = " ".join(str(error).split())[:500]
    return RegistryError(
        f"The registry cannot be {what}: {said or type(error).__name__}.",
        why="Without its model nothing can be scored." if what == "read" else unchanged,
        where=place,
        fix=_fix(error),
    )


def _fix(error: Exception) -> str:
    from google.api_core.exceptions import Forbidden, NotFound, Unauthorized
    from google.auth.exceptions import GoogleAuthError

    if isinstance(error, GoogleAuthError | Unauthorized):
        return _LOGIN
    if isinstance(error, Forbidden):
        return _RIGHTS
    return _BUCKET if isinstance(error, NotFound) else _NETWORK
