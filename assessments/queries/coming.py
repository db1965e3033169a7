"""What goes out when: what is written, and beyond that what the same rules will write.

Occasions are written some weeks ahead. A calendar looks further, so the rules by which the sweeps
write them, leave them out and pass them over stand here, where both can ask them. Nothing is
written: reading costs seven queries, however many clients there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, QuerySet

from assessments.measurement import schedule
from assessments.models import (
    Assignment,
    CancelledWhy,
    InstrumentVersion,
    Occasion,
    Plan,
    Response,
    SendBy,
)
from clinic.encryption import Unreadable
from clinic.models import Appointment, Client

from .instruments import covers

DAY = timedelta(days=1)
# Two forms that open within less than this of one another open on one day.
SAME_DAY = timedelta(hours=12)
# Taken back so that another takes its place, or with its assignment: the session has none then.
GIVEN_ANEW = (CancelledWhy.MOVED, CancelledWhy.CHANGED, CancelledWhy.ENDED)
# Why a form did not go out, where no other took its place.
LEFT_OUT = (
    CancelledWhy.SKIPPED,
    CancelledWhy.COVERED,
    CancelledWhy.PAUSED,
    CancelledWhy.ENDED,
)


# --- The rules, for whoever writes occasions and whoever looks ahead ------------------------------


def hours_of(plan: Plan | None) -> dict[str, Any]:
    """What a plan says of the hours of its windows, as ``schedule.windows`` takes it."""
    if plan is None:
        return {}
    return {
        "opens_at": plan.opens_at,
        "window_days": plan.window_days,
        "weekday": plan.weekday,
    }


def next_number(assignment: Assignment, last: int | None, today: date) -> int:
    """The number of the occasion that follows number ``last``."""
    step = schedule.Cadence(assignment.cadence).days
    number = 0 if last is None else last + 1
    if step and last is not None:
        # After a long standstill, what nobody could have answered is passed over.
        number = max(number, (today - assignment.first_on).days // step - 1)
    return number


def next_window(assignment: Assignment, last: int, now: datetime) -> schedule.Window | None:
    """The window after number ``last`` of a form that comes round by interval, if one follows."""
    cadence = schedule.Cadence(assignment.cadence)
    if cadence.days is None or assignment.ended_at is not None:
        return None
    zone = assignment.client.practice.zone
    number = next_number(assignment, last, now.astimezone(zone).date())
    windows = schedule.windows(
        cadence,
        assignment.first_on,
        zone,
        assignment.ends_on,
        number,
        3,
        **hours_of(assignment.plan),
    )
    times = assignment.times
    return next(
        (one for one in windows if one.closes > now and (times is None or one.number < times)), None
    )


def session_windows(
    assignment: Assignment,
    sessions: Iterable[Appointment],
    given: int,
    zone: ZoneInfo,
    now: datetime,
) -> list[tuple[Appointment, schedule.Window]]:
    """A window for each of these sessions, in their order, of a form that ``given`` have had."""
    found: list[tuple[Appointment, schedule.Window]] = []
    days = assignment.plan.window_days if assignment.plan else None
    for session in sessions:
        day = session.starts_at.astimezone(zone).date()
        if day < assignment.first_on or (assignment.ends_on and day > assignment.ends_on):
            continue
        if assignment.times is not None and given + len(found) >= assignment.times:
            break
        window = schedule.session_window(
            schedule.Cadence(assignment.cadence), session.starts_at, session.ends_at, 0, days
        )
        if window.closes > now:
            found.append((session, window))
    return found


def on_one_day(opens: datetime, others: Iterable[datetime]) -> bool:
    """Whether one of these forms opens on the day of another."""
    return any(abs(opens - other) < SAME_DAY for other in others)


class Pausing(Protocol):
    """A plan, or a row that says of its plan when it is paused."""

    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def paused_until(self) -> date | None: ...


def end_of_pause(plan: Pausing, zone: ZoneInfo) -> datetime | None:
    """The midnight on which the day of its end begins; None where it has no end."""
    if plan.paused_until is None:
        return None
    return datetime.combine(plan.paused_until, time(0), tzinfo=zone).astimezone(UTC)


def is_passed_over(plan: Pausing | None, opens: datetime, zone: ZoneInfo) -> bool:
    """Whether what opens then falls into the pause of its plan."""
    if plan is None or plan.paused_at is None:
        return False
    end = end_of_pause(plan, zone)
    return end is None or opens < end


# --- What is to come ------------------------------------------------------------------------------


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
    )


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
            found += _by_interval(row, last, until, now)
    return found + _by_session(running, appointments, tally, now)


def _by_interval(row: Assignment, last: int, until: datetime, now: datetime) -> list[Due]:
    zone = row.client.practice.zone
    windows = schedule.windows_between(
        schedule.Cadence(row.cadence),
        row.first_on,
        zone,
        row.ends_on,
        now - timedelta(days=31),  # no window is open for longer
        until,
        next_number(row, last, now.astimezone(zone).date()),
        **hours_of(row.plan),
    )
    return [
        Due(row, window.opens, window.closes)
        for window in windows
        if window.closes > now and (row.times is None or window.number < row.times)
    ]


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


# --- What a calendar shows of it ------------------------------------------------------------------


class Kind(StrEnum):
    """What happens at one time on a calendar."""

    OPENS = "opens"
    REMINDER = "reminder"
    CLOSES = "closes"
    APPOINTMENT = "appointment"
    LEFT_OUT = "left-out"
    # What has been.
    OPENED = "opened"
    ANSWERED = "answered"
    PARTIAL = "partial"
    MISSED = "missed"


@dataclass(frozen=True)
class Moment:
    """One thing that happens at one time to one client.

    ``at`` is when something reaches the client: of a form that opens in quiet hours, the time of
    its message; ``opens`` is then the time from which it can be answered.
    """

    kind: Kind
    at: datetime
    client: Client
    due: Due | None = None
    appointment: Appointment | None = None
    way: str = ""
    until: date | None = None

    @property
    def opens_before(self) -> datetime | None:
        """When the form opens, where its message goes out later."""
        if self.kind is Kind.OPENS and self.due is not None and self.due.opens < self.at:
            return self.due.opens
        return None


def moments(found: Coming, *, since: datetime, until: datetime, now: datetime) -> list[Moment]:
    """All that happens in ``[since, until)``, in the order of time."""
    rows = [
        Moment(Kind.APPOINTMENT, row.starts_at, row.client, appointment=row)
        for row in found.appointments
    ]
    ways: dict[tuple[UUID, str], str] = {}
    for due in found.dues:
        plan = due.assignment.plan
        key = due.client.pk, plan.send_by if plan else ""
        if key not in ways:
            ways[key] = way_out(plan, due.client)
        rows += _moments_of(due, ways[key], now)
    inside = [row for row in rows if since <= row.at < until]
    return sorted(inside, key=lambda row: (row.at, row.kind, str(row.client.pk)))


def address_for(send_by: str, client: Client) -> str | None:
    """Where a client is reached in this way; None where they are not."""
    if send_by == SendBy.MAIL:
        return client.email or None
    return (client.phone or None) if send_by == SendBy.SMS else None


def way_out(plan: Plan | None, client: Client) -> str:
    """How a client hears of a form: by hand where there is no address for what the plan says."""
    try:
        if plan is not None and address_for(plan.send_by, client):
            return plan.send_by
    except Unreadable:
        pass
    return str(SendBy.HAND)


def _moments_of(due: Due, way: str, now: datetime) -> Iterator[Moment]:
    row, client = due.occasion, due.client
    if due.left_out and (row is None or row.opened_at is None):
        plan = due.assignment.plan
        is_paused = due.left_out == CancelledWhy.PAUSED and (row is None or not row.cancelled_at)
        until = plan.paused_until if plan and is_paused else None
        yield Moment(Kind.LEFT_OUT, due.opens, client, due, until=until)
        return
    if row is not None and row.opened_at is not None:
        yield Moment(Kind.OPENED, max(row.opened_at, due.opens), client, due, way=way)
        yield from _after_opening(due, row, way, now)
        return
    if due.closes <= now:
        yield Moment(Kind.MISSED, due.closes, client, due)
        return
    yield Moment(Kind.OPENS, _leaves(due.opens, due, way), client, due, way=way)
    yield from _reminders(due, due.opens, 0, way)
    yield Moment(Kind.CLOSES, due.closes, client, due)


def _after_opening(due: Due, row: Occasion, way: str, now: datetime) -> Iterator[Moment]:
    response: Response | None = getattr(row, "response", None)
    if response is not None and response.submitted_at and response.voided_at is None:
        kind = Kind.PARTIAL if response.partial else Kind.ANSWERED
        yield Moment(kind, response.submitted_at, due.client, due)
    elif due.left_out:
        yield Moment(Kind.LEFT_OUT, row.cancelled_at or due.opens, due.client, due)
    elif due.closes <= now:
        yield Moment(Kind.MISSED, due.closes, due.client, due)
    else:
        if row.remind_at is not None:
            at = _leaves(row.remind_at, due, way)
            if way != SendBy.HAND and at < due.closes:
                yield Moment(Kind.REMINDER, at, due.client, due, way=way)
            yield from _reminders(due, row.opened_at or due.opens, row.reminders_sent + 1, way)
        yield Moment(Kind.CLOSES, due.closes, due.client, due)


def _leaves(at: datetime, due: Due, way: str) -> datetime:
    """When a message that is due then really goes out."""
    if way == SendBy.HAND:
        return at
    later = due.client.practice.after_quiet(at)
    return later if later < due.closes else at


def _reminders(due: Due, opened: datetime, sent: int, way: str) -> Iterator[Moment]:
    plan = due.assignment.plan
    if plan is None or way == SendBy.HAND:
        return
    zone, days = due.client.practice.zone, plan.reminder_days
    while (at := schedule.reminder_at(opened, due.closes, zone, days, sent)) is not None:
        leaves = due.client.practice.after_quiet(at)
        if leaves < due.closes:
            yield Moment(Kind.REMINDER, leaves, due.client, due, way=way)
        sent += 1
