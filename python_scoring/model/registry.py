"""The models that exist, and which of them scores: a folder of artifacts and a history.

Promotions are recorded in full, so that "which model made the list of that Tuesday, and why" has an
answer. Promoting and rolling back only add to the history; artifacts are never changed.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from python_scoring.errors import RegistryError
from python_scoring.io.atomic import atomic_file
from python_scoring.io.project import PACKAGE
from python_scoring.model.artifact import MANIFEST, Artifact, load_artifact

HISTORY = "registry.json"
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

    def history(self) -> list[dict[str, Any]]:
        """Return every promotion and rollback, oldest first.

        Raises:
            RegistryError: The history cannot be read.
        """
        path = self.folder / HISTORY
        try:
            return list(json.loads(path.read_text(encoding="utf-8"))["promotions"])
        except FileNotFoundError:
            return []
        except (ValueError, KeyError, TypeError) as error:
            raise RegistryError(
                f"The promotion history cannot be read: {error}.",
                why="Which model scores would be a guess.",
                where=str(path),
                fix="Restore the file from version control or a backup.",
            ) from error

    def promoted(self) -> str | None:
        """Return the version that scores, or None when none was promoted."""
        history = self.history()
        return str(history[-1]["version"]) if history else None

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
            if (folder / MANIFEST).is_file():
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
        self, version: str, reason: str, evidence: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Make a version the one that scores, after checking that it is whole; return the record.

        Whether it deserves it is not asked here: see `promotion`.

        Args:
            version: Version of this registry.
            reason: Why.
            evidence: What the gates found, kept in the record.

        Raises:
            RegistryError: No such version in this registry, or it is already the one.
            ArtifactError: It is damaged.
        """
        self.require(version)
        load_artifact(self.folder / version)
        if version == self.promoted():
            raise RegistryError(f"{version} is already the promoted version.")
        return self._record("promote", version, reason, evidence or {})

    def rollback(self, reason: str) -> dict[str, Any]:
        """Go back to the version promoted before the current one; return the record.

        Raises:
            RegistryError: There is none before.
            ArtifactError: The earlier version is damaged.
        """
        standing = self._standing()
        if len(standing) < 2:
            raise RegistryError(
                "There is no earlier promotion to go back to.",
                where=str(self.folder / HISTORY),
                fix="Promote the version you want: lead-scoring models promote VERSION",
            )
        load_artifact(self.folder / standing[-2])
        return self._record("rollback", standing[-2], reason, {})

    def _standing(self) -> list[str]:
        """Return promotions that no rollback has undone; the last is in force."""
        standing: list[str] = []
        for record in self.history():
            if record["action"] == "rollback":
                standing.pop()
            else:
                standing.append(record["version"])
        return standing

    def _record(
        self, action: str, version: str, reason: str, evidence: Mapping[str, Any]
    ) -> dict[str, Any]:
        record = {
            "action": action,
            "version": version,
            "previous": self.promoted(),
            "promoted_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "reason": reason,
            **evidence,
        }
        history = {"promotions": [*self.history(), record]}
        with atomic_file(self.folder / HISTORY) as path:
            path.write_text(
                json.dumps(history, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )
        return record
