"""Handing a device of the practice to the client, and from one form on to the next."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from assessments.actions import links
from assessments.models import Occasion, PersonalLink
from clinic import audit
from clinic.audit import Actor
from clinic.tokens import hash_token, new_token

# A device that was forgotten stops being anybody's form after so long.
LONGEST = timedelta(hours=4)


@transaction.atomic
def hand_over(*, occasion: Occasion, by: Actor, now: datetime) -> PersonalLink:
    """A link for the device at hand, beside those that were sent; it has no address.

    Whoever hands the device over signs out with it: nothing on it opens but this form.
    """
    occasion = links.locked(occasion)
    links.require_fillable(occasion, now)
    link = PersonalLink.objects.create(
        occasion=occasion,
        token_hash=hash_token(new_token()),  # nobody is ever given the token
        created_at=now,
        created_by=by.user,
        expires_at=min(occasion.closes_at, now + LONGEST),
        handed_over=True,
    )
    audit.record("link.hand_over", by=by, now=now, client=occasion.client, about=link)
    return link


@transaction.atomic
def give_back(*, link: PersonalLink, by: Actor, now: datetime) -> None:
    """Stop the link of a device that went to somebody else than the form is for."""
    stopped = PersonalLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now)
    if stopped:
        audit.record("link.wrong_person", by=by, now=now, client=link.occasion.client, about=link)


def next_form(link: PersonalLink, now: datetime) -> Occasion | None:
    """The form that was announced together with that of this link, and still waits."""
    occasion = link.occasion
    together = Q(told_with=occasion.pk)
    if occasion.told_with_id is not None:
        together |= Q(pk=occasion.told_with_id) | Q(told_with=occasion.told_with_id)
    return (
        Occasion.objects.filter(together, client=occasion.client_id)
        .filter(cancelled_at=None, opened_at__isnull=False, closes_at__gt=now)
        .exclude(response__submitted_at__isnull=False)
        .exclude(pk=occasion.pk)
        .select_related("client__practice", "assignment__version", "assignment__wording")
        .order_by("opens_at", "pk")
        .first()
    )


@transaction.atomic
def go_on(*, link: PersonalLink, by: Actor, now: datetime) -> PersonalLink | None:
    """Lead the holder of a link whose form was sent on to the next one; None where none waits."""
    occasion = next_form(link, now)
    if occasion is None:
        return None
    occasion = links.locked(occasion)
    links.require_fillable(occasion, now)
    following = PersonalLink.objects.create(
        occasion=occasion,
        token_hash=hash_token(new_token()),
        created_at=now,
        expires_at=min(occasion.closes_at, link.expires_at)
        if link.handed_over
        else occasion.closes_at,
        started_at=now,
        handed_over=link.handed_over,
    )
    audit.record("link.create", by=by, now=now, client=occasion.client, about=following)
    return following
