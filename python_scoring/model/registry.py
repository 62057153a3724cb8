"""The models that exist, and which of them scores: artifacts and a history, in one place.

Promotions are recorded in full, so that "which model made the list of that Tuesday, and why" has an
answer. Promoting and rolling back only add to the history; artifacts are never changed.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from python_scoring.errors import RegistryError
from python_scoring.io.project import PACKAGE
from python_scoring.io.strict_json import parse_json
from python_scoring.model.artifact import Artifact, Draft, load_artifact
from python_scoring.model.stores.folder import FolderStore, holds_artifact
from python_scoring.model.stores.store import store_at

HISTORY = "registry.json"
Record = dict[str, Any]
PACKAGED = PACKAGE / "artifacts"


class Registry:
    """All versions of one place.

    Args:
        place: A folder, `gs://bucket/folder` or `file:///folder`; where None or empty,
            LEAD_SCORING_MODELS, else the folder in the repository.

    Raises:
        RegistryError: Another kind of address.
    """

    def __init__(self, place: Path | str | None = None) -> None:
        self._store = store_at(str(place or os.environ.get("LEAD_SCORING_MODELS") or PACKAGED))
        self.place = self._store.place

    @property
    def folder(self) -> Path:
        """The folder of a registry on this machine.

        Raises:
            RegistryError: It lies in a bucket.
        """
        if isinstance(self._store, FolderStore):
            return self._store.folder
        raise RegistryError("This registry is no folder.", where=self.place)

    def versions(self) -> list[str]:
        """Return all versions, those with the newest outcomes last."""
        return sorted(self._store.versions(), key=lambda name: (name.split("-")[-2:], name))

    def history(self) -> list[Record]:
        """Return every promotion and rollback, oldest first.

        Raises:
            RegistryError: The history cannot be read, or is none.
        """
        try:
            return _parsed(self._store.read(HISTORY))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._unreadable(error) from error

    def promoted(self) -> str | None:
        """Return the version that scores, or None when none was promoted."""
        return _in_force(self.history())

    def load(self, model: str | None = None) -> Artifact:
        """Load a version, a folder that holds one, or, where None or empty, the promoted version.

        Raises:
            RegistryError: No such version, or none promoted.
            ArtifactError: It is damaged.
        """
        wanted = model or self.promoted()
        if not wanted:
            raise RegistryError(
                "No model is promoted.",
                where=self.place,
                fix="Name a version, or promote one: lead-scoring models promote VERSION",
            )
        if self._store.holds(wanted):
            with self._store.opened(wanted) as folder:
                return load_artifact(folder)
        if holds_artifact(Path(wanted)):
            return load_artifact(Path(wanted))
        raise RegistryError(
            f"There is no model {wanted}.",
            where=self.place,
            fix=f"Name a folder, or one of: {', '.join(self.versions()) or 'none yet; train one'}",
        )

    def require(self, version: str) -> None:
        """Refuse a version that is not in this registry.

        Raises:
            RegistryError: It is not.
        """
        if not self._store.holds(version):
            raise RegistryError(
                f"There is no version {version} in the registry.",
                where=self.place,
                fix=f"One of: {', '.join(self.versions()) or 'none yet; train one'}",
            )

    @contextmanager
    def opened(self, version: str) -> Iterator[Path]:
        """Yield a folder that holds a version's files, for as long as the block lasts.

        Raises:
            RegistryError: No such version.
        """
        self.require(version)
        with self._store.opened(version) as folder:
            yield folder

    def add(self, draft: Draft, *, name: str) -> str:
        """Write what a training run made as a new version; return it. It scores nothing yet.

        Repeated training finds its own version and leaves it as it is.

        Args:
            draft: The model and all that belongs to it.
            name: Family name in the version.

        Raises:
            ArtifactError: A damaged version of this name stands in the way.
            InputError, RegistryError: It cannot be written.
        """
        return self._store.add(draft, name)

    def sign(self, version: str) -> None:
        """Sign a version with the key of the environment; see `manifest.sign`.

        Raises:
            RegistryError: No such version.
            InputError: No key is set, or the signature cannot be written.
        """
        self.require(version)
        self._store.sign(version)

    def promote(
        self,
        version: str,
        reason: str,
        evidence: Mapping[str, Any] | None = None,
        *,
        compared_with: Sequence[str | None] | None = None,
    ) -> Record:
        """Make a version the one that scores, after checking that it is whole; return the record.

        Whether it deserves it is not asked here: see `promotion_gates`.

        Args:
            version: Version of this registry.
            reason: Why.
            evidence: What the gates found, kept in the record.
            compared_with: The only versions (None: no version) in whose place it may come, since
                the gates saw it beside no other; anything where not given.

        Raises:
            RegistryError: No such version in this registry, it is already the one, or another
                than the gates saw is in force by now.
            ArtifactError: It is damaged.
        """
        self._check(version)

        def next_record(history: Sequence[Record]) -> Record:
            in_force = _in_force(history)
            if version == in_force:
                raise RegistryError(f"{version} is already the promoted version.")
            if compared_with is not None and in_force not in compared_with:
                raise RegistryError(
                    f"{in_force or 'No version'} was promoted while the gates were asked.",
                    why=f"They compared {version} with another model.",
                    where=self._history_place,
                    fix="Run the same command again: it compares with the one now in force.",
                )
            return _record("promote", version, in_force, reason) | dict(evidence or {})

        return self._append(next_record)

    def rollback(self, reason: str) -> Record:
        """Go back to the version promoted before the current one; return the record.

        Raises:
            RegistryError: There is none before.
            ArtifactError: The earlier version is damaged.
        """

        def next_record(history: Sequence[Record]) -> Record:
            standing = _standing(history)
            if len(standing) < 2:
                raise RegistryError(
                    "There is no earlier promotion to go back to.",
                    where=self._history_place,
                    fix="Promote the version you want: lead-scoring models promote VERSION",
                )
            self._check(standing[-2])
            return _record("rollback", standing[-2], _in_force(history), reason)

        return self._append(next_record)

    def _append(self, next_record: Callable[[Sequence[Record]], Record]) -> Record:
        """Add the record that follows from the history as it stands; return it.

        The one place where the history changes. `next_record` is asked about the very history that
        is then extended, again where somebody else was faster.
        """

        def extended(found: bytes | None) -> bytes:
            try:
                history = _parsed(found)
            except (ValueError, KeyError, TypeError) as error:
                raise self._unreadable(error) from error
            return history_document([*history, next_record(history)])

        return _parsed(self._store.change(HISTORY, extended))[-1]

    def _check(self, version: str) -> None:
        with self.opened(version) as folder:
            load_artifact(folder)

    @property
    def _history_place(self) -> str:
        return f"{self.place}/{HISTORY}"

    def _unreadable(self, error: Exception) -> RegistryError:
        return RegistryError(
            f"The promotion history cannot be read: {error}.",
            why="Which model scores would be a guess.",
            where=self._history_place,
            fix="Restore the file from version control or a backup.",
        )


def history_document(history: Sequence[Record]) -> bytes:
    """Return a history as the registry's file holds it."""
    text = json.dumps({"promotions": history}, indent=1, ensure_ascii=False)
    return (text + "\n").encode()


