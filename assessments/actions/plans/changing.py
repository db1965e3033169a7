"""Changing a plan: the future, never the past."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.actions import occasions, standing
from assessments.actions.plans.running import locked, running
from assessments.actions.plans.settings import Settings, require_sensible
from assessments.measurement import schedule
from assessments.models import Assignment, CancelledWhy, Plan
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor


@transaction.atomic
def change_plan(
    *,
    plan: Plan,
    settings: Settings,
    by: Actor,
    now: datetime,
    cadences: dict[Any, str] | None = None,
) -> Plan:
    """Change how a plan's forms go out, and how often each comes round ({assignment id: cadence}).

    Forms that have opened stay as they are; those to come follow the new plan.
    """
    require_sensible(settings)
    plan = locked(plan)
    if plan.ended_at is not None:
        raise Refused(_("This plan has ended. Make a new one."))
    before = Settings.of(plan)
    changed = [name for name, value in settings.values().items() if value != before.values()[name]]
    for name, value in settings.values().items():
        setattr(plan, name, value)
    plan.save(update_fields=list(settings.values()))
    moved = bool({"opens_at", "weekday", "window_days"} & set(changed))
    for row in running(plan):
        cadence = (cadences or {}).get(row.pk, row.cadence)
        if moved or cadence != row.cadence:
            take_over(assignment=row, cadence=cadence, by=by, now=now)
            changed += ["cadence"] if cadence != row.cadence else []
    if changed:
        audit.record(
            "plan.change", by=by, now=now, client=plan.client, about=plan, fields=set(changed)
        )
        standing.refresh(client=plan.client, now=now)
    return plan


def take_over(
    *,
    assignment: Assignment,
    cadence: str,
    by: Actor,
    now: datetime,
    chosen_cadence: str = "",
) -> Assignment:
    """End an assignment in favour of another that goes on where it stands.

    Part of a transaction that holds the client's row and the plan. What has opened stays open.
    """
    plan = assignment.plan
    client = assignment.client
    today = now.astimezone(client.practice.zone).date()
    step = schedule.Cadence(cadence)
    first_on = occasions.first_date_after(assignment, step, today)
    if step.days is not None:
        first_on = schedule.on_weekday(first_on, plan.weekday if plan else None)
    to_come = assignment.occasions.filter(opened_at=None, cancelled_at=None)
    occasions.cancel(to_come.values_list("pk", flat=True), CancelledWhy.CHANGED, now)
    Assignment.objects.filter(pk=assignment.pk).update(ended_at=now, ended_by=by.user)
    times = assignment.times
    if times is not None:
        times -= assignment.occasions.filter(cancelled_at=None).count()
    if (times is not None and times < 1) or (
        assignment.ends_on is not None and first_on > assignment.ends_on
    ):
        return assignment
    taken_over = Assignment.objects.create(
        client=client,
        episode_id=assignment.episode_id,
        version_id=assignment.version_id,
        wording_id=assignment.wording_id,
        cadence=cadence,
        first_on=first_on,
        ends_on=assignment.ends_on,
        times=times,
        plan=plan,
        replaces=assignment,
        chosen_cadence=chosen_cadence,
        created_at=now,
        created_by=by.user,
    )
    taken_over.client = client
    taken_over.plan = plan
    occasions.extend_occasions(assignment=taken_over, now=now)
    return taken_over
