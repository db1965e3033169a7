"""Occasions written ahead of their time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, F, Max, Q

from assessments import queries
from assessments.actions import due_by_session
from assessments.measurement import schedule
from assessments.models import Assignment, CancelledWhy, Occasion

from .claims import chunks
from .single import cancel

# So that what comes can be seen and a sweep may be late.
HORIZON = timedelta(weeks=5)


def extend_occasions(*, assignment: Assignment, now: datetime) -> list[Occasion]:
    """Write the occasions up to the horizon, and the first in any case. May run twice."""
    cadence = schedule.Cadence(assignment.cadence)
    if cadence is schedule.Cadence.AT_END:
        return []  # written when care ends: ``plans.end_plan``
    if cadence.by_appointment:
        written = due_by_session.unwritten(assignment, now, now + HORIZON)
    else:
        last = assignment.occasions.aggregate(last=Max("number"))["last"]
        written = _unwritten(assignment, last, now)
    written = Occasion.objects.bulk_create(written)
    if written and assignment.plan_id is not None:
        _leave_out_what_is_covered(assignment.plan_id, now)
    return written


def _unwritten(assignment: Assignment, last: int | None, now: datetime) -> list[Occasion]:
    """The occasions up to the horizon that follow number ``last``; the first in any case."""
    windows = queries.windows_after(assignment, last, now)
    due = list(takewhile(lambda window: window.opens < now + HORIZON, windows))
    if last is None and not due:
        due = list(islice(queries.windows_after(assignment, last, now), 1))
    # Whoever gives a form for today before it would open wants it now; what goes on keeps its hour.
    today = now.astimezone(assignment.client.practice.zone).date()
    wanted_now = assignment.first_on == today and assignment.replaces_id is None
    return [
        Occasion(
            assignment=assignment,
            client=assignment.client,
            number=window.number,
            opens_at=now if window.number == 0 and wanted_now else window.opens,
            closes_at=window.closes,
        )
        for window in due
    ]


def _leave_out_what_is_covered(plan: UUID, now: datetime) -> None:
    """Where two forms of a plan open on one day and one asks all that the other does, the
    shorter is left out: the weekly form in the weeks of the long one."""
    running = list(Assignment.objects.filter(plan=plan, ended_at=None).select_related("version"))
    if len(running) < 2:
        return
    for short in running:
        longer = [row.pk for row in running if queries.covers(row.version, short.version)]
        if not longer:
            continue
        to_come = short.occasions.filter(opened_at=None, cancelled_at=None, closes_at__gt=now)
        taken = list(
            Occasion.objects.filter(assignment__in=longer, cancelled_at=None)
            .filter(closes_at__gt=now)
            .values_list("opens_at", flat=True)
        )
        covered = [row.pk for row in to_come if queries.on_one_day(row.opens_at, taken)]
        cancel(covered, CancelledWhy.COVERED, now)


def extend_all_occasions(*, now: datetime) -> int:
    """Keep the occasions of running assignments written up to the horizon; returns how many."""
    return sum(
        _extend_some(some, now)
        for cadence in schedule.Cadence
        if cadence.days is not None
        for some in chunks(_short_of_occasions(cadence, cadence.days, now))
    )


def _short_of_occasions(cadence: schedule.Cadence, days: int, now: datetime) -> list[UUID]:
    running = Assignment.objects.filter(cadence=cadence, ended_at=None, client__closed_at=None)
    return list(
        running.filter(Q(ends_on=None) | Q(ends_on__gt=(now - timedelta(days=1)).date()))
        .annotate(last_opens=Max("occasions__opens_at"), written=Max("occasions__number"))
        .filter(last_opens__lt=now + HORIZON - timedelta(days=days))
        .exclude(times__isnull=False, written__gte=F("times") - 1)
        .values_list("pk", flat=True)
    )


@transaction.atomic
def _extend_some(pks: list[UUID], now: datetime) -> int:
    """Extend those of these assignments that are still running now that their rows are locked."""
    rows = Assignment.objects.filter(pk__in=pks, ended_at=None).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(of=("self",), skip_locked=True)
    running = list(rows.select_related("client__practice", "plan"))
    numbers = Occasion.objects.filter(assignment__in=[row.pk for row in running])
    last = dict(numbers.values_list("assignment").annotate(Max("number")))
    written = Occasion.objects.bulk_create(
        occasion for row in running for occasion in _unwritten(row, last.get(row.pk), now)
    )
    for plan in _with_several({row.plan_id for row in running if row.plan_id is not None}):
        _leave_out_what_is_covered(plan, now)
    return len(written)


def _with_several(plans: set[UUID]) -> list[UUID]:
    """Those of these plans that give more than one form."""
    rows = Assignment.objects.filter(plan__in=plans, ended_at=None)
    return [plan for plan, forms in rows.values_list("plan").annotate(Count("pk")) if forms > 1]


def first_date_after(assignment: Assignment, cadence: schedule.Cadence, today: date) -> date:
    """The first due day of what takes an assignment over: after the last form that was opened, be
    it of this assignment or of one before it."""
    zone = assignment.client.practice.zone
    row: Assignment | None = assignment
    last: datetime | None = None
    while last is None and row is not None:
        opened = row.occasions.filter(opened_at__isnull=False, cancelled_at=None)
        last = opened.aggregate(last=Max("opens_at"))["last"]
        row = row.replaces
    if last is None:
        return max(today, assignment.first_on)
    return max(today, last.astimezone(zone).date() + timedelta(days=cadence.days or 0))
