"""Named lines for dated events: each name beside its own line, cut by no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assessments.charts import text
from assessments.charts.scale import TimeAxis

_LENGTHS = (170.0, 110.0, 64.0)


@dataclass(frozen=True, slots=True)
class Event:
    """A dated note; with `breaks` the series begins anew here (other version, other person)."""

    at: date
    label: str
    breaks: bool = False


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event on paper. `row` counts upward from the plot; None where its name found no place."""

    event: Event
    x: float
    row: int | None = None
    label: str = ""
    left: float = 0.0
    right: float = 0.0


def layout(
    events: Sequence[Event], axis: TimeAxis, size: float, edges: tuple[float, float], rows: int
) -> list[PlacedEvent]:
    """Events inside the axis with their names placed, right to left, on at most `rows` lines.

    A name stands to the right of its line, or to the left where `edges` leave no room. It is
    shortened before it is given up; the table and the tooltip have it in full either way.
    """
    placed: list[PlacedEvent] = []
    for event in sorted(events, key=lambda e: e.at.isoformat(), reverse=True):
        if axis.contains(event.at):
            placed.append(_placed(event, axis(event.at), placed, size, edges, rows))
    return placed[::-1]


def _placed(
    event: Event,
    x: float,
    others: Sequence[PlacedEvent],
    size: float,
    edges: tuple[float, float],
    rows: int,
) -> PlacedEvent:
    for limit in _LENGTHS:
        label = text.shorten(event.label, size, limit)
        wide = text.width(label, size)
        for row in range(rows):
            for left in (x + 4, x - 4 - wide):
                right = left + wide
                if (
                    label
                    and edges[0] <= left
                    and right <= edges[1]
                    and _free(others, row, x, left, right)
                ):
                    return PlacedEvent(event, x, row, label, left, right)
    return PlacedEvent(event, x)


def _free(others: Sequence[PlacedEvent], row: int, x: float, left: float, right: float) -> bool:
    """Whether name and line at this row touch no name and no line of the others.

    The line of an event runs from its own row down to the plot.
    """
    for other in others:
        if other.row is None:
            continue
        if other.row == row and left < other.right + 6 and other.left < right + 6:
            return False
        if other.row >= row and left - 2 < other.x < right + 2:
            return False
        if row >= other.row and other.left - 2 < x < other.right + 2:
            return False
    return True
