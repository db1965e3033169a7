"""What the therapist adds: the tick after the session, and dated events on the charts."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.actions import standing
from assessments.models import Event, Response, Review
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Client

DECIDED_LENGTH = 1000
EVENT_LENGTH = 80


@transaction.atomic
def review(
    *, client: Client, by: Actor, now: datetime, discussed: bool = False, decided: str = ""
) -> Review:
    """Tick a client's record as looked at; everything that came in counts as seen."""
    if by.user is None:
        raise Refused(_("Only a person can review a record."))
    row = Review(
        client=client,
        at=now,
        by=by.user,
        discussed=discussed,
        decided=decided.strip()[:DECIDED_LENGTH] or None,
    )
    row.save()
    Response.objects.filter(client=client, submitted_at__lte=now, seen_at=None).update(seen_at=now)
    audit.record(
        "client.review",
        by=by,
        now=now,
        client=client,
        about=row,
        details={"discussed": discussed},
        fields=["decided"] if row.decided else [],
    )
    standing.refresh(client=client, now=now)
    return row


@transaction.atomic
def add_event(*, client: Client, on: date, text: str, by: Actor, now: datetime) -> Event:
    """Add a dated note that the charts show."""
    if by.user is None:
        raise Refused(_("Only a person can add an event."))
    if not text.strip():
        raise Refused(_("Please say in a few words what happened."), "text")
    event = Event(
        client=client, on=on, text=text.strip()[:EVENT_LENGTH], created_at=now, created_by=by.user
    )
    event.save()
    audit.record("event.create", by=by, now=now, client=client, about=event, fields=["on", "text"])
    return event


@transaction.atomic
def remove_event(*, event: Event, by: Actor, now: datetime) -> Event:
    """Take an event off the charts; the row stays."""
    event = Event.objects.select_for_update(of=("self",)).select_related("client").get(pk=event.pk)
    if event.removed_at is None:
        event.removed_at, event.removed_by = now, by.user
        event.save(update_fields=["removed_at", "removed_by"])
        audit.record("event.remove", by=by, now=now, client=event.client, about=event)
    return event
