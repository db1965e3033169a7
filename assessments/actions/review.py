"""What the therapist adds: the tick after the session, and dated events on the charts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.actions import standing
from assessments.models import Event, Response, Review
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Client

DECIDED_LENGTH = 1000
EVENT_LENGTH = 80
# The same tick again within this time is a button pressed twice, not a second review.
PRESSED_TWICE = timedelta(minutes=1)
# An event may be planned, such as a break, and may lie years before the first session.
EVENT_AHEAD = timedelta(days=366)
EVENT_BACK = timedelta(days=366 * 10)


@transaction.atomic
def review(
    *, client: Client, by: Actor, now: datetime, discussed: bool = False, decided: str = ""
) -> Review:
    """Tick a client's record as looked at; everything that came in counts as seen.

    Doing the same again at once gives the first review and writes nothing.
    """
    if by.user is None:
        raise Refused(_("Only a person can review a record."))
    decided = decided.strip()
    _require_length(decided, DECIDED_LENGTH, "decided")
    # Two presses of one button come one after the other, not side by side.
    client = Client.objects.select_for_update().get(pk=client.pk)
    again = _same_again(client, by, now, discussed, decided)
    if again is not None:
        return again
    row = Review(client=client, at=now, by=by.user, discussed=discussed, decided=decided or None)
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


def _same_again(
    client: Client, by: Actor, now: datetime, discussed: bool, decided: str
) -> Review | None:
    last = Review.objects.filter(client=client).order_by("-at").first()
    if last is None or last.by_id != (by.user.pk if by.user else None):
        return None
    last.client = client
    if now - last.at > PRESSED_TWICE or last.discussed != discussed:
        return None
    return last if (last.decided or "") == decided else None


@transaction.atomic
def add_event(*, client: Client, on: date, text: str, by: Actor, now: datetime) -> Event:
    """Add a dated note that the charts show."""
    if by.user is None:
        raise Refused(_("Only a person can add an event."))
    text = text.strip()
    if not text:
        raise Refused(_("Please say in a few words what happened."), "text")
    _require_length(text, EVENT_LENGTH, "text")
    today = now.astimezone(client.practice.zone).date()
    if not today - EVENT_BACK <= on <= today + EVENT_AHEAD:
        raise Refused(_("Please choose a day within the past ten years or the coming one."), "on")
    event = Event(client=client, on=on, text=text, created_at=now, created_by=by.user)
    event.save()
    audit.record("event.create", by=by, now=now, client=client, about=event, fields=["on", "text"])
    return event


@transaction.atomic
def remove_event(*, event: Event, by: Actor, now: datetime) -> Event:
    """Take an event off the charts; the row stays. Doing it again changes nothing."""
    event = Event.objects.select_for_update(of=("self",)).select_related("client").get(pk=event.pk)
    if event.removed_at is None:
        if by.user is None:
            raise Refused(_("Only a person can remove an event."))
        event.removed_at, event.removed_by = now, by.user
        event.save(update_fields=["removed_at", "removed_by"])
        audit.record("event.remove", by=by, now=now, client=event.client, about=event)
    return event


def _require_length(text: str, limit: int, field: str) -> None:
    if len(text) > limit:
        raise Refused(
            ngettext(
                "This is longer than %(limit)d character. Please shorten it.",
                "This is longer than %(limit)d characters. Please shorten it.",
                limit,
            )
            % {"limit": limit},
            field,
        )
