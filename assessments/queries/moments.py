"""What a calendar shows of what is to come and what was: one thing at one time."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from assessments.measurement import schedule
from assessments.models import CancelledWhy, Occasion, Response, SendBy
from clinic.models import Appointment, Client

from .coming import Coming, Due
from .ways import way_out


class Kind(StrEnum):
    """What happens at one time on a calendar."""

    OPENS = "opens"
    REMINDER = "reminder"
    CLOSES = "closes"
    APPOINTMENT = "appointment"
    LEFT_OUT = "left-out"
    # What has been.
    OPENED = "opened"
    REMINDED = "reminded"
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
    # What the moments of one message have in common; None where there is no message.
    message: Hashable = None
    # Its message is that of a moment before it.
    goes_along: bool = False

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
        rows += _reminded(due, found.reminded, ways[key], now)
    inside = [row for row in rows if since <= row.at < until]
    inside.sort(key=lambda row: (row.at, row.kind, str(row.client.pk), row.way))
    return list(_in_messages(inside))


def _in_messages(rows: Iterable[Moment]) -> Iterator[Moment]:
    """The same, with what goes out in the message of one before it marked."""
    told = set()
    for row in rows:
        message = row.client.pk, row.kind, row.way, row.message
        is_told = row.message is not None and row.way != SendBy.HAND
        yield replace(row, goes_along=True) if is_told and message in told else row
        if is_told:
            told.add(message)


def _reminded(
    due: Due, sent: Mapping[UUID, Sequence[datetime]], way: str, now: datetime
) -> Iterator[Moment]:
    """The reminders of a form that is open still: those in a message of its own, and those in that
    of the form it was told with."""
    row = due.occasion
    if row is None or row.opened_at is None or due.left_out or due.closes <= now or _is_sent(row):
        return
    messages = [
        (at, about)
        for about in filter(None, (row.pk, row.told_with_id))
        for at in sent.get(about, ())
        if at >= row.opened_at
    ]
    # The other form may have been reminded of when this one was not: its plan is another.
    for at, about in sorted(messages)[max(0, len(messages) - row.reminders_sent) :]:
        yield Moment(Kind.REMINDED, at, due.client, due, way=way, message=(at, about))


def _is_sent(row: Occasion) -> bool:
    """Whether its answers were sent and stand."""
    response: Response | None = getattr(row, "response", None)
    return response is not None and bool(response.submitted_at) and response.voided_at is None


def _moments_of(due: Due, way: str, now: datetime) -> Iterator[Moment]:
    row, client = due.occasion, due.client
    if due.left_out and (row is None or row.opened_at is None):
        plan = due.assignment.plan
        is_paused = due.left_out == CancelledWhy.PAUSED and (row is None or not row.cancelled_at)
        until = plan.paused_until if plan and is_paused else None
        yield Moment(Kind.LEFT_OUT, due.opens, client, due, until=until)
        return
    if row is not None and row.opened_at is not None:
        # What opens in one sweep has one message, whichever form leads those that follow.
        opened = max(row.opened_at, due.opens)
        yield Moment(Kind.OPENED, opened, client, due, way=way, message=row.opened_at)
        yield from _after_opening(due, row, way, now)
        return
    if due.closes <= now:
        yield Moment(Kind.MISSED, due.closes, client, due)
        return
    yield Moment(Kind.OPENS, _leaves(due.opens, due, way), client, due, way=way, message=due.opens)
    yield from _reminders(due, due.opens, 0, way)
    yield Moment(Kind.CLOSES, due.closes, client, due)


def _after_opening(due: Due, row: Occasion, way: str, now: datetime) -> Iterator[Moment]:
    response: Response | None = getattr(row, "response", None)
    if response is not None and response.submitted_at and _is_sent(row):
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
                yield Moment(Kind.REMINDER, at, due.client, due, way=way, message=row.remind_at)
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
            yield Moment(Kind.REMINDER, leaves, due.client, due, way=way, message=at)
        sent += 1
