"""Changing a plan: the future, never the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import queries
from assessments.actions import assign, occasions, standing
from assessments.actions.plans.running import locked, running
from assessments.actions.plans.settings import Limits, Settings, require_sensible
from assessments.measurement import schedule
from assessments.models import Assignment, Cadence, CancelledWhy, Occasion, Plan
from assessments.models.plan import MOST_TIMES
from assessments.queries import Tally
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
    cadences: Mapping[Any, str] | None = None,
    limits: Mapping[UUID, Limits] | None = None,
) -> Plan:
    """Change how a plan's forms go out, how often each comes round ({assignment id: cadence}) and
    for how long ({assignment id: limits}); the number of times counts what was given already.

    Forms that have opened stay as they are; those to come follow the new plan. A cadence that the
    plan's own rule has changed stays changed, unless another is chosen or the rule switched off. A
    plan of which nothing goes on ends.
    """
    require_sensible(settings)
    if set((cadences or {}).values()) - set(RECURRING):
        raise Refused(_("Choose how often the form comes round."), "cadence")
    plan = locked(plan)
    if plan.ended_at is not None:
        raise Refused(_("This plan has ended. Make a new one."))
    before = Settings.of(plan)
    changed = {name for name, value in settings.values().items() if value != before.values()[name]}
    for name, value in settings.values().items():
        setattr(plan, name, value)
    plan.save(update_fields=list(settings.values()))
    moved = bool({"opens_at", "weekday", "window_days"} & changed)
    given = queries.tallies_of(plan)
    for row in running(plan):
        if not recurs(row):
            if moved and _is_to_come(row):
                take_over(assignment=row, cadence=row.cadence, by=by, now=now)
            continue
        wanted = (limits or {}).get(row.pk, limits_of(row, given[row.pk]))
        refusal = refused_limits(row, given[row.pk], wanted, now)
        if refusal is not None:
            raise refusal
        chosen = (cadences or {}).get(row.pk, row.chosen)
        cadence = row.cadence if settings.adapts and chosen == row.chosen else chosen
        of_row = _changed(row, given[row.pk], cadence, wanted)
        if moved or of_row:
            take_over(
                assignment=row,
                cadence=cadence,
                by=by,
                now=now,
                chosen_cadence="" if cadence == chosen else chosen,
                adapted_why=row.adapted_why if cadence == row.cadence else None,
                left=_left(wanted, given[row.pk].given),
            )
            changed |= of_row
    if changed:
        if not plan.assignments.filter(ended_at=None).exists():
            plan.ended_at, plan.ended_by = now, by.user
            plan.save(update_fields=["ended_at", "ended_by"])
        audit.record("plan.change", by=by, now=now, client=plan.client, about=plan, fields=changed)
        standing.refresh(client=plan.client, now=now)
    return plan


def limits_of(assignment: Assignment, tally: Tally) -> Limits:
    """How long an assignment comes round, with what those before it have given."""
    return Limits(assignment.ends_on, tally.times)


def refused_limits(
    assignment: Assignment, tally: Tally, wanted: Limits, now: datetime
) -> Refused | None:
    """Why an assignment cannot come round for so long (``ends_on`` or ``times``), if it cannot.

    What stays as it is may have passed: a plan that has run out is still a plan.
    """
    if wanted == limits_of(assignment, tally):
        return None
    today = now.astimezone(assignment.client.practice.zone).date()
    if wanted.ends_on is not None:
        begins = today if tally.given else max(today, assignment.first_on)
        if wanted.ends_on < today:
            sentence = _(
                "The last date has passed. Choose today or a later day, or leave it empty."
            )
            return Refused(sentence, "ends_on")
        if wanted.ends_on < begins:
            sentence = _("The last date is before the first, which is %(day)s.")
            return Refused(sentence % {"day": date_format(begins, "j F Y")}, "ends_on")
        if wanted.ends_on > begins + assign.LONGEST:
            return Refused(_("The last date is more than five years away."), "ends_on")
    if wanted.times is not None and wanted.times < 1:
        return Refused(_("Choose a number of times, or leave it empty."), "times")
    if wanted.times is not None and wanted.times < tally.given:
        sentence = ngettext(
            "It was given %(count)d time already. Choose at least %(count)d, or end the plan.",
            "It was given %(count)d times already. Choose at least %(count)d, or end the plan.",
            tally.given,
        )
        return Refused(sentence % {"count": tally.given}, "times")
    if wanted.times is not None and wanted.times > tally.given + MOST_TIMES:
        return Refused(_("Choose a smaller number of times."), "times")
    return None


def _changed(assignment: Assignment, tally: Tally, cadence: str, wanted: Limits) -> set[str]:
    """What of an assignment is to be otherwise, by the names of its fields."""
    now = {"cadence": assignment.cadence, "ends_on": assignment.ends_on, "times": tally.times}
    then = {"cadence": cadence, "ends_on": wanted.ends_on, "times": wanted.times}
    return {name for name, value in then.items() if value != now[name]}


def _left(limits: Limits, given: int) -> Limits:
    """What is left of limits after so many times."""
    return Limits(limits.ends_on, None if limits.times is None else limits.times - given)


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
    left: Limits | None = None,
) -> Assignment:
    """End an assignment in favour of another that goes on where it stands.

    It goes on for as long as is ``left``; without, for what the assignment has not given yet.
    Part of a transaction that holds the client's row and the plan. What has opened stays open.
    """
    plan = assignment.plan
    client = assignment.client
    today = now.astimezone(client.practice.zone).date()
    first_on = goes_on_from(assignment, cadence, plan.weekday if plan else None, today)
    skipped = set(_skipped_days(assignment, now))
    to_come = assignment.occasions.filter(opened_at=None, cancelled_at=None)
    occasions.cancel(to_come.values_list("pk", flat=True), CancelledWhy.CHANGED, now)
    Assignment.objects.filter(pk=assignment.pk).update(ended_at=now, ended_by=by.user)
    if left is None:
        given = assignment.occasions.filter(cancelled_at=None).count()
        left = _left(Limits(assignment.ends_on, assignment.times), given)
    if (left.times is not None and left.times < 1) or (
        left.ends_on is not None and first_on > left.ends_on
    ):
        return assignment
    taken_over = Assignment.objects.create(
        client=client,
        episode_id=assignment.episode_id,
        version_id=assignment.version_id,
        wording_id=assignment.wording_id,
        cadence=cadence,
        first_on=first_on,
        ends_on=left.ends_on,
        times=left.times,
        plan=plan,
        replaces=assignment,
        chosen_cadence=chosen_cadence,
        adapted_why=adapted_why,
        created_at=now,
        created_by=by.user,
    )
    taken_over.client = client
    taken_over.plan = plan
    written = occasions.extend_occasions(assignment=taken_over, now=now)
    again = [row.pk for row in written if _day(row, client.practice.zone) in skipped]
    occasions.cancel(again, CancelledWhy.SKIPPED, now)
    return taken_over


def _skipped_days(assignment: Assignment, now: datetime) -> Iterable[date]:
    """The days to come whose form somebody has left out: a change does not bring it back."""
    rows = assignment.occasions.filter(cancelled_why=CancelledWhy.SKIPPED, opens_at__gt=now)
    return (_day(row, assignment.client.practice.zone) for row in rows)


def _day(occasion: Occasion, zone: ZoneInfo) -> date:
    return occasion.opens_at.astimezone(zone).date()
