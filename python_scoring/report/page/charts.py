"""Draws the report's pictures: SVG that is the same bytes for the same figures.

Every picture is drawn from the plain data of the report, so that it cannot show another figure than
the tables do. Titles stand beside the pictures, in the page, where they can be read and searched.
"""

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

INK, MUTED, GRID = "#1c2733", "#66727f", "#e3e7eb"
ACCENT, BAND, WARM = "#0b6e7f", "#b9dce2", "#b4531a"
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "lead-scoring",
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}
WIDTH, HEIGHT = 6.0, 3.7
LONGEST_LABEL = 22
Data = dict[str, Any]


def draw_all(report: Data) -> dict[str, bytes]:
    """Draw every picture of a report that `assemble` made; return SVG by name."""
    painters: dict[str, Callable[[Data], Figure]] = {
        "lift": draw_lift,
        "gains": draw_gains,
        "reliability": draw_reliability,
        "scores": draw_scores,
        "contributions": draw_contributions,
        "months": draw_months,
    }
    if report["hypotheses"]:
        painters["hypotheses"] = draw_hypotheses
    dependences = report["contributions"]["dependences"]
    with mpl.rc_context(STYLE):
        drawn = {name: _svg(paint(report)) for name, paint in painters.items()}
        return drawn | {
            f"dependence_{number}": _svg(draw_dependence(dependence))
            for number, dependence in enumerate(dependences)
        }


def draw_lift(report: Data) -> Figure:
    """Lift of each tenth with its interval, against 1."""
    lifts = report["metrics"]["lift_by_decile"]
    figure, axes = _panel()
    positions = range(1, len(lifts) + 1)
    colors = [ACCENT] + [BAND] * (len(lifts) - 1)
    axes.bar(positions, [lift["value"] for lift in lifts], color=colors, width=0.75)
    _intervals(axes, list(positions), lifts)
    axes.axhline(1, color=WARM, linewidth=1.2, linestyle="--", label="any order")
    axes.legend(loc="best")
    axes.set_xticks(list(positions))
    axes.set_xlabel("tenth of the leads, best score first")
    axes.set_ylabel("times the usual rate")
    axes.set_ylim(bottom=0)
    return figure


def draw_gains(report: Data) -> Figure:
    """Share of all conversions found, by share of leads called, with its band."""
    called = [gain["called"] for gain in report["gains"]]
    gains = [gain["found"] for gain in report["gains"]]
    figure, axes = _panel()
    axes.fill_between(
        called,
        [gain["low"] for gain in gains],
        [gain["high"] for gain in gains],
        color=BAND,
        linewidth=0,
        label="95 % interval",
    )
    axes.plot(called, [gain["value"] for gain in gains], color=ACCENT, linewidth=2, label="model")
    axes.plot([0, 1], [0, 1], color=WARM, linewidth=1.2, linestyle="--", label="any order")
    _in_percent(axes, "x")
    _in_percent(axes, "y")
    axes.set(xlim=(0, 1), ylim=(0, 1.01))
    axes.set_xlabel("share of the leads that are called, best first")
    axes.set_ylabel(f"share of all {report['words']['many']}")
    axes.legend(loc="lower right")
    return figure


def draw_reliability(report: Data) -> Figure:
    """Observed against predicted rate of each band, and how many leads it holds."""
    bands = report["reliability"]
    figure = Figure(figsize=(WIDTH, 4.6))
    axes, counts = figure.subplots(2, 1, height_ratios=[3, 1], sharex=True)
    predicted = [band["predicted"] for band in bands]
    observed = [band["observed"] for band in bands]
    top = 1.05 * max(*predicted, *(rate["high"] for rate in observed))
    axes.plot([0, top], [0, top], color=WARM, linewidth=1.2, linestyle="--", label="as predicted")
    axes.plot(predicted, [rate["value"] for rate in observed], "o", color=ACCENT, label="observed")
    _intervals(axes, predicted, observed)
    axes.set(xlim=(0, top), ylim=(0, top))
    axes.set_ylabel("observed rate")
    axes.legend(loc="best")
    counts.bar(predicted, [band["rows"] for band in bands], width=top / 60, color=ACCENT)
    counts.set_xlabel("predicted probability, mean of each band")
    counts.set_ylabel("leads")
    counts.yaxis.set_major_formatter(_thousands())
    for panel in (axes, counts):
        panel.grid(color=GRID, linewidth=0.8)
    _in_percent(axes, "y")
    _in_percent(counts, "x")
    return figure


def draw_scores(report: Data) -> Figure:
    """How the probabilities of converted leads and of the others are spread."""
    scores = report["scores"]
    figure, axes = _panel()
    for name, color, label in (
        ("others", MUTED, "other leads"),
        ("converted", ACCENT, "leads that converted"),
    ):
        total = sum(scores[name])
        shares = [count / total for count in scores[name]]
        axes.stairs(shares, scores["edges"], color=color, linewidth=1.8, label=label)
    _in_percent(axes, "x")
    _in_percent(axes, "y")
    axes.set(xlim=(0, scores["edges"][-1]), ylim=(0, None))
    axes.set_xlabel("predicted probability")
    axes.set_ylabel("share of each kind")
    axes.legend(loc="upper right")
    return figure


