"""A client's forms in time order, and the movement through them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet

from assessments.measurement import movement
from assessments.measurement.movement import Movement, Stage
from assessments.measurement.movement.stages import NAMED_FROM
from assessments.models import Score
from assessments.queries.references import series_of
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
    # When the series it belongs to began (``queries.references``); None: before any was named.
    series: datetime | None = None

    @property
    def about_since(self) -> datetime:
        """Since when the answers are about whom they are, where this is the first of its series."""
        return self.series or self.at


def current_episode(client: Client) -> Episode | None:
    """The open episode; of a client whose care has ended, the last one."""
    return client.episodes.order_by(F("ended_at").desc(nulls_first=True)).first()


def sittings(client: Client, since: datetime | None = None) -> list[Sitting]:
    """The client's submitted forms that carry the four scales, in time order: one query."""
    rows = Score.objects.filter(client=client)
    if since is not None:
        rows = rows.filter(at__gte=since)
    return gather(row for _client, *row in _score_rows(rows))


def sittings_of_episode(clients: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Sitting]]:
    """The sittings of each client's current episode; clients without any are left out.

    Two queries for any number of clients.
    """
    begun = dict(
        Episode.objects.filter(client__in=clients)
        .order_by(F("ended_at").asc(nulls_last=True))
        .values_list("client", "started_at")
    )
    rows: dict[uuid.UUID, list[Any]] = {}
    for client, *row in _score_rows(Score.objects.filter(client__in=clients)):
        if client not in begun or row[2] >= begun[client]:
            rows.setdefault(client, []).append(row)
    return {client: gather(found) for client, found in rows.items()}


def _score_rows(scores: QuerySet[Score]) -> QuerySet[Score, Any]:
    """(client, then a row as ``gather`` takes it), in time order."""
    return (
        scores.filter(scale__in=movement.SCALES)
        .order_by("at", "response_id")
        .values_list(
            "client_id",
            "response_id",
            "response__version__instrument__code",
            "at",
            "scale",
            "pomp",
            "sem",
            series_of("response__started_at"),
        )
    )


def gather(
    rows: Iterable[
        tuple[uuid.UUID, str, datetime, str, float | None, float | None, datetime | None]
    ],
) -> list[Sitting]:
    """Sittings out of score rows in time order; a form without all four scales is none.

    A row is: response, instrument, time, scale, POMP, its error, when its series began.
    """
    found: dict[uuid.UUID, Sitting] = {}
    for response_id, instrument, at, scale, pomp, sem, series in rows:
        sitting = found.setdefault(
            response_id, Sitting(response_id, instrument, at, {}, {}, series)
        )
        sitting.scores[scale] = pomp
        sitting.errors[scale] = sem
    return [sitting for sitting in found.values() if set(movement.SCALES) <= set(sitting.scores)]


def follow(sittings: list[Sitting]) -> Movement:
    """The movement through these sittings. Weeks count from the first.

    Answers about another relationship are another segment, with a baseline of its own.
    """
    if not sittings:
        return movement.follow([])
    first = sittings[0].at
    begun: dict[datetime | None, datetime] = {}
    for sitting in sittings:
        begun.setdefault(sitting.series, sitting.at)
    return movement.follow(
        [
            movement.Administration(
                weeks=(sitting.at - first) / WEEK,
                scores=sitting.scores,
                errors=sitting.errors,
                baseline=sitting.instrument == LONG_FORM
                and sitting.at - begun[sitting.series] <= BASELINE_WITHIN,
                segment=sitting.series,
            )
            for sitting in sittings
        ]
    )


def between(found: Movement, index: int = -1) -> tuple[Stage, Stage] | None:
    """The two stages a person is between at one form; None where one is named or none is clear.

    Two stages that together are less likely than what it takes to name one say too little.
    """
    if not found.stages or found.stages[index] is None:
        return None
    reading, probabilities = found.stages[index], found.probabilities[index]
    if reading is None or reading.between is None or probabilities is None:
        return None
    likely = sum(probabilities[stage] for stage in reading.between)
    return reading.between if likely >= NAMED_FROM else None
