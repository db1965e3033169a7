"""Giving a form to a client: assignments, and the occasions they fall due on."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from assessments.actions import links, standing
from assessments.measurement import schedule
from assessments.models import Assignment, Occasion, Response, Wording
from assessments.models.instrument import InstrumentVersion
from assessments.queries import wordings
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.encryption import Unreadable
from clinic.models import Client, Practice

logger = logging.getLogger(__name__)

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
    """Give an instrument to a client. A form that is due today opens at once.

    The client's row is locked first, so that the same request sent twice assigns once.
    """
    client = _locked_client(client.pk)
    _require_version_within_reach(client, version)
    today = now.astimezone(client.practice.zone).date()
    _require_sensible_days(first_on, ends_on, today)
    _require_open_record(client)
    wording = _require_wording(client.practice, version)
    _require_not_running(client, version, schedule.Cadence(cadence), first_on, ends_on, now)
    assignment = Assignment.objects.create(
        client=client,
        episode=client.episodes.get(ended_at=None),
        version=version,
        wording=wording,
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


def _locked_client(pk: UUID) -> Client:
    return Client.objects.select_for_update(of=("self",)).select_related("practice").get(pk=pk)


def _require_version_within_reach(client: Client, version: InstrumentVersion) -> None:
    if version.practice_id not in (None, client.practice_id):
        raise Refused(_("There is no such form."), "instrument")


def _require_open_record(client: Client) -> None:
    if client.closed_at is not None:
        raise Refused(_("This client's record is closed. Reopen it before you assign a form."))


def _require_wording(practice: Practice, version: InstrumentVersion) -> Wording | None:
    """What the assignment will ask with, for good: later wordings are for later assignments."""
    wording = wordings.wording_in_force(practice, version)
    hindrance = wordings.hindrance(version.definition, practice, wording)
    if hindrance is not None:
        raise Refused(wordings.says(hindrance, version.definition.name), "instrument")
    return wording


def _require_sensible_days(first_on: date, ends_on: date | None, today: date) -> None:
    if first_on < today:
        raise Refused(_("The first date has passed. Choose today or a later day."), "first_on")
    if first_on > today + LONGEST:
        raise Refused(_("The first date is more than five years away."), "first_on")
    if ends_on is not None and ends_on < first_on:
        raise Refused(_("The last date is before the first."), "ends_on")
    if ends_on is not None and ends_on > first_on + LONGEST:
        raise Refused(_("The last date is more than five years after the first."), "ends_on")


def _require_not_running(
    client: Client,
    version: InstrumentVersion,
    cadence: schedule.Cadence,
    first_on: date,
    ends_on: date | None,
    now: datetime,
) -> None:
    """Refuse a form that the client has already been given for the same time."""
    last_on = first_on if cadence is schedule.Cadence.ONCE else ends_on
    same = client.assignments.filter(version__instrument=version.instrument_id, ended_at=None)
    recurring = same.exclude(cadence=schedule.Cadence.ONCE).filter(
        Q(ends_on=None) | Q(ends_on__gte=first_on)
    )
    if last_on is not None:
        recurring = recurring.filter(first_on__lte=last_on)
    if recurring.exists():
        raise Refused(
            _("This form is already assigned to this client. End that assignment first."),
            "instrument",
        )
    once = same.filter(cadence=schedule.Cadence.ONCE)
    # The same day again is the same request sent twice, answered in between or not.
    if (
        once.filter(first_on=first_on).exists()
        or _waiting(now).filter(assignment__in=once).exists()
    ):
        raise Refused(
            _(
                "This client has this form already, to be filled in once. "
                "Wait for the answer, or end that assignment first."
            ),
            "instrument",
        )


def _waiting(now: datetime) -> QuerySet[Occasion]:
    """Occasions that are open or to come, and not answered."""
    return Occasion.objects.filter(cancelled_at=None, closes_at__gt=now).exclude(
        response__submitted_at__isnull=False
    )


def extend_occasions(*, assignment: Assignment, now: datetime) -> list[Occasion]:
    """Write the occasions up to the horizon, and the first in any case. May run twice."""
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
    conditional update, so two sweeps open it once. Part of a transaction that the caller holds.
    """
    if not _claim(occasion, now):
        return None, False
    if occasion.assignment.send_by_mail and occasion.client.email:
        _link, token, notice = links.send_link(occasion=occasion, by=by, now=now)
        return token, notice is not None
    if always_link:
        _link, token = links.issue_link(occasion=occasion, by=by, now=now)
        return token, False
    return None, False


