"""The occasions of forms that are given before or after each session."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, QuerySet

from assessments import queries
from assessments.measurement import schedule
from assessments.models import Assignment, Occasion
from clinic.models import Appointment

BY_SESSION = [cadence for cadence in schedule.Cadence if cadence.by_appointment]


def unwritten(assignment: Assignment, now: datetime, until: datetime) -> list[Occasion]:
    """An occasion for each session of the client until then that has none of this form."""
    zone = assignment.client.practice.zone
    of_form = Occasion.objects.filter(
        client=assignment.client_id,
        assignment__version__instrument=assignment.version.instrument_id,
    )
    sessions = _without(of_form, now, until).filter(client=assignment.client_id)
    tally = assignment.occasions.aggregate(last=Max("number"))["last"]
    number = 0 if tally is None else tally + 1
    given = assignment.occasions.filter(cancelled_at=None).count()
    windows = queries.session_windows(
        assignment, sessions.order_by("starts_at", "pk"), given, zone, now
    )
    return [
        Occasion(
            assignment=assignment,
            client=assignment.client,
            number=number + place,
            opens_at=window.opens,
            closes_at=window.closes,
            appointment=session,
        )
        for place, (session, window) in enumerate(windows)
    ]


def _without(
    occasions: QuerySet[Occasion], now: datetime, until: datetime
) -> QuerySet[Appointment]:
    """The sessions that are not over and have none of these occasions."""
    has_one = occasions.filter(appointment=OuterRef("pk")).exclude(
        cancelled_why__in=queries.GIVEN_ANEW
    )
    return Appointment.objects.filter(
        ~Exists(has_one), cancelled_at=None, ends_at__gt=now, starts_at__lt=until
    )


def short_of_occasions(now: datetime, until: datetime) -> list[UUID]:
    """The running assignments of whose client a session until then has no occasion."""
    of_form = Occasion.objects.filter(
        client=OuterRef(OuterRef("client")),
        assignment__version__instrument=OuterRef(OuterRef("version__instrument")),
    )
    sessions = _without(of_form, now, until).filter(client=OuterRef("client"))
    running = Assignment.objects.filter(
        Exists(sessions), cadence__in=BY_SESSION, ended_at=None, client__closed_at=None
    )
    return list(running.order_by("pk").values_list("pk", flat=True))


def window_of(occasion: Occasion) -> schedule.Window | None:
    """The window that the session of an occasion gives it now; None once it was called off."""
    session = occasion.appointment
    if session is None or session.cancelled_at is not None:
        return None
    assignment = occasion.assignment
    return schedule.session_window(
        schedule.Cadence(assignment.cadence),
        session.starts_at,
        session.ends_at,
        occasion.number,
        assignment.plan.window_days if assignment.plan else None,
    )


def stands(occasion: Occasion) -> bool:
    """Whether the session is where it was when the occasion was written."""
    session = occasion.appointment
    if session is None or session.cancelled_at is not None:
        return False
    if occasion.assignment.cadence == schedule.Cadence.BEFORE_SESSION:
        return occasion.closes_at == session.starts_at
    return occasion.opens_at == session.ends_at


def of_sessions(client: UUID) -> QuerySet[Occasion]:
    """The occasions of a client's sessions that are neither over nor taken back."""
    return Occasion.objects.filter(
        appointment__isnull=False, client=client, cancelled_at=None, closed_at=None
    )
