"""Reads a drawn chart back: its elements, and the boxes of everything that is written on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise
from xml.etree import ElementTree

from assessments.charts import text
from assessments.charts.labels import Box
from assessments.charts.plane import PlanePoint

SVG = "{http://www.w3.org/2000/svg}"
MONDAY = date(2026, 5, 25)
BOLD = {"chart-axis", "chart-zone-title", "chart-label", "chart-last"}


@dataclass(frozen=True)
class Written:
    words: str
    box: Box
    classes: frozenset[str]


def week(number: int) -> date:
    return MONDAY + timedelta(weeks=number)


def walk(count: int = 26, sd: float = 4.5) -> list[PlanePoint]:
    """A straight way from counter-dependent to independent."""
    steps = max(1, count - 1)
    return [
        PlanePoint(week(n), 70 - 34 * n / steps, 45 + 24 * n / steps, sd, sd) for n in range(count)
    ]


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def by_class(svg: str, name: str) -> list[ElementTree.Element]:
    return [e for e in parse(svg).iter() if name in e.get("class", "").split()]


def numbers(path: str) -> list[tuple[float, float]]:
    """The corners of a path of straight lines."""
    pairs = path.strip("MZ").split("L")
    return [(float(x), float(y)) for x, y in (pair.split() for pair in pairs)]


def written(svg: str) -> list[Written]:
    """Every text of the chart with the box it takes, from the same widths the layout used."""
    found: list[Written] = []

    def visit(element: ElementTree.Element, size: float, classes: frozenset[str]) -> None:
        size = float(element.get("font-size", size))
        classes = classes | frozenset(element.get("class", "").split())
        if element.tag == f"{SVG}text":
            words = element.text or ""
            wide = text.width(words, size, bold=bool(BOLD & classes))
            x, y = float(element.get("x", 0)), float(element.get("y", 0))
            share = {"middle": 0.5, "end": 1.0}.get(element.get("text-anchor", ""), 0.0)
            left = x - wide * share
            box = Box(left, y - 0.72 * size, left + wide, y + 0.2 * size)
            found.append(Written(words, box, classes))
        for child in element:
            visit(child, size, classes)

    visit(parse(svg), 16.0, frozenset())
    return found


def collisions(svg: str) -> list[tuple[str, str]]:
    """Pairs of texts that overlap."""
    return [
        (a.words, b.words)
        for a, b in combinations(written(svg), 2)
        if a.words.strip() and b.words.strip() and a.box.overlaps(b.box)
    ]


def strays(svg: str) -> list[str]:
    """Texts that leave the picture."""
    _, _, width, height = map(float, parse(svg).get("viewBox", "").split())
    paper = Box(-0.5, -0.5, width + 0.5, height + 0.5)
    return [
        found.words
        for found in written(svg)
        if found.words.strip()
        and not (
            paper.contains(found.box.left, found.box.top)
            and paper.contains(found.box.right, found.box.bottom)
        )
    ]


def crossings(svg: str) -> list[str]:
    """Names that a leader or the line of an event runs through."""
    segments = []
    for leader in by_class(svg, "chart-leader"):
        if leader.get("d"):
            corners = numbers(leader.get("d", ""))
            segments += list(pairwise(corners))
    for line in [*by_class(svg, "chart-event"), *by_class(svg, "chart-break")]:
        x, top, bottom = (float(line.get(name, 0)) for name in ("x1", "y1", "y2"))
        segments.append(((x, top), (x, bottom)))
    boxes = [
        Box(min(x1, x2), min(y1, y2), max(x1, x2) + 0.01, max(y1, y2) + 0.01)
        for (x1, y1), (x2, y2) in segments
    ]
    return [
        found.words
        for found in written(svg)
        if found.words.strip() and "chart-last" not in found.classes
        if any(found.box.grown(-1).overlaps(box) for box in boxes)
    ]
