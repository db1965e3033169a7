"""Keeping each client's Standing current: what the caseload shows, and why.

A standing follows from the rows alone: refreshing it twice, or from nothing, gives the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q

from assessments import queries
from assessments.measurement.movement import Movement, Verdict
from assessments.models import Alert, Occasion, Response, Review, Signal, Standing
from assessments.queries import Sitting
from clinic.models import Client

TRACE_LENGTH = 14
MISSED_FROM = 2
UNREVIEWED_AFTER = timedelta(days=14)
NEW_BELOW = 3
STALE_AFTER = timedelta(days=1)
DAY = timedelta(days=1)

Reason = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """Everything a standing follows from."""

    movement: Movement
    sittings: list[Sitting]
    alerts: list[Alert]
    occasions: list[Occasion]
    responses: int
    last_response_at: datetime | None
    first_unreviewed_at: datetime | None
    unseen: int
    last_review_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Finding:
    """One signal that applies, since when, and why in data that a page can put into words."""

    signal: Signal
    since: datetime
    reason: Reason = field(default_factory=dict)


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
    submitted = Response.objects.filter(client=client, submitted_at__isnull=False)
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
            .annotate(answered_at=Max("response__submitted_at"))
            .order_by("-opens_at")[:60]
        ),
        responses=counts["responses"],
        last_response_at=counts["last"],
        first_unreviewed_at=unreviewed.order_by("submitted_at")
        .values_list("submitted_at", flat=True)
        .first(),
        unseen=counts["unseen"],
        last_review_at=last_review_at,
        created_at=client.created_at,
    )


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
        "between": [str(stage) for stage in reading.between] if reading and reading.between else [],
        "stage_probability": reading.probability if reading else None,
        "stage_provisional": bool(reading and reading.provisional),
        "verdict": str(movement.verdict) if facts.sittings else "",
        "mistaken_autonomy": movement.mistaken_autonomy,
        "latest": _latest(movement),
        "trace": _trace(facts),
        "responses": facts.responses,
        "missed_in_a_row": len(_missed(facts.occasions, now)),
        "open_alerts": len(facts.alerts),
        "last_response_at": facts.last_response_at,
        "unseen_responses": facts.unseen,
        "next_due_at": coming.opens_at if coming else None,
        "next_closes_at": coming.closes_at if coming else None,
        "last_review_at": facts.last_review_at,
    }


# --- Signals ------------------------------------------------------------------------------------


def find(facts: Facts, now: datetime) -> list[Finding]:
    """Every signal that applies, the most urgent first; always at least one."""
    findings = [
        finding
        for finding in (
            _risk(facts),
            _verdict_worse(facts),
            *_scales_worse(facts),
            _claims(facts),
            _stuck(facts),
            _overdue(facts, now),
            _unreviewed(facts, now),
            _improved(facts),
        )
        if finding is not None
    ]
    # Stable: among equal signals the order above decides.
    findings.sort(key=lambda finding: finding.signal)
    return findings or [_nothing_to_say(facts)]


def _risk(facts: Facts) -> Finding | None:
    if not facts.alerts:
        return None
    first = next((a for a in facts.alerts if a.acknowledged_at is None), facts.alerts[0])
    return Finding(
        Signal.RISK,
        first.raised_at,
        {
            "code": "alert",
            "alert": str(first.pk),
            "at": first.raised_at.isoformat(),
            "rule": first.rule,
            "count": len(facts.alerts),
            "acknowledged": first.acknowledged_at is not None,
        },
    )


WORSE_VERDICTS = {
    Verdict.SWING_TO_DEPENDENCE,
    Verdict.SWING_TO_COUNTER_DEPENDENCE,
    Verdict.AWAY,
}


def _verdict_worse(facts: Facts) -> Finding | None:
    verdict = facts.movement.verdict
    if verdict not in WORSE_VERDICTS:
        return None
    return Finding(
        Signal.WORSE, _verdict_since(facts), {"code": str(verdict), **_differences(facts.movement)}
    )


def _scales_worse(facts: Facts) -> list[Finding]:
    movement = facts.movement
    if movement.verdict in WORSE_VERDICTS:
        return []
    scored = [sitting.at for sitting in facts.sittings]
    findings = []
    for scale in movement.worse:
        change = movement.changes[scale]
        findings.append(
            Finding(
                Signal.WORSE,
                scored[-min(change.held, len(scored))],
                {
                    "code": "scale_worse",
                    "scale": scale,
                    "difference": round(change.difference, 2),
                    "margin": round(change.margin, 2),
                    "held": change.held,
                },
            )
        )
    return findings


def _claims(facts: Facts) -> Finding | None:
    movement = facts.movement
    if movement.verdict is Verdict.CLAIMS_ONLY:
        return Finding(
            Signal.CLAIMS,
            _verdict_since(facts),
            {
                "code": "claims_only",
                "mistaken": movement.mistaken_autonomy,
                **_differences(movement),
            },
        )
    if movement.mistaken_autonomy:
        return Finding(
            Signal.CLAIMS,
            facts.sittings[-1].at,
            {
                "code": "mistaken_autonomy",
                "probability": round(movement.mistaken_probability or 0.0, 3),
            },
        )
    return None


def _stuck(facts: Facts) -> Finding | None:
    movement = facts.movement
    if not movement.stuck or movement.baseline is None:
        return None
    start = facts.sittings[movement.baseline].at
    weeks = movement.weeks[-1] - movement.weeks[movement.baseline]
    return Finding(
        Signal.STUCK,
        start,
        {"code": "stuck", "weeks": int(weeks), "forms": len(facts.sittings) - movement.baseline},
    )


def _overdue(facts: Facts, now: datetime) -> Finding | None:
    missed = _missed(facts.occasions, now)
    if len(missed) < MISSED_FROM:
        return None
    return Finding(
        Signal.OVERDUE,
        missed[-1].opens_at,
        {
            "code": "missed",
            "count": len(missed),
            "last": facts.last_response_at.isoformat() if facts.last_response_at else None,
        },
    )


def _unreviewed(facts: Facts, now: datetime) -> Finding | None:
    first = facts.first_unreviewed_at
    if first is None or now - first < UNREVIEWED_AFTER:
        return None
    return Finding(
        Signal.UNREVIEWED,
        first,
        {"code": "unreviewed", "since": first.isoformat(), "never": facts.last_review_at is None},
    )


def _improved(facts: Facts) -> Finding | None:
    if facts.movement.verdict is not Verdict.TOWARD_INDEPENDENCE:
        return None
    return Finding(
        Signal.IMPROVED,
        _verdict_since(facts),
        {"code": "toward_independence", **_differences(facts.movement)},
    )


def _nothing_to_say(facts: Facts) -> Finding:
    since = facts.last_response_at or facts.created_at
    if len(facts.sittings) < NEW_BELOW:
        return Finding(Signal.NEW, since, {"code": "new", "forms": len(facts.sittings)})
    return Finding(Signal.EXPECTED, since, {"code": "expected", "forms": len(facts.sittings)})


def _differences(movement: Movement) -> Reason:
    return {
        scale: {"difference": round(change.difference, 2), "margin": round(change.margin, 2)}
        for scale, change in movement.changes.items()
    }


def _verdict_since(facts: Facts) -> datetime:
    """When the present verdict was first held without a break."""
    verdicts = facts.movement.verdicts
    index = len(verdicts) - 1
    while index > 0 and verdicts[index - 1] == verdicts[-1]:
        index -= 1
    return facts.sittings[index].at


# --- Small parts --------------------------------------------------------------------------------


def _missed(occasions: list[Occasion], now: datetime) -> list[Occasion]:
    """The latest closed occasions in a row without an answer, the newest first."""
    missed: list[Occasion] = []
    for occasion in occasions:
        if occasion.closes_at > now:
            continue
        if occasion.answered_at is not None:  # type: ignore[attr-defined]
            break
        missed.append(occasion)
    return missed


def _coming(occasions: list[Occasion], now: datetime) -> Occasion | None:
    """The open occasion that waits for an answer, else the next to open."""
    waiting = [
        occasion
        for occasion in occasions
        if occasion.closes_at > now and occasion.answered_at is None  # type: ignore[attr-defined]
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
