"""Putting right what was sent: answers of the wrong client, of the wrong date, or of no use.

What was wrong is taken out of every figure and stays readable; what stands in its place is a copy
under the right client or date. A Correction says what was done, by whom and why.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import queries
from assessments.actions import alerts, assign, links, occasions, past, respond, standing
from assessments.models import (
    Cadence,
    CancelledWhy,
    Correction,
    Occasion,
    Response,
    Score,
)
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Client, User

SHORTEST_REASON, REASON_LENGTH = 3, 500
# The pages show and take whole minutes.
SAME_TIME = timedelta(minutes=1)
Kind = Correction.Kind


class CorrectedAlready(Refused):
    """Somebody else was first."""


@transaction.atomic
def void_response(
    *, response: Response, reason: str, by: Actor, now: datetime, again: bool = False
) -> Correction:
    """Take answers out of every figure, with nothing in their place.

    With ``again`` the client is asked for the form once more, while its time lasts.
    """
    reason = _checked(reason)
    wrong = _locked(response, _locked_clients(response.client_id))
    outcome = _("The answers were taken out: they do not count.")
    correction = _take_out(wrong, Kind.VOID, None, reason, outcome, by, now)
    audit.record("response.void", by=by, now=now, client=wrong.client, about=wrong)
    if again:
        _ask_again(wrong, by, now)
    standing.refresh(client=wrong.client, now=now)
    return correction


@transaction.atomic
def move_response(
    *,
    response: Response,
    to_client: Client,
    reason: str,
    by: Actor,
    now: datetime,
    again: bool = False,
) -> Correction:
    """Put answers under the client they are from. What they say about risk is raised anew there.

    With ``again`` the client they stood under is asked for the form, while its time lasts.
    """
    reason = _checked(reason)
    clients = _locked_clients(response.client_id, to_client.pk)
    wrong = _locked(response, clients)
    right = clients[to_client.pk]
    if right.pk == wrong.client_id:
        raise Refused(_("The answers stand under this client already."), "client")
    if right.practice_id != wrong.client.practice_id or right.anonymous:
        raise Refused(_("There is no such client."), "client")
    if right.data_key is None:
        raise Refused(_("This client’s record was erased."), "client")
    at = _submitted_at(wrong)
    copy = _copy(wrong, _place(wrong, right, at, by, now), at, None, now)
    outcome = _("The answers were moved to the client they belong to, with what they raised.")
    correction = _take_out(wrong, Kind.CLIENT, copy, reason, outcome, by, now)
    details = {"replacement": str(copy.pk)}
    audit.record("response.move", by=by, now=now, client=wrong.client, about=wrong, details=details)
    if again:
        _ask_again(wrong, by, now)
    details = {"from": str(wrong.pk)}
    audit.record("response.move_here", by=by, now=now, client=right, about=copy, details=details)
    alerts.raise_alerts(response=copy, by=by, now=now)
    for client in clients.values():
        standing.refresh(client=client, now=now)
    return correction


@transaction.atomic
def redate_response(
    *, response: Response, at: datetime, reason: str, by: Actor, now: datetime
) -> Correction:
    """Give answers their right date. What is known about an alert stays known; nobody is told."""
    reason = _checked(reason)
    wrong = _locked(response, _locked_clients(response.client_id))
    if at > now:
        raise Refused(_("This lies in the future."), "on")
    if abs(at - _submitted_at(wrong)) < SAME_TIME:
        raise Refused(_("The answers have this date already."), "on")
    copy = _copy(wrong, _place(wrong, wrong.client, at, by, now), at, wrong.seen_at, now)
    alerts.carry_over(wrong=wrong, right=copy, by=by, now=now)
    outcome = _("The answers were given another date; this goes on there.")
    correction = _take_out(wrong, Kind.DATE, copy, reason, outcome, by, now)
    details = {"replacement": str(copy.pk)}
    audit.record(
        "response.redate", by=by, now=now, client=wrong.client, about=wrong, details=details
    )
    standing.refresh(client=wrong.client, now=now)
    return correction


# --- Asking again ---------------------------------------------------------------------------------


def can_be_asked_again(response: Response, now: datetime) -> bool:
    """Whether the form that these answers were sent to is still open, but for them."""
    occasion = response.occasion
    plan = occasion.assignment.plan
    runs = plan is not None and plan.ended_at is None and plan.paused_at is None
    return runs and now < occasion.closes_at and response.client.closed_at is None


def _ask_again(wrong: Response, by: Actor, now: datetime) -> None:
    """The same form once more, for what is left of its time. The next sweep opens and sends it."""
    before, plan = wrong.occasion, wrong.occasion.assignment.plan
    if plan is None or not can_be_asked_again(wrong, now):
        raise Refused(_("The time for this form has passed: it is not asked for again."), "again")
    plan.client = wrong.client
    assignment = assign.write_assignment(
        plan=plan,
        version=wrong.version,
        wording=before.assignment.wording,
        cadence=Cadence.ONCE,
        first_on=now.astimezone(wrong.client.practice.zone).date(),
        by=by,
        now=now,
    )
    Occasion.objects.create(
        assignment=assignment,
        client=wrong.client,
        number=0,
        opens_at=now,
        closes_at=before.closes_at,
    )


# --- What they share ------------------------------------------------------------------------------


def _checked(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Please say in a few words why."), "reason")
    if len(reason) > REASON_LENGTH:
        sentence = ngettext(
            "This is longer than %(limit)d character. Please shorten it.",
            "This is longer than %(limit)d characters. Please shorten it.",
            REASON_LENGTH,
        )
        raise Refused(sentence % {"limit": REASON_LENGTH}, "reason")
    return reason


def _locked_clients(*pks: UUID) -> dict[UUID, Client]:
    """The clients, locked in one order whoever comes first: two corrections never block."""
    rows = Client.objects.select_for_update(of=("self",)).select_related("practice")
    return {row.pk: row for row in rows.filter(pk__in=pks).order_by("pk")}


def _locked(response: Response, clients: dict[UUID, Client]) -> Response:
    """The response as it stands, if it can be corrected."""
    found = (
        Response.objects.select_for_update(of=("self",))
        .select_related(
            "version",
            "occasion__assignment__wording",
            "occasion__assignment__plan",
            "entered_by",
            "imported",
        )
        .get(pk=response.pk)
    )
    found.client = clients[found.client_id]
    if found.submitted_at is None:
        raise Refused(_("This form was not sent yet, so there is nothing to correct."))
    if found.voided_at is not None:
        before = Correction.objects.select_related("by").get(response=found)
        raise CorrectedAlready(
            _("These answers were corrected already, on %(day)s by %(name)s.")
            % {
                "day": date_format(before.at.astimezone(found.client.practice.zone), "j F Y, H:i"),
                "name": before.by.name,
            }
        )
    if found.client.data_key is None:
        raise Refused(_("This client’s record was erased."))
    return found


def _submitted_at(response: Response) -> datetime:
    if response.submitted_at is None:
        raise ValueError("A draft has no time that it stands for.")
    return response.submitted_at


def _person(by: Actor) -> User:
    if by.user is None:
        raise Refused(_("Only a person can correct what was sent."))
    return by.user


def _place(wrong: Response, client: Client, at: datetime, by: Actor, now: datetime) -> Occasion:
    return past.place_for(
        client=client,
        version=wrong.version,
        wording=wrong.occasion.assignment.wording,
        at=at,
        by=_person(by),
        now=now,
    )


def _copy(
    wrong: Response, occasion: Occasion, at: datetime, seen_at: datetime | None, now: datetime
) -> Response:
    """The same answers under this occasion and time, locked and scored."""
    shift = at - _submitted_at(wrong)
    copy = Response(
        client=occasion.client,
        occasion=occasion,
        version=wrong.version,
        source=wrong.source,
        answers=wrong.answers,
        comment=wrong.comment,
        item_comments=wrong.item_comments,
        unusual=wrong.unusual,
        revision=wrong.revision,
        started_at=wrong.started_at + shift,
        saved_at=wrong.saved_at and wrong.saved_at + shift,
        partial=wrong.partial,
        entered_by=wrong.entered_by,
        seen_at=seen_at,
        seconds=wrong.seconds,
        marks=wrong.marks,
        imported=wrong.imported,
    )
    if wrong.import_key is not None:
        # The row of the file stays known by the one that was wrong.
        copy.import_key = hashlib.sha256(bytes(wrong.import_key) + copy.pk.bytes).digest()
    if queries.asks_about_a_relationship(wrong.version.definition):
        copy.reference = queries.in_force_at(occasion.client, copy.started_at)
    respond.lock(copy, at, received_at=now)
    copy.save(force_insert=True)
    Score.objects.bulk_create(respond.scores_of(copy))
    links.stop_links([occasion.pk], now)
    return copy


def _take_out(
    wrong: Response,
    kind: Kind,
    replacement: Response | None,
    reason: str,
    outcome: str,
    by: Actor,
    now: datetime,
) -> Correction:
    """Void a response with all that follows from it, and say why."""
    person = _person(by)
    Response.objects.filter(pk=wrong.pk, voided_at=None).update(voided_at=now)
    Score.objects.filter(response=wrong).delete()
    # Its form counts neither as answered nor as missed.
    occasions.cancel([wrong.occasion_id], CancelledWhy.CORRECTED, now)
    alerts.close_open(response=wrong, outcome=outcome, by=by, now=now)
    correction = Correction(
        client=wrong.client,
        response=wrong,
        kind=kind,
        replacement=replacement,
        reason=reason,
        at=now,
        by=person,
    )
    correction.save(force_insert=True)
    return correction
