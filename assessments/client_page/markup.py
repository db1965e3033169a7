"""Tables and bars as safe markup: a page has over a thousand cells, too many for template loops."""

from __future__ import annotations

from collections.abc import Sequence

from assessments.charts.chart import Table
from assessments.charts.svg import Markup, escape, tag


def table(figures: Table, *, quiet_caption: bool = True) -> Markup:
    """The numbers of a chart as a table; "" where there are none."""
    if not figures.rows:
        return Markup("")
    head = "".join(tag("th", escape(name), scope="col") for name in figures.header)
    body = "".join(f"<tr>{_row(row)}</tr>" for row in figures.rows)
    caption = tag(
        "caption", escape(figures.caption), class_="visually-hidden" if quiet_caption else None
    )
    inner = f"{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return scrolling(tag("table", inner, class_="table"), figures.caption)


def _row(cells: Sequence[str]) -> str:
    first, *rest = cells
    return tag("th", escape(first), scope="row") + "".join(
        f"<td>{escape(cell)}</td>" for cell in rest
    )


def scrolling(inner: str, label: str) -> Markup:
    """A part of the page that may be wider than a phone, reachable by keyboard."""
    return Markup(
        tag("div", inner, class_="table-wrap", tabindex=0, role="region", aria_label=label)
    )


def bar(value: float) -> Markup:
    """A figure from 0 to 100 as a bar; decorative, since the figure stands beside it."""
    track = tag("rect", x=0, y=0, width=100, height=6, class_="bar__track")
    fill = tag("rect", x=0, y=0, width=max(1.0, value), height=6, class_="bar__fill")
    return Markup(
        tag(
            "svg",
            track + fill,
            class_="bar",
            viewBox="0 0 100 6",
            preserveAspectRatio="none",
            aria_hidden="true",
            focusable="false",
        )
    )
