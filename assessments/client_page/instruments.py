"""Other questionnaires on the client page: one chart a scale, in the units it is reported in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assessments.charts import series
from assessments.charts.series import Baseline, SeriesPoint
from assessments.charts.timeframe import Zone
from assessments.client_page import markup
from assessments.client_page.pictures import Figure, Page, local
from assessments.measurement import change
from assessments.measurement.change import WhyNot
from assessments.measurement.definition import Direction, Scale
from assessments.measurement.evidence import Claim, footing
from assessments.measurement.movement import SCALES
from assessments.queries import Record, ScoreRow
from assessments.wording import instruments as wording
from assessments.wording.instruments import Course
from assessments.wording.ladder import published_name
from assessments.wording.pictures import missing_words

WEEK_SECONDS = 7 * 24 * 3600


def figures(page: Page) -> list[Figure]:
    """One for each scale of each form that the movement does not follow, in their order."""
    return [
        _figure(page, code, rows, number)
        for number, ((_form, code), rows) in enumerate(groups(page.record).items())
    ]


def groups(record: Record) -> dict[tuple[str, str], list[ScoreRow]]:
    """Score rows since the episode began by form and scale; of a form anew made, the latest run."""
    followed = {sitting.response_id for sitting in record.sittings}
    since = record.episode.started_at if record.episode else None
    kept: dict[tuple[str, str], list[ScoreRow]] = {}
    for row in record.scores:
        if row.response_id in followed or row.scale in SCALES:
            continue
        if since is not None and row.at < since:
            continue
        rows = kept.setdefault((row.instrument, row.scale), [])
        if rows and not _comparable(scale_of(record, rows[-1]), scale_of(record, row)):
            rows.clear()
        rows.append(row)
    return kept


def scale_of(record: Record, row: ScoreRow) -> Scale:
    return record.versions[row.version_id].definition.scales_by_code[row.scale]


def _comparable(one: Scale, other: Scale) -> bool:
    """Whether scores of two versions are the same sum of the same answers."""
    return (one.keyed_items, one.minimum, one.maximum, one.factor) == (
        other.keyed_items,
        other.minimum,
        other.maximum,
        other.factor,
    )


def value_of(scale: Scale, row: ScoreRow) -> float | None:
    """The score in reported units."""
    if row.pomp is None:
        return None
    raw = scale.minimum + row.pomp / 100 * (scale.maximum - scale.minimum)
    # Nine decimals: the way there and back through per cent leaves 9.000000000000002.
    return round(scale.reported(raw), 9)


def error_of(scale: Scale, row: ScoreRow) -> float | None:
    """Its standard error in reported units; None where no reliability is declared."""
    if row.sem is None:
        return None
    return row.sem / 100 * (scale.maximum - scale.minimum) * scale.factor


def course(record: Record, rows: Sequence[ScoreRow]) -> Course:
    """The first and the last score of these rows of one scale, and what lies between them."""
    scale = scale_of(record, rows[-1])
    scored = [(row, value) for row in rows if (value := value_of(scale, row)) is not None]
    stands = footing([scale_of(record, row) for row, _value in scored[:1] + scored[-1:]] or [scale])
    weeks = [row.at.timestamp() / WEEK_SECONDS for row, _value in scored]
    values = [value for _row, value in scored]
    trend = change.theil_sen(weeks, values) or change.why_no_trend(weeks, values)
    if not scored:
        return Course(scale, stands, None, None, None, None, trend=trend)
    row, last = scored[-1]
    error, band = error_of(scale, row), scale.band(last / scale.factor)
    if len(scored) == 1:
        return Course(scale, stands, None, None, last, error, band, trend=trend)
    start_row, first = scored[0]
    start_error = error_of(scale, start_row)
    moved = None
    if error is not None and start_error is not None:
        moved = change.reliable_change(first, last, start_error, error)
    published = change.compare_with_published(first, last, scale.published_change)
    cutoff = change.cutoff_of(scale) if stands.allows(Claim.OUTCOME) else WhyNot.NO_NORMS
    outcome = None
    if not isinstance(cutoff, WhyNot):
        higher = scale.direction is Direction.HIGHER
        outcome = change.classify(first, last, start_error, error, cutoff.value, higher)
    return Course(
        scale=scale,
        footing=stands,
        first=first,
        first_at=start_row.at,
        last=last,
        error=error,
        band=band,
        change=moved,
        published=None if isinstance(published, WhyNot) else published,
        outcome=outcome,
        cutoff=None if isinstance(cutoff, WhyNot) else cutoff.value,
        trend=trend,
    )


def _figure(page: Page, code: str, rows: list[ScoreRow], number: int) -> Figure:
    record = page.record
    found = course(record, rows)
    scale = found.scale
    form = record.versions[rows[-1].version_id].definition
    title = form.name if len(form.scales) == 1 else f"{form.name}: {scale.name}"
    reading = wording.course_reading(found)
    cuts = list(dict.fromkeys(cutoff.value for cutoff in scale.cutoffs))
    points = [_point(scale, row) for row in rows]
    drawn = series.draw(
        points,
        wording.instrument_words(title, reading, cuts),
        span=(min(page.span[0], points[0].at), max(page.span[1], points[-1].at)),
        baselines=_baselines(found),
        events=[line for line in page.lines if not line.breaks],
        cuts=cuts,
        bounds=(scale.reported(scale.minimum), scale.reported(scale.maximum)),
        zones=zones(found),
        prefix=f"other-{number}",
        format_date=page.format_date,
    )
    note = scale.reading[:1].upper() + scale.reading[1:]
    return Figure(
        title,
        reading,
        drawn.svg,
        markup.table(drawn.table),
        note,
        wording.course_facts(found),
        wording.course_details(found),
    )


def _point(scale: Scale, row: ScoreRow) -> SeriesPoint:
    why = missing_words(row.answered, row.items) if row.why_missing else ""
    return SeriesPoint(local(row.at), value_of(scale, row), error_of(scale, row), why_missing=why)


def _baselines(found: Course) -> list[Baseline]:
    """The first score, give or take the change that error makes between it and the last one."""
    if found.first is None or found.first_at is None or found.change is None:
        return []
    return [Baseline(found.first, found.change.critical_change, local(found.first_at))]


def zones(found: Course) -> list[Zone]:
    """The published ranges, each from halfway to the one below it to halfway to the one above."""
    scale = found.scale
    bands = sorted(scale.bands, key=lambda band: band.low)
    edges = [
        scale.minimum,
        *((below.high + above.low) / 2 for below, above in pairwise(bands)),
        scale.maximum,
    ]
    return [
        Zone(
            scale.reported(edges[number]),
            scale.reported(edges[number + 1]),
            published_name(band.label, found.footing),
        )
        for number, band in enumerate(bands)
    ]
