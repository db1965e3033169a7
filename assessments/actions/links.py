"""Personal links: a capability to fill in one form, and nothing else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments.models import Occasion, PersonalLink
from clinic import audit
from clinic.actions import Refused, notices
from clinic.addresses import absolute
from clinic.audit import Actor
from clinic.models import Notice
from clinic.tokens import hash_token, new_token


def address_of(token: str) -> str:
    return absolute("form-landing", token)


@transaction.atomic
def issue_link(*, occasion: Occasion, by: Actor, now: datetime) -> tuple[PersonalLink, str]:
    """Make a new link for an open occasion; returns it with its token, which is not kept.

    An earlier link of the same occasion stops working.
    """
    occasion = Occasion.objects.select_for_update().select_related("client").get(pk=occasion.pk)
    require_fillable(occasion, now)
    occasion.links.filter(revoked_at=None).update(revoked_at=now)
    token = new_token()
    link = PersonalLink.objects.create(
        occasion=occasion,
        token_hash=hash_token(token),
        created_at=now,
        created_by=by.user,
        expires_at=occasion.closes_at,
    )
    audit.record("link.create", by=by, now=now, client=occasion.client, about=link)
    return link, token


@transaction.atomic
def send_link(
    *, occasion: Occasion, by: Actor, now: datetime
) -> tuple[PersonalLink, str, Notice | None]:
    """Make a new link and write the mail that carries it to the outbox.

    The notice is None for a client without a mail address.
    """
    link, token = issue_link(occasion=occasion, by=by, now=now)
    client = link.occasion.client
    if not client.email:
        return link, token, None
    practice = client.practice
    notice = notices.write_notice(
        practice=practice,
        client=client,
        kind=Notice.Kind.FORM,
        about=occasion.pk,
        recipient=client.email,
        subject=_("A form is waiting for you"),
        text=_(
            "Hello,\n\n"
            "a form from %(practice)s is waiting for you. It takes a few minutes, and you can "
            "stop and come back with the same link:\n\n"
            "%(address)s\n\n"
            "The link is for you alone, so please do not pass it on. It works until %(until)s.\n\n"
            "Nobody reads replies to this message. If you would rather not get these mails, "
            "please tell your therapist.\n"
        )
        % {
            "practice": practice.name,
            "address": address_of(token),
            "until": f"{link.expires_at.astimezone(practice.zone):%d.%m.%Y %H:%M}",
        },
        by=by,
        now=now,
    )
    return link, token, notice


@transaction.atomic
def revoke_links(*, occasion: Occasion, by: Actor, now: datetime) -> int:
    """Stop every open link of an occasion; returns how many there were."""
    stopped = occasion.links.filter(revoked_at=None).update(revoked_at=now)
    if stopped:
        audit.record("link.revoke", by=by, now=now, client=occasion.client, about=occasion)
    return stopped


def find_link(token: str, now: datetime) -> PersonalLink | None:
    """The link that this token opens now, or None for one unknown, expired, revoked or used."""
    return _open_links(now).filter(token_hash=hash_token(token)).first()


def find_started(pk: UUID, now: datetime) -> PersonalLink | None:
    """The open link with this identifier, as the form's cookie names it."""
    return _open_links(now).filter(pk=pk).first()


@transaction.atomic
def start_form(*, link: PersonalLink, by: Actor, now: datetime) -> None:
    """Note that somebody pressed the button of the link's first page."""
    if link.started_at is None:
        link.started_at = now
        link.save(update_fields=["started_at"])
    audit.record("link.open", by=by, now=now, client=link.occasion.client, about=link)


def _open_links(now: datetime) -> QuerySet[PersonalLink]:
    return PersonalLink.objects.filter(
        revoked_at=None,
        expires_at__gt=now,
        occasion__cancelled_at=None,
        occasion__client__closed_at=None,
    ).select_related("occasion__client__practice", "occasion__assignment__version")


def require_fillable(occasion: Occasion, now: datetime) -> None:
    """Refuse what can no longer, or cannot yet, be filled in."""
    if occasion.cancelled_at is not None:
        raise Refused(_("This form was taken back."))
    if now < occasion.opens_at:
        raise Refused(_("This form opens on %(day)s.") % {"day": f"{occasion.opens_at:%d.%m.%Y}"})
    if now >= occasion.closes_at:
        raise Refused(_("The time for this form has passed."))
    if occasion.client.closed_at is not None:
        raise Refused(_("This client's record is closed."))
    if hasattr(occasion, "response") and occasion.response.submitted_at is not None:
        raise Refused(_("This form was sent already."))
