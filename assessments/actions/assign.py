"""Giving a form to a client: assignments, and the occasions they fall due on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from assessments.actions import links, standing
from assessments.measurement import schedule
from assessments.models import Assignment, Occasion, PersonalLink
from assessments.models.instrument import InstrumentVersion
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Client

# Occasions are written this far ahead, so that what comes can be seen and a sweep may be late.
HORIZON = timedelta(weeks=5)
LONGEST = timedelta(days=5 * 366)


@dataclass(frozen=True)
class Assigned:
    """A new assignment. ``token`` opens its first form, where that is open already."""

    assignment: Assignment
    first: Occasion
    token: str | None
    mailed: bool


@transaction.atomic
def assign(
    *,
    client: Client,
    version: InstrumentVersion,
    cadence: str,
    first_on: date,
    by: Actor,
    now: datetime,
    ends_on: date | None = None,
    send_by_mail: bool = True,
) -> Assigned:
    """Give an instrument to a client. A form that is due today opens at once."""
    client = Client.objects.select_for_update().select_related("practice").get(pk=client.pk)
    today = now.astimezone(client.practice.zone).date()
    _require_sensible(client, version, first_on, ends_on, today)
    assignment = Assignment.objects.create(
        client=client,
        episode=client.episodes.get(ended_at=None),
        version=version,
        cadence=cadence,
        first_on=first_on,
        ends_on=ends_on,
        send_by_mail=send_by_mail,
        created_at=now,
        created_by=by.user,
    )
    audit.record(
        "assignment.create",
        by=by,
        now=now,
        client=client,
        about=assignment,
        details={"version": str(version.pk), "cadence": str(cadence)},
    )
    first = extend_occasions(assignment=assignment, now=now)[0]
    token, mailed = None, False
    if first.opens_at <= now:
        token, mailed = open_occasion(occasion=first, by=by, now=now, always_link=True)
    standing.refresh(client=client, now=now)
    return Assigned(assignment, first, token, mailed)


def _require_sensible(
    client: Client, version: InstrumentVersion, first_on: date, ends_on: date | None, today: date
) -> None:
    if client.closed_at is not None:
        raise Refused(_("This client's record is closed. Reopen it before you assign a form."))
    if first_on < today:
        raise Refused(_("The first date has passed. Choose today or a later day."), "first_on")
    if first_on > today + LONGEST:
        raise Refused(_("The first date is more than five years away."), "first_on")
    if ends_on is not None and ends_on < first_on:
        raise Refused(_("The last date is before the first."), "ends_on")
    if ends_on is not None and ends_on > first_on + LONGEST:
        raise Refused(_("The last date is more than five years after the first."), "ends_on")
    running = client.assignments.filter(
        Q(ends_on=None) | Q(ends_on__gte=first_on),
        version__instrument=version.instrument_id,
        ended_at=None,
    ).exclude(cadence=schedule.Cadence.ONCE)
    if running.exists():
        raise Refused(
            _("This form is already assigned to this client. End that assignment first."),
            "instrument",
        )


def extend_occasions(*, assignment: Assignment, now: datetime) -> list[Occasion]:
    """Write the occasions up to the horizon, and at least the next one. May run twice."""
    last = assignment.occasions.aggregate(last=Max("number"))["last"]
    zone = assignment.client.practice.zone
    cadence = schedule.Cadence(assignment.cadence)
    today = now.astimezone(zone).date()
    start = 0 if last is None else last + 1
    if cadence.days and last is not None:
        # After a long standstill, what nobody could have answered is passed over.
        start = max(start, (today - assignment.first_on).days // cadence.days - 1)
    windows = schedule.windows(
        cadence, assignment.first_on, zone, assignment.ends_on, start, count=_ahead(cadence)
    )
    due = [window for window in windows if window.opens < now + HORIZON]
    if start == 0 and not due:
        due = windows[:1]
    return Occasion.objects.bulk_create(
        [
            Occasion(
                assignment=assignment,
                client=assignment.client,
                number=window.number,
                # Whoever assigns a form for today before it would open wants it now.
                opens_at=now
                if window.number == 0 and assignment.first_on == today
                else window.opens,
                closes_at=window.closes,
            )
            for window in due
            if window.closes > now
        ]
    )


def _ahead(cadence: schedule.Cadence) -> int:
    return 1 if cadence.days is None else HORIZON.days // cadence.days + 2


def open_occasion(
    *, occasion: Occasion, by: Actor, now: datetime, always_link: bool = False
) -> tuple[str | None, bool]:
    """Mark an occasion as opened and write its link to the outbox where it goes by mail.

    Returns the token, if a link was made, and whether a mail was written. Claims the row by a
    conditional update, so two sweeps open it once.
    """
    claimed = Occasion.objects.filter(pk=occasion.pk, opened_at=None, cancelled_at=None).update(
        opened_at=now
    )
    if not claimed:
        return None, False
    occasion.opened_at = now
    by_mail = occasion.assignment.send_by_mail and bool(occasion.client.email)
    if by_mail:
        _link, token, notice = links.send_link(occasion=occasion, by=by, now=now)
        return token, notice is not None
    if always_link:
        _link, token = links.issue_link(occasion=occasion, by=by, now=now)
        return token, False
    return None, False


@transaction.atomic
def end_assignment(*, assignment: Assignment, by: Actor, now: datetime) -> Assignment:
    """End an assignment: what is to come and not answered is taken back, what was stays."""
    assignment = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("client__practice")
        .get(pk=assignment.pk)
    )
    if assignment.ended_at is not None:
        return assignment
    assignment.ended_at, assignment.ended_by = now, by.user
    assignment.save(update_fields=["ended_at", "ended_by"])
    unanswered = assignment.occasions.filter(cancelled_at=None, closes_at__gt=now).exclude(
        response__submitted_at__isnull=False
    )
    taken_back = list(unanswered.values_list("pk", flat=True))
    Occasion.objects.filter(pk__in=taken_back).update(cancelled_at=now)
    PersonalLink.objects.filter(occasion__in=taken_back, revoked_at=None).update(revoked_at=now)
    audit.record(
        "assignment.end",
        by=by,
        now=now,
        client=assignment.client,
        about=assignment,
        details={"occasions_taken_back": len(taken_back)},
    )
    standing.refresh(client=assignment.client, now=now)
    return assignment


# --- Sweeps -------------------------------------------------------------------------------------


def open_due_occasions(*, now: datetime, limit: int = 500) -> int:
    """Open every occasion whose time has come; returns how many."""
    due = list(
        Occasion.objects.filter(
            opened_at=None,
            cancelled_at=None,
            opens_at__lte=now,
            closes_at__gt=now,
            client__closed_at=None,
        )
        .select_related("client__practice", "assignment")
        .order_by("opens_at")[:limit]
    )
    for occasion in due:
        with transaction.atomic():
            by = Actor.system(practice=occasion.client.practice)
            open_occasion(occasion=occasion, by=by, now=now)
            standing.refresh(client=occasion.client, now=now)
    return len(due)


def extend_all_occasions(*, now: datetime) -> int:
    """Keep the occasions of running assignments written up to the horizon; returns how many."""
    written = 0
    for cadence in schedule.Cadence:
        if cadence.days is None:
            continue
        short = (
            Assignment.objects.filter(cadence=cadence, ended_at=None, client__closed_at=None)
            .filter(Q(ends_on=None) | Q(ends_on__gt=(now - timedelta(days=1)).date()))
            .annotate(last_opens=Max("occasions__opens_at"))
            .filter(last_opens__lt=now + HORIZON - timedelta(days=cadence.days))
            .select_related("client__practice")
        )
        for assignment in short.iterator(chunk_size=500):
            with transaction.atomic():
                Client.objects.select_for_update().get(pk=assignment.client_id)
                written += len(extend_occasions(assignment=assignment, now=now))
    return written
