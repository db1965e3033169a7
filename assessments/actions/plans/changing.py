"""Changing a plan: the future, never the past."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.actions import occasions, standing
from assessments.actions.plans.running import locked, running
from assessments.actions.plans.settings import Settings, require_sensible
from assessments.measurement import schedule
from assessments.models import Assignment, Cadence, CancelledWhy, Plan
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor

RECURRING = [cadence for cadence in Cadence if cadence not in (Cadence.ONCE, Cadence.AT_END)]


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

    Forms that have opened stay as they are; those to come follow the new plan. A cadence that the
    plan's own rule has changed stays changed, unless another is chosen or the rule switched off.
    """
    require_sensible(settings)
    if set((cadences or {}).values()) - set(RECURRING):
        raise Refused(_("Choose how often the form comes round."), "cadence")
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
        if not recurs(row):
            if moved and _is_to_come(row):
                take_over(assignment=row, cadence=row.cadence, by=by, now=now)
            continue
        chosen = (cadences or {}).get(row.pk, row.chosen)
        cadence = row.cadence if settings.adapts and chosen == row.chosen else chosen
        if moved or cadence != row.cadence:
            take_over(
                assignment=row,
                cadence=cadence,
                by=by,
                now=now,
                chosen_cadence="" if cadence == chosen else chosen,
                adapted_why=row.adapted_why if cadence == row.cadence else None,
            )
            changed += ["cadence"] if cadence != row.cadence else []
    if changed:
        audit.record(
            "plan.change", by=by, now=now, client=plan.client, about=plan, fields=set(changed)
        )
        standing.refresh(client=plan.client, now=now)
    return plan


def recurs(assignment: Assignment) -> bool:
    """Whether it comes round, by interval or with the sessions."""
    return assignment.cadence in RECURRING


def _is_to_come(assignment: Assignment) -> bool:
    """Whether a form that is given once waits to be opened."""
    return assignment.occasions.filter(opened_at=None, cancelled_at=None).exists()


def goes_on_from(assignment: Assignment, cadence: str, weekday: int | None, today: date) -> date:
    """The first date of what takes an assignment over: on its present day of the week, if the plan
    names none."""
    step = schedule.Cadence(cadence)
    first_on = occasions.first_date_after(assignment, step, today)
    if step.days is None:
        return first_on
    if weekday is None and schedule.Cadence(assignment.cadence).days is not None:
        weekday = assignment.first_on.weekday()
    return schedule.on_weekday(first_on, weekday)


def take_over(
    *,
    assignment: Assignment,
    cadence: str,
    by: Actor,
    now: datetime,
    chosen_cadence: str = "",
    adapted_why: str | None = None,
) -> Assignment:
    """End an assignment in favour of another that goes on where it stands.

    Part of a transaction that holds the client's row and the plan. What has opened stays open.
    """
    plan = assignment.plan
    client = assignment.client
    today = now.astimezone(client.practice.zone).date()
    first_on = goes_on_from(assignment, cadence, plan.weekday if plan else None, today)
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
        adapted_why=adapted_why,
        created_at=now,
        created_by=by.user,
    )
    taken_over.client = client
    taken_over.plan = plan
    occasions.extend_occasions(assignment=taken_over, now=now)
    return taken_over
