"""An interval on a line from 0 to 1: an estimate, how far it may be off, and what was declared.

One drawing for every width: type is left to the page, so that nothing has to be laid out anew.
"""

from __future__ import annotations

from assessments.charts import svg
from assessments.charts.chart import Canvas, Chart, Table, drawing
from assessments.charts.scale import Linear

WIDTH, HEIGHT = 320.0, 44.0
_EDGE, _MIDDLE = 8.0, 16.0
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_TYPE = 11.0


def draw(
    low: float,
    value: float,
    high: float,
    *,
    prefix: str,
    title: str,
    table: Table,
    declared: float | None = None,
    bound: float | None = None,
) -> Chart:
    """The interval from `low` to `high` as a bar with `value` as a dot.

    `declared` is an open ring, `bound` a line that the interval has to lie above. What lies
    outside 0 to 1 is drawn at the end. Raises ValueError unless low <= value <= high.
    """
    if not low <= value <= high:
        raise ValueError("an estimate lies within its own interval")
    x = Linear(0, 1, _EDGE, WIDTH - _EDGE)

    def at(number: float) -> float:
        return x(min(1.0, max(0.0, number)))

    parts = [svg.line(x(0), _MIDDLE, x(1), _MIDDLE, "chart-interval-line")]
    for tick in _TICKS:
        parts.append(svg.line(x(tick), _MIDDLE - 3, x(tick), _MIDDLE + 3, "chart-interval-line"))
        parts.append(
            svg.text(
                f"{tick:g}",
                x(tick),
                HEIGHT - 6,
                text_anchor="middle",
                font_size=_TYPE,
                class_="chart-text-soft",
            )
        )
    if bound is not None:
        parts.append(svg.line(at(bound), 3, at(bound), _MIDDLE + 12, "chart-interval-bound"))
    bar = svg.tag(
        "rect",
        x=at(low),
        y=_MIDDLE - 4,
        width=max(1.0, at(high) - at(low)),
        height=8,
        rx=3,
        class_="chart-interval-bar",
    )
    parts.append(bar)
    if declared is not None:
        parts.append(svg.circle(at(declared), _MIDDLE, 5.5, "chart-interval-declared"))
    parts.append(svg.circle(at(value), _MIDDLE, 4, "chart-interval-value"))
    canvas = Canvas("interval", prefix, WIDTH, HEIGHT, title)
    return Chart(canvas.close([drawing(parts)]), table)
