"""Finds the line of a file that a line of compiled SQL came from."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property


@dataclass(frozen=True)
class SqlText:
    """The SQL of a unit, and the file that a person would open to change it.

    Args:
        path: The file as shown in reports.
        sql: The SQL that was read; for a dbt model, the compiled one.
        written: What is in the file when that differs (Jinja), else None.
    """

    path: str
    sql: str
    written: str | None = None

    def place(self, line: int) -> tuple[int, str]:
        """The file's line for a line of the read SQL, and the text of the latter."""
        lines = self.sql.splitlines()
        text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        return self._lines_in_file.get(line, line), text

    @cached_property
    def _lines_in_file(self) -> dict[int, int]:
        """Compiled line to written line; what a macro made belongs to the line that calls it."""
        if self.written is None:
            return {}
        compiled = [line.strip() for line in self.sql.splitlines()]
        written = [line.strip() for line in self.written.splitlines()]
        found: dict[int, int] = {}
        for _, start, end, first, last in SequenceMatcher(
            None, compiled, written, autojunk=False
        ).get_opcodes():
            for line in range(start, end):
                found[line + 1] = min(first + line - start, max(last - 1, first)) + 1
        return found
