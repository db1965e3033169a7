"""Keeping each client's Standing current: what the caseload shows, and why.

A standing follows from the rows alone: refreshing it twice, or from nothing, gives the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from assessments import queries
from assessments.actions.signals import UNREVIEWED_AFTER, Facts, find, missed
from assessments.measurement.movement import Movement
from assessments.models import Alert, Occasion, Plan, Review, Standing
from assessments.queries import outbox
from clinic.actions import notices
from clinic.models import Client, Notice

TRACE_LENGTH = 14
# How many clients one transaction of the sweep holds.
AT_A_TIME = 50
SEEN_AHEAD, SEEN_BACK = timedelta(days=120), timedelta(days=730)
MOST_OCCASIONS = 60
# All of a standing but whose it is.
WORKED_OUT = [
    column.name
    for column in Standing._meta.fields
    if column.name not in ("id", "client", "practice")
]


@transaction.atomic
def refresh(*, client: Client, now: datetime) -> Standing:
    """Work out a client's standing anew and keep it. Call it in the transaction of a change."""
    standing, _created = Standing.objects.select_for_update().get_or_create(
        client=client,
        defaults={"practice_id": client.practice_id, "signal_since": now, "updated_at": now},
    )
    _set(standing, gather([client], now)[client.pk], now)
    standing.save(update_fields=WORKED_OUT)
    return standing


def refresh_stale(*, now: datetime, limit: int = 200) -> int:
    """Refresh standings that time alone has changed: a window closed, a review has waited long."""
    stale = Standing.objects.filter(stale_at__lte=now, client__closed_at=None)
    pks = list(stale.order_by("stale_at", "pk").values_list("pk", flat=True)[:limit])
    for start in range(0, len(pks), AT_A_TIME):
        _refresh_some(pks[start : start + AT_A_TIME], now)
    return len(pks)


def refresh_told(*, now: datetime) -> int:
    """Refresh standings that a message has changed: it failed, or one arrived after a failure."""
    failed = Notice.objects.about_forms().filter(failed_at__gt=now - outbox.UNDELIVERED_FOR)
    ended = (
        Notice.objects.about_forms()
        .filter(client__in=failed.values("client"), client__closed_at=None)
        .filter(client__standing__isnull=False)
        .filter(created_at__gt=now - outbox.UNDELIVERED_FOR * 2)
        .values("client")
        .annotate(last_sent=Max("sent_at"), last_failed=Max("failed_at"))
        .values_list("client__standing", "client__standing__updated_at", "last_sent", "last_failed")
    )
    # A sweep of the outbox notes the time at which it began.
    pks = sorted(
        pk for pk, known, *times in ended if max(filter(None, times)) > known - notices.CLAIM
    )
    for start in range(0, len(pks), AT_A_TIME):
        _refresh_some(pks[start : start + AT_A_TIME], now)
    return len(pks)


@transaction.atomic
def _refresh_some(pks: list[UUID], now: datetime) -> None:
    rows = Standing.objects.filter(pk__in=pks).select_related("client").order_by("pk")
    standings = list(rows.select_for_update(of=("self",)))
    facts = gather([standing.client for standing in standings], now)
    for standing in standings:
        _set(standing, facts[standing.client_id], now)
    # All of them are there, and locked: one statement that changes every one.
    Standing.objects.bulk_create(
        standings, update_conflicts=True, unique_fields=["id"], update_fields=WORKED_OUT
    )


def _set(standing: Standing, facts: Facts, now: datetime) -> None:
    for name, value in values(facts, now).items():
        setattr(standing, name, value)
    standing.updated_at = now


def gather(clients: Sequence[Client], now: datetime) -> dict[UUID, Facts]:
    """Read what the standings of these clients follow from: a fixed number of queries."""
    ids = [client.pk for client in clients]
    sittings = queries.sittings_of_episode(ids)
    alerts = _by_client(Alert.objects.filter(resolved_at=None).order_by("raised_at"), ids)
    occasions = _by_client(_occasions(now), ids)
    said = _by_client(_said(), ids)
    undelivered = _by_client(_undelivered(now), ids)
    facts = {}
    for client, counts in _counts(clients):
        facts[client.pk] = Facts(
            movement=queries.follow(sittings.get(client.pk, [])),
            sittings=sittings.get(client.pk, []),
            alerts=alerts[client.pk],
            occasions=occasions[client.pk][:MOST_OCCASIONS],
            responses=counts["count"],
            last_response_at=counts["last"],
            first_unreviewed_at=counts["first_unreviewed"],
            unseen=counts["unseen"],
            last_review_at=counts["reviewed_at"],
            created_at=client.created_at,
            said=said[client.pk],
            undelivered=next(iter(undelivered[client.pk]), None),
            passed_over=frozenset(row.pk for row in occasions[client.pk] if _is_passed_over(row)),
        )
    return facts


