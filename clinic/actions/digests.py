"""The weekly digest: who wants it on which day, and when the next one is due."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic import audit
from clinic.actions import Refused, care
from clinic.actions.practices import locked
from clinic.audit import Actor
from clinic.models import Membership

DIGEST_AT = time(7)
WEEK = timedelta(weeks=1)


def next_digest(now: datetime, zone: ZoneInfo, weekday: int) -> datetime:
    """Seven o'clock on the next such weekday (Monday is 0) after ``now``, by the clocks of a zone.

    Each is worked out from its own day, so that none is lost or doubled where clocks change.
    """
    today = now.astimezone(zone).date()
    day = today + timedelta(days=(weekday - today.weekday()) % 7)
    due = datetime.combine(day, DIGEST_AT, tzinfo=zone).astimezone(UTC)
    if due <= now:
        due = datetime.combine(day + WEEK, DIGEST_AT, tzinfo=zone).astimezone(UTC)
    return due


@transaction.atomic
def choose_digest(
    *, membership: Membership, weekday: int | None, by: Actor, now: datetime
) -> Membership:
    """Have the digest on this weekday, or not at all. The same choice again changes nothing."""
    practice = locked(membership.practice)
    membership = Membership.objects.get(pk=membership.pk)
    if membership.digest_weekday == weekday:
        return membership
    if weekday is not None and not care.can_care(membership):
        raise Refused(_("The digest is about clients in your care, and you have none."), "weekday")
    membership.digest_weekday = weekday
    membership.digest_due_at = None if weekday is None else next_digest(now, practice.zone, weekday)
    membership.save(update_fields=["digest_weekday", "digest_due_at"])
    audit.record(
        "membership.choose_digest",
        by=by,
        now=now,
        about=membership,
        practice_id=practice.pk,
        details={"weekday": weekday},
    )
    return membership


def due_digests(now: datetime) -> QuerySet[Membership]:
    """Members whose digest is due, the longest waiting first."""
    due = Membership.objects.filter(ended_at=None, digest_due_at__lte=now)
    return due.select_related("user", "practice").order_by("digest_due_at", "pk")


def claim_digest(membership: Membership, now: datetime) -> bool:
    """Move the digest on to the next week; True for the one who has to write this week's.

    Part of the transaction that writes it.
    """
    if membership.digest_weekday is None:
        return False
    due_at = next_digest(now, membership.practice.zone, membership.digest_weekday)
    same = {name: getattr(membership, name) for name in ("digest_weekday", "digest_due_at")}
    rows = Membership.objects.filter(pk=membership.pk, ended_at=None, **same)
    return rows.update(digest_due_at=due_at) == 1
