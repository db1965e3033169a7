"""Answers given on paper: they count for the day on which they were given."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.actions import links, respond
from assessments.models import Occasion, Response
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import User

FIELD = "answered_on"


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
) -> respond.Submission:
    """Send a form with answers from paper, or with those the client says in the room.

    ``answered_on`` is the day on the paper; None for today, and where the client began the form
    by link. Raises what ``respond.submit`` raises, and Refused for a day on which the form could
    not be filled in.
    """
    return respond.submit(
        occasion=occasion,
        answers=answers,
        comment=comment,
        answered_at=moment_of(occasion, answered_on, now) if answered_on else None,
        entered_by=entered_by,
        source=Response.Source.STAFF,
        by=by,
        now=now,
    )


def moment_of(occasion: Occasion, day: date, now: datetime) -> datetime | None:
    """When answers of a day that has passed count as given: at noon, while the form was open.

    None for today, which is now.
    """
    zone = occasion.client.practice.zone
    today = now.astimezone(zone).date()
    if day == today:
        return None
    if day > today:
        raise Refused(_("This day is still to come."), FIELD)
    if day < occasion.opens_at.astimezone(zone).date():
        opened = links.in_words(occasion.opens_at, zone)
        raise Refused(_("This form opened on %(day)s, not before.") % {"day": opened}, FIELD)
    return max(datetime.combine(day, time(12), tzinfo=zone), occasion.opens_at)