def _by_client(rows: QuerySet[Any], clients: list[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {pk: [] for pk in clients}
    for row in rows.filter(client__in=clients):
        found[row.client_id].append(row)
    return found


def _counts(clients: Sequence[Client]) -> Iterator[tuple[Client, Any]]:
    """How many responses each client has, since when, and how many wait for somebody."""
    reviews = Review.objects.filter(client=OuterRef("pk")).order_by("-at").values("at")[:1]
    counted = Q(responses__submitted_at__isnull=False, responses__voided_at=None)
    # Since the last review by when it was taken in: paper and files bring older days.
    unreviewed = Q(reviewed_at=None) | Q(responses__received_at__gt=F("reviewed_at"))
    rows = (
        Client.objects.filter(pk__in=[client.pk for client in clients])
        .annotate(
            reviewed_at=Subquery(reviews),
            count=Count("responses", filter=counted),
            last=Max("responses__submitted_at", filter=counted),
            unseen=Count("responses", filter=counted & Q(responses__seen_at=None)),
            first_unreviewed=Min("responses__received_at", filter=counted & unreviewed),
        )
        .values("pk", "reviewed_at", "count", "last", "unseen", "first_unreviewed")
    )
    found = {row["pk"]: row for row in rows}
    return ((client, found[client.pk]) for client in clients)


def _occasions(now: datetime) -> QuerySet[Occasion]:
    """The newest of the last years and the next months, the newest first."""
    rows = Occasion.objects.filter(cancelled_at=None, opens_at__lte=now + SEEN_AHEAD)
    # Two forms often open at the same instant; their order must not be chance.
    return (
        rows.filter(opens_at__gte=now - SEEN_BACK)
        .annotate(
            paused_at=F("assignment__plan__paused_at"),
            paused_until=F("assignment__plan__paused_until"),
            time_zone=F("client__practice__time_zone"),
        )
        .with_answered_at()
        .order_by("-opens_at", "closes_at")
    )


def _said() -> QuerySet[Plan]:
    """What clients said about forms and nobody has taken note of, the newest first."""
    rows = Plan.objects.filter(noted_at=None).exclude(client_said="").defer("client_note")
    return rows.order_by("-client_said_at", "pk")


def _undelivered(now: datetime) -> QuerySet[Notice]:
    return outbox.undelivered(now).only("client", "failed_at", "channel")


def values(facts: Facts, now: datetime) -> dict[str, Any]:
    """The fields of a standing, from its facts."""
    movement = facts.movement
    reading = movement.stage
    coming = _coming(facts, now)
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
        "stale_at": _stale_at(facts, now),
    }


def _stale_at(facts: Facts, now: datetime) -> datetime | None:
    """When time alone will next change what is said here; None where it never will."""
    times = [row.closes_at for row in facts.occasions if row.answered_at is None]
    if facts.first_unreviewed_at is not None:
        times.append(facts.first_unreviewed_at + UNREVIEWED_AFTER)
    if facts.undelivered is not None and facts.undelivered.failed_at is not None:
        times.append(facts.undelivered.failed_at + outbox.UNDELIVERED_FOR)
    return min((at for at in times if at > now), default=None)


def _coming(facts: Facts, now: datetime) -> Occasion | None:
    """The open occasion that waits for an answer, else the next to open outside a pause."""
    waiting = [
        occasion
        for occasion in facts.occasions
        if occasion.closes_at > now and occasion.answered_at is None
        if occasion.opens_at <= now or occasion.pk not in facts.passed_over
    ]
    return min(waiting, key=lambda occasion: occasion.opens_at, default=None)


def _is_passed_over(occasion: Any) -> bool:
    """Whether its plan is paused when it would open; the row was read by ``_occasions``."""
    if occasion.paused_at is None:
        return False
    zone = ZoneInfo(occasion.time_zone)
    return queries.is_passed_over(occasion, occasion.opens_at, zone)


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
