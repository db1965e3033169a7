"""Which windows of a form follow: by these rules sweeps write them and a calendar looks ahead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from assessments.measurement import schedule
from assessments.models import Assignment, CancelledWhy, Plan
from clinic.models import Appointment

# Two forms that open within less than this of one another open on one day.
SAME_DAY = timedelta(hours=12)
# Taken back so that another takes its place, or with its assignment: the session has none then.
GIVEN_ANEW = (CancelledWhy.MOVED, CancelledWhy.CHANGED, CancelledWhy.ENDED)


def windows_after(
    assignment: Assignment, last: int | None, now: datetime
) -> Iterator[schedule.Window]:
    """The windows after number ``last`` that are not over, of a form that follows no sessions.

    One by one, without an end where the assignment has none. ``last`` is None before the first.
    """
    zone = assignment.client.practice.zone
    windows = schedule.windows_from(
        schedule.Cadence(assignment.cadence),
        assignment.first_on,
        zone,
        assignment.ends_on,
        _next_number(assignment, last, now.astimezone(zone).date()),
        **_hours_of(assignment.plan),
    )
    for window in windows:
        if assignment.times is not None and window.number >= assignment.times:
            return
        if window.closes > now:
            yield window


def _next_number(assignment: Assignment, last: int | None, today: date) -> int:
    """The number of the occasion that follows number ``last``."""
    step = schedule.Cadence(assignment.cadence).days
    number = 0 if last is None else last + 1
    if step and last is not None:
        # After a long standstill, what nobody could have answered is passed over.
        number = max(number, (today - assignment.first_on).days // step - 1)
    return number


def _hours_of(plan: Plan | None) -> dict[str, Any]:
    """What a plan says of the hours of its windows, as ``schedule`` takes it."""
    if plan is None:
        return {}
    return {
        "opens_at": plan.opens_at,
        "window_days": plan.window_days,
        "weekday": plan.weekday,
    }


def next_window(assignment: Assignment, last: int, now: datetime) -> schedule.Window | None:
    """The window after number ``last`` of a form that comes round by interval, if one follows."""
    if schedule.Cadence(assignment.cadence).days is None or assignment.ended_at is not None:
        return None
    return next(windows_after(assignment, last, now), None)


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
