"""Paths through points: length, resampling, direction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

Point = tuple[float, float]


def length(points: Sequence[Point]) -> float:
    """The way along a polyline."""
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points))


def along(points: Sequence[Point], distances: Sequence[float]) -> list[Point]:
    """The points at these distances (ascending) along a polyline; beyond its end, its end."""
    found: list[Point] = []
    walked = 0.0
    wanted = iter(distances)
    target = next(wanted, None)
    for a, b in pairwise(points):
        step = hypot(b[0] - a[0], b[1] - a[1])
        while target is not None and step and target <= walked + step:
            share = (target - walked) / step
            found.append((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share))
            target = next(wanted, None)
        walked += step
    while target is not None and points:
        found.append(points[-1])
        target = next(wanted, None)
    return found


def spread(total: float, step: float, most: int) -> list[float]:
    """Distances about `step` apart, both ends of the way included, at most `most`."""
    count = min(most - 1, max(1, round(total / step)))
    return [total * n / count for n in range(count + 1)]


def thinned(points: Sequence[Point], apart: float) -> list[bool]:
    """For each point, whether its dot is drawn: dots stay this far from the last one drawn."""
    keep: list[bool] = []
    last: Point | None = None
    for point in points:
        far = last is None or hypot(point[0] - last[0], point[1] - last[1]) >= apart
        keep.append(far)
        if far:
            last = point
    return keep


def chevrons(points: Sequence[Point], size: float, step: float, margin: float) -> list[list[Point]]:
    """Arrowheads about one every `step` of a way, at most four, none within `margin` of its ends.

    Each is three points with its tip on the way. Where the way turns so sharply that "forward" has
    no meaning, none is drawn.
    """
    total = length(points)
    free = total - 2 * margin
    if free <= 0:
        return []
    count = max(1, min(4, round(free / step)))
    centres = [margin + free * (n + 0.5) / count for n in range(count)]
    ends = [end for centre in centres for end in (max(0.0, centre - 5), min(total, centre + 5))]
    found = along(points, sorted(ends))
    heads = []
    for (x0, y0), (x1, y1) in zip(found[::2], found[1::2], strict=True):
        reach = hypot(x1 - x0, y1 - y0)
        if reach < 5:
            continue
        ux, uy = (x1 - x0) / reach * size, (y1 - y0) / reach * size
        x, y = (x0 + x1) / 2 + ux / 2, (y0 + y1) / 2 + uy / 2
        heads.append([(x - ux - uy * 0.75, y - uy + ux * 0.75), (x, y)])
        heads[-1].append((x - ux + uy * 0.75, y - uy - ux * 0.75))
    return heads
