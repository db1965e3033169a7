"""Where the words of the movement map stand: names of zones, names and dates of marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.charts import geometry, labels, svg, text
from assessments.charts.chart import COMPACT_BELOW
from assessments.charts.labels import Box, Ellipse
from assessments.charts.scale import Linear

_CROWDED = 9.0
"""Cost from which the name of a zone crosses an outline or more than one step of the path."""
_FURTHER = (30.0, 56.0, 84.0)
"""Distances to try for the name of a mark without an ellipse, where it is crowded beside it."""


@dataclass(frozen=True, slots=True)
class Zone:
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the frame lies on paper and how large the type is."""

    frame: Box
    width: float
    height: float
    compact: bool

    @classmethod
    def of(cls, width: float) -> Layout:
        compact = width < COMPACT_BELOW
        left, right, top, bottom = (30, 10, 28, 68) if compact else (36, 14, 34, 66)
        side = width - left - right
        frame = Box(left, top, left + side, top + side)
        return cls(frame, width, top + side + bottom, compact)

    @property
    def x(self) -> Linear:
        return Linear(100, 0, self.frame.left, self.frame.right)

    @property
    def y(self) -> Linear:
        return Linear(0, 100, self.frame.bottom, self.frame.top)


@dataclass(frozen=True, slots=True)
class Mark:
    """A named point: its place on paper, its ellipse, its words."""

    kind: str
    x: float
    y: float
    words: str
    ellipse: Ellipse | None
    radius: float


def draw_zones(
    layout: Layout,
    zones: Sequence[Zone],
    cut: float,
    marks: Sequence[Mark],
    trace: Sequence[geometry.Point],
) -> tuple[list[str], list[Box]]:
    """The four names, each in that corner of its quadrant where least lies beneath it.

    Zones come left top, right top, left bottom, right bottom. Returns the drawing and its boxes.
    """
    frame, x, y = layout.frame, layout.x(cut), layout.y(cut)
    quadrants = (
        (Box(frame.left, frame.top, x, y), "left", "top"),
        (Box(x, frame.top, frame.right, y), "right", "top"),
        (Box(frame.left, y, x, frame.bottom), "left", "bottom"),
        (Box(x, y, frame.right, frame.bottom), "right", "bottom"),
    )
    taken = [Box.around(m.x, m.y, 2 * m.radius + 6, 2 * m.radius + 6) for m in marks]
    scene = labels.Scene(frame, tuple(taken), trace, tuple(m.ellipse for m in marks if m.ellipse))
    drawn, boxes = [], []
    size, gap = (12.0, 15.0) if layout.compact else (13.0, 17.0)
    for zone, (quadrant, side, level) in zip(zones, quadrants, strict=True):
        lines = _zone_lines(zone, size, quadrant.right - quadrant.left - 20)
        cost, box, anchor = _zone_corner(quadrant, _extent(lines, size, gap), side, level, scene)
        if cost >= _CROWDED and zone.note:
            # Better no second line than one across the ellipse.
            short = _zone_lines(Zone(zone.title), size, quadrant.right - quadrant.left - 20)
            other = _zone_corner(quadrant, _extent(short, size, gap), side, level, scene)
            if other[0] < cost:
                lines, (_, box, anchor) = short, other
        at = box.left if anchor == "start" else box.right
        for n, (line, class_) in enumerate(lines):
            base = box.top + gap * n + size
            drawn.append(svg.text(line, at, base, text_anchor=anchor, class_=class_))
        boxes.append(box)
    return [svg.tag("g", "".join(drawn), font_size=size)], boxes


def _zone_lines(zone: Zone, size: float, limit: float) -> list[tuple[str, str]]:
    titles = text.wrap(zone.title, size, limit, lines=2)
    notes = text.wrap(zone.note, size, limit, lines=2) if zone.note else []
    lines = [(line, "chart-zone-title") for line in titles]
    return [pair for pair in [*lines, *((n, "chart-text-soft") for n in notes)] if pair[0]]


