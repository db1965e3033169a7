"""What a client says about the forms, and that somebody takes note of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.actions import assign, occasions, standing
from assessments.actions.plans.pausing import pause_plan, resume_plan, silence
from assessments.actions.plans.running import locked, running
from assessments.models import Assignment, CancelledWhy, PersonalLink, Plan, Response
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor

NOTE_LENGTH = 500
# What a client may choose when pausing from a form, in weeks.
CLIENT_PAUSES = (1, 2, 4)


@transaction.atomic
def client_says(
    *,
    link: PersonalLink,
    said: str,
    by: Actor,
    now: datetime,
    weeks: int = 2,
    note: str = "",
) -> list[Plan]:
    """Pause or stop every running plan of the person who holds this link, in their own word.

    Their therapist sees it on the caseload until they take note of it.
    """
    if said == Plan.ClientSaid.PAUSE and weeks not in CLIENT_PAUSES:
        raise Refused(_("Choose for how long."), "weeks")
    client = assign.locked_client(link.occasion.client_id)
    plans = [locked(plan) for plan in client.plans.running().order_by("created_at", "pk")]
    until = now.astimezone(client.practice.zone).date() + timedelta(weeks=weeks)
    for plan in plans:
        plan.client_said, plan.client_said_at = said, now
        plan.client_note = note.strip()[:NOTE_LENGTH] or None
        plan.noted_at = plan.noted_by = None
        plan.save(
            update_fields=["client_said", "client_said_at", "client_note", "noted_at", "noted_by"]
        )
        if said == Plan.ClientSaid.PAUSE:
            pause_plan(plan=plan, until=until, by=by, now=now)
            audit.record("plan.client_pause", by=by, now=now, client=client, about=plan)
        else:
            _stop(plan, by, now)
            audit.record("plan.client_stop", by=by, now=now, client=client, about=plan)
    standing.refresh(client=client, now=now)
    return plans


def _stop(plan: Plan, by: Actor, now: datetime) -> None:
    """End the plan, but leave open what the client has begun to answer."""
    drafts = Response.objects.filter(
        occasion__assignment__plan=plan, submitted_at=None, occasion__closes_at__gt=now
    )
    begun = list(drafts.values_list("occasion", flat=True))
    for row in running(plan):
        Assignment.objects.filter(pk=row.pk).update(ended_at=now)
        left = row.occasions.filter(cancelled_at=None, closed_at=None, closes_at__gt=now)
        left = left.exclude(pk__in=begun).exclude(response__submitted_at__isnull=False)
        occasions.cancel(left.values_list("pk", flat=True), CancelledWhy.ENDED, now)
    silence(plan, now)
    plan.ended_at = now
    plan.save(update_fields=["ended_at"])


@transaction.atomic
def client_resumes(*, link: PersonalLink, by: Actor, now: datetime) -> list[Plan]:
    """Take back a pause that the holder of this link had asked for."""
    client = assign.locked_client(link.occasion.client_id)
    paused = client.plans.running().filter(
        paused_at__isnull=False, client_said=Plan.ClientSaid.PAUSE
    )
    plans = [locked(plan) for plan in paused.order_by("created_at", "pk")]
    for plan in plans:
        plan.client_said, plan.client_said_at, plan.client_note = "", None, None
        plan.noted_at = plan.noted_by = None
        plan.save(
            update_fields=["client_said", "client_said_at", "client_note", "noted_at", "noted_by"]
        )
        resume_plan(plan=plan, by=by, now=now)
    return plans


def what_client_said(link: PersonalLink) -> Plan | None:
    """The plan that its client has paused or stopped last, where that still holds."""
    plans = Plan.objects.filter(client=link.occasion.client_id).exclude(client_said="")
    newest = plans.order_by("-client_said_at", "pk").defer("client_note").first()
    if newest is None or (newest.client_said == Plan.ClientSaid.PAUSE and not newest.paused_at):
        return None
    return newest


@transaction.atomic
def note_what_client_said(*, plan: Plan, by: Actor, now: datetime) -> Plan:
    """Take note of a client's pause or stop, so that it no longer asks for attention.

    It was said once, of every plan that ran then: all of them are noted.
    """
    plan = locked(plan)
    if not plan.client_said:
        return plan
    said = plan.client.plans.filter(client_said_at=plan.client_said_at, noted_at=None)
    for row in said.order_by("pk"):
        row.noted_at, row.noted_by = now, by.user
        row.save(update_fields=["noted_at", "noted_by"])
        audit.record("plan.note", by=by, now=now, client=plan.client, about=row)
    standing.refresh(client=plan.client, now=now)
    plan.refresh_from_db(fields=["noted_at", "noted_by"])
    return plan
