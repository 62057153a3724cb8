"""The report of an audit as one HTML page that loads nothing from elsewhere."""

import json
from importlib.resources import files

from python_scoring.leakage.lineage.audit import Audit
from python_scoring.leakage.lineage.findings import Report
from python_scoring.leakage.lineage.render.drawing import draw
from python_scoring.leakage.lineage.render.json import as_data
from python_scoring.leakage.lineage.render.text import verdict
from python_scoring.leakage.lineage.rules import KINDS


def render_html(report: Report, audit: Audit) -> str:
    """The page: pick a feature, see the graph from the sources to it, forbidden columns red."""
    data = {
        "report": as_data(report),
        "graph": draw(audit),
        "kinds": KINDS,
        "verdict": verdict(report),
    }
    # `</script>` inside a string would end the script
    text = json.dumps(data).replace("</", "<\\/")
    page = files("python_scoring.leakage.lineage.render").joinpath("page.html").read_text("utf-8")
    return page.replace("/*DATA*/null", text)
