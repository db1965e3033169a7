"""Paths through points: length, resampling, direction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import floor, hypot

Point = tuple[float, float]


def length(points: Sequence[Point]) -> float:
    """The way along a polyline."""
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points))


def along(points: Sequence[Point], distances: Sequence[float]) -> list[tuple[float, float, int]]:
    """(x, y, segment) at these distances (ascending) along a polyline; beyond its end, its end."""
    found: list[tuple[float, float, int]] = []
    walked = 0.0
    wanted = iter(distances)
    target = next(wanted, None)
    for segment, (a, b) in enumerate(pairwise(points)):
        step = hypot(b[0] - a[0], b[1] - a[1])
        while target is not None and step and target <= walked + step:
            share = (target - walked) / step
            x, y = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            found.append((x, y, segment))
            target = next(wanted, None)
        walked += step
    while target is not None and points:
        found.append((*points[-1], max(0, len(points) - 2)))
        target = next(wanted, None)
    return found


def spread(total: float, step: float, most: int) -> list[float]:
    """Distances about `step` apart, both ends of the way included, at most `most`."""
    count = min(most - 1, max(1, round(total / step)))
    return [total * n / count for n in range(count + 1)]


def thinned(points: Sequence[Point], apart: float, around: Sequence[Point] = ()) -> list[bool]:
    """For each point, whether its dot is drawn: no two drawn dots are closer than `apart`.

    Newer points win, and none is drawn within `apart` of the points `around`.
    """
    cells: dict[tuple[int, int], list[Point]] = {}

    def cell(point: Point) -> tuple[int, int]:
        return floor(point[0] / apart), floor(point[1] / apart)

    def free(point: Point) -> bool:
        column, row = cell(point)
        for i in (column - 1, column, column + 1):
            for j in (row - 1, row, row + 1):
                for x, y in cells.get((i, j), ()):
                    if hypot(point[0] - x, point[1] - y) < apart:
                        return False
        return True

    for point in around:
        cells.setdefault(cell(point), []).append(point)
    keep: list[bool] = []
    for point in reversed(points):
        drawn = free(point)
        keep.append(drawn)
        if drawn:
            cells.setdefault(cell(point), []).append(point)
    return keep[::-1]


def arrowheads(
    points: Sequence[Point], size: float, step: float, margin: float
) -> list[tuple[list[Point], int]]:
    """Triangles on a way that show its direction, each with the segment it stands on.

    About one every `step`, at most four, none within `margin` of its ends. Where the way turns so
    sharply that "forward" has no meaning, none is drawn.
    """
    free = length(points) - 2 * margin
    if free <= 0:
        return []
    count = max(1, min(4, round(free / step)))
    centres = [margin + free * (n + 0.5) / count for n in range(count)]
    ends = [end for centre in centres for end in (centre - 5, centre + 5)]
    found = along(points, ends)
    heads = []
    for (x0, y0, segment), (x1, y1, _) in zip(found[::2], found[1::2], strict=True):
        reach = hypot(x1 - x0, y1 - y0)
        if reach < 6:
            continue
        ux, uy = (x1 - x0) / reach * size, (y1 - y0) / reach * size
        x, y = (x0 + x1) / 2 + ux / 2, (y0 + y1) / 2 + uy / 2
        left = (x - ux - uy * 0.4, y - uy + ux * 0.4)
        right = (x - ux + uy * 0.4, y - uy - ux * 0.4)
        heads.append(([left, (x, y), right], segment))
    return heads
