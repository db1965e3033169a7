"""The weekly digest: how many clients ask for what, in counts and links, for who wants it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.queries import digest
from clinic.actions import care, digests, notices
from clinic.addresses import absolute
from clinic.audit import Actor
from clinic.models import Membership, Notice


def write_due_digests(*, now: datetime, limit: int = 500) -> int:
    """Write every digest that is due; returns how many this call wrote."""
    due = digests.due_digests(now).values_list("pk", flat=True)[:limit]
    return sum(_write(pk, now) for pk in list(due))


@transaction.atomic
def _write(pk: UUID, now: datetime) -> bool:
    """Claim one and write it, together: a sweep that is killed has done both or neither."""
    membership = digests.due_digests(now).filter(pk=pk).first()
    if membership is None or not digests.claim_digest(membership, now):
        return False  # another sweep has it
    if not membership.user.is_active or not care.can_care(membership):
        return False
    notices.write_notice(
        practice=membership.practice,
        kind=Notice.Kind.DIGEST,
        about=membership.pk,
        recipient=membership.user.email,
        subject=_("Your caseload this week"),
        text=_text(membership, now),
        by=Actor.system(practice=membership.practice),
        now=now,
    )
    return True


def _text(membership: Membership, now: datetime) -> str:
    """Counts and links; no name, and no word on what anything is about."""
    today = now.astimezone(membership.practice.zone)
    context = {
        "person": membership.user,
        "practice": membership.practice,
        "day": date_format(today, "l j F"),
        "weekday": WEEKDAYS[membership.digest_weekday or 0],
        "counts": digest.digest_counts(membership.user),
        "caseload": absolute("caseload"),
        "inbox": absolute("inbox"),
        "account": absolute("account"),
    }
    return render_to_string("emails/digest.txt", context)
