"""Sending again what could not be delivered.

Recipient and text are gone from a message that failed, so another is written: with a link of its
own, to the address that is on record now.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.actions import links, standing
from assessments.models import Occasion, SendBy
from clinic.actions import Refused, messages, people
from clinic.audit import Actor
from clinic.models import Invitation, Notice

Kind = Notice.Kind
AGAIN = {Kind.FORM, Kind.REMINDER, Kind.INVITATION}
# What to do about the others.
INSTEAD = {
    Kind.ACCOUNT: gettext_lazy("Your colleague can ask for another on the page for signing in."),
    Kind.ALERT: gettext_lazy("What it was about is in the inbox of those who care for the client."),
    Kind.DIGEST: gettext_lazy("The next one comes in a week."),
}


@transaction.atomic
def send_again(*, notice: Notice, by: Actor, now: datetime) -> Notice:
    """Write another message in place of one that failed; returns it."""
    notice = (
        Notice.objects.select_for_update(of=("self",)).select_related("practice").get(pk=notice.pk)
    )
    if notice.failed_at is None:
        raise Refused(_("This message has not failed."))
    if notice.kind == Kind.INVITATION:
        return _invite_again(notice, by, now)
    if notice.kind in AGAIN:
        return _tell_again(notice, by, now)
    raise Refused(str(INSTEAD[Kind(notice.kind)]))


def _tell_again(notice: Notice, by: Actor, now: datetime) -> Notice:
    later = Notice.objects.filter(client=notice.client_id, about=notice.about)
    if later.filter(created_at__gt=notice.created_at).exists():
        raise Refused(_("Another message about this form was written already."))
    occasion = (
        Occasion.objects.select_for_update(of=("self",))
        .select_related("client__practice", "assignment__plan")
        .filter(pk__in=[notice.about])
        .first()
    )
    if occasion is None:
        raise Refused(_("This form was taken back."))
    links.require_fillable(occasion, now)
    way = _way(notice, occasion)
    told = links.prepare_message(
        occasion=occasion,
        send_by=way,
        kind=notice.kind,
        own=messages.wordings_of(notice.practice),
        now=now,
        by_hand=by,
    )
    if told is None and way == SendBy.SMS:
        raise Refused(_("There is no telephone number on record to send it to."))
    if told is None:
        raise Refused(_("There is no mail address on record to send it to."))
    told.link.save(force_insert=True)
    told.notice.save(force_insert=True)
    for event in told.events:
        event.save(force_insert=True)
    standing.refresh(client=occasion.client, now=now)
    return told.notice


def _way(notice: Notice, occasion: Occasion) -> str:
    """As the plan has it by now; as the message went out where it has no way of its own."""
    plan = occasion.assignment.plan
    if plan is not None and plan.send_by != SendBy.HAND:
        return plan.send_by
    return SendBy.SMS if notice.channel == Notice.Channel.SMS else SendBy.MAIL


def _invite_again(notice: Notice, by: Actor, now: datetime) -> Notice:
    invitation = Invitation.objects.filter(pk__in=[notice.about]).first()
    if invitation is None or invitation.revoked_at is not None:
        raise Refused(_("This invitation was taken back, or another took its place."))
    if invitation.accepted_at is not None:
        raise Refused(_("This invitation was accepted meanwhile."))
    another, _token = people.invite(
        practice=notice.practice,
        email=invitation.email,
        role=invitation.role,
        also_practice_admin=invitation.also_practice_admin,
        by=by,
        now=now,
    )
    return Notice.objects.get(about=another.pk)
