"""Reads the dashboard's page as a program does: its data, its words, what it would load."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "input", "br", "link", "img"}
LOADING = {"src", "href", "action", "data", "poster", "srcset"}


@dataclass
class Page(HTMLParser):
    """A page, parsed.

    Args:
        text: Its HTML.

    """

    text: str
    open: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Parse it; an element that is not closed is an error."""
        super().__init__()
        self.feed(self.text)
        assert self.open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        self.ids += [given["id"] or ""] if "id" in given else []
        self.loads += [f"{tag} {k}={v}" for k, v in attrs if k in LOADING and not _inside(v)]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif self.open and self.open[-1] != "style":
            self.words.append(data.strip())

    @cached_property
    def data(self) -> dict[str, Any]:
        """What the script shows."""
        loaded: dict[str, Any] = json.loads(self.scripts[0])
        return loaded

    @cached_property
    def said(self) -> str:
        """The words of the page, without the script's."""
        return " ".join(word for word in self.words if word)


def _inside(value: str | None) -> bool:
    return value is None or value.startswith("#")
