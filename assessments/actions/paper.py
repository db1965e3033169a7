"""Answers given on paper: they count for the day on which they were given."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.actions import assign, links, past, respond
from assessments.models import InstrumentVersion, Occasion, Response
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Client, User

DAY, CLOCK = "answered_on", "clock"
MINUTE = timedelta(minutes=1)
# The same sheet of the same day again within this time is a button pressed twice.
PRESSED_TWICE = timedelta(minutes=10)


@transaction.atomic
def enter(
    *,
    occasion: Occasion,
    answers: respond.Answers,
    comment: str | None,
    answered_on: date | None,
    by: Actor,
    now: datetime,
    entered_by: User,
    clock: time | None = None,
) -> respond.Submission:
    """Send a form with answers from paper, or with those the client says in the room.

    ``answered_on`` is the day on the paper, ``clock`` the time where it is known; None for today,
    and where the client began the form by link. The form's time may have passed since. Raises
    what ``respond.submit`` raises, and Refused for a time at which the form was not open.
    """
    return respond.submit(
        occasion=occasion,
        answers=answers,
        comment=comment,
        answered_at=moment_of(occasion, answered_on, now, clock) if answered_on else None,
        entered_by=entered_by,
        source=Response.Source.STAFF,
        by=by,
        now=now,
    )


@transaction.atomic
def enter_alone(
    *,
    client: Client,
    version: InstrumentVersion,
    answers: respond.Answers,
    comment: str | None,
    answered_on: date,
    by: Actor,
    now: datetime,
    entered_by: User,
    clock: time | None = None,
) -> respond.Submission:
    """Enter a paper form that nobody asked for here, at its own time.

    It takes the client's own form of that time where there is one that nobody has begun. The same
    sheet sent again gives the first response and writes nothing.
    """
    client = assign.locked_client(client.pk)
    assign.require_version_within_reach(client, version)
    wording = assign.require_wording(client.practice, version)
    if client.closed_at is not None:
        raise Refused(_("This client’s record is closed."))
    at = past.moment(answered_on, clock, client.practice.zone, now)
    if at > now:
        raise Refused(_("This time is still to come."), DAY if clock is None else CLOCK)
    before = _there(client, version, answers, at, now if clock is None else None)
    if before is not None:
        return respond.Submission(before, created=False)
    occasion = past.place_for(
        client=client, version=version, wording=wording, at=at, by=entered_by, now=now
    )
    return respond.submit(
        occasion=occasion,
        answers=answers,
        comment=comment,
        answered_at=at,
        entered_by=entered_by,
        source=Response.Source.STAFF,
        by=by,
        now=now,
    )


def _there(
    client: Client,
    version: InstrumentVersion,
    answers: respond.Answers,
    at: datetime,
    now: datetime | None,
) -> Response | None:
    """The same sheet, entered before; Refused where another one has its time.

    ``now`` where no time of day is known: a sheet of today then has the time of its entry.
    """
    same_time = Q(submitted_at=at)
    if now is not None:
        same_time |= Q(submitted_at__gt=now - PRESSED_TWICE, submitted_at__lte=at)
    found = Response.objects.submitted().filter(client=client, source=Response.Source.STAFF)
    for response in found.filter(same_time, version__instrument=version.instrument_id):
        response.client = client
        if respond.fingerprint(response, answers) == bytes(response.fingerprint or b""):
            return response
        if response.submitted_at == at:
            raise Refused(
                _(
                    "There is another sheet of this form at that time already. Give this one its "
                    "time of day, or correct the other first."
                ),
                CLOCK,
            )
    return None


def last_moment(occasion: Occasion) -> datetime:
    """When a form could be filled in at the latest."""
    return max(occasion.opens_at, occasion.closes_at - MINUTE)


def require_enterable(occasion: Occasion, now: datetime, *, begun: bool) -> None:
    """Refuse a form that cannot be entered now, from whatever day within its time.

    What the client has ``begun`` cannot go on once its time has passed: it is kept as it stands.
    """
    at = now if begun else min(now, last_moment(occasion))
    links.require_fillable(occasion, at, sent=False)


def moment_of(
    occasion: Occasion, day: date, now: datetime, clock: time | None = None
) -> datetime | None:
    """When answers of a day count as given: at noon, or the time that is known, while the form
    was open.

    None for today without a time, which is now.
    """
    zone = occasion.client.practice.zone
    opens, last = occasion.opens_at, last_moment(occasion)
    today = now.astimezone(zone).date()
    if day > today:
        raise Refused(_("This day is still to come."), DAY)
    if day < opens.astimezone(zone).date():
        raise Refused(_says_opened(occasion), DAY)
    if day > last.astimezone(zone).date():
        raise Refused(_says_closed(occasion), DAY)
    if clock is None:
        if day == today and now <= last:
            return None
        return min(max(past.moment(day, None, zone, now), opens), last)
    at = past.moment(day, clock, zone, now)
    if at > now:
        raise Refused(_("This time is still to come."), CLOCK)
    # The times on the page are whole minutes.
    if at + MINUTE <= opens:
        raise Refused(_says_opened(occasion), CLOCK)
    if at >= occasion.closes_at:
        raise Refused(_says_closed(occasion), CLOCK)
    return max(at, opens)


def _says_opened(occasion: Occasion) -> str:
    opened = links.in_words(occasion.opens_at, occasion.client.practice.zone)
    return _("This form opened on %(day)s, not before.") % {"day": opened}


def _says_closed(occasion: Occasion) -> str:
    closed = links.in_words(occasion.closes_at, occasion.client.practice.zone)
    return _(
        "This form was open until %(day)s. A sheet from later is entered as a paper form of its "
        "own."
    ) % {"day": closed}