def _parsed(document: bytes | None) -> list[Record]:
    """Return the records of a history; none where there is no document.

    Raises:
        ValueError, KeyError, TypeError: It is no history.
    """
    if document is None:
        return []
    history: list[Record] = parse_json(document)["promotions"]
    _standing(history)
    return history


def _in_force(history: Sequence[Record]) -> str | None:
    return str(history[-1]["version"]) if history else None


def _standing(history: Sequence[Record]) -> list[str]:
    """Return promotions that no rollback has undone; the last is in force.

    Raises:
        ValueError, KeyError, TypeError: It is no history.
    """
    if not isinstance(history, list):
        raise TypeError("its promotions are no list")
    standing: list[str] = []
    for number, record in enumerate(history, start=1):
        if not isinstance(record, dict):
            raise TypeError(f"record {number} is no object")
        action, version = record["action"], record["version"]
        if action == "promote" and isinstance(version, str):
            standing.append(version)
        elif action == "rollback" and standing[-2:-1] == [version]:
            standing.pop()
        else:
            raise ValueError(f"record {number} is neither a promotion nor a rollback")
    return standing


def _record(action: str, version: str, previous: str | None, reason: str) -> Record:
    return {
        "action": action,
        "version": version,
        "previous": previous,
        "promoted_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "reason": reason,
    }
