"""Occasions: written ahead, opened when they are due, closed when their time has passed.

Each sweep looks for rows that are due and claims them, locked, in one transaction with what
follows from them. So a sweep may run twice, at once with another, or be killed anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, islice, takewhile
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from assessments import queries
from assessments.actions import due_by_session, links, respond, standing
from assessments.measurement import schedule
from assessments.models import (
    Assignment,
    CancelledWhy,
    Occasion,
    PersonalLink,
    Response,
    SendBy,
)
from clinic import audit
from clinic.actions import Refused, messages, notices
from clinic.audit import Actor
from clinic.models import AuditEvent, Notice

# Occasions are written this far ahead, so that what comes can be seen and a sweep may be late.
HORIZON = timedelta(weeks=5)
# How many rows one transaction of a sweep holds.
AT_A_TIME = 100


# --- Writing them ahead ---------------------------------------------------------------------------


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


def cancel(occasions: Iterable[UUID], why: CancelledWhy, now: datetime) -> int:
    """Take back occasions that are still to come or open, with their links and waiting messages."""
    pks = list(occasions)
    if not pks:
        return 0
    taken_back = Occasion.objects.filter(pk__in=pks, cancelled_at=None).update(
        cancelled_at=now, cancelled_why=why, remind_at=None
    )
    links.stop_links(pks, now)
    return taken_back


# --- Opening one ----------------------------------------------------------------------------------


def open_occasion(
    *, occasion: Occasion, by: Actor, now: datetime, always_link: bool = False
) -> tuple[str | None, bool]:
    """Mark an occasion as opened and write its link to the outbox where it goes out by message.

    Returns the token, if a link was made, and whether a message was written. Claims the row by a
    conditional update, so two sweeps open it once. Part of a transaction that the caller holds.
    """
    remind_at = first_reminder(occasion, now)
    claimed = Occasion.objects.filter(pk=occasion.pk, opened_at=None, cancelled_at=None).update(
        opened_at=now, remind_at=remind_at
    )
    if not claimed:
        return None, False
    occasion.opened_at, occasion.remind_at = now, remind_at
    plan = occasion.assignment.plan
    if plan is not None and queries.address_for(plan.send_by, occasion.client):
        _link, token, notice = links.send_link(
            occasion=occasion, by=by, now=now, send_by=plan.send_by
        )
        return token, notice is not None
    if always_link:
        _link, token = links.issue_link(occasion=occasion, by=by, now=now)
        return token, False
    return None, False


def first_reminder(occasion: Occasion, now: datetime) -> datetime | None:
    """When a form that opens now is reminded of first; None where its plan has no reminder."""
    return _reminder(occasion, max(now, occasion.opens_at), 0)


def _reminder(occasion: Occasion, opened: datetime, sent: int) -> datetime | None:
    plan = occasion.assignment.plan
    if plan is None or plan.send_by == SendBy.HAND or not plan.reminder_days:
        return None
    return schedule.reminder_at(
        opened, occasion.closes_at, occasion.client.practice.zone, plan.reminder_days, sent
    )


# --- Sweeps ---------------------------------------------------------------------------------------


def open_due_occasions(*, now: datetime, limit: int = 1000) -> int:
    """Open every occasion whose time has come; returns how many this call opened.

    What falls due while its plan is paused is passed over, and says so.
    """
    due = Occasion.objects.filter(
        opened_at=None,
        cancelled_at=None,
        opens_at__lte=now,
        closes_at__gt=now,
        client__closed_at=None,
    ).order_by("opens_at", "client", "pk")
    paused = due.filter(assignment__plan__paused_at__isnull=False)
    cancel(paused.values_list("pk", flat=True)[:limit], CancelledWhy.PAUSED, now)
    due = due.filter(assignment__ended_at=None).exclude(response__submitted_at__isnull=False)
    # Whatever took a session out: what is given after one that never was is not sent.
    due = due.exclude(appointment__cancelled_at__isnull=False)
    pks = due.values_list("pk", flat=True)[:limit]
    return sum(_open_some(some, now) for some in _chunks(list(pks)))


def _chunks(pks: list[UUID]) -> Iterable[list[UUID]]:
    for start in range(0, len(pks), AT_A_TIME):
        yield pks[start : start + AT_A_TIME]


def _locked(pks: Sequence[UUID], claim: Q) -> QuerySet[Occasion]:
    """Those of these rows that still meet ``claim``, locked; another sweep's are passed over."""
    rows = Occasion.objects.filter(claim, pk__in=pks, cancelled_at=None)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(of=("self",), skip_locked=True)
    return rows.order_by("client", "opens_at", "pk")


def _locked_to_tell(pks: Sequence[UUID], claim: Q) -> list[Occasion]:
    """The same, with all that a message about them takes."""
    return list(_locked(pks, claim).select_related("client__practice", "assignment__plan"))


@dataclass
class _Batch:
    """What one transaction of a sweep writes, each kind in one statement."""

    own: dict[UUID, messages.Own]
    links: list[PersonalLink] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    events: list[AuditEvent] = field(default_factory=list)

    @classmethod
    def about(cls, rows: Iterable[Occasion]) -> _Batch:
        """An empty one, with the own words of the practices that these rows belong to."""
        return cls(messages.wordings_of_each({row.client.practice_id for row in rows}))

    def write(self) -> None:
        PersonalLink.objects.bulk_create(self.links)
        Notice.objects.bulk_create(self.notices)
        AuditEvent.objects.bulk_create(self.events)

    def tell(self, rows: Iterable[Occasion], kind: str, now: datetime) -> None:
        """One message, with one link, to each client about the forms that are due together."""
        for _receiver, together in groupby(sorted(rows, key=_receiver_of), key=_receiver_of):
            self._tell_one(list(together), kind, now)

    def _tell_one(self, rows: list[Occasion], kind: str, now: datetime) -> None:
        lead = rows[0]
        plan = lead.assignment.plan
        if plan is None:
            return
        own = self.own[lead.client.practice_id]
        told = links.prepare_message(
            occasion=lead, send_by=plan.send_by, kind=kind, own=own, now=now
        )
        if told is None:
            return
        if len(rows) > 1:
            others = Occasion.objects.filter(pk__in=[row.pk for row in rows[1:]])
            others.update(told_with=lead)
        self.links.append(told.link)
        self.notices.append(told.notice)
        self.events += told.events


