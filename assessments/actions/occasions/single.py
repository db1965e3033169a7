"""One occasion: opened, taken back, left out by hand, and when it is reminded of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from assessments import queries
from assessments.actions import links, standing
from assessments.measurement import schedule
from assessments.models import CancelledWhy, Occasion, Response, SendBy
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor


def cancel(occasions: Iterable[UUID], why: CancelledWhy, now: datetime) -> int:
    """Take back occasions that are still to come or open, with their links and waiting messages."""
    pks = list(occasions)
    if not pks:
        return 0
    taken_back = Occasion.objects.filter(pk__in=pks, cancelled_at=None).update(
        cancelled_at=now, cancelled_why=why, remind_at=None
    )
    links.stop_links(pks, now)
    return taken_back


def open_occasion(
    *, occasion: Occasion, by: Actor, now: datetime, always_link: bool = False
) -> tuple[str | None, bool]:
    """Mark an occasion as opened and write its link to the outbox where it goes out by message.

    Returns the token, if a link was made, and whether a message was written. Claims the row by a
    conditional update, so two sweeps open it once. Part of a transaction that the caller holds.
    """
    remind_at = first_reminder(occasion, now)
    claimed = Occasion.objects.filter(pk=occasion.pk, opened_at=None, cancelled_at=None).update(
        opened_at=now, remind_at=remind_at
    )
    if not claimed:
        return None, False
    occasion.opened_at, occasion.remind_at = now, remind_at
    plan = occasion.assignment.plan
    if plan is not None and queries.address_for(plan.send_by, occasion.client):
        _link, token, notice = links.send_link(
            occasion=occasion, by=by, now=now, send_by=plan.send_by
        )
        return token, notice is not None
    if always_link:
        _link, token = links.issue_link(occasion=occasion, by=by, now=now)
        return token, False
    return None, False


def first_reminder(occasion: Occasion, now: datetime) -> datetime | None:
    """When a form that opens now is reminded of first; None where its plan has no reminder."""
    return next_reminder(occasion, max(now, occasion.opens_at), 0)


def next_reminder(occasion: Occasion, opened: datetime, sent: int) -> datetime | None:
    """When it is reminded of after so many reminders were sent; None where none is to come."""
    plan = occasion.assignment.plan
    if plan is None or plan.send_by == SendBy.HAND or not plan.reminder_days:
        return None
    return schedule.reminder_at(
        opened, occasion.closes_at, occasion.client.practice.zone, plan.reminder_days, sent
    )


@transaction.atomic
def skip_occasion(*, occasion: Occasion, by: Actor, now: datetime) -> Occasion:
    """Leave out one occasion that is not answered and not over; those after it stay."""
    occasion = (
        Occasion.objects.select_for_update(of=("self",))
        .select_related("client__practice", "assignment")
        .get(pk=occasion.pk)
    )
    if occasion.cancelled_at is not None:
        return occasion
    if occasion.closes_at <= now:
        raise Refused(_("The time for this form has passed. There is nothing left to skip."))
    if Response.objects.filter(occasion=occasion, submitted_at__isnull=False).exists():
        raise Refused(_("This form was answered, so it cannot be skipped."))
    cancel([occasion.pk], CancelledWhy.SKIPPED, now)
    occasion.cancelled_at, occasion.cancelled_why = now, CancelledWhy.SKIPPED
    audit.record("occasion.skip", by=by, now=now, client=occasion.client, about=occasion)
    standing.refresh(client=occasion.client, now=now)
    return occasion
