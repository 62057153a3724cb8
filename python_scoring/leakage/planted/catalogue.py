"""The catalogue of leaks, and how one is planted."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from python_scoring.errors import LeadScoringError

CATALOGUE = Path(__file__).with_name("leaks.yml")


@dataclass(frozen=True)
class Patch:
    """In `file`, the text `find` becomes `replace`; without `find`, the file is made of it."""

    file: str
    replace: str
    find: str | None = None

    def apply(self, project: Path) -> None:
        """Change the copy.

        Raises:
            LeadScoringError: The text is not there: the project changed, the catalogue must too.

        """
        path = project / self.file
        if self.find is None:
            path.write_text(self.replace, encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        if self.find not in text:
            raise LeadScoringError(
                f"The leak cannot be planted: {self.file} does not hold the text to replace.",
                why="A leak that is not planted would count as caught by nobody, or by everybody.",
                where=self.find.strip(),
                fix="Adapt the patch in leaks.yml to the project as it is now.",
            )
        path.write_text(text.replace(self.find, self.replace, 1), encoding="utf-8")


@dataclass(frozen=True)
class Leak:
    """A leak: its name, why an engineer might write it, and the patches that make it."""

    name: str
    motive: str
    patches: tuple[Patch, ...]

    def plant(self, project: Path) -> None:
        """Apply all patches to a copy of the project."""
        for patch in self.patches:
            patch.apply(project)


def read_catalogue(path: Path = CATALOGUE) -> list[Leak]:
    """Read the leaks, in the order of the catalogue."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    shared = content["shared"]
    return [
        Leak(
            leak["name"],
            leak["motive"],
            tuple(
                Patch(**patch) for patch in (*shared.get(leak.get("needs"), []), *leak["patches"])
            ),
        )
        for leak in content["leaks"]
    ]