def _claim(occasion: Occasion, now: datetime) -> bool:
    """Mark an occasion as opened; False when another sweep has, or it was taken back."""
    claimed = Occasion.objects.filter(pk=occasion.pk, opened_at=None, cancelled_at=None).update(
        opened_at=now
    )
    if claimed:
        occasion.opened_at = now
    return claimed == 1


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
    taken_back = _take_back(assignment, now)
    audit.record(
        "assignment.end",
        by=by,
        now=now,
        client=assignment.client,
        about=assignment,
        details={"occasions_taken_back": taken_back},
    )
    standing.refresh(client=assignment.client, now=now)
    return assignment


def _take_back(assignment: Assignment, now: datetime) -> int:
    """Cancel what is open or to come. Locks first: an answer sent meanwhile must stand."""
    ahead = assignment.occasions.select_for_update().filter(cancelled_at=None, closes_at__gt=now)
    locked = list(ahead.order_by("number").values_list("pk", flat=True))
    sent = set(
        Response.objects.filter(occasion__in=locked, submitted_at__isnull=False).values_list(
            "occasion_id", flat=True
        )
    )
    taken_back = [pk for pk in locked if pk not in sent]
    Occasion.objects.filter(pk__in=taken_back).update(cancelled_at=now)
    links.stop_links(taken_back, now)
    return len(taken_back)


# --- Sweeps -------------------------------------------------------------------------------------


def open_due_occasions(*, now: datetime, limit: int = 500) -> int:
    """Open every occasion whose time has come; returns how many this call opened."""
    due = (
        _waiting(now)
        .filter(
            opened_at=None,
            opens_at__lte=now,
            assignment__ended_at=None,
            client__closed_at=None,
        )
        .select_related("client__practice", "assignment")
        .order_by("opens_at", "pk")
    )
    return sum(_open_due(occasion, now) for occasion in list(due[:limit]))


def _open_due(occasion: Occasion, now: datetime) -> bool:
    """Open one occasion. What is wrong with one must not keep the others waiting."""
    by = Actor.system(practice=occasion.client.practice)
    try:
        with transaction.atomic():
            open_occasion(occasion=occasion, by=by, now=now)
            opened = occasion.opened_at is not None
            if opened:
                standing.refresh(client=occasion.client, now=now)
            return opened
    except (Refused, Unreadable) as error:
        # Answered or closed since it was read, or a client whose data was erased: no mail.
        logger.warning(
            "Occasion %s was opened without a mail: %s", occasion.pk, type(error).__name__
        )
        with transaction.atomic():
            return _claim(occasion, now)


def extend_all_occasions(*, now: datetime) -> int:
    """Keep the occasions of running assignments written up to the horizon; returns how many."""
    return sum(
        _extend(pk, now)
        for cadence in schedule.Cadence
        if cadence.days is not None
        for pk in _short_of_occasions(cadence, cadence.days, now)
    )


def _short_of_occasions(cadence: schedule.Cadence, days: int, now: datetime) -> list[UUID]:
    running = Assignment.objects.filter(cadence=cadence, ended_at=None, client__closed_at=None)
    return list(
        running.filter(Q(ends_on=None) | Q(ends_on__gt=(now - timedelta(days=1)).date()))
        .annotate(last_opens=Max("occasions__opens_at"))
        .filter(last_opens__lt=now + HORIZON - timedelta(days=days))
        .values_list("pk", flat=True)
    )


@transaction.atomic
def _extend(pk: UUID, now: datetime) -> int:
    """Extend one assignment, if it is still running now that its row is locked."""
    assignment = (
        Assignment.objects.select_for_update(of=("self",))
        .filter(ended_at=None)
        .select_related("client__practice")
        .filter(pk=pk)
        .first()
    )
    return len(extend_occasions(assignment=assignment, now=now)) if assignment else 0
