"""The page's pictures: plain SVG in the page's own colours, so that they follow light and dark.

A table beside each picture holds the same figures; a mark's shape, not its colour, says what it is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from python_scoring.metrics.intervals import Interval

WIDTH, HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 12, 14, 40
_STEPS = (1, 2, 2.5, 5, 10)
_LETTER = 7.5


@dataclass(frozen=True)
class Point:
    """A figure with its interval, and what was said of it; None where nothing was."""

    label: str
    figure: Interval
    said: float | None = None


def dots(
    points: Sequence[Point], title: str, *, percent: bool, line: float | None = None
) -> Markup:
    """Draw figures with their intervals, beside what was said.

    Args:
        points: From left to right.
        title: What the picture shows, for those who do not see it.
        percent: Whether the figures are shares.
        line: A level to compare with, drawn across.
    """
    highest = [p.figure.high for p in points] + [p.said for p in points if p.said is not None]
    top = _top(max([*highest, line or 0.0, 1e-9]))
    step = (WIDTH - _LEFT - _RIGHT) / max(len(points), 1)
    body = _grid(0, top, percent=percent)
    if line is not None:
        y = _y(line, 0, top)
        body += f'<path class="said" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>'
    longest = max([len(point.label) for point in points], default=1)
    every = math.ceil(_LETTER * (longest + 1) / step)
    for number, point in enumerate(points):
        x = _LEFT + step * (number + 0.5)
        low, high, middle = (
            _y(value, 0, top) for value in (point.figure.low, point.figure.high, point.figure.value)
        )
        body += f'<path class="arm" d="M{x:.1f} {low:.1f}V{high:.1f}"/>'
        body += f'<circle class="dot" cx="{x:.1f}" cy="{middle:.1f}" r="4.5"/>'
        if point.said is not None:
            y = _y(point.said, 0, top)
            body += f'<path class="said" d="M{x - 11:.1f} {y:.1f}h22"/>'
        if number % every == 0:
            body += _label(x, point.label)
    return _picture(body, title)


def lines(days: Sequence[str], series: dict[str, Sequence[float]], title: str) -> Markup:
    """Draw series over the same days; the last one is a limit, drawn across.

    Args:
        days: Labels, from left to right.
        series: Values by name.
        title: What the picture shows, for those who do not see it.
    """
    values = [value for each in series.values() for value in each]
    low, top = min([*values, 0.0]), _top(max([*values, 1e-9]))
    step = (WIDTH - _LEFT - _RIGHT) / max(len(days) - 1, 1)
    body = _grid(low, top, percent=False)
    for number, (name, each) in enumerate(series.items()):
        points = " ".join(
            f"{_LEFT + step * at:.1f},{_y(value, low, top):.1f}" for at, value in enumerate(each)
        )
        kind = "limit" if number == len(series) - 1 else f"line line{number}"
        body += (
            f'<polyline class="{kind}" points="{points}"><title>{escape(name)}</title></polyline>'
        )
    every = max(math.ceil(len(days) / 5), 1)
    for at in range(0, len(days), every):
        body += _label(min(_LEFT + step * at, WIDTH - 30), days[at])
    return _picture(body, title)


def _picture(body: str, title: str) -> Markup:
    opened = f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return Markup(f"{opened}{body}</svg>")  # noqa: S704 - each text in it is escaped above


def _grid(low: float, top: float, *, percent: bool) -> str:
    body = ""
    for number in range(5):
        value = low + (top - low) * number / 4
        y = _y(value, low, top)
        told = f"{100 * value:.3g} %" if percent else f"{value:.3g}"
        body += f'<path class="grid" d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}"/>'
        body += f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{told}</text>'
    return body


def _label(x: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{HEIGHT - 14}" text-anchor="middle">{escape(text)}</text>'


def _y(value: float, low: float, top: float) -> float:
    share = (value - low) / (top - low)
    return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def _top(highest: float) -> float:
    """Return the next round number above the highest figure."""
    size = 10.0 ** math.floor(math.log10(highest))
    return next(step * size for step in _STEPS if step * size >= highest)
