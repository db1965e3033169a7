"""Practices: making one, its settings, and who runs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic import audit
from clinic.audit import Actor
from clinic.models import Membership, Practice
from clinic.roles import Role

ADMIN = Q(role=Role.PRACTICE_ADMIN) | Q(also_practice_admin=True)


@dataclass(frozen=True)
class QuietTimes:
    """When no message to a client goes out by itself: hours on the practice's clocks, and days."""

    since: time | None = None
    until: time | None = None
    weekdays: tuple[int, ...] = ()  # Monday is 0


@transaction.atomic
def create_practice(*, name: str, time_zone: str, by: Actor, now: datetime) -> Practice:
    """Make a practice without people; the first admin comes by ``invite_first_admin``."""
    practice = Practice.objects.create(name=name, time_zone=time_zone, created_at=now)
    audit.record("practice.create", by=by, now=now, about=practice, practice_id=practice.pk)
    return practice


@transaction.atomic
def change_practice(
    *,
    practice: Practice,
    name: str,
    time_zone: str,
    crisis_text: str,
    by: Actor,
    now: datetime,
    non_commercial: bool | None = None,
    quiet: QuietTimes | None = None,
) -> Practice:
    """Change a practice's settings; only what differs is written.

    ``non_commercial`` and ``quiet`` stay as they are where they are None. What waits in the
    outbox goes out at the time it was given; digests keep their hour, on the clocks of the zone.
    """
    practice = locked(practice)
    zone_before = practice.zone
    typed: dict[str, Any] = {"name": name, "time_zone": time_zone, "crisis_text": crisis_text}
    if non_commercial is not None:
        typed["non_commercial"] = non_commercial
    if quiet is not None:
        typed["quiet_from"], typed["quiet_until"] = quiet.since, quiet.until
        typed["quiet_weekdays"] = sorted(quiet.weekdays)
    changed = [field for field, value in typed.items() if getattr(practice, field) != value]
    if not changed:
        return practice
    for field in changed:
        setattr(practice, field, typed[field])
    practice.save(update_fields=changed)
    if "time_zone" in changed:
        _move_digests(practice, zone_before)
    audit.record(
        "practice.change",
        by=by,
        now=now,
        about=practice,
        practice_id=practice.pk,
        fields=changed,
    )
    return practice


def _move_digests(practice: Practice, before: ZoneInfo) -> None:
    rows = Membership.objects.filter(practice=practice, ended_at=None, digest_due_at__isnull=False)
    for pk, due_at in rows.values_list("pk", "digest_due_at"):
        if due_at is not None:
            wall = due_at.astimezone(before).replace(tzinfo=practice.zone)
            # Not where a sweep has written the digest at this moment and moved it on.
            rows.filter(pk=pk, digest_due_at=due_at).update(digest_due_at=wall.astimezone(UTC))


def locked(practice: Practice) -> Practice:
    """The practice, locked until the transaction ends: two admins cannot demote each other.

    Whoever locks more than the practice locks it first. Rows that point at it can be written
    meanwhile.
    """
    return Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)


def open_admins(practice: Practice) -> QuerySet[Membership]:
    return Membership.objects.filter(ADMIN, practice=practice, ended_at=None, user__is_active=True)
