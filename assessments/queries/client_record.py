"""One client's record, as the client page shows it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from assessments.measurement.movement import SCALES, Movement
from assessments.models import (
    Alert,
    Assignment,
    Event,
    InstrumentVersion,
    Occasion,
    ReferenceRelationship,
    Response,
    Review,
    Score,
    Standing,
)
from assessments.queries.instruments import rule_messages
from assessments.queries.path import LONG_FORM, Sitting, current_episode, follow, gather
from assessments.queries.references import references, series_of
from clinic.models import Appointment, CareRelationship, Client, Episode

# How many of the latest forms are shown answer by answer.
ANSWERS_SHOWN = 12
NOTES_SHOWN = 5


@dataclass(frozen=True)
class ScoreRow:
    """One scale of one submitted form, in POMP."""

    response_id: uuid.UUID
    instrument: str
    version_id: uuid.UUID
    at: datetime
    scale: str
    pomp: float | None
    sem: float | None
    answered: int
    items: int
    why_missing: str | None
    series: datetime | None = None


@dataclass(frozen=True)
class Record:
    """Everything the client page shows, read by a fixed number of queries.

    ``responses`` are all submitted forms without their answers, the newest first; ``answered``
    the few whose answers are shown, by identifier.
    """

    client: Client
    now: datetime
    standing: Standing
    episode: Episode | None
    carers: list[CareRelationship]
    scores: list[ScoreRow]
    sittings: list[Sitting]
    movement: Movement
    versions: dict[uuid.UUID, InstrumentVersion]
    responses: list[Response]
    answered: dict[uuid.UUID, Response]
    commented: Response | None
    assignments: list[Assignment]
    occasions: list[Occasion]
    events: list[Event]
    alerts: list[Alert]
    messages: dict[uuid.UUID, str] = field(default_factory=dict)
    reviews: list[Review] = field(default_factory=list)
    references: list[ReferenceRelationship] = field(default_factory=list)
    next_appointment: Appointment | None = None

    @property
    def until(self) -> datetime:
        """Up to when anything could be missed: now, or the day the record was closed."""
        return self.client.closed_at or self.now

    @property
    def reference(self) -> ReferenceRelationship | None:
        """Whom the answers are about now."""
        return self.references[-1] if self.references else None

    @property
    def last_review(self) -> Review | None:
        return self.reviews[0] if self.reviews else None


def record(client: Client, now: datetime) -> Record:
    """Read one client's record as it stands at ``now``."""
    episode = current_episode(client)
    scores = scores_of(client)
    sittings = sittings_of(scores, episode.started_at if episode else None)
    movement = follow(sittings)
    responses: list[Any] = list(
        Response.objects.submitted()
        .filter(client=client)
        .annotate(has_words=Q(comment__isnull=False) | Q(item_comments__isnull=False))
        .defer("answers", "comment", "item_comments", "seconds")
        .order_by("-submitted_at", "pk")
    )
    given = Assignment.objects.filter(client=client).select_related("plan")
    assignments = list(given.order_by("created_at", "pk"))
    alerts = _alerts(client)
    # Of a client of whom nobody was named, there is nothing to read.
    named = Exists(ReferenceRelationship.objects.filter(client=OuterRef("client")))
    standing = Standing.objects.annotate(named=named).get(client=client)
    return Record(
        client=client,
        now=now,
        standing=standing,
        episode=episode,
        carers=_carers(client),
        scores=scores,
        sittings=sittings,
        movement=movement,
        versions=_versions(
            {response.version_id for response in responses}
            | {assignment.version_id for assignment in assignments}
        ),
        responses=responses,
        answered=_answered(client, sittings, movement.baseline),
        commented=_commented(client),
        assignments=assignments,
        occasions=_occasions(client),
        events=_of(client, Event.objects.filter(removed_at=None).order_by("on", "created_at")),
        alerts=alerts,
        messages=rule_messages(alerts),
        references=references(client) if standing.named else [],
        reviews=_of(client, Review.objects.select_related("by").order_by("-at"), NOTES_SHOWN),
        next_appointment=client.appointments.coming(now).first(),
    )


def _of(client: Client, rows: Any, limit: int | None = None) -> list[Any]:
    """Rows about this client that share its instance, and with it its unwrapped key."""
    found = list(rows.filter(client=client)[:limit])
    for row in found:
        row.client = client
    return found


def sittings_of(scores: list[ScoreRow], since: datetime | None) -> list[Sitting]:
    """The forms that carry the four scales, in time order."""
    return gather(
        (row.response_id, row.instrument, row.at, row.scale, row.pomp, row.sem, row.series)
        for row in scores
        if row.scale in SCALES and (since is None or row.at >= since)
    )


def scores_of(client: Client) -> list[ScoreRow]:
    """Every scale of every submitted form, in time order: one query."""
    rows = Score.objects.filter(client=client).order_by("at", "response_id")
    return [
        ScoreRow(*row)
        for row in rows.values_list(
            "response_id",
            "response__version__instrument__code",
            "response__version_id",
            "at",
            "scale",
            "pomp",
            "sem",
            "answered",
            "items",
            "why_missing",
            series_of("response__started_at"),
        )
    ]


def _carers(client: Client) -> list[CareRelationship]:
    return list(
        CareRelationship.objects.filter(client=client, ended_at=None)
        .select_related("clinician__user")
        .order_by("started_at", "pk")
    )


def _versions(wanted: set[uuid.UUID]) -> dict[uuid.UUID, InstrumentVersion]:
    rows = InstrumentVersion.objects.select_related("instrument").filter(pk__in=wanted)
    return {version.pk: version for version in rows}


def _answered(
    client: Client, sittings: list[Sitting], baseline: int | None
) -> dict[uuid.UUID, Response]:
    """The forms whose answers are shown: the latest, the baseline, and the last long form."""
    shown = {sitting.response_id for sitting in sittings[-ANSWERS_SHOWN:]}
    if baseline is not None:
        shown.add(sittings[baseline].response_id)
    shown |= set([s.response_id for s in sittings if s.instrument == LONG_FORM][-1:])
    rows = Response.objects.filter(pk__in=shown).defer("comment", "item_comments")
    rows = rows.select_related("version", "occasion__assignment__wording")
    return {row.pk: row for row in _of(client, rows)}


def _commented(client: Client) -> Response | None:
    words = Q(comment__isnull=False) | Q(item_comments__isnull=False)
    rows = Response.objects.submitted().filter(words)
    rows = rows.select_related("version", "occasion__assignment__wording")
    return next(iter(_of(client, rows.defer("answers").order_by("-submitted_at"), 1)), None)


def _occasions(client: Client) -> list[Occasion]:
    """Windows that have opened, and the next ones; ``answered_at`` says when each was answered."""
    return list(
        Occasion.objects.filter(client=client, cancelled_at=None)
        .with_answered_at()
        .order_by("opens_at", "pk")
    )


def _alerts(client: Client) -> list[Alert]:
    """Open alerts, the longest waiting first, then the last closed ones."""
    rows = Alert.objects.select_related("owner__user", "acknowledged_by", "resolved_by")
    found = _of(client, rows.order_by("-raised_at", "pk"))
    still_open = [alert for alert in reversed(found) if alert.resolved_at is None]
    closed = [alert for alert in found if alert.resolved_at is not None]
    return [*still_open, *closed[:NOTES_SHOWN]]
