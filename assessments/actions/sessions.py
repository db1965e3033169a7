"""Sessions and the forms given before or after them: what moves the one moves the other.

Whoever changes appointments does it here or in ``calendars``: the rows are changed by
``clinic.actions`` and the forms follow in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction

from assessments.actions import assign, due_by_session, occasions, standing
from assessments.measurement import schedule
from assessments.models import CancelledWhy, Occasion, PersonalLink, Response
from clinic.actions import appointments
from clinic.audit import Actor
from clinic.models import Appointment, Client, Membership


@transaction.atomic
def enter_sessions(
    *,
    client: Client,
    clinician: Membership | None,
    day: date,
    clock: time,
    minutes: int,
    weeks: int,
    by: Actor,
    now: datetime,
) -> list[Appointment]:
    """Enter a session, or one in each of so many weeks."""
    rows = appointments.add_appointments(
        client=client,
        clinician=clinician,
        day=day,
        clock=clock,
        minutes=minutes,
        weeks=weeks,
        by=by,
        now=now,
    )
    follow_appointments(client=client, now=now)
    return rows


@transaction.atomic
def move_sessions(
    *,
    appointment: Appointment,
    day: date,
    clock: time,
    minutes: int,
    weeks: int,
    by: Actor,
    now: datetime,
) -> list[Appointment]:
    """Move a session, and those at the same time in the weeks that follow."""
    rows = appointments.move_appointments(
        appointment=appointment,
        day=day,
        clock=clock,
        minutes=minutes,
        weeks=weeks,
        by=by,
        now=now,
    )
    follow_appointments(client=appointment.client, now=now)
    return rows


@transaction.atomic
def call_off_sessions(
    *, appointment: Appointment, weeks: int, by: Actor, now: datetime
) -> list[Appointment]:
    """Call off a session, and those at the same time in the weeks that follow."""
    rows = appointments.call_off_appointments(appointment=appointment, weeks=weeks, by=by, now=now)
    follow_appointments(client=appointment.client, now=now)
    return rows


@transaction.atomic
def follow_appointments(*, client: Client, now: datetime) -> None:
    """Let the forms of a client's sessions be where the sessions are now. May run twice.

    A form that has not opened is taken back and written anew. One that is open stays while its
    new window is open too, with its link and without another message; else it is taken back,
    unless it was begun. What was sent stays.
    """
    client = assign.locked_client(client.pk)
    rows = due_by_session.of_sessions(client.pk).select_for_update(of=("self",))
    live = list(rows.select_related("appointment", "assignment__plan").order_by("opens_at", "pk"))
    answers = dict(
        Response.objects.filter(occasion__in=live).values_list("occasion", "submitted_at")
    )
    gone, changed = [], False
    for occasion in live:
        window = due_by_session.window_of(occasion)
        if answers.get(occasion.pk) is not None or due_by_session.stands(occasion):
            continue
        begun = occasion.pk in answers
        if window is not None and _goes_along(occasion, window, begun, now):
            changed = True
        elif not begun:
            gone.append(occasion.pk)
    changed |= occasions.cancel(gone, CancelledWhy.MOVED, now) > 0
    if client.closed_at is None:
        changed |= _write_anew(client, now)
    if changed:
        standing.refresh(client=client, now=now)


def _goes_along(occasion: Occasion, window: schedule.Window, begun: bool, now: datetime) -> bool:
    """Move a form that is open, where it would be open about the moved session too."""
    before = occasion.assignment.cadence == schedule.Cadence.BEFORE_SESSION
    is_open = window.opens <= now or (before and begun)
    if occasion.opened_at is None or not is_open or window.closes <= now:
        return False
    remind_at = occasion.remind_at
    Occasion.objects.filter(pk=occasion.pk).update(
        opens_at=occasion.opens_at if before else window.opens,
        closes_at=window.closes,
        remind_at=remind_at if remind_at is not None and remind_at < window.closes else None,
    )
    links = PersonalLink.objects.filter(occasion=occasion.pk, revoked_at=None)
    links.update(expires_at=window.closes)
    return True


def _write_anew(client: Client, now: datetime) -> bool:
    """Give each coming session the forms that it has not."""
    running = client.assignments.filter(cadence__in=due_by_session.BY_SESSION, ended_at=None)
    written = 0
    for assignment in running.select_related("version", "plan").order_by("created_at", "pk"):
        assignment.client = client
        written += len(occasions.extend_occasions(assignment=assignment, now=now))
    return written > 0


def follow_all_appointments(*, now: datetime) -> int:
    """Keep the forms of sessions written up to the horizon; returns for how many clients."""
    short = due_by_session.short_of_occasions(now, now + occasions.HORIZON)
    clients = Client.objects.filter(assignments__in=short).distinct().order_by("pk")
    for client in clients:
        follow_appointments(client=client, now=now)
    return len(clients)
