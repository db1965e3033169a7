"""What the sentences of a client page stand on: the rung of the scales that they speak of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from assessments.measurement.definition import Instrument
from assessments.measurement.evidence import Footing, footing
from assessments.measurement.movement import SCALES
from assessments.queries import Record


def of_movement(record: Record, codes: Iterable[str] = SCALES) -> Footing:
    """That of scales of the forms that are compared: those of the last segment."""
    compared = {sitting.response_id for sitting in record.sittings[begin(record) :]}
    versions = dict.fromkeys(r.version_id for r in record.responses if r.pk in compared)
    return of_scales([record.versions[version].definition for version in versions], codes)


def of_scales(definitions: Iterable[Instrument], codes: Iterable[str] = SCALES) -> Footing:
    """That of the scales of these codes in several definitions."""
    codes = list(codes)
    found = [definition.scale(code) for definition in definitions for code in codes]
    return footing(scale for scale in found if scale is not None)


def begin(record: Record) -> int:
    """The index of the first form that the last one is compared with."""
    segments = record.movement.segments
    return segments[-1].start if segments else 0


def changed_at(record: Record) -> datetime | None:
    """Since when the answers are about someone else; None where they always were about the same."""
    first = begin(record)
    return record.sittings[first].about_since if first else None
