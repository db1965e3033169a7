"""The charts of a client page, all on one time axis and from one movement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import queries, wording
from assessments.charts import chart, plane, ribbon, series
from assessments.charts.events import Event as EventLine
from assessments.charts.plane import Highlight, PlanePoint
from assessments.charts.ribbon import RibbonSegment
from assessments.charts.scale import FormatDate
from assessments.charts.series import Baseline, SeriesPoint
from assessments.client_page import markup
from assessments.client_page.footing import begin, changed_at, of_movement
from assessments.measurement.change import Trend, WhyNot, theil_sen, why_no_trend
from assessments.measurement.evidence import Claim
from assessments.measurement.movement import SCALES
from assessments.queries import Record

# The order in which the four stand side by side: the two of the map first.
SHOWN = ("CDP", "IND", "DEP", "INT")
# Those between which the pendulum swings.
SWUNG = ("CDP", "DEP")
WIDE, COMPACT = 560.0, 340.0
RIBBON_WIDE, RIBBON_COMPACT = 1120.0, 340.0
# Two forms missed in a row make a gap in the ribbon; one does not.
GAP_FROM = 2
# However rarely a form is asked for, no stage is drawn on without one for longer.
LONGEST_HOLD = timedelta(days=7 * 14)


@dataclass(frozen=True)
class Figure:
    """A chart with its title, its one sentence and the table of its numbers.

    ``facts`` are further sentences that belong to the reading, ``details`` stand in the fold with
    the table.
    """

    title: str
    reading: str
    svg: Any
    table: Any
    note: str = ""
    facts: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pictures:
    plane: Figure
    ribbon: Figure
    scales: list[Figure]


@dataclass(frozen=True)
class Page:
    """What the charts of one page share: the time axis, the lines on it, how dates are printed."""

    record: Record
    span: tuple[datetime, datetime]
    missed: list[datetime]
    lines: list[EventLine]
    format_date: FormatDate = field(default_factory=wording.chart_dates)


def page_of(record: Record) -> Page:
    return Page(record, time_span(record), missed_days(record), event_lines(record))


def pictures(page: Page) -> Pictures:
    """Every chart of the movement."""
    return Pictures(
        plane=_plane(page),
        ribbon=_ribbon(page),
        scales=[_scale(page, scale) for scale in SHOWN],
    )


def local(at: datetime) -> datetime:
    """An instant on the practice's wall clock, which is what the charts print."""
    return timezone.localtime(at)


def time_span(record: Record) -> tuple[datetime, datetime]:
    """From the first form to now, or to the last form of a record that is closed."""
    times = [sitting.at for sitting in record.sittings] or sorted(
        response.submitted_at for response in record.responses if response.submitted_at
    )
    first = times[0] if times else record.now
    last = times[-1] if times and record.client.closed_at else record.now
    return local(first), local(max(last, first))


def missed_days(record: Record) -> list[datetime]:
    """When the forms of movement opened that closed without an answer, since the first answer."""
    if not record.sittings:
        return []
    movement_forms = {
        assignment.pk
        for assignment in record.assignments
        if set(SCALES) <= set(record.versions[assignment.version_id].definition.scales_by_code)
    }
    return [
        local(occasion.opens_at)
        for occasion in record.occasions
        if occasion.assignment_id in movement_forms
        and occasion.closes_at <= record.until
        and occasion.answered_at is None
        and occasion.opens_at >= record.sittings[0].at
    ]


def event_lines(record: Record) -> list[EventLine]:
    """Dated notes, and where a form's version changed."""
    lines = [EventLine(event.on, event.text) for event in record.events]
    seen: dict[str, Any] = {}
    for row in record.scores:
        before = seen.get(row.instrument)
        if before is not None and before != row.version_id:
            version = record.versions[row.version_id].version
            lines.append(
                EventLine(local(row.at), _("form version %(version)d") % {"version": version})
            )
        seen[row.instrument] = row.version_id
    return lines + _series_lines(record)


def _series_lines(record: Record) -> list[EventLine]:
    """Where the answers begin to be about another relationship, which cuts the series."""
    first = record.sittings[0].at if record.sittings else record.now
    begun = {reference.started_at: reference for reference in record.references}
    return [
        EventLine(local(at), wording.series_words_of(reference), breaks=True)
        for at, reference in begun.items()
        if at > first
    ]


