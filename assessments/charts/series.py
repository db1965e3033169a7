"""One scale over true time: the answers, the smoothed course, the own start with its error.

Dots are answers: hollow inside the error of the own start, filled outside it. The line is the
smoothed course with its 95 % band. The quiet band is the start plus and minus the change that error
alone can make. Where forms were missed the line stops, and a small tick at the foot says so. The
axis is 0 to 100 unless other `bounds` are given, and the time range comes in, so that four of these
stand side by side and mean the same. Laid out for `width`; it is a small multiple and needs no
compact variant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from assessments.charts import labels, svg, text, timeframe
from assessments.charts.chart import Canvas, Chart, Table, drawing, empty, fill, point, whole
from assessments.charts.events import Event, layout
from assessments.charts.labels import Box
from assessments.charts.plane import SINGLE_95
from assessments.charts.ribbon import time_data
from assessments.charts.scale import FormatDate, Linear, TimeAxis, day_number, english_date
from assessments.charts.timeframe import Frame, Zone
from assessments.measurement.change.checks import beyond

SCALES = frozenset({"cdp", "ind", "dep", "int"})
"""Codes with a colour of their own; any other scale is drawn in ink."""

_CROWDED = 18.0


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One form. `value` is its score on 0 to 100, None where there is none (`why_missing`).

    `sem` is the error of that score; `mean` and `sd` are the smoothed estimate, if there is one.
    `note` says what else stands out here; a dot with one is ringed.
    """

    at: date
    value: float | None
    sem: float | None = None
    mean: float | None = None
    sd: float | None = None
    why_missing: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The own start: `value` and the minimal detectable change `margin`, over its segment."""

    value: float
    margin: float
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class SeriesWords:
    """Every word of one scale's chart, and how its figures are printed.

    {value} and {error} are filled in. `cut` names the first cut line.
    """

    title: str = "Scale"
    description: str = ""
    caption: str = "Scale in figures"
    cut: str = "midpoint"
    date: str = "Date"
    answer: str = "Answers"
    smoothed: str = "Smoothed"
    error: str = "Error (95 %)"
    against_start: str = "Against the start"
    estimate: str = "{value}, give or take {error}"
    beyond: str = "beyond the error of the start"
    within: str = "within the error of the start"
    missed: str = "no form"
    unscored: str = "not scored"
    none_mark: str = "–"
    empty: str = "No answers yet."
    figure: Callable[[float], str] = whole


def draw(
    points: Sequence[SeriesPoint],
    words: SeriesWords | None = None,
    *,
    scale: str = "",
    span: tuple[date, date] | None = None,
    baselines: Sequence[Baseline] = (),
    events: Sequence[Event] = (),
    missed: Sequence[date] = (),
    cuts: Sequence[float] = (50.0,),
    bounds: tuple[float, float] = (0.0, 100.0),
    zones: Sequence[Zone] = (),
    width: float = 280.0,
    height: float = 150.0,
    prefix: str = "series",
    group: str = "movement",
    format_date: FormatDate = english_date,
) -> Chart:
    """The chart of these forms, in time order. Finite numbers only, else ValueError.

    `scale` ("cdp", "ind", "dep", "int") chooses the colour; `span` is the shared time range;
    `height` is that of the plot, event names come on top of it. `bounds` are those of the vertical
    axis, `zones` named ranges of it. Answers without a smoothed course carry their own error.
    """
    words = words or SeriesWords()
    if not points:
        blank = Canvas("series", prefix, width, height + 28, words.title, words.description, group)
        return empty(blank, words.empty, words.caption)
    first, last = span or (points[0].at, points[-1].at)
    edges = (timeframe.LEFT, width - timeframe.RIGHT)
    axis = TimeAxis.between(first, last, edges[0] + 5, edges[1] - 5)
    placed = layout(events, axis, timeframe.SIZE, edges, rows=2 if width < 400 else 3)
    rows = max((p.row + 1 for p in placed if p.row is not None), default=0)
    top = 8 + timeframe.EVENT_ROW * rows
    frame = Frame(axis, Linear(*bounds, top + height, top), top, top + height, width)
    canvas = Canvas(
        "series", prefix, width, frame.bottom + 24, words.title, words.description, group
    )
    runs = _runs(points, missed, events)
    clip = f"{svg.checked_prefix(prefix)}-frame"
    low, high = bounds
    lines = [low, (low + high) / 2, high] if not zones else [low, high]
    figures = {value: words.figure(value) for value in [*lines, *cuts]}
    ranges, range_names, named = timeframe.zones(frame, zones, _trace(points, frame))
    grid = [
        *ranges,
        *timeframe.grid(frame, lines, cuts, figures),
        *timeframe.event_lines(placed, frame),
        *timeframe.missed_ticks(missed, frame),
    ]
    last_value, room = _last(points, frame, words)
    taken = [*room, *named, *(Box(p.x, frame.top, p.x, frame.bottom) for p in placed)]
    names = [
        *range_names,
        *timeframe.event_names(placed, frame),
        *_cut_label(frame, words, cuts, points, taken),
    ]
    ticks = timeframe.time_ticks(frame, format_date)
    content = [
        svg.tag("defs", svg.tag("clipPath", timeframe.rect(frame.box), id=clip)),
        drawing(_baselines(baselines, frame), clip_path=f"url(#{clip})"),
        drawing(grid),
        drawing([*_course(runs, frame), *_errors(points, frame)], clip_path=f"url(#{clip})"),
        *_dots(points, frame, baselines, words, format_date),
        drawing(names, font_size=timeframe.SIZE),
        drawing(last_value),
        drawing(ticks, font_size=timeframe.SIZE, class_="chart-text-soft"),
    ]
    colour = f"chart-scale--{scale}" if scale in SCALES else "chart-scale--ink"
    picture = canvas.close(
        [svg.tag("g", "".join(content), class_=colour)], **time_data(axis, top, frame.bottom)
    )
    return Chart(picture, _table(points, missed, baselines, words, format_date))


def _baselines(baselines: Sequence[Baseline], frame: Frame) -> list[str]:
    parts = []
    for own in baselines:
        left = frame.left if own.start is None else frame.axis(own.start)
        right = frame.right if own.end is None else frame.axis(own.end)
        top, bottom = frame.y(own.value + own.margin), frame.y(own.value - own.margin)
        parts.append(timeframe.rect(Box(left, top, right, bottom), class_="chart-own"))
    return parts


def _runs(
    points: Sequence[SeriesPoint], missed: Sequence[date], events: Sequence[Event]
) -> list[list[tuple[date, float, float]]]:
    """Stretches of the smoothed course without a missed form or a break in between."""
    ends = sorted([*map(day_number, missed), *(day_number(e.at) for e in events if e.breaks)])
    runs: list[list[tuple[date, float, float]]] = []
    previous = float("-inf")
    at_end = 0
    for p in points:
        if p.mean is None or p.sd is None:
            continue
        day = day_number(p.at)
        broken = not runs
        while at_end < len(ends) and ends[at_end] <= day:
            # A form that came in on the day of the break belongs to what begins there.
            broken = broken or ends[at_end] > previous
            at_end += 1
        if broken:
            runs.append([])
        runs[-1].append((p.at, p.mean, p.sd))
        previous = day
    return runs


def _course(runs: Sequence[Sequence[tuple[date, float, float]]], frame: Frame) -> list[str]:
    parts = []
    for run in runs:
        at = [frame.axis(when) for when, _, _ in run]
        level = [frame.y(mean) for _, mean, _ in run]
        half = [SINGLE_95 * sd * frame.y.unit for _, _, sd in run]
        if len(run) == 1:
            ends = (at[0], level[0] - half[0], at[0], level[0] + half[0])
            parts.append(svg.line(*ends, "chart-whisker"))
            continue
        upper = [(x, y - h) for x, y, h in zip(at, level, half, strict=True)]
        lower = [(x, y + h) for x, y, h in zip(at, level, half, strict=True)]
        band = svg.path([*upper, *reversed(lower)], closed=True)
        parts.append(svg.tag("path", d=band, class_="chart-band"))
        line = svg.path(zip(at, level, strict=True))
        parts.append(svg.tag("path", d=line, class_="chart-line"))
    return parts


def _errors(points: Sequence[SeriesPoint], frame: Frame) -> list[str]:
    """The error of each answer that is part of no smoothed course."""
    parts = []
    for p in points:
        if p.value is not None and p.sem is not None and p.mean is None:
            x, y, half = frame.axis(p.at), frame.y(p.value), SINGLE_95 * p.sem * frame.y.unit
            parts.append(svg.line(x, y - half, x, y + half, "chart-whisker chart-whisker--answer"))
    return parts


def _trace(points: Sequence[SeriesPoint], frame: Frame) -> list[tuple[float, float]]:
    """What labels try not to cover."""
    return [
        (frame.axis(p.at), frame.y(v)) for p in points for v in (p.value, p.mean) if v is not None
    ]


def _outside(p: SeriesPoint, baselines: Sequence[Baseline]) -> bool | None:
    """Whether an answer lies beyond the error of the own start; None without a start to compare."""
    day = day_number(p.at)
    for own in baselines:
        begun = own.start is None or day_number(own.start) <= day
        if begun and (own.end is None or day < day_number(own.end)) and p.value is not None:
            # Strictly, as every change is judged: at exactly the margin it is not outside.
            return beyond(abs(p.value - own.value), own.margin)
    return None


def _dots(
    points: Sequence[SeriesPoint],
    frame: Frame,
    baselines: Sequence[Baseline],
    words: SeriesWords,
    format_date: FormatDate,
) -> list[str]:
    pitch = (frame.axis.end - frame.axis.start) / max(1, len(points) - 1)
    radius = 3.0 if pitch >= 6 else 2.4 if pitch >= 3.5 else 1.7
    drawn = []
    for p in points:
        x = frame.axis(p.at)
        outside = _outside(p, baselines)
        tip = [format_date(p.at, "full"), *_sentences(p, outside, words)]
        if p.value is None:
            y = frame.bottom - 5
            cross = f"{_stroke(x, y, 2.5, 2.5)}{_stroke(x, y, 2.5, -2.5)}"
            mark = svg.tag("path", d=cross, class_="chart-unscored")
            short = words.none_mark
        else:
            y = frame.y(p.value)
            class_ = "chart-answer chart-answer--outside" if outside else "chart-answer"
            mark = svg.circle(x, y, radius, class_)
            if p.note:
                mark += svg.circle(x, y, radius + 3.5, "chart-turn")
            short = words.figure(p.value)
        drawn.append(point(mark, p.at, x, y, tip, f' data-short="{svg.escape(short)}"'))
    return drawn


def _stroke(x: float, y: float, dx: float, dy: float) -> str:
    return svg.path([(x - dx, y - dy), (x + dx, y + dy)])


def _estimate(value: float, sd: float | None, words: SeriesWords) -> str:
    if sd is None:
        return words.figure(value)
    return fill(words.estimate, value=words.figure(value), error=words.figure(SINGLE_95 * sd))


def _sentences(p: SeriesPoint, outside: bool | None, words: SeriesWords) -> list[str]:
    lines = []
    if p.value is None:
        lines.append(p.why_missing or words.unscored)
    else:
        lines.append(f"{words.answer} {_estimate(p.value, p.sem, words)}")
    if p.mean is not None:
        lines.append(f"{words.smoothed} {_estimate(p.mean, p.sd, words)}")
    if outside is not None:
        lines.append(words.beyond if outside else words.within)
    return [*lines, p.note] if p.note else lines


def _cut_label(
    frame: Frame,
    words: SeriesWords,
    cuts: Sequence[float],
    points: Sequence[SeriesPoint],
    taken: Sequence[Box],
) -> list[str]:
    """The name of the first cut line where least lies beneath it; none if it would cover much."""
    if not cuts or not words.cut:
        return []
    wide, y = text.width(words.cut, timeframe.SMALL), frame.y(cuts[0])
    trace = _trace(points, frame)
    scene = labels.Scene(frame.box, tuple(taken), trace)
    free = frame.right - frame.left - wide - 6
    options = [
        Box(left, top, left + wide, top + 12)
        for left in (frame.left + 3 + free * n / 7 for n in (7, 0, 6, 1, 5, 2, 4, 3))
        for top in (y - 14, y + 2)
    ]
    best = min(options, key=scene.cost)
    if scene.cost(best) >= _CROWDED:
        return []
    return [
        svg.text(
            words.cut,
            best.left,
            best.top + 10,
            class_="chart-cut-name chart-halo",
            font_size=timeframe.SMALL,
        )
    ]


def _last(
    points: Sequence[SeriesPoint], frame: Frame, words: SeriesWords
) -> tuple[list[str], list[Box]]:
    """The latest value, smoothed where it is, at the end of its line, and the room it takes."""
    known = [p for p in points if p.mean is not None or p.value is not None]
    smoothed = [p for p in known if p.mean is not None] or known
    shown = [p for p in smoothed if frame.axis.contains(p.at)]
    if not shown:
        return [], []
    last = shown[-1]
    value = last.value if last.mean is None else last.mean
    if value is None:
        return [], []
    printed = words.figure(value)
    y = min(max(frame.y(value), frame.top + 8), frame.bottom - 2)
    x = frame.axis(last.at)
    # In the margin; but beside the line where that ended long before.
    x = frame.right + 5 if frame.right - x < 24 else x + 8
    room = Box(x - 2, y - 8, x + text.width(printed, 13, bold=True) + 2, y + 8)
    return [svg.text(printed, x, y + 4.5, class_="chart-last chart-halo", font_size=13)], [room]


def _table(
    points: Sequence[SeriesPoint],
    missed: Sequence[date],
    baselines: Sequence[Baseline],
    words: SeriesWords,
    format_date: FormatDate,
) -> Table:
    rows: list[tuple[float, tuple[str, ...]]] = []
    show = words.figure
    smoothed = any(p.mean is not None for p in points) or not points
    for p in points:
        outside = _outside(p, baselines)
        against = "" if outside is None else words.beyond if outside else words.within
        against = "; ".join(filter(None, (against, p.note)))
        answer = (p.why_missing or words.unscored) if p.value is None else show(p.value)
        sem = "" if p.sem is None or p.value is None else show(SINGLE_95 * p.sem)
        mean = "" if p.mean is None else show(p.mean)
        sd = "" if p.sd is None else show(SINGLE_95 * p.sd)
        course = (mean, sd) if smoothed else ()
        row = (format_date(p.at, "full"), answer, sem, *course, against)
        rows.append((day_number(p.at), row))
    empty_cells = (words.missed, *[""] * (4 if smoothed else 2))
    rows += [(day_number(at), (format_date(at, "full"), *empty_cells)) for at in missed]
    rows.sort(key=lambda row: row[0])
    course_header = (words.smoothed, words.error) if smoothed else ()
    header = (words.date, words.answer, words.error, *course_header, words.against_start)
    return Table(words.caption, header, tuple(row for _, row in rows))
