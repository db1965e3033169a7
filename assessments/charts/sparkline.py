"""A sparkline: one score over the last forms with its own error band, for a row of a table.

Forms are evenly spaced (this is a glance, not a time axis); a form without a score is a gap. The
row beside it has the figures in words, so its table is empty and its name is the caller's sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from assessments.charts import svg
from assessments.charts.chart import Chart, Table
from assessments.charts.scale import Linear

BAND = 1.959964
_EDGE = 3.5


def draw(
    values: Sequence[float | None],
    errors: Sequence[float],
    *,
    label: str,
    low: float = 0.0,
    high: float = 100.0,
    cut: float | None = None,
    width: float = 120.0,
    height: float = 32.0,
) -> Chart:
    """The line of these values with a band of 1.96 `errors` (standard deviations) on either side.

    `label` is its accessible name. Raises ValueError where the lengths differ.
    """
    x = Linear(0, max(1, len(values) - 1), _EDGE, width - _EDGE)
    y = Linear(low, high, height - _EDGE, _EDGE)
    if len(values) == 1:
        x = Linear(0, 1, width - _EDGE, width - _EDGE)
    parts = []
    if cut is not None:
        parts.append(svg.line(0, y(cut), width, y(cut), "chart-spark-cut"))
    last: tuple[float, float] | None = None
    for run in _runs(values, errors):
        line = [(x(n), y(value)) for n, value, _ in run]
        upper = [(x(n), y(value + BAND * error)) for n, value, error in run]
        lower = [(x(n), y(value - BAND * error)) for n, value, error in reversed(run)]
        if len(run) > 1:
            band = svg.path([*upper, *lower], closed=True)
            parts.append(svg.tag("path", d=band, class_="chart-spark-band"))
            parts.append(svg.tag("path", d=svg.path(line), class_="chart-spark-line"))
        else:
            (at, top), (_, bottom) = upper[0], lower[0]
            parts.append(svg.line(at, top, at, bottom, "chart-spark-whisker"))
            parts.append(svg.circle(at, line[0][1], 1.5, "chart-spark-alone"))
        last = line[-1]
    if last:
        parts.append(svg.circle(*last, 3, "chart-spark-last"))
    picture = svg.tag(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        class_="chart-spark",
        viewBox=f"0 0 {svg.number(width)} {svg.number(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=label or None,
    )
    return Chart(svg.Markup(picture), Table(label))


def _runs(
    values: Sequence[float | None], errors: Sequence[float]
) -> list[list[tuple[int, float, float]]]:
    """Stretches of consecutive forms with a score: (form, value, error)."""
    runs: list[list[tuple[int, float, float]]] = []
    previous = -2
    for n, (value, error) in enumerate(zip(values, errors, strict=True)):
        if value is None:
            continue
        if n == previous + 1:
            runs[-1].append((n, value, error))
        else:
            runs.append([(n, value, error)])
        previous = n
    return runs
