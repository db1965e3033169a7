"""The movement map: counter-dependence against independence, as one path through time.

x runs from 100 on the left to 0 on the right and y upward, so that movement from counter-dependence
toward independence reads to the right and up; scores are never flipped, the axis is. Both axes have
the same unit, so a step of ten points is equally long in either direction and ellipses are true.

The path ages from pale to dark. Start is a ring, now is a diamond; words name both, with dates.
Around each lies the region that holds the true position with 95 % probability. Two independent
errors are asked to hold together, so its half-axes are sqrt(chi-square(.95; 2)) = 2.448 standard
deviations, not 1.96: an ellipse of 1.96 would hold both in only 85 % of cases.

Laid out for `width`: below 480 the compact layout has fewer ticks and larger type for its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import hypot, log, sqrt

from assessments.charts import geometry, svg, text
from assessments.charts.chart import (
    Canvas,
    Chart,
    Table,
    drawing,
    empty,
    fill,
    point,
    whole,
)
from assessments.charts.labels import Ellipse
from assessments.charts.plane_names import Layout, Mark, Zone, draw_names, draw_zones
from assessments.charts.scale import DateStyle, FormatDate, english_date

JOINT_95 = sqrt(-2 * log(1 - 0.95))
"""Radius of the joint 95 % region of two independent errors, in standard deviations (2.448)."""
SINGLE_95 = 1.959964
"""Half-width of a 95 % interval of one error, in standard deviations."""
AGES = 6
"""Shades of the path, oldest 1 to newest 6."""


@dataclass(frozen=True, slots=True)
class PlanePoint:
    """One estimated position. Scores 0 to 100, standard deviations in the same points.

    `label` is an extra line of the tooltip ("week 12", "long form"); `note` a further one, and a
    position that has it is ringed. `begins`: nothing joins it to the position before.
    """

    at: date
    cdp: float
    ind: float
    sd_cdp: float
    sd_ind: float
    label: str = ""
    note: str = ""
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Highlight:
    """One earlier moment to mark and name on the path ("last review")."""

    at: date
    label: str


@dataclass(frozen=True, slots=True)
class PlaneWords:
    """Every word of the map: plain strings (gettext, not lazy). {value}, {error} are filled in."""

    title: str = "Movement map"
    description: str = ""
    caption: str = "Movement map in figures"
    x_axis: str = "Counter-dependence"
    x_more: str = "← more guarded"
    x_less: str = "less guarded →"
    y_axis: str = "Independence ↑"
    y_scale: str = "Independence"
    start: str = "Start"
    now: str = "Now"
    single: str = "First answers"
    date: str = "Date"
    error: str = "Error (95 %)"
    estimate: str = "{value}, give or take {error}"
    claims: str = "Claims independence"
    claims_note: str = "stays guarded"
    independent: str = "Independent"
    independent_note: str = "the platform for interdependence"
    guarded: str = "Counter-dependent"
    guarded_note: str = ""
    forming: str = "Open"
    forming_note: str = "autonomy still forming"
    empty: str = "No answers yet. The map begins with the first form."

    @property
    def zones(self) -> tuple[Zone, Zone, Zone, Zone]:
        """Left top, right top, left bottom, right bottom."""
        return (
            Zone(self.claims, self.claims_note),
            Zone(self.independent, self.independent_note),
            Zone(self.guarded, self.guarded_note),
            Zone(self.forming, self.forming_note),
        )


def draw(
    points: Sequence[PlanePoint],
    words: PlaneWords | None = None,
    *,
    cut: float = 50.0,
    width: float = 560.0,
    prefix: str = "plane",
    group: str = "movement",
    format_date: FormatDate = english_date,
    highlight: Highlight | None = None,
) -> Chart:
    """The map of these positions, in time order. Finite numbers only, else ValueError.

    What lies outside 0 to 100 is clipped, never moved. `cut` divides the four zones.
    """
    words = words or PlaneWords()
    layout = Layout.of(width)
    canvas = Canvas(
        "plane", prefix, width, layout.height, words.title, words.description, group=group
    )
    if not points:
        return empty(canvas, words.empty, words.caption)
    x, y = layout.x, layout.y
    places = [(x(p.cdp), y(p.ind)) for p in points]
    marks = _marks(points, places, layout, words, format_date, highlight)
    trace = [at for run in _runs(points) for at in _trace(places[run.start : run.stop])]
    zones, zone_boxes = draw_zones(layout, words.zones, cut, marks, trace)
    named = draw_names(layout, marks, trace, zone_boxes)
    table = _table(points, words, format_date)
    content = [
        _clips(layout, prefix),
        drawing([*_ground(layout, cut), *_axes(layout, words), *zones]),
        drawing(_path(places, marks, _runs(points)), clip_path=f"url(#{prefix}-frame)"),
        svg.tag(
            "g",
            "".join(_points(points, places, marks, words, table)),
            clip_path=f"url(#{prefix}-marks)",
        ),
        drawing(named),
    ]
    frame = layout.frame
    picture = canvas.close(
        content, left=frame.left, right=frame.right, top=frame.top, bottom=frame.bottom
    )
    return Chart(picture, table)


def _marks(
    points: Sequence[PlanePoint],
    places: Sequence[geometry.Point],
    layout: Layout,
    words: PlaneWords,
    format_date: FormatDate,
    highlight: Highlight | None,
) -> list[Mark]:
    """Start, an earlier moment where one is asked for, and now; now comes last and lies on top."""
    begin = _runs(points)[-1].start
    first, last = points[begin], points[-1]
    style: DateStyle = "day" if first.at.year == last.at.year else "full"

    def mark(kind: str, index: int, name: str, radius: float, region: bool = True) -> Mark:
        p, (x, y) = points[index], places[index]
        unit = layout.x.unit * JOINT_95
        ellipse = Ellipse(x, y, p.sd_cdp * unit, p.sd_ind * unit) if region else None
        return Mark(kind, x, y, f"{name}, {format_date(p.at, style)}", ellipse, radius)

    if begin == len(points) - 1:
        return [mark("now", begin, words.single, 8)]
    # Back where it began: the ring widens, so that both marks show.
    (x0, y0), (x1, y1) = places[begin], places[-1]
    ring = 13 if hypot(x1 - x0, y1 - y0) < 6 else 7
    marks = [mark("start", begin, words.start, ring)]
    if highlight:
        found = [n for n, p in enumerate(points[1:-1], 1) if p.at == highlight.at]
        marks += [mark("then", n, highlight.label, 5, region=False) for n in found[:1]]
    return [*marks, mark("now", len(points) - 1, words.now, 8)]


def _runs(points: Sequence[PlanePoint]) -> list[range]:
    """The stretches of positions that a line joins, in time order."""
    starts = [0, *(n for n, p in enumerate(points) if n and p.begins)]
    return [range(a, b) for a, b in pairwise([*starts, len(points)])]


def _trace(places: Sequence[geometry.Point]) -> list[geometry.Point]:
    """The way in even steps: what labels try not to cover."""
    total = geometry.length(places)
    if not total:
        return list(places[:1])
    return [(x, y) for x, y, _ in geometry.along(places, geometry.spread(total, 14, 70))]


def _clips(layout: Layout, prefix: str) -> str:
    """Lines and ellipses end at the frame; marks may stand whole on its edge."""
    clips = []
    for name, box in (("frame", layout.frame), ("marks", layout.frame.grown(9))):
        rect = svg.tag(
            "rect",
            x=box.left,
            y=box.top,
            width=box.right - box.left,
            height=box.bottom - box.top,
        )
        clips.append(svg.tag("clipPath", rect, id=f"{prefix}-{name}"))
    return svg.tag("defs", "".join(clips))


def _ground(layout: Layout, cut: float) -> list[str]:
    frame = layout.frame
    x, y = layout.x(cut), layout.y(cut)
    return [
        svg.tag(
            "rect",
            x=x,
            y=frame.top,
            width=max(0.0, frame.right - x),
            height=max(0.0, y - frame.top),
            class_="chart-zone",
        ),
        svg.line(x, frame.top, x, frame.bottom, "chart-cut"),
        svg.line(frame.left, y, frame.right, y, "chart-cut"),
        svg.tag(
            "rect",
            x=frame.left,
            y=frame.top,
            width=frame.right - frame.left,
            height=frame.bottom - frame.top,
            class_="chart-frame-line",
        ),
    ]


def _axes(layout: Layout, words: PlaneWords) -> list[str]:
    frame, x, y = layout.frame, layout.x, layout.y
    values = (0, 50, 100) if layout.compact else (0, 25, 50, 75, 100)
    ticks = []
    for value in values:
        at_x, at_y = x(value), y(value)
        ticks.append(svg.line(at_x, frame.bottom, at_x, frame.bottom + 4, "chart-tick"))
        ticks.append(svg.line(frame.left - 4, at_y, frame.left, at_y, "chart-tick"))
        ticks.append(svg.text(str(value), at_x, frame.bottom + 17, text_anchor="middle"))
        ticks.append(svg.text(str(value), frame.left - 8, at_y + 4, text_anchor="end"))
    size = 12.5 if layout.compact else 13.0
    # The ends of the axis stand beside its name where all three fit, else on a line of their own.
    base = frame.bottom + 40
    side, middle = frame.right - frame.left, (frame.left + frame.right) / 2
    ends = max(text.width(words.x_more, size), text.width(words.x_less, size))
    beside = 2 * ends + text.width(words.x_axis, size, bold=True) + 24 <= side
    low = base if beside else base + 19
    titles = [
        svg.text(words.x_axis, middle, base, text_anchor="middle", class_="chart-axis"),
        svg.text(text.shorten(words.x_more, size, side / 2 - 6), frame.left, low),
        svg.text(
            text.shorten(words.x_less, size, side / 2 - 6), frame.right, low, text_anchor="end"
        ),
        svg.text(words.y_axis, frame.left, frame.top - 12, class_="chart-axis"),
    ]
    return [
        svg.tag("g", "".join(ticks), class_="chart-text-soft", font_size=12),
        svg.tag("g", "".join(titles), class_="chart-text-soft", font_size=size),
    ]


def _path(
    places: Sequence[geometry.Point], marks: Sequence[Mark], runs: Sequence[range]
) -> list[str]:
    parts = [
        svg.tag(
            "ellipse",
            cx=m.ellipse.x,
            cy=m.ellipse.y,
            rx=m.ellipse.rx,
            ry=m.ellipse.ry,
            class_=f"chart-region chart-region--{m.kind}",
        )
        for m in reversed(marks)
        if m.ellipse
    ]
    steps = len(places) - 1
    shades = min(AGES, steps)
    for run in runs:
        for shade in range(shades):
            begin = max(run.start, shade * steps // shades)
            end = min(run.stop - 1, (shade + 1) * steps // shades)
            if begin < end:
                part = svg.path(places[begin : end + 1])
                class_ = f"chart-path chart-age-{AGES - shades + shade + 1}"
                parts.append(svg.tag("path", d=part, class_=class_))
        joined = places[run.start : run.stop]
        for head, step in geometry.arrowheads(joined, 11, step=130, margin=22):
            class_ = f"chart-arrow chart-age-{_age(run.start + step + 1, steps)}"
            parts.append(svg.tag("path", d=svg.path(head, closed=True), class_=class_))
    return parts


def _age(n: int, last: int) -> int:
    """The shade of point n of last."""
    return AGES if last < 1 else max(1, -(-n * AGES // last))


def _points(
    points: Sequence[PlanePoint],
    places: Sequence[geometry.Point],
    marks: Sequence[Mark],
    words: PlaneWords,
    table: Table,
) -> list[str]:
    """One group a position, in time order; the marks are the start and the last."""
    shown = geometry.thinned(places, 11, around=[(m.x, m.y) for m in marks])
    last, begin = len(points) - 1, _runs(points)[-1].start
    drawn = []
    for n, (p, (x, y), row) in enumerate(zip(points, places, table.rows, strict=True)):
        if n == last:
            mark = _diamond(x, y, marks[-1].radius)
        elif n == begin:
            mark = svg.circle(x, y, marks[0].radius, "chart-start")
        else:
            class_ = f"chart-dot chart-age-{_age(n, last)}" if shown[n] else "chart-dot--quiet"
            mark = svg.circle(x, y, 2.75 if shown[n] else 1, class_)
        if p.note:
            mark += svg.circle(x, y, 6, "chart-turn")
        drawn.append(point(mark, p.at, x, y, [*_tip(row, p.label, words), *filter(None, [p.note])]))
    drawn += [
        svg.tag("circle", cx=m.x, cy=m.y, r=5.5, class_="chart-then", aria_hidden="true")
        for m in marks
        if m.kind == "then"
    ]
    return drawn


def _diamond(x: float, y: float, r: float) -> str:
    corners = ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
    return svg.tag("path", d=svg.path(corners, closed=True), class_="chart-now")


def _tip(row: Sequence[str], label: str, words: PlaneWords) -> list[str]:
    """The row of the table in sentences, so that picture and table cannot say two things."""
    day, cdp, cdp_error, ind, ind_error = row
    lines = [
        day,
        f"{words.x_axis} {fill(words.estimate, value=cdp, error=cdp_error)}",
        f"{words.y_scale} {fill(words.estimate, value=ind, error=ind_error)}",
    ]
    return [*lines, label] if label else lines


def _table(points: Sequence[PlanePoint], words: PlaneWords, format_date: FormatDate) -> Table:
    rows = tuple(
        (
            format_date(p.at, "full"),
            whole(p.cdp),
            whole(SINGLE_95 * p.sd_cdp),
            whole(p.ind),
            whole(SINGLE_95 * p.sd_ind),
        )
        for p in points
    )
    header = (words.date, words.x_axis, words.error, words.y_scale, words.error)
    return Table(words.caption, header, rows)
