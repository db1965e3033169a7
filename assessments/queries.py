"""Reads that more than one page, task or action needs. Nothing here checks access."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.measurement import movement
from assessments.models import InstrumentVersion, Score
from clinic.models import Client, Episode

# The form that a client's own baseline is measured with, where it is among the first.
LONG_FORM = "causeway-long"
BASELINE_WITHIN = timedelta(days=28)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Sitting:
    """One submitted form with its scores, ready to be followed."""

    response_id: uuid.UUID
    instrument: str
    at: datetime
    scores: dict[str, float | None]
    errors: dict[str, float | None]


def current_episode(client: Client) -> Episode | None:
    return client.episodes.filter(ended_at=None).first()


def sittings(client: Client, since: datetime | None = None) -> list[Sitting]:
    """The client's submitted forms that carry the four scales, in time order: one query."""
    rows = Score.objects.filter(client=client, scale__in=movement.SCALES)
    if since is not None:
        rows = rows.filter(at__gte=since)
    return gather(
        rows.order_by("at", "response_id").values_list(
            "response_id", "response__version__instrument__code", "at", "scale", "pomp", "sem"
        )
    )


def gather(
    rows: Iterable[tuple[uuid.UUID, str, datetime, str, float | None, float | None]],
) -> list[Sitting]:
    """Sittings out of score rows in time order; a form without all four scales is none."""
    found: dict[uuid.UUID, Sitting] = {}
    for response_id, instrument, at, scale, pomp, sem in rows:
        sitting = found.setdefault(response_id, Sitting(response_id, instrument, at, {}, {}))
        sitting.scores[scale] = pomp
        sitting.errors[scale] = sem
    return [sitting for sitting in found.values() if set(movement.SCALES) <= set(sitting.scores)]


def follow(sittings: list[Sitting]) -> movement.Movement:
    """The movement through these sittings. Weeks count from the first."""
    if not sittings:
        return movement.follow([])
    first = sittings[0].at
    return movement.follow(
        [
            movement.Administration(
                weeks=(sitting.at - first) / WEEK,
                scores=sitting.scores,
                errors=sitting.errors,
                baseline=sitting.instrument == LONG_FORM and sitting.at - first <= BASELINE_WITHIN,
            )
            for sitting in sittings
        ]
    )


def newest_versions() -> list[InstrumentVersion]:
    """The newest version of every instrument, by name: one query."""
    newest: dict[uuid.UUID, InstrumentVersion] = {}
    for version in InstrumentVersion.objects.select_related("instrument").order_by("version"):
        newest[version.instrument_id] = version
    return sorted(newest.values(), key=lambda version: version.instrument.name)
