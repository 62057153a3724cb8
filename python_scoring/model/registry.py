"""The models that exist, and which of them scores: a folder of artifacts and a history.

Promotions are recorded in full, so that "which model made the list of that Tuesday, and why" has an
answer. Promoting and rolling back only add to the history; artifacts are never changed.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from python_scoring.errors import RegistryError
from python_scoring.io.atomic import atomic_file, writing
from python_scoring.io.project import PACKAGE
from python_scoring.io.strict_json import parse_json
from python_scoring.model.artifact import Artifact, load_artifact
from python_scoring.model.manifest import MANIFEST

HISTORY = "registry.json"
Record = dict[str, Any]
PACKAGED = PACKAGE / "artifacts"


class Registry:
    """One folder of versions.

    Args:
        folder: The folder; where None, LEAD_SCORING_MODELS, else the one in the repository.
    """

    def __init__(self, folder: Path | str | None = None) -> None:
        self.folder = Path(folder or os.environ.get("LEAD_SCORING_MODELS") or PACKAGED)

    def versions(self) -> list[str]:
        """Return all versions, those with the newest outcomes last."""
        found = (path.parent.name for path in self.folder.glob(f"[!.]*/{MANIFEST}"))
        return sorted(found, key=lambda version: (version.split("-")[-2:], version))

    def history(self) -> list[Record]:
        """Return every promotion and rollback, oldest first.

        Raises:
            RegistryError: The history cannot be read, or is none.
        """
        path = self.folder / HISTORY
        try:
            history: list[Record] = parse_json(path.read_bytes())["promotions"]
            _standing(history)
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RegistryError(
                f"The promotion history cannot be read: {error}.",
                why="Which model scores would be a guess.",
                where=str(path),
                fix="Restore the file from version control or a backup.",
            ) from error
        return history

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
                where=str(self.folder),
                fix="Name a version, or promote one: lead-scoring models promote VERSION",
            )
        for folder in (self.folder / wanted, Path(wanted)):
            if _holds_artifact(folder):
                return load_artifact(folder)
        raise RegistryError(
            f"There is no model {wanted}.",
            where=str(self.folder),
            fix=f"Name a folder, or one of: {', '.join(self.versions()) or 'none yet; train one'}",
        )

    def require(self, version: str) -> None:
        """Refuse a version that is not in this registry.

        Raises:
            RegistryError: It is not.
        """
        if version not in self.versions():
            raise RegistryError(
                f"There is no version {version} in the registry.",
                where=str(self.folder),
                fix=f"One of: {', '.join(self.versions()) or 'none yet; train one'}",
            )

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
        self.require(version)
        load_artifact(self.folder / version)

        def next_record(history: Sequence[Record]) -> Record:
            in_force = _in_force(history)
            if version == in_force:
                raise RegistryError(f"{version} is already the promoted version.")
            if compared_with is not None and in_force not in compared_with:
                raise RegistryError(
                    f"{in_force or 'No version'} was promoted while the gates were asked.",
                    why=f"They compared {version} with another model.",
                    where=str(self.folder / HISTORY),
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
                    where=str(self.folder / HISTORY),
                    fix="Promote the version you want: lead-scoring models promote VERSION",
                )
            load_artifact(self.folder / standing[-2])
            return _record("rollback", standing[-2], _in_force(history), reason)

        return self._append(next_record)

    def _append(self, next_record: Callable[[Sequence[Record]], Record]) -> Record:
        """Add the record that follows from the history as it stands; return it.

        The one place where the history changes. `next_record` is asked about the very history that
        is then extended: here because a lock keeps others away; an object store would call it
        again where its precondition (the generation that was read) no longer holds.
        """
        with self._locked():
            history = self.history()
            record = next_record(history)
            text = json.dumps({"promotions": [*history, record]}, indent=1, ensure_ascii=False)
            with atomic_file(self.folder / HISTORY) as path:
                path.write_text(text + "\n", encoding="utf-8")
        return record

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Wait for whoever changes this history; the lock goes with the process that holds it."""
        with writing(self.folder / HISTORY):
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.folder, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)


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


def _holds_artifact(folder: Path) -> bool:
    try:
        return (folder / MANIFEST).is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False