# --- The movement map ---------------------------------------------------------------------------


def _plane(page: Page) -> Figure:
    record = page.record
    movement, sittings = record.movement, record.sittings
    names = form_names(record)
    notes = turning_notes(record)
    points = [
        PlanePoint(
            local(sittings[p.administration].at),
            p.cdp,
            p.ind,
            p.sd_cdp,
            p.sd_ind,
            names[sittings[p.administration].response_id],
            notes.get(p.administration, ""),
            begins=before is not None and before.segment != p.segment,
        )
        for before, p in pairwise([None, *movement.path])
        if p is not None
    ]
    times = [sitting.at for sitting in sittings]
    reading = wording.map_reading(movement, wording.turned(movement, times))
    why_empty = _why_empty(record)
    reading = why_empty or reading
    words = wording.plane_words(reading, why_empty)
    draw = partial(
        plane.draw,
        points,
        words,
        format_date=page.format_date,
        highlight=_last_review(record, points),
    )
    wide = draw(width=WIDE, prefix="map")
    compact = draw(width=COMPACT, prefix="map-small")
    return Figure(_("Movement"), reading, chart.responsive(wide, compact), markup.table(wide.table))


def _why_empty(record: Record) -> str:
    """Why forms came in and there is neither path nor stage: their errors are not known."""
    stands = of_movement(record)
    if not record.sittings or stands.allows(Claim.MOVEMENT):
        return ""
    return wording.ladder.points_only()


def _last_review(record: Record, points: list[PlanePoint]) -> Highlight | None:
    """The form that was the latest when the record was last reviewed."""
    if record.last_review is None:
        return None
    before = [p.at for p in points if p.at <= record.last_review.at]
    return Highlight(before[-1], _("Last review")) if before else None


def turning_notes(record: Record) -> dict[int, str]:
    """By the index of a form, that the swing between the two poles turned there."""
    turns = record.movement.pendulum.turning_points[1:-1]
    return {point.administration: _("the swing turned here") for point in turns}


def form_names(record: Record) -> dict[Any, str]:
    """The name of the form behind each response."""
    return {r.pk: record.versions[r.version_id].instrument.name for r in record.responses}


# --- The ribbon ---------------------------------------------------------------------------------


def _ribbon(page: Page) -> Figure:
    parts = segments(page.record, page.span[1], page.missed)
    reading = wording.ribbon_reading(parts)
    why_empty = _why_empty(page.record)
    reading = why_empty or reading
    words = wording.ribbon_words(reading, why_empty)
    draw = partial(ribbon.draw, parts, words, span=page.span, format_date=page.format_date)
    wide = draw(width=RIBBON_WIDE, prefix="ribbon")
    compact = draw(width=RIBBON_COMPACT, prefix="ribbon-small")
    return Figure(_("Stages"), reading, chart.responsive(wide, compact), markup.table(wide.table))


def segments(record: Record, end: datetime, missed: list[datetime]) -> list[RibbonSegment]:
    """Stretches of one reading: each holds until the next form, or until forms went missing."""
    found: list[RibbonSegment] = []
    times = [local(sitting.at) for sitting in record.sittings]
    starts = {segment.start for segment in record.movement.segments}
    for index, start in enumerate(times):
        named = _reading(record, index)
        if named is None:
            continue
        until = times[index + 1] if index + 1 < len(times) else end
        until = min(until, start + LONGEST_HOLD)
        out = [at for at in missed if start < at < until]
        if len(out) >= GAP_FROM:
            until = out[0]
        previous = found[-1] if found else None
        joined = previous is not None and previous.end == start and index not in starts
        if previous and joined and _same(previous, named):
            found[-1] = RibbonSegment(previous.start, until, **named)
        else:
            found.append(RibbonSegment(start, until, **named))
    return found


def _same(segment: RibbonSegment, named: dict[str, Any]) -> bool:
    return all(getattr(segment, name) == value for name, value in named.items())