def draw_contributions(report: Data) -> Figure:
    """Mean size of each group's contribution, in percentage points."""
    groups = report["contributions"]["groups"][:12][::-1]
    figure = Figure(figsize=(WIDTH, max(1.6, 0.9 + 0.34 * len(groups))))
    axes = figure.subplots()
    names = [_short(group["group"]) for group in groups]
    axes.barh(names, [100 * group["mean_size"] for group in groups], color=ACCENT, height=0.65)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("mean size of what it adds or takes, percentage points")
    return figure


def draw_dependence(dependence: Data) -> Figure:
    """Contribution of one group by the value of its strongest fact."""
    figure, axes = _panel()
    points = dependence["points"]
    positions = list(range(len(points)))
    figures = [
        {"value": 100 * p["mean"], "low": 100 * p["low"], "high": 100 * p["high"]} for p in points
    ]
    axes.axhline(0, color=MUTED, linewidth=0.8)
    axes.plot(positions, [mean["value"] for mean in figures], "o", color=ACCENT)
    _intervals(axes, positions, figures)
    turned = sum(len(point["value"]) for point in points) > 50
    axes.set_xticks(positions, [_short(p["value"]) for p in points], rotation=30 if turned else 0)
    axes.set_xlabel(dependence["label"])
    axes.set_ylabel("percentage points")
    return figure


def draw_months(report: Data) -> Figure:
    """Observed rate of each month with its interval, beside what was predicted."""
    months = report["months"]
    figure, axes = _panel()
    positions = list(range(len(months)))
    observed = [month["observed"] for month in months]
    axes.plot(positions, [rate["value"] for rate in observed], "o", color=ACCENT, label="observed")
    _intervals(axes, positions, observed)
    predicted = [month["predicted"] for month in months]
    axes.plot(positions, predicted, "_", color=WARM, markersize=22, mew=2.5, label="predicted")
    turned = len(months) > 6
    axes.set_xticks(positions, [m["name"] for m in months], rotation=45 if turned else 0)
    axes.set_xlim(-0.6, len(months) - 0.4)
    _in_percent(axes, "y")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("month of contact")
    axes.set_ylabel("rate")
    axes.legend()
    return figure


def draw_hypotheses(report: Data) -> Figure:
    """Conversion rate of each band of each hypothesis."""
    hypotheses = report["hypotheses"]
    bands = sum(len(hypothesis["bands"]) for hypothesis in hypotheses)
    figure = Figure(figsize=(WIDTH, 0.4 * bands + 0.55 * len(hypotheses)))
    sizes = [len(hypothesis["bands"]) for hypothesis in hypotheses]
    panels = figure.subplots(len(sizes), 1, squeeze=False, sharex=True, height_ratios=sizes)[:, 0]
    for axes, hypothesis in zip(panels, hypotheses, strict=True):
        rates = [band["rate"] for band in hypothesis["bands"]]
        positions = list(range(len(rates)))[::-1]
        axes.plot([rate["value"] for rate in rates], positions, "o", color=ACCENT)
        low, high = _arms(rates)
        axes.errorbar(
            [r["value"] for r in rates], positions, xerr=[low, high], fmt="none", ecolor=INK
        )
        axes.set_yticks(positions, [band["name"] for band in hypothesis["bands"]])
        axes.set_ylim(-0.6, len(rates) - 0.4)
        axes.set_title(hypothesis["name"], loc="left", fontsize=10.5, fontweight="bold")
        axes.grid(axis="x", color=GRID, linewidth=0.8)
    every = [band["rate"]["high"] for hypothesis in hypotheses for band in hypothesis["bands"]]
    # one scale for all panels, wide enough for every one
    panels[-1].set_xlim(0, 1.05 * max(every))
    _in_percent(panels[-1], "x")
    panels[-1].set_xlabel("share that converted")
    return figure


def _panel() -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, HEIGHT))
    axes = figure.subplots()
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    return figure, axes


def _intervals(axes: Axes, positions: list[int] | list[float], figures: list[Data]) -> None:
    low, high = _arms(figures)
    values = [figure["value"] for figure in figures]
    axes.errorbar(
        positions, values, yerr=[low, high], fmt="none", ecolor=INK, capsize=3, linewidth=1
    )


def _arms(figures: list[Data]) -> tuple[list[float], list[float]]:
    """Lengths below and above each figure; a mean may lie outside the middle of its rows."""
    low = [max(figure["value"] - figure["low"], 0) for figure in figures]
    return low, [max(figure["high"] - figure["value"], 0) for figure in figures]


def _in_percent(axes: Axes, which: str) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))


def _thousands() -> FuncFormatter:
    return FuncFormatter(lambda value, _: f"{value:,.0f}")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def _svg(figure: Figure) -> bytes:
    written = io.BytesIO()
    figure.savefig(written, format="svg", metadata={"Date": None})
    return written.getvalue()
