"""The frame of a chart over true time: its axes, named events, missed forms, quiet zones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assessments.charts import svg, text
from assessments.charts.events import PlacedEvent
from assessments.charts.labels import Box
from assessments.charts.scale import FormatDate, Linear, TimeAxis

SIZE, SMALL, LEFT, RIGHT, EVENT_ROW = 11.5, 10.5, 28.0, 32.0, 15.0
# Two figures beside an axis are at least this far apart.
_APART = 13.0


@dataclass(frozen=True, slots=True)
class Zone:
    """A named range of the vertical axis, from `low` up to `high`."""

    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    axis: TimeAxis
    y: Linear
    top: float
    bottom: float
    width: float

    @property
    def left(self) -> float:
        return LEFT

    @property
    def right(self) -> float:
        return self.width - RIGHT

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.right, self.bottom)


def rect(box: Box, **attributes: svg.AttributeValue) -> str:
    return svg.tag(
        "rect",
        x=box.left,
        y=box.top,
        width=max(0.0, box.right - box.left),
        height=max(0.0, box.bottom - box.top),
        **attributes,
    )


def grid(
    frame: Frame,
    values: Iterable[float],
    cuts: Sequence[float],
    words: dict[float, str],
) -> list[str]:
    """Lines with their figures beside the axis; the first of two too close to each other wins."""
    parts: list[str] = []
    named: list[float] = []
    for value in dict.fromkeys([*values, *cuts]):
        y = frame.y(value)
        if value not in cuts:
            parts.append(svg.line(frame.left, y, frame.right, y, "chart-grid"))
        if all(abs(y - other) >= _APART for other in named):
            named.append(y)
            parts.append(
                svg.text(
                    words[value],
                    frame.left - 6,
                    y + 4,
                    text_anchor="end",
                    font_size=SIZE,
                    class_="chart-text-soft",
                )
            )
    for value in cuts:
        y = frame.y(value)
        parts.append(svg.line(frame.left, y, frame.right, y, "chart-cut"))
    return parts


def zones(
    frame: Frame, wanted: Sequence[Zone], trace: Sequence[tuple[float, float]]
) -> tuple[list[str], list[str], list[Box]]:
    """Every second zone shaded; names at the side where fewer dots lie, and the room they take."""
    parts, names, boxes = [], [], []
    for number, zone in enumerate(wanted):
        top, bottom = frame.y(zone.high), frame.y(zone.low)
        if number % 2:
            parts.append(rect(Box(frame.left, top, frame.right, bottom), class_="chart-range"))
        label = text.shorten(zone.label, SMALL, (frame.right - frame.left) / 2)
        if not label or bottom - top < SMALL + 1:
            continue
        wide, y = text.width(label, SMALL), (top + bottom) / 2
        sides = [
            Box(left, y - 6, left + wide, y + 6)
            for left in (frame.left + 4, frame.right - 4 - wide)
        ]
        best = min(sides, key=lambda box: _covered(box, trace))
        boxes.append(best)
        class_ = "chart-range-name chart-halo"
        names.append(svg.text(label, best.left, y + 3.5, class_=class_, font_size=SMALL))
    return parts, names, boxes


def _covered(box: Box, trace: Sequence[tuple[float, float]]) -> int:
    return sum(
        box.left - 4 <= x <= box.right + 4 and box.top - 4 <= y <= box.bottom + 4 for x, y in trace
    )


def event_lines(placed: Sequence[PlacedEvent], frame: Frame) -> list[str]:
    parts = []
    for p in placed:
        top = frame.top - (0 if p.row is None else EVENT_ROW * (p.row + 1) - 3)
        class_ = "chart-break" if p.event.breaks else "chart-event"
        parts.append(svg.line(p.x, top, p.x, frame.bottom, class_))
    return parts


def event_names(placed: Sequence[PlacedEvent], frame: Frame) -> list[str]:
    return [
        svg.text(p.label, p.left, frame.top - EVENT_ROW * p.row - 4, class_="chart-text-soft")
        for p in placed
        if p.row is not None
    ]


def missed_ticks(missed: Sequence[date], frame: Frame) -> list[str]:
    return [
        svg.line(x, frame.bottom - 5, x, frame.bottom, "chart-missed")
        for x in (frame.axis(at) for at in missed if frame.axis.contains(at))
    ]


def time_ticks(frame: Frame, format_date: FormatDate) -> list[str]:
    parts = []
    for tick in frame.axis.ticks(format_date, SIZE, 20):
        parts.append(svg.line(tick.x, frame.bottom, tick.x, frame.bottom + 4, "chart-tick"))
        parts.append(svg.text(tick.label, tick.x, frame.bottom + 17, text_anchor="middle"))
    return parts