def _reading(record: Record, index: int) -> dict[str, Any] | None:
    reading = record.movement.stages[index]
    if reading is None:
        return None
    if reading.stage is not None:
        label = wording.stage_words(reading.stage)
        # Once the next form about the same agrees, it was named all along.
        if reading.provisional and index + 1 in {part.end for part in record.movement.segments}:
            label = _("%(stage)s (provisional)") % {"stage": label}
        return {
            "code": wording.stage_code(reading.stage),
            "label": label,
            "certain": True,
            "toward": "",
        }
    between = queries.between(record.movement, index)
    label = wording.stage_words("", between or ())
    if between is None:
        return {"code": "none", "label": label, "certain": True, "toward": ""}
    first, second = between
    return {
        "code": wording.stage_code(first),
        "label": label,
        "certain": False,
        "toward": wording.stage_code(second),
    }


# --- Scales -------------------------------------------------------------------------------------


def _scale(page: Page, scale: str) -> Figure:
    record = page.record
    scored = [(s.scores.get(scale), s.errors.get(scale)) for s in record.sittings]
    latest = next((pair for pair in reversed(scored) if pair[0] is not None), (None, None))
    footing = of_movement(record, (scale,))
    reading = wording.scale_reading(
        record.movement.changes.get(scale), *latest, footing, changed_at(record)
    )
    title = str(wording.SCALES[scale])
    drawn = series.draw(
        _points(record, scale),
        wording.series_words(title, reading),
        scale=scale.lower(),
        span=page.span,
        baselines=_baselines(record, scale),
        events=page.lines,
        missed=page.missed,
        prefix=f"scale-{scale.lower()}",
        format_date=page.format_date,
    )
    note = str(wording.SCALE_NOTES[scale])
    details = [wording.evidence_line(footing)]
    if footing.allows(Claim.TREND):
        details.insert(0, wording.trend_words(_trend(record, scale)))
    return Figure(
        title, reading, drawn.svg, markup.table(drawn.table), note, details=tuple(details)
    )


def _trend(record: Record, scale: str) -> Trend | WhyNot:
    """The slope of the answers that are compared, which are those of the last segment."""
    first = begin(record)
    weeks = record.movement.weeks[first:]
    values = [sitting.scores[scale] for sitting in record.sittings[first:]]
    return theil_sen(weeks, values) or why_no_trend(weeks, values) or WhyNot.TOO_FEW_POINTS


def _points(record: Record, scale: str) -> list[SeriesPoint]:
    why = {(row.response_id, row.scale): row for row in record.scores if row.why_missing}
    estimates = record.movement.estimates[scale]
    notes = _notes(record, scale)
    points = []
    for index, (sitting, estimate) in enumerate(zip(record.sittings, estimates, strict=True)):
        row = why.get((sitting.response_id, scale))
        points.append(
            SeriesPoint(
                local(sitting.at),
                sitting.scores[scale],
                sitting.errors[scale],
                estimate.mean if estimate else None,
                estimate.sd if estimate else None,
                wording.missing_words(row.answered, row.items) if row else "",
                notes.get(index, ""),
            )
        )
    return points


def _notes(record: Record, scale: str) -> dict[int, str]:
    """By the index of a form, what stands out about it beside its figures."""
    notes = {
        index: said
        for index, sitting in enumerate(record.sittings)
        if (said := ", ".join(circumstances_of(record).get(sitting.response_id, [])))
    }
    for index, turned in (turning_notes(record) if scale in SWUNG else {}).items():
        notes[index] = f"{turned}, {notes[index]}" if index in notes else turned
    return notes


def circumstances_of(record: Record) -> dict[Any, list[str]]:
    """How each response came to be, by its identifier; those with nothing to say are left out."""
    versions = record.versions
    found = {
        response.pk: wording.circumstances(response, versions[response.version_id].definition)
        for response in record.responses
    }
    return {pk: said for pk, said in found.items() if said}


def _baselines(record: Record, scale: str) -> list[Baseline]:
    """The own start, give or take the change that error makes between it and one later form."""
    index = record.movement.baseline
    if index is None:
        return []
    start = record.sittings[index]
    value, error = start.scores[scale], start.errors[scale]
    later = [s.errors[scale] for s in record.sittings[index + 1 :] if s.errors[scale] is not None]
    if value is None or error is None:
        return []
    other = later[-1] if later else error
    margin = 1.96 * (error**2 + (other or 0.0) ** 2) ** 0.5
    return [Baseline(value, margin, local(start.at))]
