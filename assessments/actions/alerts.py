"""Alerts: something a person must look at, with an owner and a clock."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.actions import standing
from assessments.measurement import scoring
from assessments.models import Alert, Response
from clinic import audit
from clinic.actions import Refused, notices
from clinic.actions.practices import open_admins
from clinic.addresses import absolute
from clinic.audit import Actor
from clinic.models import CareRelationship, Membership, Notice

OUTCOME_LENGTH = 1000


def raise_alerts(*, response: Response, by: Actor, now: datetime) -> list[Alert]:
    """Raise an alert for each risk rule that the answers meet, and tell who cares for the client.

    Part of submitting: the caller holds the transaction. The mail names nobody and no answer.
    Where nobody cares for the client at present, those who run the practice are told.
    """
    rules = scoring.risks(response.version.definition, response.answers)
    if not rules:
        return []
    carers = _carers(response)
    raised = Alert.objects.bulk_create(
        [
            Alert(
                client=response.client,
                response=response,
                rule=rule.code,
                owner=carers[0] if carers else None,
                raised_at=now,
            )
            for rule in rules
        ]
    )
    for alert in raised:
        audit.record("alert.raise", by=by, now=now, client=response.client, about=alert)
    for carer in carers:
        _tell(carer, _text_for_carer(carer), response, by, now)
    if not carers:
        for admin in open_admins(response.client.practice).select_related("user"):
            _tell(admin, _text_for_admin(admin), response, by, now)
    return raised


def _carers(response: Response) -> list[Membership]:
    """Who can look at the answers now, the one who has cared longest first."""
    return [
        care.clinician
        for care in CareRelationship.objects.filter(
            client=response.client,
            ended_at=None,
            clinician__ended_at=None,
            clinician__user__is_active=True,
        )
        .select_related("clinician__user")
        .order_by("started_at", "pk")
    ]


def _text_for_carer(carer: Membership) -> str:
    return _(
        "Hello %(name)s,\n\n"
        "an answer has come in that somebody should look at soon. Please sign in:\n\n"
        "%(address)s\n\n"
        "Everybody who cares for this client has had this message.\n"
    ) % {"name": carer.user.name, "address": absolute("inbox")}


def _text_for_admin(admin: Membership) -> str:
    return _(
        "Hello %(name)s,\n\n"
        "an answer has come in that a clinician should look at soon, and nobody cares for this "
        "client at present. Please sign in and give the client to somebody who can:\n\n"
        "%(address)s\n\n"
        "Everybody who runs the practice has had this message.\n"
    ) % {"name": admin.user.name, "address": absolute("clients")}


def _tell(member: Membership, text: str, response: Response, by: Actor, now: datetime) -> None:
    notices.write_notice(
        practice=response.client.practice,
        client=response.client,
        kind=Notice.Kind.ALERT,
        about=response.pk,
        recipient=member.user.email,
        subject=_("There is something to look at"),
        text=text,
        by=by,
        now=now,
    )


@transaction.atomic
def acknowledge(*, alert: Alert, by: Actor, now: datetime) -> Alert:
    """Say "I have seen this". The first person to do so stands; later ones change nothing."""
    alert = _locked(alert)
    if alert.acknowledged_at is not None:
        return alert
    alert.acknowledged_at, alert.acknowledged_by = now, by.user
    alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
    audit.record("alert.acknowledge", by=by, now=now, client=alert.client, about=alert)
    standing.refresh(client=alert.client, now=now)
    return alert


@transaction.atomic
def resolve(*, alert: Alert, outcome: str, by: Actor, now: datetime) -> Alert:
    """Close an alert with a word on what was done. Acknowledges it where nobody had."""
    alert = _locked(alert)
    if alert.resolved_at is not None:
        raise Refused(_("This was closed already."))
    if not outcome.strip():
        raise Refused(_("Please say in a few words what was done."), "outcome")
    _close(alert, outcome.strip()[:OUTCOME_LENGTH], by, now)
    standing.refresh(client=alert.client, now=now)
    return alert


def carry_over(*, wrong: Response, right: Response, by: Actor, now: datetime) -> list[Alert]:
    """Go on with the open alerts of one response under its copy, with all that is known of them.

    Part of a correction, which holds the transaction. Nobody is told: they know.
    """
    carried = Alert.objects.bulk_create(
        [
            Alert(
                client=right.client,
                response=right,
                rule=alert.rule,
                owner_id=alert.owner_id,
                raised_at=alert.raised_at,
                acknowledged_at=alert.acknowledged_at,
                acknowledged_by_id=alert.acknowledged_by_id,
            )
            for alert in _open_of(wrong)
        ]
    )
    for alert in carried:
        audit.record("alert.raise", by=by, now=now, client=right.client, about=alert)
    return carried


def close_open(*, response: Response, outcome: str, by: Actor, now: datetime) -> int:
    """Close the open alerts of answers that a correction takes out, which holds the transaction."""
    found = _open_of(response)
    for alert in found:
        _close(alert, outcome, by, now)
    return len(found)


def _open_of(response: Response) -> list[Alert]:
    rows = Alert.objects.select_for_update(of=("self",)).filter(response=response, resolved_at=None)
    found = list(rows.order_by("raised_at", "pk"))
    for alert in found:
        alert.client = response.client
    return found


def _close(alert: Alert, outcome: str, by: Actor, now: datetime) -> None:
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now, by.user
    alert.resolved_at, alert.resolved_by = now, by.user
    alert.outcome = outcome
    alert.save()
    audit.record(
        "alert.resolve", by=by, now=now, client=alert.client, about=alert, fields=["outcome"]
    )


def _locked(alert: Alert) -> Alert:
    return (
        Alert.objects.select_for_update(of=("self",))
        .select_related("client", "acknowledged_by")
        .get(pk=alert.pk)
    )
