"""The course of each scale of another questionnaire since the episode began, in reported units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from assessments.measurement import change
from assessments.measurement.change import WhyNot
from assessments.measurement.definition import Direction, Instrument, Scale
from assessments.measurement.evidence import Claim, footing
from assessments.measurement.movement import SCALES
from assessments.queries import ScoreRow
from assessments.wording.instruments import Course

WEEK_SECONDS = 7 * 24 * 3600
Definitions = Mapping[UUID, Instrument]


def groups(
    scores: Iterable[ScoreRow], since: datetime | None, definitions: Definitions
) -> dict[tuple[str, str], list[ScoreRow]]:
    """Score rows in time order, by form and scale, of what the movement does not follow.

    Where a new version counts otherwise, only what came in from then on is kept.
    """
    kept: dict[tuple[str, str], list[ScoreRow]] = {}
    for row in scores:
        if row.scale in SCALES or (since is not None and row.at < since):
            continue
        rows = kept.setdefault((row.instrument, row.scale), [])
        if rows and not _comparable(scale_of(definitions, rows[-1]), scale_of(definitions, row)):
            rows.clear()
        rows.append(row)
    return kept


def scale_of(definitions: Definitions, row: ScoreRow) -> Scale:
    return definitions[row.version_id].scales_by_code[row.scale]


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


def course(definitions: Definitions, rows: Sequence[ScoreRow]) -> Course:
    """The first and the last score of these rows of one scale, and what lies between them."""
    scale = scale_of(definitions, rows[-1])
    scored = [(row, value) for row in rows if (value := value_of(scale, row)) is not None]
    stands = footing(
        [scale_of(definitions, row) for row, _value in scored[:1] + scored[-1:]] or [scale]
    )
    weeks = [row.at.timestamp() / WEEK_SECONDS for row, _value in scored]
    values = [value for _row, value in scored]
    trend = None
    if stands.allows(Claim.TREND):
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
