"""Appointments: when a client comes. Entered one by one or weekly, or taken from a calendar.

Pages, commands and sweeps use ``assessments.actions.sessions`` and ``calendars``, which also let
the forms follow that are given before or after a session.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Appointment, Client, Membership

SHORTEST, LONGEST = 5, 12 * 60  # minutes
MOST_WEEKS = 52
FARTHEST = timedelta(days=366)
WEEK = timedelta(weeks=1)


@transaction.atomic
def add_appointments(
    *,
    client: Client,
    clinician: Membership | None,
    day: date,
    clock: time,
    minutes: int,
    by: Actor,
    now: datetime,
    weeks: int = 1,
) -> list[Appointment]:
    """Enter an appointment, or one in each of so many weeks at the same time on the wall."""
    client = _locked(client)
    if client.closed_at is not None:
        raise Refused(_("This record is closed. Reopen it before you enter an appointment."))
    zone = client.practice.zone
    length = _length(minutes)
    _require_weeks(weeks)
    _require_to_come(day, clock, length, zone, now)
    begins = [_on_the_wall(day + number * WEEK, clock, zone) for number in range(weeks)]
    _require_free(client, begins, ())
    rows = Appointment.objects.bulk_create(
        Appointment(
            client=client,
            clinician=clinician,
            starts_at=at,
            ends_at=at + length,
            created_at=now,
            created_by=by.user,
        )
        for at in begins
    )
    audit.record(
        "appointment.add",
        by=by,
        now=now,
        client=client,
        about=rows[0],
        details={"appointments": len(rows)},
    )
    return rows


@transaction.atomic
def move_appointments(
    *,
    appointment: Appointment,
    day: date,
    clock: time,
    minutes: int,
    by: Actor,
    now: datetime,
    weeks: int = 1,
) -> list[Appointment]:
    """Move an appointment, and with it those at the same time in the weeks that follow.

    ``weeks`` is how many weeks are looked at, the first of them that of the appointment itself.
    """
    appointment, rows = _with_following(appointment, weeks, now)
    zone = appointment.client.practice.zone
    length = _length(minutes)
    _require_to_come(day, clock, length, zone, now)
    first = appointment.starts_at.astimezone(zone).date()
    for row in rows:
        later = row.starts_at.astimezone(zone).date() - first
        row.starts_at = _on_the_wall(day + later, clock, zone)
        row.ends_at = row.starts_at + length
    _require_free(appointment.client, [row.starts_at for row in rows], [row.pk for row in rows])
    Appointment.objects.bulk_update(rows, ["starts_at", "ends_at"])
    _note("appointment.move", rows, by, now)
    return rows


@transaction.atomic
def call_off_appointments(
    *, appointment: Appointment, by: Actor, now: datetime, weeks: int = 1
) -> list[Appointment]:
    """Call off an appointment, and those at the same time in the weeks that follow."""
    appointment, rows = _with_following(appointment, weeks, now)
    for row in rows:
        row.cancelled_at = now
    Appointment.objects.bulk_update(rows, ["cancelled_at"])
    _note("appointment.call_off", rows, by, now)
    return rows


def _note(action: str, rows: Sequence[Appointment], by: Actor, now: datetime) -> None:
    audit.record(
        action,
        by=by,
        now=now,
        client=rows[0].client,
        about=rows[0],
        details={"appointments": len(rows)},
    )


def _with_following(
    appointment: Appointment, weeks: int, now: datetime
) -> tuple[Appointment, list[Appointment]]:
    """The appointment as it stands, and with it those of the client at the same time on the wall
    in the weeks that follow; the client's row is locked."""
    _require_weeks(weeks)
    client = _locked(appointment.client)
    appointment = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    appointment.client = client
    if appointment.cancelled_at is not None:
        raise Refused(_("This appointment was called off."))
    if appointment.ends_at <= now:
        raise Refused(_("This appointment is over. It stays as it was."))
    wall = appointment.starts_at.astimezone(client.practice.zone)
    later = [
        _on_the_wall(wall.date() + number * WEEK, wall.time(), client.practice.zone)
        for number in range(1, weeks)
    ]
    following = Appointment.objects.select_for_update(of=("self",)).filter(
        client=client, starts_at__in=later, cancelled_at=None
    )
    rows = [appointment, *following.order_by("starts_at", "pk")]
    for row in rows:
        row.client = client
    return appointment, rows


def _locked(client: Client) -> Client:
    return (
        Client.objects.select_for_update(of=("self",)).select_related("practice").get(pk=client.pk)
    )


def _on_the_wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def _length(minutes: int) -> timedelta:
    if not SHORTEST <= minutes <= LONGEST:
        raise Refused(_("An appointment lasts between 5 minutes and 12 hours."), "minutes")
    return timedelta(minutes=minutes)


def _require_weeks(weeks: int) -> None:
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(_("Choose between 1 and 52 weeks."), "weeks")


def _require_to_come(
    day: date, clock: time, length: timedelta, zone: ZoneInfo, now: datetime
) -> None:
    today = now.astimezone(zone).date()
    if day > today + FARTHEST:
        raise Refused(_("This is more than a year away."), "day")
    if day < today:
        raise Refused(_("This day has passed."), "day")
    at = _on_the_wall(day, clock, zone)
    if at + length <= now:
        raise Refused(_("This time has passed."), "clock")
    if at.astimezone(zone).time() != clock:
        raise Refused(_("On that day the clocks go forward over this time."), "clock")


def _require_free(client: Client, begins: Sequence[datetime], moving: Sequence[UUID]) -> None:
    taken = Appointment.objects.filter(client=client, starts_at__in=begins, cancelled_at=None)
    first = taken.exclude(pk__in=moving).order_by("starts_at").first()
    if first is not None:
        day = date_format(first.starts_at.astimezone(client.practice.zone), "j F, H:i")
        raise Refused(
            _("This client has an appointment at that time already: %(day)s.") % {"day": day}, "day"
        )
