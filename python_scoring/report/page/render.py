"""Prints the report's data: one HTML page that loads nothing from elsewhere, and a model card."""

import base64
import json
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from python_scoring.report.wording import number, percent, whole

Data = dict[str, Any]

# what Markdown would read as markup, and what its readers would as HTML
MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]|#"} | {"<": "&lt;", ">": "&gt;"})
PAGE, CARD, DASHBOARD = "report.html", "model_card.md", "dashboard.html"


def render_page(report: Data, pictures: dict[str, bytes]) -> str:
    """Return the page; every figure in it carries its unrounded value in a `data` element.

    Args:
        report: What `assemble` returned.
        pictures: SVG by name, from `draw_all`.
    """
    page = _environment()
    for name, write in {"percent": percent, "number": number, "whole": whole}.items():
        page.filters[name] = _with_value(write)
    inside = {name: base64.b64encode(svg).decode() for name, svg in pictures.items()}
    return page.get_template(PAGE).render(r=report, pictures=inside)


def render_dashboard(figures: Data, rows: Data) -> str:
    """Return the dashboard's page; it loads nothing and sends nothing.

    Args:
        figures: What the page says: build, health, funnel, pictures.
        rows: What its script shows: the lists, as `read_call_list` returned them.
    """
    page = _environment()
    page.filters |= {"percent": percent, "number": number, "whole": whole}
    # no text of the warehouse can end the script
    data = json.dumps(rows, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return page.get_template(DASHBOARD).render(d=figures, data=Markup(data))  # noqa: S704 - escaped


def render_card(report: Data) -> str:
    """Return the model card, in Markdown."""
    card = _environment()
    card.filters |= {"percent": percent, "number": number, "whole": whole, "text": _in_markdown}
    return card.get_template(CARD).render(r=report)


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("python_scoring.report.page", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _with_value(write: Any) -> Any:
    def marked(value: float | None, *arguments: int) -> str:
        said = write(value, *arguments)
        if value is None:
            return str(said)
        return Markup('<data value="{}">{}</data>').format(repr(value), said)

    return marked


def _in_markdown(text: str) -> str:
    """Keep a text from being read as markup, or as the end of a table's cell."""
    return " ".join(text.translate(MARKDOWN).split())
