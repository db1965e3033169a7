"""What was sent, what waits and what could not be delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assessments.models import Occasion
from clinic.models import Client, Invitation, Notice

PAGE_SIZE = 50
COUNTED_BACK = timedelta(days=30)
# After that a message that was not delivered is no news any more.
UNDELIVERED_FOR = timedelta(weeks=4)

STATES = {
    "waiting": Q(sent_at=None, failed_at=None, cancelled_at=None),
    "sent": Q(sent_at__isnull=False),
    "failed": Q(failed_at__isnull=False),
    "cancelled": Q(cancelled_at__isnull=False),
}


@dataclass(frozen=True)
class OutboxPage:
    """Some messages, the newest first, and the last of them where more follow."""

    notices: Sequence[Notice]
    next: UUID | None


def outbox(user: Any, *, state: str = "", kind: str = "", after: UUID | None = None) -> OutboxPage:
    """The messages of the practice that ``user`` runs, the newest first.

    Of each, whether another about the same form was written since, and whether the invitation
    that it is about is still open. Without recipient, subject and text, which no list shows.
    """
    visible = Notice.objects.visible_to(user)
    rows = visible.filter(STATES[state]) if state else visible
    if kind:
        rows = rows.filter(kind=kind)
    last = visible.filter(pk=after).only("created_at").first() if after else None
    if last is not None:
        same = Q(created_at=last.created_at, pk__lt=last.pk)
        rows = rows.filter(Q(created_at__lt=last.created_at) | same)
    shown = (
        rows.select_related("client")
        .defer("recipient", "subject", "text")
        .annotate(sent_anew=Exists(_sent_anew()), invitation_open=Exists(_open_invitation()))
        .order_by("-created_at", "-pk")[: PAGE_SIZE + 1]
    )
    found = list(shown)
    page = found[:PAGE_SIZE]
    return OutboxPage(page, page[-1].pk if len(found) > PAGE_SIZE else None)


def outbox_counts(user: Any, now: datetime) -> dict[str, int]:
    """How many messages wait, and how many of the last month were sent and failed."""
    visible = Notice.objects.visible_to(user)
    lately = visible.filter(created_at__gte=now - COUNTED_BACK).aggregate(
        sent=Count("pk", filter=STATES["sent"]), failed=Count("pk", filter=STATES["failed"])
    )
    return {"waiting": visible.waiting().count(), **lately}


def _sent_anew() -> QuerySet[Notice]:
    """A later message about the same form."""
    return Notice.objects.filter(
        client=OuterRef("client"), about=OuterRef("about"), created_at__gt=OuterRef("created_at")
    )


def _open_invitation() -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk=OuterRef("about"), accepted_at=None, revoked_at=None)


# --- Not delivered ------------------------------------------------------------------------------


def undelivered(now: datetime) -> QuerySet[Notice]:
    """Messages about forms that could not be delivered lately, the newest first.

    Not those after which another went to the same client, or waits to go.
    """
    about_forms = Notice.objects.about_forms()
    later = about_forms.filter(
        client=OuterRef("client"),
        failed_at=None,
        cancelled_at=None,
        created_at__gt=OuterRef("created_at"),
    )
    return (
        about_forms.filter(failed_at__gt=now - UNDELIVERED_FOR)
        .exclude(Exists(later))
        .order_by("-created_at", "-pk")
    )


def undelivered_of(client: Client, now: datetime) -> Notice | None:
    """The newest message about forms that did not reach the client; None where one did since."""
    rows = undelivered(now).filter(client=client)
    return rows.defer("recipient", "subject", "text").first()


def still_open(notice: Notice, now: datetime) -> bool:
    """Whether the form that a message was about can still be filled in."""
    return (
        Occasion.objects.filter(pk__in=[notice.about], cancelled_at=None, client__closed_at=None)
        .filter(opens_at__lte=now, closes_at__gt=now)
        .exclude(response__submitted_at__isnull=False)
        .exists()
    )
