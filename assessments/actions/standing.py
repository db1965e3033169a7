"""Keeping each client's Standing current: what the caseload shows, and why.

A standing follows from the rows alone: refreshing it twice, or from nothing, gives the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from assessments import queries
from assessments.actions.signals import Facts, find, missed
from assessments.measurement.movement import Movement
from assessments.models import Alert, Occasion, Plan, Response, Review, Standing
from clinic.models import Client, Notice

TRACE_LENGTH = 14
STALE_AFTER = timedelta(days=1)
DAY = timedelta(days=1)


@transaction.atomic
def refresh(*, client: Client, now: datetime) -> Standing:
    """Work out a client's standing anew and keep it. Call it in the transaction of a change."""
    standing, _created = Standing.objects.select_for_update().get_or_create(
        client=client,
        defaults={"practice_id": client.practice_id, "signal_since": now, "updated_at": now},
    )
    for name, value in values(gather(client, now), now).items():
        setattr(standing, name, value)
    standing.updated_at = now
    standing.save()
    return standing


def refresh_stale(*, now: datetime, limit: int = 200) -> int:
    """Refresh standings that time alone has changed: a window closed, or a day has passed."""
    stale = list(
        Standing.objects.filter(Q(next_closes_at__lte=now) | Q(updated_at__lt=now - STALE_AFTER))
        .filter(client__closed_at=None)
        .select_related("client")
        .order_by("updated_at")[:limit]
    )
    for standing in stale:
        refresh(client=standing.client, now=now)
    return len(stale)


def gather(client: Client, now: datetime) -> Facts:
    """Read what a standing follows from: a fixed number of queries."""
    episode = queries.current_episode(client)
    sittings = queries.sittings(client, since=episode.started_at if episode else None)
    last_review_at = Review.objects.filter(client=client).aggregate(at=Max("at"))["at"]
    submitted = Response.objects.submitted().filter(client=client)
    counts = submitted.aggregate(
        responses=Count("pk"),
        last=Max("submitted_at"),
        unseen=Count("pk", filter=Q(seen_at=None)),
    )
    unreviewed = submitted
    if last_review_at is not None:
        unreviewed = submitted.filter(submitted_at__gt=last_review_at)
    return Facts(
        movement=queries.follow(sittings),
        sittings=sittings,
        alerts=list(Alert.objects.filter(client=client, resolved_at=None).order_by("raised_at")),
        occasions=list(
            Occasion.objects.filter(client=client, cancelled_at=None, opens_at__lte=now + DAY * 120)
            .with_answered_at()
            # Two forms often open at the same instant; their order must not be chance.
            .order_by("-opens_at", "closes_at")[:60]
        ),
        responses=counts["responses"],
        last_response_at=counts["last"],
        first_unreviewed_at=unreviewed.order_by("submitted_at")
        .values_list("submitted_at", flat=True)
        .first(),
        unseen=counts["unseen"],
        last_review_at=last_review_at,
        created_at=client.created_at,
        said=list(_said(client)),
        undelivered=_undelivered(client),
    )


def _said(client: Client) -> QuerySet[Plan]:
    """What the client said about forms and nobody has taken note of, the newest first."""
    return (
        Plan.objects.filter(client=client, noted_at=None)
        .exclude(client_said="")
        .defer("client_note")
        .order_by("-client_said_at", "pk")
    )


def _undelivered(client: Client) -> Notice | None:
    """The newest message to the client, where it could not be delivered."""
    newest = (
        Notice.objects.filter(client=client, kind__in=[Notice.Kind.FORM, Notice.Kind.REMINDER])
        .exclude(sent_at=None, failed_at=None)
        .order_by("-created_at", "-pk")
        .only("sent_at", "failed_at", "channel")
        .first()
    )
    return newest if newest is not None and newest.failed_at is not None else None


def values(facts: Facts, now: datetime) -> dict[str, Any]:
    """The fields of a standing, from its facts."""
    movement = facts.movement
    reading = movement.stage
    coming = _coming(facts.occasions, now)
    findings = find(facts, now)
    return {
        "signal": findings[0].signal,
        "signal_since": findings[0].since,
        "reasons": [finding.reason for finding in findings[:3]],
        "stage": str(reading.stage) if reading and reading.stage else "",
        "between": [str(stage) for stage in queries.between(movement) or ()],
        "stage_probability": reading.probability if reading else None,
        "stage_provisional": bool(reading and reading.provisional),
        "verdict": str(movement.verdict) if facts.sittings else "",
        "mistaken_autonomy": movement.mistaken_autonomy,
        "latest": _latest(movement),
        "trace": _trace(facts),
        "responses": facts.responses,
        "missed_in_a_row": len(missed(facts.occasions, now)),
        "open_alerts": len(facts.alerts),
        "last_response_at": facts.last_response_at,
        "unseen_responses": facts.unseen,
        "next_due_at": coming.opens_at if coming else None,
        "next_closes_at": coming.closes_at if coming else None,
        "last_review_at": facts.last_review_at,
    }


def _coming(occasions: list[Occasion], now: datetime) -> Occasion | None:
    """The open occasion that waits for an answer, else the next to open."""
    waiting = [
        occasion
        for occasion in occasions
        if occasion.closes_at > now and occasion.answered_at is None
    ]
    return min(waiting, key=lambda occasion: occasion.opens_at, default=None)


def _latest(movement: Movement) -> dict[str, dict[str, float]]:
    latest = {}
    for scale, estimates in movement.estimates.items():
        if estimates and estimates[-1] is not None:
            estimate = estimates[-1]
            latest[scale] = {
                "pomp": round(estimate.filtered_mean, 2),
                "sd": round(estimate.filtered_variance**0.5, 2),
            }
    return latest


def _trace(facts: Facts) -> list[list[float]]:
    """[days before the newest, balance, its standard error], the oldest first."""
    if not facts.sittings:
        return []
    newest = facts.sittings[-1].at
    points = [
        [(newest - sitting.at).days, round(balance.value, 2), round(balance.standard_error, 2)]
        for sitting, balance in zip(facts.sittings, facts.movement.balances, strict=True)
        if balance is not None
    ]
    return points[-TRACE_LENGTH:]