def _extent(lines: Sequence[tuple[str, str]], size: float, gap: float) -> tuple[float, float]:
    wide = max((text.width(words, size, bold=True) for words, _ in lines), default=0.0)
    return wide, gap * len(lines)


def _zone_corner(
    quadrant: Box, size: tuple[float, float], side: str, level: str, scene: labels.Scene
) -> tuple[float, Box, str]:
    """The outer corner unless something lies there, then the others of the same quadrant."""
    other_side = "right" if side == "left" else "left"
    other_level = "bottom" if level == "top" else "top"
    corners = ((side, level), (other_side, level), (side, other_level), (other_side, other_level))
    best: tuple[float, Box, str] | None = None
    for order, (at_side, at_level) in enumerate(corners):
        left = quadrant.left + 10 if at_side == "left" else quadrant.right - 10 - size[0]
        top = quadrant.top + 9 if at_level == "top" else quadrant.bottom - 11 - size[1]
        box = Box(left, top, left + size[0], top + size[1])
        cost = scene.cost(box) + 4 * order
        if best is None or cost < best[0]:
            best = (cost, box, "start" if at_side == "left" else "end")
        if not order and cost == 0:
            break
    assert best is not None  # noqa: S101  four corners were tried
    return best


def draw_names(
    layout: Layout,
    marks: Sequence[Mark],
    trace: Sequence[geometry.Point],
    zones: Sequence[Box],
) -> list[str]:
    """Names and dates of the marks; now is placed first, because it is looked for first."""
    size = 13.0 if layout.compact else 13.5
    hard = [*zones, *(Box.around(m.x, m.y, 2 * m.radius + 2, 2 * m.radius + 2) for m in marks)]
    outlines = tuple(m.ellipse for m in marks if m.ellipse)
    drawn = []
    for mark in reversed(marks):
        reach = [(mark.radius + 4, mark.radius + 3)]
        if mark.ellipse:
            reach.append((mark.ellipse.rx + 5, mark.ellipse.ry + 5))
        else:
            # Among the dots of the way: further off, with a line that leads to it.
            reach += [(by, by) for by in _FURTHER]
        scene = labels.Scene(layout.frame.grown(-4), tuple(hard), trace, outlines)
        box_size = (text.width(mark.words, size, bold=True) + 2, size * 1.2)
        box = labels.place(box_size, (mark.x, mark.y), reach, scene)
        hard.append(box)
        ends = labels.leader((mark.x, mark.y), mark.radius, box)
        covered = mark.ellipse and abs(box.centre[0] - mark.x) < mark.ellipse.rx + box_size[0]
        if ends and not (covered and _beside(mark, box)):
            drawn.append(svg.line(ends[0], ends[1], ends[2], ends[3], "chart-leader"))
        middle, _ = box.centre
        words = svg.text(
            mark.words,
            middle,
            box.bottom - size * 0.32,
            text_anchor="middle",
            font_size=size,
            class_=f"chart-label chart-label--{mark.kind}{_on_region(marks, box)}",
        )
        drawn.append(words)
    return drawn


def _on_region(marks: Sequence[Mark], box: Box) -> str:
    """The class for words that lie inside the tinted region of now: their halo takes its tint."""
    ellipse = marks[-1].ellipse
    return " chart-label--inside" if ellipse and ellipse.encloses(box) else ""


def _beside(mark: Mark, box: Box) -> bool:
    """Whether a label touches its own ellipse so closely that no leader is needed."""
    if mark.ellipse is None:
        return False
    near = box.grown(14)
    x = min(max(mark.x, near.left), near.right)
    y = min(max(mark.y, near.top), near.bottom)
    u = (x - mark.x) / max(mark.ellipse.rx, 1)
    v = (y - mark.y) / max(mark.ellipse.ry, 1)
    return u * u + v * v <= 1
