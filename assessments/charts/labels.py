"""Label placement: words that touch neither each other, nor marks, nor the edge of the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import NamedTuple

HARD = 1000.0
"""Cost of covering something that must stay readable; anything below is only a matter of taste."""

# Right, left, below and above first, then between: ties go to the calmer place.
_ANGLES = (0, 8, 4, 12, 2, 14, 6, 10, 1, 15, 7, 9, 3, 13, 5, 11)
_DIRECTIONS = tuple((cos(n * pi / 8), sin(n * pi / 8)) for n in _ANGLES)


class Box(NamedTuple):
    """A rectangle on paper, y downward. A tuple, since placement makes and drops hundreds."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Box:
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def contains(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def grown(self, by: float) -> Box:
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def pushed_into(self, frame: Box) -> Box:
        """The box moved, not shrunk, until it lies inside; if it cannot, left and top win."""
        dx = max(frame.left - self.left, min(0.0, frame.right - self.right))
        dy = max(frame.top - self.top, min(0.0, frame.bottom - self.bottom))
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)


@dataclass(frozen=True, slots=True)
class Ellipse:
    x: float
    y: float
    rx: float
    ry: float

    def crosses(self, box: Box) -> bool:
        """Whether the outline runs through the box (some of it inside, some outside)."""
        return 0 < self._inside(box) < 9

    def encloses(self, box: Box) -> bool:
        return self._inside(box) == 9

    def _inside(self, box: Box) -> int:
        """How many of nine spots of the box (corners, edges, centre) lie inside."""
        if self.rx < 0.5 or self.ry < 0.5:
            return 0
        x, y = box.centre
        across = [((at - self.x) / self.rx) ** 2 for at in (box.left, x, box.right)]
        down = [((at - self.y) / self.ry) ** 2 for at in (box.top, y, box.bottom)]
        return sum([u + v < 1 for u in across for v in down])


@dataclass(frozen=True, slots=True)
class Scene:
    """What is on paper already. `hard` must not be covered; `trace` and `outlines` better not."""

    frame: Box
    hard: tuple[Box, ...] = ()
    trace: Sequence[tuple[float, float]] = ()
    outlines: tuple[Ellipse, ...] = ()

    def cost(self, box: Box, enough: float = float("inf")) -> float:
        """What it costs to cover this box; counting stops where it cannot fall below `enough`."""
        total = HARD * sum([box.overlaps(other) for other in self.hard])
        if total >= enough:
            return total
        left, top, right, bottom = box.left - 2, box.top - 2, box.right + 2, box.bottom + 2
        covered = [1 for x, y in self.trace if left <= x <= right and top <= y <= bottom]
        total += 6.0 * len(covered)
        if total >= enough:
            return total
        return total + 9.0 * sum([outline.crosses(box) for outline in self.outlines])


def place(
    size: tuple[float, float],
    anchor: tuple[float, float],
    reach: Sequence[tuple[float, float]],
    scene: Scene,
) -> Box:
    """The best box of this size for the label of the mark at `anchor`.

    `reach` holds distances (horizontal, vertical) to try, nearest first: just off the mark, just
    off its ellipse. If every place beside the mark covers something hard, the nearest free place
    in the frame is taken.
    """
    width, height = size
    best, best_cost = None, float("inf")
    for ring, (rx, ry) in enumerate(reach):
        for order, (cosine, sine) in enumerate(_DIRECTIONS):
            taste = 2.0 * ring + 0.3 * order
            if taste >= best_cost:
                break  # no later place of this ring can be better
            x = anchor[0] + cosine * (rx + width / 2)
            y = anchor[1] + sine * (ry + height / 2)
            box = Box.around(x, y, width, height).pushed_into(scene.frame)
            cost = scene.cost(box, best_cost - taste) + taste
            if cost < best_cost:
                best, best_cost = box, cost
    if best is None or best_cost >= HARD:
        return _anywhere(size, anchor, scene, best)
    return best


def _anywhere(
    size: tuple[float, float], anchor: tuple[float, float], scene: Scene, fallback: Box | None
) -> Box:
    """The free place of a grid over the frame that is nearest to the mark."""
    width, height = size
    frame = scene.frame
    best, best_cost = fallback, float("inf")
    columns, rows = 24, 32
    across = [
        frame.left + width / 2 + (frame.right - frame.left - width) * n / columns
        for n in range(columns + 1)
    ]
    down = [
        frame.top + height / 2 + (frame.bottom - frame.top - height) * n / rows
        for n in range(rows + 1)
    ]
    # Nearest first, so that most of the grid need not be looked at.
    across.sort(key=lambda x: abs(x - anchor[0]))
    down.sort(key=lambda y: abs(y - anchor[1]))
    for x in across:
        for y in down:
            cost = hypot(x - anchor[0], y - anchor[1])
            if cost >= best_cost:
                break
            box = Box.around(x, y, width, height)
            if not any(box.overlaps(other) for other in scene.hard):
                best, best_cost = box, cost
    return best or Box.around(*anchor, width, height).pushed_into(frame)


def leader(anchor: tuple[float, float], radius: float, box: Box) -> tuple[float, ...] | None:
    """Ends of the line from a mark to its label (x1, y1, x2, y2), or None where they are close."""
    x = min(max(anchor[0], box.left), box.right)
    y = min(max(anchor[1], box.top), box.bottom)
    dx, dy = x - anchor[0], y - anchor[1]
    distance = hypot(dx, dy)
    if distance < radius + 18:
        return None
    start, end = (radius + 2) / distance, 1 - 2 / distance
    x1, y1 = anchor[0] + dx * start, anchor[1] + dy * start
    return x1, y1, anchor[0] + dx * end, anchor[1] + dy * end
