"""Named lines for dated events: each name beside its own line, cut by no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assessments.charts import text
from assessments.charts.scale import TimeAxis, day_number

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
    """Events inside the axis, in time order, with their names on at most `rows` lines.

    What breaks the series is named first, then the others from right to left.

    A name stands to the right of its line, or to the left where `edges` leave no room. It is
    shortened before it is given up; the table and the tooltip have it in full either way.
    """
    inside = [event for event in events if axis.contains(event.at)]
    inside.sort(key=lambda event: (not event.breaks, -day_number(event.at)))
    lines = range(rows)
    ways = (
        [(row, side) for row in lines for side in (1, -1)],
        [(row, side) for side in (1, -1) for row in lines],
    )
    best: list[PlacedEvent] = []
    for places in ways:
        placed: list[PlacedEvent] = []
        for event in inside:
            placed.append(_placed(event, axis(event.at), placed, size, edges, places))
        if not best or _worth(placed) > _worth(best):
            best = placed
    return sorted(best, key=lambda p: day_number(p.event.at))


def _worth(placed: Sequence[PlacedEvent]) -> tuple[int, int, int, int]:
    """Named breaks count most, then more names, then more of their letters, then fewer lines."""
    named = [p for p in placed if p.row is not None]
    letters = sum(len(p.label) for p in named)
    breaks = sum(p.event.breaks for p in named)
    return breaks, len(named), letters, -max((p.row or 0 for p in named), default=0)


def _placed(
    event: Event,
    x: float,
    others: Sequence[PlacedEvent],
    size: float,
    edges: tuple[float, float],
    places: Sequence[tuple[int, int]],
) -> PlacedEvent:
    for limit in _LENGTHS:
        label = text.shorten(event.label, size, limit)
        wide = text.width(label, size)
        for row, side in places:
            left = x + 4 if side > 0 else x - 4 - wide
            right = left + wide
            inside = edges[0] <= left and right <= edges[1]
            if label and inside and _free(others, row, x, left, right):
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
