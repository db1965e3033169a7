"""Pausing, resuming and ending a plan."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from assessments import queries
from assessments.actions import assign, occasions, standing
from assessments.actions.plans.running import locked, running
from assessments.models import Assignment, Cadence, CancelledWhy, Occasion, Plan
from clinic import audit
from clinic.actions import Refused, notices
from clinic.audit import Actor
from clinic.models import Client

LONGEST_PAUSE = timedelta(days=366)


@transaction.atomic
def pause_plan(*, plan: Plan, by: Actor, now: datetime, until: date | None = None) -> Plan:
    """Open nothing and send nothing until a day, or until somebody resumes it.

    A form that is open can still be filled in; nobody is reminded of it.
    """
    plan = locked(plan)
    if plan.ended_at is not None:
        raise Refused(_("This plan has ended."))
    today = now.astimezone(plan.client.practice.zone).date()
    if until is not None and until <= today:
        raise Refused(_("Choose a day after today, or leave it empty."), "until")
    if until is not None and until > today + LONGEST_PAUSE:
        raise Refused(_("A pause lasts a year at most. End the plan instead."), "until")
    plan.paused_at = plan.paused_at or now
    plan.paused_until, plan.paused_by = until, by.user
    plan.save(update_fields=["paused_at", "paused_until", "paused_by"])
    silence(plan, now)
    audit.record(
        "plan.pause",
        by=by,
        now=now,
        client=plan.client,
        about=plan,
        details={"until": until.isoformat() if until else None},
    )
    standing.refresh(client=plan.client, now=now)
    return plan


@transaction.atomic
def pause_all_plans(
    *, client: Client, by: Actor, now: datetime, until: date | None = None
) -> list[Plan]:
    """Pause every running plan of a client: a holiday, a stay in hospital."""
    client = assign.locked_client(client.pk)
    running_plans = client.plans.running().order_by("created_at", "pk")
    return [pause_plan(plan=plan, by=by, now=now, until=until) for plan in running_plans]


def silence(plan: Plan, now: datetime) -> None:
    """Send nothing more about what is open."""
    open_now = Occasion.objects.filter(
        assignment__plan=plan, cancelled_at=None, opened_at__isnull=False, closed_at=None
    )
    pks = list(open_now.values_list("pk", flat=True))
    Occasion.objects.filter(pk__in=pks).update(remind_at=None)
    notices.cancel_notices_about_any(about=pks, now=now)


@transaction.atomic
def resume_plan(*, plan: Plan, by: Actor, now: datetime) -> Plan:
    """Go on with a paused plan. What fell due meanwhile stays left out."""
    plan = locked(plan)
    if plan.ended_at is not None:
        raise Refused(_("This plan has ended."))
    if plan.paused_at is None:
        return plan
    due = Occasion.objects.filter(
        assignment__plan=plan,
        opened_at=None,
        cancelled_at=None,
        opens_at__lt=min(now, queries.end_of_pause(plan, plan.client.practice.zone) or now),
    )
    occasions.cancel(due.values_list("pk", flat=True), CancelledWhy.PAUSED, now)
    plan.paused_at = plan.paused_until = plan.paused_by = None
    plan.save(update_fields=["paused_at", "paused_until", "paused_by"])
    for row in running(plan):
        occasions.extend_occasions(assignment=row, now=now)
    audit.record("plan.resume", by=by, now=now, client=plan.client, about=plan)
    standing.refresh(client=plan.client, now=now)
    return plan


def resume_due_plans(*, now: datetime) -> int:
    """Resume every plan whose pause has run out in its practice's zone; returns how many."""
    # The day begins up to 14 hours earlier than in UTC.
    latest = (now + timedelta(hours=14)).date()
    due = Plan.objects.filter(
        paused_at__isnull=False, ended_at=None, paused_until__lte=latest
    ).select_related("client__practice")
    resumed = 0
    for plan in due:
        end = queries.end_of_pause(plan, plan.client.practice.zone)
        if end is not None and end <= now:
            by = Actor.system(practice=plan.client.practice)
            resume_plan(plan=plan, by=by, now=now)
            resumed += 1
    return resumed


@transaction.atomic
def end_plan(*, plan: Plan, by: Actor, now: datetime, closing_on: date | None = None) -> Plan:
    """End a plan: what is to come or open and not answered is taken back, what was stays.

    With ``closing_on`` the forms that are given at the end of care open that day, and the plan
    ends with them.
    """
    plan = locked(plan)
    if plan.ended_at is not None:
        return plan
    today = now.astimezone(plan.client.practice.zone).date()
    if closing_on is not None and not today <= closing_on <= today + timedelta(days=366):
        raise Refused(_("Choose today or a day within a year."), "closing_on")
    closing = []
    for row in running(plan):
        if closing_on is not None and row.cadence == Cadence.AT_END:
            closing.append(row)
        else:
            assign.end_assignment(assignment=row, by=by, now=now)
    for row in closing:
        _give_at_end(row, closing_on or today, by, now)
    if not closing:
        plan.ended_at, plan.ended_by = now, by.user
        plan.save(update_fields=["ended_at", "ended_by"])
    audit.record(
        "plan.end",
        by=by,
        now=now,
        client=plan.client,
        about=plan,
        details={"closing_forms": len(closing)},
    )
    standing.refresh(client=plan.client, now=now)
    return plan


def _give_at_end(assignment: Assignment, on: date, by: Actor, now: datetime) -> None:
    """Write the one occasion of a form that is given at the end, as a form given once."""
    Assignment.objects.filter(pk=assignment.pk).update(
        cadence=Cadence.ONCE, first_on=on, chosen_cadence=Cadence.AT_END
    )
    assignment.cadence, assignment.first_on = Cadence.ONCE, on
    assign.start(assignment=assignment, by=by, now=now, always_link=False)
