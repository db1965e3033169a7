"""What goes out when: what is written, and beyond that what the same rules will write.

Occasions are written some weeks ahead; a calendar looks further. Nothing is written: reading costs
eight queries, however many clients there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from assessments.measurement import schedule
from assessments.models import Assignment, CancelledWhy, InstrumentVersion, Occasion
from assessments.models.plan import LONGEST_WINDOW_DAYS
from clinic.models import Appointment, Client, Notice

from .instruments import covers
from .pauses import is_passed_over
from .windows import GIVEN_ANEW, on_one_day, session_windows, windows_after

DAY = timedelta(days=1)
LONGEST_OPEN = timedelta(days=LONGEST_WINDOW_DAYS + 1)
# Why a form did not go out, where no other took its place.
LEFT_OUT = (
    CancelledWhy.SKIPPED,
    CancelledWhy.COVERED,
    CancelledWhy.PAUSED,
    CancelledWhy.ENDED,
)


@dataclass(frozen=True)
class Due:
    """One window of a form: written, or (without an occasion) still to be written.

    ``left_out`` says why it does not go out; its assignment carries plan, version and client.
    """

    assignment: Assignment
    opens: datetime
    closes: datetime
    occasion: Occasion | None = None
    left_out: str = ""

    @property
    def client(self) -> Client:
        return self.assignment.client

    @property
    def is_to_come(self) -> bool:
        """Whether it is neither opened nor taken back."""
        row = self.occasion
        return not self.left_out and (row is None or row.opened_at is None)


@dataclass(frozen=True)
class Coming:
    """What goes out to some clients in some weeks, and what was meanwhile."""

    dues: list[Due]
    appointments: list[Appointment]
    # What runs, among it what is given at the end of care and has no date.
    running: list[Assignment]
    # When reminders of what may be open still were sent, by the occasion that led the message.
    reminded: dict[UUID, list[datetime]] = field(default_factory=dict)


def coming(clients: QuerySet[Client], *, since: datetime, until: datetime, now: datetime) -> Coming:
    """Forms that touch ``[since, until)`` and the appointments in it; checks no access.

    The clients are of one practice.
    """
    people = {row.pk: row for row in clients.select_related("practice")}
    running = list(
        Assignment.objects.filter(client__in=people, ended_at=None)
        .filter(client__closed_at=None)
        .select_related("plan")
        .order_by("created_at", "pk")
    )
    written = list(
        Occasion.objects.filter(client__in=people)
        .filter(opens_at__lt=until + DAY, closes_at__gte=since - DAY)
        .select_related("assignment__plan", "response")
        .defer("response__answers", "response__comment", "response__seconds")
        .order_by("opens_at", "number")
    )
    by_id = {row.pk: row for row in running}
    for occasion in written:
        occasion.assignment = by_id.setdefault(occasion.assignment_id, occasion.assignment)
    _complete(by_id.values(), people)
    appointments = list(
        Appointment.objects.filter(client__in=people, cancelled_at=None, starts_at__lt=until + DAY)
        .filter(ends_at__gt=min(since, now))
        .order_by("starts_at", "pk")
    )
    for appointment in appointments:
        appointment.client = people[appointment.client_id]
    dues = [_written(row) for row in written if _stays_in_sight(row)]
    dues += _projected(running, appointments, until + DAY, now)
    dues = _without_what_is_covered(dues, now)
    dues = [_in_its_pause(due, now) for due in dues]
    return Coming(
        sorted((due for due in dues if due.opens < until), key=lambda due: due.opens),
        [row for row in appointments if since <= row.starts_at < until],
        running,
        _reminded(people, now),
    )


def _reminded(people: Iterable[UUID], now: datetime) -> dict[UUID, list[datetime]]:
    """When reminders were sent, by the occasion they are about, as far back as one may be open."""
    sent: dict[UUID, list[datetime]] = defaultdict(list)
    rows = Notice.objects.filter(client__in=people, kind=Notice.Kind.REMINDER)
    rows = rows.filter(sent_at__gte=now - LONGEST_OPEN, sent_at__lte=now)
    for about, at in rows.order_by("sent_at", "pk").values_list("about", "sent_at"):
        if about is not None and at is not None:
            sent[about].append(at)
    return sent


def _complete(rows: Iterable[Assignment], people: dict[UUID, Client]) -> None:
    """Give each assignment its client and its version: of many with one form, one object."""
    rows = list(rows)
    versions = InstrumentVersion.objects.in_bulk({row.version_id for row in rows})
    for row in rows:
        row.client, row.version = people[row.client_id], versions[row.version_id]


def _stays_in_sight(row: Occasion) -> bool:
    return row.cancelled_at is None or row.cancelled_why in LEFT_OUT


def _written(row: Occasion) -> Due:
    return Due(row.assignment, row.opens_at, row.closes_at, row, row.cancelled_why)


def _projected(
    running: Sequence[Assignment],
    appointments: Sequence[Appointment],
    until: datetime,
    now: datetime,
) -> list[Due]:
    """The windows that the sweeps are going to write."""
    tally = {
        pk: (last, given)
        for pk, last, given in Occasion.objects.filter(assignment__in=[row.pk for row in running])
        .values_list("assignment")
        .annotate(last=Max("number"), given=Count("pk", filter=Q(cancelled_at=None)))
    }
    found: list[Due] = []
    for row in running:
        last, _given = tally.get(row.pk, (None, 0))
        # A sweep goes on with what has been begun; the first is written as the form is given.
        if schedule.Cadence(row.cadence).days is not None and last is not None:
            windows = takewhile(lambda one: one.opens < until, windows_after(row, last, now))
            found += [Due(row, window.opens, window.closes) for window in windows]
    return found + _by_session(running, appointments, tally, now)


def _by_session(
    running: Sequence[Assignment],
    appointments: Sequence[Appointment],
    tally: dict[UUID, tuple[int, int]],
    now: datetime,
) -> list[Due]:
    rows = [row for row in running if schedule.Cadence(row.cadence).by_appointment]
    has_one: dict[tuple[UUID, UUID], set[UUID]] = defaultdict(set)
    of_sessions = Occasion.objects.filter(
        client__in={row.client_id for row in rows}, appointment__ends_at__gt=now
    ).exclude(cancelled_why__in=GIVEN_ANEW)
    for client, instrument, session in of_sessions.values_list(
        "client", "assignment__version__instrument", "appointment"
    ):
        has_one[client, instrument].add(session)
    to_come: dict[UUID, list[Appointment]] = defaultdict(list)
    for appointment in appointments:
        if appointment.ends_at > now:
            to_come[appointment.client_id].append(appointment)
    found = []
    for row in rows:
        given_for = has_one[row.client_id, row.version.instrument_id]
        sessions = [one for one in to_come[row.client_id] if one.pk not in given_for]
        _last, given = tally.get(row.pk, (None, 0))
        zone = row.client.practice.zone
        found += [
            Due(row, window.opens, window.closes)
            for _session, window in session_windows(row, sessions, given, zone, now)
        ]
    return found


def _without_what_is_covered(dues: Sequence[Due], now: datetime) -> list[Due]:
    """The same, with what a longer form of its plan will take the place of left out."""
    of_plan: dict[UUID, list[Due]] = defaultdict(list)
    for due in dues:
        if due.assignment.plan_id is not None and due.assignment.ended_at is None:
            of_plan[due.assignment.plan_id].append(due)
    known: dict[tuple[UUID, UUID], bool] = {}

    def is_longer(one: Assignment, other: Assignment) -> bool:
        pair = one.version_id, other.version_id
        if pair not in known:
            known[pair] = covers(one.version, other.version)
        return known[pair]

    def is_covered(due: Due) -> bool:
        if not due.is_to_come or due.closes <= now or due.assignment.plan_id is None:
            return False
        return on_one_day(
            due.opens,
            (
                other.opens
                for other in of_plan[due.assignment.plan_id]
                if not other.left_out
                and other.closes > now
                and is_longer(other.assignment, due.assignment)
            ),
        )

    return [
        replace(due, left_out=str(CancelledWhy.COVERED)) if is_covered(due) else due for due in dues
    ]


def _in_its_pause(due: Due, now: datetime) -> Due:
    zone = due.client.practice.zone
    if due.is_to_come and due.closes > now and is_passed_over(due.assignment.plan, due.opens, zone):
        return replace(due, left_out=str(CancelledWhy.PAUSED))
    return due
