"""Reads LookML dashboards: each tile is a query, with the filters that it listens to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from python_scoring.looker.fields import RefusedError
from python_scoring.looker.query import Query

_DASHBOARD = {"dashboard", "title", "description", "layout", "preferred_viewer", "filters"}
_DASHBOARD |= {"elements"}
_FILTER = {"name", "title", "type", "default_value", "allow_multiple_values", "required"}
_FILTER |= {"model", "explore", "field", "ui_config"}
_QUERY = {"model", "explore", "fields", "filters", "sorts", "limit", "listen"}
_PLACE = {"row", "col", "width", "height"}
_LOOK = {"title", "name", "type", "note_state", "note_display", "note_text", "series_labels"}
_LOOK |= {"show_view_names", "show_row_numbers", "y_axes", "series_types", "x_axis_label"}
_LOOK |= {"y_axis_label", "series_cell_visualizations"}
_NEEDED = {"title", "name", "type", "explore", "fields", "note_text", *_PLACE}
_WIDTH = 24


@dataclass(frozen=True)
class Tile:
    """An element of a dashboard.

    Args:
        place: File and title, for findings.
        query: What it asks, with the dashboard's default filters.
        listens: Field of each dashboard filter that it listens to.
    """

    place: str
    query: Query
    listens: Mapping[str, str]


def read_dashboard(path: Path) -> tuple[list[Tile], list[str]]:
    """Return the tiles of a dashboard's file, and what is wrong with it.

    Args:
        path: The file.
    """
    place = f"dashboards/{path.name}"
    try:
        parsed = yaml.safe_load(path.read_text(encoding="utf-8"))
        (dashboard,) = parsed
    except (yaml.YAMLError, OSError, TypeError, ValueError) as error:
        return [], [f"{place}: it cannot be read as one dashboard: {error}"]
    findings = _unknown(dashboard, _DASHBOARD, place)
    filters = {}
    for each in dashboard.get("filters", []):
        findings += _unknown(each, _FILTER, f"{place}, filter {each.get('name')}")
        filters[each["name"]] = str(each.get("default_value", ""))
    tiles: list[Tile] = []
    for element in dashboard.get("elements", []):
        told = f"{place}, tile {element.get('title')!r}"
        try:
            tiles.append(_tile(element, filters, told))
        except RefusedError as refused:
            findings.append(f"{told}: {refused}")
    return tiles, findings + _overlaps(dashboard.get("elements", []), place)


def _tile(element: Mapping[str, Any], filters: Mapping[str, str], place: str) -> Tile:
    if unknown := set(element) - _QUERY - _PLACE - _LOOK:
        raise RefusedError(f"{', '.join(sorted(unknown))} is not understood here")
    if missing := _NEEDED - set(element):
        raise RefusedError(f"it lacks {', '.join(sorted(missing))}")
    listens = element.get("listen", {})
    if stray := set(listens) - set(filters):
        raise RefusedError(f"it listens to {', '.join(sorted(stray))}, which is no filter")
    chosen = {k: str(v) for k, v in element.get("filters", {}).items()}
    chosen |= {field: filters[name] for name, field in listens.items()}
    query = Query(
        explore=element["explore"],
        fields=tuple(element["fields"]),
        filters=chosen,
        sorts=tuple(element.get("sorts", [])),
        limit=int(element.get("limit", 500)),
    )
    return Tile(place, query, listens)


def _unknown(parsed: Mapping[str, Any], known: set[str], place: str) -> list[str]:
    unknown = set(parsed) - known
    return [f"{place}: {', '.join(sorted(unknown))} is not understood here"] if unknown else []


def _overlaps(elements: list[Mapping[str, Any]], place: str) -> list[str]:
    """Looker lays tiles that overlap over each other, and tiles beyond the 24 columns nowhere."""
    findings: list[str] = []
    taken: dict[str, set[tuple[int, int]]] = {}
    for element in (e for e in elements if set(e) >= _PLACE):
        row, col, width, height = (int(element[key]) for key in ("row", "col", "width", "height"))
        if col + width > _WIDTH:
            findings.append(f"{place}, tile {element['title']!r}: it is wider than the dashboard")
        cells = {(r, c) for r in range(row, row + height) for c in range(col, col + width)}
        for title, others in taken.items():
            if cells & others:
                findings.append(f"{place}, tile {element['title']!r}: it covers {title!r}")
        taken[element["title"]] = cells
    return findings
