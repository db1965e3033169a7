"""Personal links: a capability to fill in one form, and nothing else."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments import queries
from assessments.models import Occasion, PersonalLink, Response, SendBy
from clinic import audit
from clinic.actions import Refused, messages, notices
from clinic.addresses import absolute
from clinic.audit import Actor
from clinic.encryption import Unreadable
from clinic.models import AuditEvent, Client, Notice
from clinic.tokens import hash_token, new_token

logger = logging.getLogger(__name__)


class NewerLink(Refused):
    """Another link was made since the page that asks for one was opened."""


class LinkState(StrEnum):
    """What a link that once opened a form is worth now."""

    OPEN = "open"
    SENT = "sent"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"


def address_of(token: str) -> str:
    return absolute("form-landing", token)


@transaction.atomic
def issue_link(*, occasion: Occasion, by: Actor, now: datetime) -> tuple[PersonalLink, str]:
    """Make a new link for an open occasion; returns it with its token, which is not kept.

    An earlier link of the same occasion stops working, and a mail that still waits with it is
    taken back.
    """
    occasion = locked(occasion)
    require_fillable(occasion, now)
    occasion.links.filter(revoked_at=None).update(revoked_at=now)
    notices.cancel_notices_about(about=occasion.pk, now=now)
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
def replace_link(
    *, occasion: Occasion, known: UUID | None, by_mail: bool, by: Actor, now: datetime
) -> tuple[PersonalLink, str, Notice | None]:
    """Make a new link in place of ``known``, the newest one the asking page knew of (or None).

    Raises NewerLink when there is a newer one: a page that is sent twice makes one link.
    """
    occasion = locked(occasion)
    if newest_link(occasion) != known:
        raise NewerLink(
            _(
                "A newer link was made since this page was opened, so no other was made now. "
                "If you no longer have it, make a new one here."
            )
        )
    if by_mail:
        return send_link(occasion=occasion, by=by, now=now)
    link, token = issue_link(occasion=occasion, by=by, now=now)
    return link, token, None


@transaction.atomic
def send_link(
    *,
    occasion: Occasion,
    by: Actor,
    now: datetime,
    send_by: str = SendBy.MAIL,
    kind: str = Notice.Kind.FORM,
) -> tuple[PersonalLink, str, Notice | None]:
    """Make a new link and write the message that carries it to the outbox.

    The notice is None for a client without an address of that kind.
    """
    link, token = issue_link(occasion=occasion, by=by, now=now)
    own = messages.wordings_of(occasion.client.practice)
    told = _message(link, token, send_by, kind, own, by, now, now)
    if told is None:
        return link, token, None
    notice, event = told
    notice.save(force_insert=True)
    event.save(force_insert=True)
    return link, token, notice


@dataclass(frozen=True)
class Told:
    """A link and the message that carries it, with their audit events: nothing written yet."""

    link: PersonalLink
    notice: Notice
    events: list[AuditEvent]


def prepare_message(
    *,
    occasion: Occasion,
    send_by: str,
    kind: str,
    own: messages.Own,
    now: datetime,
    by_hand: Actor | None = None,
) -> Told | None:
    """One more link to an open occasion and its message, for a sweep that writes many at once.

    Links sent before go on working. ``own`` are the practice's own words. The message waits for
    the end of the practice's quiet hours, unless somebody (``by_hand``) sends it. None where the
    client has no address of that kind, or their data was erased.
    """
    practice = occasion.client.practice
    by = by_hand or Actor.system(practice=practice)
    token = new_token()
    link = PersonalLink(
        occasion=occasion,
        token_hash=hash_token(token),
        created_at=now,
        created_by=by.user,
        expires_at=occasion.closes_at,
    )
    due_at = now if by_hand else practice.after_quiet(now)
    try:
        told = _message(link, token, send_by, kind, own, by, now, due_at)
    except Unreadable:
        logger.warning("Occasion %s has no message: its client's data is erased", occasion.pk)
        return None
    if told is None:
        return None
    made = audit.event("link.create", by=by, now=now, client=occasion.client, about=link)
    return Told(link, told[0], [made, told[1]])


def way_to(client: Client, wished: str = SendBy.MAIL) -> str:
    """The wished way where it reaches the client, else the first that does; by hand where none.

    A text message is only proposed by itself where a gateway is set up.
    """
    if wished == SendBy.HAND or queries.address_for(wished, client):
        return wished
    if queries.address_for(SendBy.MAIL, client):
        return SendBy.MAIL
    if settings.SMS_URL and queries.address_for(SendBy.SMS, client):
        return SendBy.SMS
    return SendBy.HAND


def _message(
    link: PersonalLink,
    token: str,
    send_by: str,
    kind: str,
    own: messages.Own,
    by: Actor,
    now: datetime,
    due_at: datetime,
) -> tuple[Notice, AuditEvent] | None:
    occasion = link.occasion
    client, practice = occasion.client, occasion.client.practice
    recipient = queries.address_for(send_by, client)
    if recipient is None:
        return None
    channel = Notice.Channel.SMS if send_by == SendBy.SMS else Notice.Channel.MAIL
    said = messages.message(
        practice,
        kind,
        channel,
        own,
        link=address_of(token),
        until=in_words(link.expires_at, practice.zone),
    )
    return notices.prepare_notice(
        practice=practice,
        client=client,
        kind=kind,
        channel=channel,
        about=occasion.pk,
        recipient=recipient,
        subject=said.subject,
        text=said.text,
        by=by,
        now=now,
        due_at=due_at,
    )


@transaction.atomic
def revoke_links(*, occasion: Occasion, by: Actor, now: datetime) -> int:
    """Stop every open link of an occasion; returns how many there were."""
    occasion = locked(occasion)
    stopped = stop_links([occasion.pk], now)
    if stopped:
        audit.record("link.revoke", by=by, now=now, client=occasion.client, about=occasion)
    return stopped


def stop_links(occasions: list[UUID], now: datetime) -> int:
    """Stop the open links of these occasions, and the mails that still wait with one."""
    notices.cancel_notices_about_any(about=occasions, now=now)
    return PersonalLink.objects.filter(occasion__in=occasions, revoked_at=None).update(
        revoked_at=now
    )


def newest_link(occasion: Occasion) -> UUID | None:
    """The identifier of the link that works, else of the last one that did."""
    newest_first = F("revoked_at").desc(nulls_first=True), "-created_at", "-pk"
    return occasion.links.order_by(*newest_first).values_list("pk", flat=True).first()


# --- What the holder of a link has ----------------------------------------------------------------


def find_link(token: str, now: datetime) -> PersonalLink | None:
    """The link that this token opens now, or None for one unknown, expired, revoked or used."""
    return _open_links(now).filter(token_hash=hash_token(token)).first()


def find_held(pk: UUID) -> PersonalLink | None:
    """The link with this identifier in whatever state, with its form and response: one query."""
    links = PersonalLink.objects.select_related("occasion__response__version")
    link = _with_form(links.with_reference_in_force()).filter(pk=pk).first()
    if link is not None and (response := response_of(link.occasion)) is not None:
        # The client whose data key is unwrapped already, and not another copy of it.
        response.client = link.occasion.client
    return link


def response_of(occasion: Occasion) -> Response | None:
    """The response of an occasion as far as it has come, sent or not."""
    return getattr(occasion, "response", None)


def state_of(link: PersonalLink, now: datetime) -> LinkState:
    """What a link from ``find_held`` is worth now."""
    occasion = link.occasion
    response = response_of(occasion)
    if response is not None and response.submitted_at is not None:
        # What was kept when its time ran out was never sent.
        return LinkState.EXPIRED if response.partial else LinkState.SENT
    if occasion.cancelled_at is not None or occasion.client.closed_at is not None:
        return LinkState.TAKEN_BACK
    if link.expires_at <= now:
        return LinkState.EXPIRED
    return LinkState.OPEN if link.revoked_at is None else LinkState.TAKEN_BACK


@transaction.atomic
def start_form(*, link: PersonalLink, by: Actor, now: datetime) -> None:
    """Note that somebody pressed the button of the link's first page."""
    PersonalLink.objects.filter(pk=link.pk, started_at=None).update(started_at=now)
    if link.started_at is None:
        link.started_at = now
    audit.record("link.open", by=by, now=now, client=link.occasion.client, about=link)


