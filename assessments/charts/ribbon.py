"""The stage ribbon: which pattern the answers showed when, on the time axis of the other charts.

A named stage is solid. "Between two" is striped in the pale tints of both; "no clear stage" is a
quiet neutral of its own, as respectable as any other. Where no forms came in there is no ribbon,
only a thin thread. A name stands on its stretch if it fits; else beneath it, tied by a leader; and
if even that is too tight, in a key of swatches. The order of stages is no ladder: nothing here says
that one is more than another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assessments.charts import svg, text
from assessments.charts.chart import (
    COMPACT_BELOW,
    Canvas,
    Chart,
    Table,
    drawing,
    empty,
    moment,
    point,
)
from assessments.charts.scale import FormatDate, TimeAxis, day_number, english_date

STAGES = frozenset(
    {
        "mixed",
        "dependent",
        "counter-dependent",
        "transitional",
        "relational-ahead",
        "independent",
        "interdependent",
    }
)
"""Codes with a colour of their own; any other code is drawn as the neutral "no clear stage"."""

_TOP, _BAR, _ROW, _SIZE = 2.0, 27.0, 17.0, 12.5
_LINES, _MOST_HUNG = 3, 12


@dataclass(frozen=True, slots=True)
class RibbonSegment:
    """One stretch [start, end). `code` is a stage in lower case with hyphens, or "none".

    `certain` is False for "between `code` and `toward`"; `label` is the whole name either way.
    """

    start: date
    end: date
    code: str
    label: str
    certain: bool = True
    toward: str = ""


@dataclass(frozen=True, slots=True)
class RibbonWords:
    title: str = "Stages over time"
    description: str = ""
    caption: str = "Stages in dates"
    stage: str = "Stage"
    start: str = "From"
    end: str = "To"
    gap: str = "no forms"
    empty: str = "No stage yet. It needs at least two forms."


@dataclass(frozen=True, slots=True)
class _Stretch:
    segment: RibbonSegment
    left: float
    right: float
    fill: str | None
    style: str

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def draw(
    segments: Sequence[RibbonSegment],
    words: RibbonWords | None = None,
    *,
    span: tuple[date, date] | None = None,
    width: float = 1120.0,
    margins: tuple[float, float] = (2.0, 2.0),
    prefix: str = "ribbon",
    group: str = "movement",
    format_date: FormatDate = english_date,
) -> Chart:
    """The ribbon of these stretches, in time order. `span` is the shared time range.

    `margins` are left and right, so that the axis can be lined up with another chart's.
    """
    words = words or RibbonWords()
    if not segments:
        blank = Canvas("ribbon", prefix, width, 56, words.title, words.description, group)
        return empty(blank, words.empty, words.caption)
    first, last = span or (segments[0].start, segments[-1].end)
    axis = TimeAxis.between(first, last, margins[0], width - margins[1])
    stretches, patterns = _stretches(segments, axis, prefix)
    inside = [_fits(stretch) for stretch in stretches]
    outside = [s for s, fits in zip(stretches, inside, strict=True) if not fits]
    named = {s.segment.label for s, fits in zip(stretches, inside, strict=True) if fits}
    beneath, leftover, rows = _beneath(outside, axis, named)
    key, key_rows = _key(leftover, axis, rows)
    top = _TOP + _BAR + 6 + _ROW * (rows + key_rows)
    height = top + 22
    canvas = Canvas("ribbon", prefix, width, height, words.title, words.description, group)
    content = [
        svg.tag("defs", "".join(patterns)) if patterns else "",
        drawing(_thread(axis, stretches, words)),
        "".join(_bar(stretch, format_date, words) for stretch in stretches),
        drawing(_names(stretches, inside), font_size=_SIZE),
        drawing([*beneath, *key], font_size=_SIZE),
        drawing(_ticks(axis, top, width, format_date), font_size=11.5, class_="chart-text-soft"),
    ]
    picture = canvas.close(content, **time_data(axis, _TOP, _TOP + _BAR))
    return Chart(picture, _table(segments, words, format_date))


def time_data(axis: TimeAxis, top: float, bottom: float) -> dict[str, svg.AttributeValue]:
    """What the script needs to find a moment on a time chart."""
    return {
        "first": f"{axis.first:.4f}",
        "last": f"{axis.last:.4f}",
        "left": axis.start,
        "right": axis.end,
        "top": top,
        "bottom": bottom,
    }


def _stretches(
    segments: Sequence[RibbonSegment], axis: TimeAxis, prefix: str
) -> tuple[list[_Stretch], list[str]]:
    """Segments as places on paper, and one pattern for each pair of stages that is between."""
    patterns: dict[tuple[str, str], str] = {}
    drawn = []
    for segment in segments:
        left = min(max(axis(segment.start), axis.start), axis.end)
        right = max(left, min(axis(segment.end), axis.end))
        if right <= left and not axis.contains(segment.start):
            continue
        # A stretch is never thinner than a line that can be seen.
        left = min(left, axis.end - 2)
        right = max(right, left + 2)
        code = segment.code if segment.code in STAGES else "none"
        toward = segment.toward if segment.toward in STAGES else "none"
        if segment.certain or code == toward == "none":
            drawn.append(_Stretch(segment, left, right, None, f"chart-stage--{code}"))
            continue
        pair = (code, toward)
        if pair not in patterns:
            patterns[pair] = f"{svg.checked_prefix(prefix)}-between-{len(patterns)}"
        drawn.append(_Stretch(segment, left, right, f"url(#{patterns[pair]})", "chart-between"))
    return drawn, [_pattern(name, *pair) for pair, name in patterns.items()]


def _pattern(name: str, code: str, toward: str) -> str:
    stripe = svg.tag("rect", width=10, height=10, class_=f"chart-tint--{code}")
    stripe += svg.tag("rect", width=5, height=10, class_=f"chart-tint--{toward}")
    # In grey both tints may look alike: the hatch stays.
    stripe += svg.line(0, 0, 0, 10, "chart-hatch")
    return svg.tag(
        "pattern",
        stripe,
        id=name,
        width=10,
        height=10,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(35)",
    )


def _fits(stretch: _Stretch) -> bool:
    wanted = text.width(stretch.segment.label, _SIZE, bold=stretch.fill is None) + 16
    return wanted <= stretch.right - stretch.left


def _bar(stretch: _Stretch, format_date: FormatDate, words: RibbonWords) -> str:
    segment = stretch.segment
    mark = svg.tag(
        "rect",
        x=stretch.left + 0.5,
        y=_TOP,
        width=max(1.0, stretch.right - stretch.left - 1),
        height=_BAR,
        rx=2,
        class_=f"chart-stage {stretch.style}",
        fill=stretch.fill,
    )
    until = f"{format_date(segment.start, 'full')} – {format_date(segment.end, 'full')}"
    return point(
        mark,
        segment.start,
        stretch.middle,
        _TOP,
        (segment.label, until),
        f' data-until="{moment(segment.end)}"',
    )


def _names(stretches: Sequence[_Stretch], inside: Sequence[bool]) -> list[str]:
    return [
        svg.text(
            s.segment.label,
            s.left + 8,
            _TOP + _BAR / 2 + _SIZE * 0.36,
            class_="chart-between-name" if s.fill else f"chart-stage-name {s.style}-name",
        )
        for s, fits in zip(stretches, inside, strict=True)
        if fits
    ]


def _thread(axis: TimeAxis, stretches: Sequence[_Stretch], words: RibbonWords) -> list[str]:
    """The thread that runs on where there are no forms, with its words where there is room."""
    middle = _TOP + _BAR / 2
    parts, at = [], axis.start
    ends = [*((s.left, s.right) for s in stretches), (axis.end, axis.end)]
    for left, right in ends:
        if left - at > 3:
            parts.append(svg.line(at, middle, left, middle, "chart-thread"))
        if words.gap and left - at > text.width(words.gap, 11.5) + 14:
            parts.append(
                svg.text(
                    words.gap,
                    (at + left) / 2,
                    middle + 4,
                    class_="chart-text-soft chart-halo",
                    text_anchor="middle",
                    font_size=11.5,
                )
            )
        at = max(at, right)
    return parts


@dataclass(frozen=True, slots=True)
class _Hung:
    """A name beneath the bar, tied to its stretch at x."""

    stretch: _Stretch
    row: int
    left: float
    right: float


def _beneath(
    tight: Sequence[_Stretch], axis: TimeAxis, named: set[str]
) -> tuple[list[str], list[_Stretch], int]:
    """Names under their stretch, each tied by a leader, on at most three lines.

    Names that stand nowhere yet come first. Of four ways of hanging them the one that names more,
    then the one with fewer lines, is taken. On a narrow ribbon everything goes to the key. Returns
    the drawing, what found no place and is named nowhere else, and the lines used.
    """
    hung: list[_Hung] = []
    if axis.end - axis.start >= COMPACT_BELOW:
        stretches = tight[-_MOST_HUNG:]
        once = {s.segment.label: s for s in stretches if s.segment.label not in named}
        new = [s for s in stretches if once.get(s.segment.label) is s]
        again = [s for s in stretches if once.get(s.segment.label) is not s]
        outward = [(row, side) for side in (1, -1) for row in range(_LINES)]
        upward = [(row, side) for row in range(_LINES) for side in (1, -1)]
        ways = [
            _hang(new[::step], again[::step], axis, [(row, -step * side) for row, side in order])
            for order in (upward, outward)
            for step in (-1, 1)
        ]
        hung = min(ways, key=lambda way: (-_named_by(way), -len(way), sum(h.row for h in way)))
    named = named | {h.stretch.segment.label for h in hung}
    leftover = [s for s in tight if s.segment.label not in named]
    return [_hang_drawn(h) for h in hung], leftover, max((h.row + 1 for h in hung), default=0)


def _named_by(hung: Sequence[_Hung]) -> int:
    return len({h.stretch.segment.label for h in hung})


def _hang(
    new: Sequence[_Stretch],
    again: Sequence[_Stretch],
    axis: TimeAxis,
    places: Sequence[tuple[int, int]],
) -> list[_Hung]:
    """Each name at the first of the places (line, side) where it covers no name and no leader.

    What is named already is named again only where that costs no further line.
    """
    hung: list[_Hung] = []
    for stretch in new:
        _hang_one(stretch, axis, places, hung)
    lines = max((h.row + 1 for h in hung), default=1)
    for stretch in again:
        _hang_one(stretch, axis, [place for place in places if place[0] < lines], hung)
    return hung


def _hang_one(
    stretch: _Stretch, axis: TimeAxis, places: Sequence[tuple[int, int]], hung: list[_Hung]
) -> None:
    wide = text.width(stretch.segment.label, _SIZE)
    for row, side in places:
        left = stretch.middle + 5 if side > 0 else stretch.middle - 5 - wide
        name = _Hung(stretch, row, left, left + wide)
        if axis.start - 1 <= left and left + wide <= axis.end + 1 and _clear(name, hung):
            hung.append(name)
            return


def _clear(name: _Hung, others: Sequence[_Hung]) -> bool:
    x = name.stretch.middle
    for other in others:
        other_x = other.stretch.middle
        if other.row == name.row and name.left < other.right + 8 and other.left < name.right + 8:
            return False
        if other.row >= name.row and name.left - 3 < other_x < name.right + 3:
            return False
        if name.row >= other.row and other.left - 3 < x < other.right + 3:
            return False
    return True


def _hang_drawn(name: _Hung) -> str:
    x = name.stretch.middle
    base = _TOP + _BAR + 5 + _ROW * (name.row + 0.75)
    turn = base - _SIZE * 0.34
    rightward = name.left > x
    way = svg.path([(x, _TOP + _BAR), (x, turn), (x + 3 if rightward else x - 3, turn)])
    words = svg.text(
        name.stretch.segment.label,
        name.left if rightward else name.right,
        base,
        class_="chart-text",
        text_anchor=None if rightward else "end",
    )
    return svg.tag("path", d=way, class_="chart-leader") + words


def _key(stretches: Sequence[_Stretch], axis: TimeAxis, rows: int) -> tuple[list[str], int]:
    """Swatches with names for what found no place, each name once, wrapped into lines."""
    parts: list[str] = []
    seen: set[str] = set()
    x, row = axis.start, 0
    for stretch in stretches:
        label = text.shorten(stretch.segment.label, _SIZE, axis.end - axis.start - 20)
        if label in seen:
            continue
        seen.add(label)
        wide = 18 + text.width(label, _SIZE) + 16
        if x > axis.start and x + wide - 16 > axis.end:
            x, row = axis.start, row + 1
        base = _TOP + _BAR + 5 + _ROW * (rows + row + 0.75)
        parts.append(
            svg.tag(
                "rect",
                x=x,
                y=base - 10,
                width=12,
                height=12,
                rx=2,
                class_=f"chart-stage {stretch.style}",
                fill=stretch.fill,
            )
        )
        parts.append(svg.text(label, x + 18, base, class_="chart-text"))
        x += wide
    return parts, row + 1 if seen else 0


def _ticks(axis: TimeAxis, top: float, width: float, format_date: FormatDate) -> list[str]:
    parts = []
    room = min(axis.start, width - axis.end)
    for tick in axis.ticks(format_date, 11.5, room):
        parts.append(svg.line(tick.x, top - 2, tick.x, top + 3, "chart-tick"))
        parts.append(svg.text(tick.label, tick.x, top + 16, text_anchor="middle"))
    return parts


def _table(segments: Sequence[RibbonSegment], words: RibbonWords, format_date: FormatDate) -> Table:
    rows = []
    for n, segment in enumerate(segments):
        if n and day_number(segments[n - 1].end) < day_number(segment.start):
            gap = (segments[n - 1].end, segment.start)
            rows.append((words.gap, format_date(gap[0], "full"), format_date(gap[1], "full")))
        until = format_date(segment.end, "full")
        rows.append((segment.label, format_date(segment.start, "full"), until))
    return Table(words.caption, (words.stage, words.start, words.end), tuple(rows))
