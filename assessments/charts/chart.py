"""What every chart is made of: the picture, the table of the same numbers, and its frame.

Accessibility, decided once for all charts. Without JavaScript a chart is one image: `role="img"`,
named by its <title> and described by its <desc>, and the table beside it holds the numbers.
With JavaScript (`static/js/charts.js`) the image becomes a group whose points can be reached by
keyboard, one tab stop a chart; the drawing itself is `aria-hidden`, so that only points are read.

Width, decided once too. Type inside an SVG scales with the picture, so one drawing cannot serve
both a desk and a phone. A chart is laid out for a `width` in CSS pixels; `responsive` puts a wide
and a compact drawing together and a container query shows one (`display: none` takes the other from
the accessibility tree as well). Small multiples are narrow anyway and need only one.

Words come in as plain strings; a lazy translation must be resolved by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assessments.charts import svg, text
from assessments.charts.scale import day_number

COMPACT_BELOW = 480.0
"""A chart laid out for less than this uses its compact layout."""


@dataclass(frozen=True, slots=True)
class Table:
    """The same numbers in words and figures; the page prints it beside the chart."""

    caption: str
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart. `svg` prints unescaped in templates without a filter."""

    svg: svg.Markup
    table: Table


@dataclass(frozen=True, slots=True)
class Canvas:
    """Names and size of one picture, and how it links to others on the page."""

    kind: str
    prefix: str
    width: float
    height: float
    title: str
    description: str = ""
    group: str = "movement"

    def close(self, content: Sequence[str], **data: svg.AttributeValue) -> svg.Markup:
        """The whole <svg>. `data` becomes data-* attributes for the script."""
        prefix = svg.checked_prefix(self.prefix)
        heading = svg.tag("title", svg.escape(self.title) or " ", id=f"{prefix}-title")
        if self.description:
            heading += svg.tag("desc", svg.escape(self.description), id=f"{prefix}-desc")
        return svg.Markup(
            svg.tag(
                "svg",
                heading + "".join(content),
                xmlns="http://www.w3.org/2000/svg",
                class_=f"chart chart--{self.kind}",
                viewBox=f"0 0 {svg.number(self.width)} {svg.number(self.height)}",
                width=self.width,
                height=self.height,
                role="img",
                aria_labelledby=f"{prefix}-title",
                aria_describedby=f"{prefix}-desc" if self.description else None,
                data_chart=self.kind,
                data_group=self.group,
                **{f"data_{key}": value for key, value in data.items()},
            )
        )


def drawing(parts: Sequence[str], **attributes: svg.AttributeValue) -> str:
    """The part of a picture that is only looked at."""
    return svg.tag("g", "".join(parts), aria_hidden="true", **attributes)


def point(mark: str, at: date, x: float, y: float, tip: Sequence[str], extra: str = "") -> str:
    """A mark that carries its own words; the first line of `tip` is its heading.

    `extra` are further attributes, written already. Charts draw hundreds of points, so this is
    written in one go instead of by `svg.tag`.
    """
    words = "&#10;".join([svg.escape(line) for line in tip])
    place = f'data-at="{moment(at)}" data-x="{svg.number(x)}" data-y="{svg.number(y)}"'
    return f'<g class="chart-point" {place} data-tip="{words}"{extra}>{mark}</g>'


def moment(at: date) -> str:
    """The key by which the same moment is found in every chart."""
    return f"{day_number(at):.4f}".rstrip("0").rstrip(".")


def empty(canvas: Canvas, words: str, caption: str) -> Chart:
    """A calm picture, no higher than it must be, that says why there is nothing to see yet."""
    canvas = replace(canvas, height=min(canvas.height, 140.0))
    lines = text.wrap(words, 13, canvas.width - 32)
    top = canvas.height / 2 + 4.5 - 9 * (len(lines) - 1)
    frame = svg.tag(
        "rect",
        x=0.5,
        y=0.5,
        width=canvas.width - 1,
        height=canvas.height - 1,
        rx=4,
        class_="chart-frame-line chart-frame-line--empty",
    )
    said = [
        svg.text(line, canvas.width / 2, top + 18 * n, text_anchor="middle")
        for n, line in enumerate(lines)
    ]
    content = drawing([frame, *said], class_="chart-text-soft", font_size=13)
    return Chart(canvas.close([content]), Table(caption))


def responsive(wide: Chart, compact: Chart) -> svg.Markup:
    """Both drawings of one chart; `charts.css` shows the one that fits the container."""
    return svg.Markup(
        '<div class="chart-frame">'
        f'<div class="chart-wide">{wide.svg}</div>'
        f'<div class="chart-compact">{compact.svg}</div>'
        "</div>"
    )


def fill(template: str, **values: str) -> str:
    """Puts values into "{name}" places; no brace of a translator can make it fail."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def whole(value: float) -> str:
    """A score to the nearest whole point: its error makes decimals meaningless."""
    rounded = f"{value:.0f}"
    return "0" if rounded == "-0" else rounded
