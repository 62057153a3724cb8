"""Puts the dashboard together: figures of the warehouse, pictures, and the page."""

from typing import Any

from python_scoring.io.builds import newest_build
from python_scoring.report.dashboard.call_list import read_call_list
from python_scoring.report.dashboard.outcomes import read_funnel, read_model_health
from python_scoring.report.dashboard.pictures import Point, dots, lines
from python_scoring.report.page.render import render_dashboard

Data = dict[str, Any]


def dashboard_page(*, names: bool) -> tuple[str, Data]:
    """Return the page of the newest published day, and how many rows its lists have.

    Args:
        names: Whether prospects bear their names.

    Raises:
        WarehouseError: Nothing was published yet.
    """
    build = newest_build()
    rows = read_call_list(build.score_date, names=names)
    health, figures = read_model_health()
    funnel = read_funnel()
    told = {
        "build": build,
        "names": names,
        "health": health,
        "figures": figures,
        "funnel": funnel,
        "left_out": rows.pop("left_out"),
        "pictures": _pictures(figures, funnel),
    }
    counts = {name: len(rows[name]["order"]) for name in ("leads", "prospects")}
    return render_dashboard(told, rows), counts


def _pictures(figures: Data, funnel: Data) -> Data:
    leads = [month for month in figures["months"] if month["population"] == "leads"]
    lift = [month for month in figures["lift"] if month["population"] == "leads"]
    drawn = {
        "months": dots(
            [Point(f"{m['contact_month']:%Y-%m}", m["rate"], m["said"]) for m in leads],
            "Rate of calls of each month's contacts with its interval, and the rate that was said",
            percent=True,
        ),
        "lift": dots(
            [Point(f"{m['contact_month']:%Y-%m}", m["lift"]) for m in lift],
            "Lift of the best tenth of each month with its interval, against 1",
            percent=False,
            line=1.0,
        ),
        "tenths": _rates(figures["tenths"], "each tenth of the ranking"),
        "evidence": _evidence(figures["evidence"]),
    }
    by = funnel["by"]
    return drawn | {
        f"by_{key}": _rates(by[key]["rows"], by[key]["words"].lower()) for key in ("tenth", "month")
    }


def _rates(rows: list[Data], words: str) -> Any:
    points = [Point(str(row["name"]), row["rate"], row["said"]) for row in rows if row["rate"]]
    return dots(
        points, f"Rate of calls by {words} with its interval, and the rate said", percent=True
    )


def _evidence(rows: list[Data]) -> Any:
    """Both directions over the days; what ripened on a day is in both."""
    days = sorted({row["ripe_date"] for row in rows})
    series = {
        f"{direction} calls than said": [
            row["log_evidence"] for row in rows if row["direction"] == direction
        ]
        for direction in ("fewer", "more")
    }
    limits = [row["log_evidence_limit"] for row in rows if row["direction"] == "fewer"]
    told = "Evidence over time that fewer, and that more, calls come than was said, and its limit"
    return lines([str(day) for day in days], series | {"limit": limits}, told)
