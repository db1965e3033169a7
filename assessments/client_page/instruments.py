"""Other questionnaires on the client page: one chart a scale, in the units it is reported in."""

from __future__ import annotations

from itertools import pairwise

from assessments.charts import series
from assessments.charts.series import Baseline, SeriesPoint
from assessments.charts.timeframe import Zone
from assessments.client_page import courses, markup
from assessments.client_page.courses import Definitions
from assessments.client_page.pictures import Figure, Page, circumstances_of, local
from assessments.measurement.definition import Scale
from assessments.queries import ScoreRow
from assessments.wording import instruments as wording
from assessments.wording.instruments import Course
from assessments.wording.ladder import published_name
from assessments.wording.pictures import missing_words


def figures(page: Page) -> list[Figure]:
    """One for each scale of each form that the movement does not follow, in their order."""
    record = page.record
    definitions = {pk: version.definition for pk, version in record.versions.items()}
    since = record.episode.started_at if record.episode else None
    kept = courses.groups(record.scores, since, definitions)
    return [_figure(page, definitions, rows, number) for number, rows in enumerate(kept.values())]


def _figure(page: Page, definitions: Definitions, rows: list[ScoreRow], number: int) -> Figure:
    found = courses.course(definitions, rows)
    scale = found.scale
    form = definitions[rows[-1].version_id]
    title = form.name if len(form.scales) == 1 else f"{form.name}: {scale.name}"
    reading = wording.course_reading(found)
    cuts = list(dict.fromkeys(cutoff.value for cutoff in scale.cutoffs))
    said = circumstances_of(page.record)
    points = [_point(scale, row, ", ".join(said.get(row.response_id, []))) for row in rows]
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


def _point(scale: Scale, row: ScoreRow, note: str) -> SeriesPoint:
    why = missing_words(row.answered, row.items) if row.why_missing else ""
    return SeriesPoint(
        local(row.at),
        courses.value_of(scale, row),
        courses.error_of(scale, row),
        why_missing=why,
        note=note,
    )


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