def _open_some(pks: list[UUID], now: datetime) -> int:
    with transaction.atomic():
        rows = _locked_to_tell(pks, Q(opened_at=None) & ~Q(response__submitted_at__isnull=False))
        batch = _Batch.about(rows)
        batch.tell(rows, Notice.Kind.FORM, now)
        for row in rows:
            row.remind_at = first_reminder(row, now)
        _keep_reminders(rows, opened_at=now)
        batch.write()
    return len(rows)


def _keep_reminders(rows: Iterable[Occasion], **values: Any) -> None:
    """Write when each is to be reminded of next, and the same ``values`` for all of them: one
    statement for all of the same time."""
    times: dict[datetime | None, list[UUID]] = {}
    for row in rows:
        times.setdefault(row.remind_at, []).append(row.pk)
    for remind_at, pks in times.items():
        Occasion.objects.filter(pk__in=pks).update(remind_at=remind_at, **values)


def _receiver_of(occasion: Occasion) -> tuple[UUID, str]:
    """The client, and how they hear of it."""
    plan = occasion.assignment.plan
    return occasion.client_id, plan.send_by if plan is not None else ""


def remind_due(*, now: datetime, limit: int = 1000) -> int:
    """Remind of open forms that are not answered; returns for how many this call did."""
    due = (
        Occasion.objects.filter(remind_at__lte=now)
        .order_by("remind_at", "client", "pk")
        .values_list("pk", flat=True)
    )
    return sum(_remind_some(some, now) for some in _chunks(list(due[:limit])))


def _remind_some(pks: list[UUID], now: datetime) -> int:
    with transaction.atomic():
        rows = _locked_to_tell(pks, Q(remind_at__lte=now))
        open_still = set(
            queries.waiting(now)
            .filter(pk__in=[row.pk for row in rows], client__closed_at=None)
            .filter(assignment__plan__paused_at=None)
            .values_list("pk", flat=True)
        )
        batch = _Batch.about(rows)
        waiting = [row for row in rows if row.pk in open_still]
        batch.tell(waiting, Notice.Kind.REMINDER, now)
        for row in waiting:
            row.remind_at = _reminder(row, row.opened_at or row.opens_at, row.reminders_sent + 1)
        _keep_reminders(waiting, reminders_sent=F("reminders_sent") + 1)
        others = [row.pk for row in rows if row.pk not in open_still]
        Occasion.objects.filter(pk__in=others).update(remind_at=None)
        batch.write()
    return len(waiting)


def close_due_occasions(*, now: datetime, limit: int = 1000) -> int:
    """Close every occasion whose time has passed; returns how many this call closed.

    What had been answered of a form that was not sent is kept, marked as partial, and scored by
    the missing rule alone.
    """
    due = (
        Occasion.objects.filter(closed_at=None, cancelled_at=None, closes_at__lte=now)
        .order_by("closes_at", "pk")
        .values_list("pk", flat=True)
    )
    return sum(_close_some(some, now) for some in _chunks(list(due[:limit])))


def _close_some(pks: list[UUID], now: datetime) -> int:
    with transaction.atomic():
        closed = [row.pk for row in _locked(pks, Q(closed_at=None)).only("pk")]
        Occasion.objects.filter(pk__in=closed).update(closed_at=now, remind_at=None)
        notices.cancel_notices_about_any(about=closed, now=now)
        drafts = Response.objects.filter(occasion__in=closed, submitted_at=None)
        for draft in drafts.select_related("version", "client__practice", "occasion__assignment"):
            respond.keep_partial(
                response=draft, by=Actor.system(practice=draft.client.practice), now=now
            )
    return len(closed)


def extend_all_occasions(*, now: datetime) -> int:
    """Keep the occasions of running assignments written up to the horizon; returns how many."""
    return sum(
        _extend_some(some, now)
        for cadence in schedule.Cadence
        if cadence.days is not None
        for some in _chunks(_short_of_occasions(cadence, cadence.days, now))
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


# --- One occasion, by hand ------------------------------------------------------------------------


@transaction.atomic
def skip_occasion(*, occasion: Occasion, by: Actor, now: datetime) -> Occasion:
    """Leave out one occasion that is not answered and not over; those after it stay."""
    occasion = (
        Occasion.objects.select_for_update(of=("self",))
        .select_related("client__practice", "assignment")
        .get(pk=occasion.pk)
    )
    if occasion.cancelled_at is not None:
        return occasion
    if occasion.closes_at <= now:
        raise Refused(_("The time for this form has passed. There is nothing left to skip."))
    if Response.objects.filter(occasion=occasion, submitted_at__isnull=False).exists():
        raise Refused(_("This form was answered, so it cannot be skipped."))
    cancel([occasion.pk], CancelledWhy.SKIPPED, now)
    occasion.cancelled_at, occasion.cancelled_why = now, CancelledWhy.SKIPPED
    audit.record("occasion.skip", by=by, now=now, client=occasion.client, about=occasion)
    standing.refresh(client=occasion.client, now=now)
    return occasion


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
