"""Sweeps: occasions opened when they are due, reminded of, closed when their time has passed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from assessments import queries
from assessments.actions import links, respond
from assessments.models import CancelledWhy, Occasion, PersonalLink, Response
from clinic.actions import messages, notices
from clinic.audit import Actor
from clinic.models import AuditEvent, Notice

from .claims import chunks, locked, locked_to_tell
from .single import cancel, first_reminder, next_reminder


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
    return sum(_open_some(some, now) for some in chunks(list(pks)))


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
        rows = locked_to_tell(pks, Q(opened_at=None) & ~Q(response__submitted_at__isnull=False))
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
    return sum(_remind_some(some, now) for some in chunks(list(due[:limit])))


def _remind_some(pks: list[UUID], now: datetime) -> int:
    with transaction.atomic():
        rows = locked_to_tell(pks, Q(remind_at__lte=now))
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
            row.remind_at = next_reminder(
                row, row.opened_at or row.opens_at, row.reminders_sent + 1
            )
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
    return sum(_close_some(some, now) for some in chunks(list(due[:limit])))


def _close_some(pks: list[UUID], now: datetime) -> int:
    with transaction.atomic():
        closed = [row.pk for row in locked(pks, Q(closed_at=None)).only("pk")]
        Occasion.objects.filter(pk__in=closed).update(closed_at=now, remind_at=None)
        notices.cancel_notices_about_any(about=closed, now=now)
        drafts = Response.objects.filter(occasion__in=closed, submitted_at=None)
        for draft in drafts.select_related("version", "client__practice", "occasion__assignment"):
            respond.keep_partial(
                response=draft, by=Actor.system(practice=draft.client.practice), now=now
            )
    return len(closed)