def require_fillable(occasion: Occasion, now: datetime, sent: bool | None = None) -> None:
    """Refuse what can no longer, or cannot yet, be filled in.

    ``sent`` is whether a response was submitted, for whoever knows it already.
    """
    if occasion.cancelled_at is not None:
        raise Refused(_("This form was taken back."))
    if now < occasion.opens_at:
        opens = in_words(occasion.opens_at, occasion.client.practice.zone)
        raise Refused(_("This form opens on %(day)s.") % {"day": opens})
    if now >= occasion.closes_at:
        raise Refused(_("The time for this form has passed."))
    if occasion.client.closed_at is not None:
        raise Refused(_("This client's record is closed."))
    if sent is None:
        sent = Response.objects.filter(occasion=occasion, submitted_at__isnull=False).exists()
    if sent:
        raise Refused(_("This form was sent already."))


def in_words(at: datetime, zone: object) -> str:
    """A time for people, in the zone of their practice: "Monday 30 November, 06:00"."""
    return date_format(at.astimezone(zone), "l j F, H:i")  # type: ignore[arg-type]


def _open_links(now: datetime) -> QuerySet[PersonalLink]:
    return _with_form(
        PersonalLink.objects.filter(
            revoked_at=None,
            expires_at__gt=now,
            occasion__cancelled_at=None,
            occasion__client__closed_at=None,
        )
    )


def _with_form(rows: QuerySet[PersonalLink]) -> QuerySet[PersonalLink]:
    return rows.select_related(
        "occasion__client__practice",
        "occasion__assignment__version",
        "occasion__assignment__wording",
    )


def locked(occasion: Occasion) -> Occasion:
    """The occasion as it stands, locked; its client is not, since answering waits for that."""
    return (
        Occasion.objects.select_for_update(of=("self",))
        .select_related("client__practice")
        .get(pk=occasion.pk)
    )
