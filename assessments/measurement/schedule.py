"""When a form is due, in the practice's own wall time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

OPENING = time(6)
LONGEST_OPEN_DAYS = 14


class Cadence(StrEnum):
    """How often an assignment comes round; the codes are those of the instrument files."""

    ONCE = "once"
    WEEKLY = "weekly"
    TWO_WEEKS = "two_weeks"
    FOUR_WEEKS = "four_weeks"
    SIX_WEEKS = "six_weeks"
    EIGHT_WEEKS = "eight_weeks"
    TWELVE_WEEKS = "twelve_weeks"
    BEFORE_SESSION = "before_session"
    AFTER_SESSION = "after_session"
    AT_END = "at_end"

    @property
    def days(self) -> int | None:
        """Days from one due day to the next; None where no interval leads to a next."""
        return _DAYS.get(self)

    @property
    def by_appointment(self) -> bool:
        """Whether it comes round with the client's sessions."""
        return self in (Cadence.BEFORE_SESSION, Cadence.AFTER_SESSION)


_DAYS = {
    Cadence.WEEKLY: 7,
    Cadence.TWO_WEEKS: 14,
    Cadence.FOUR_WEEKS: 28,
    Cadence.SIX_WEEKS: 42,
    Cadence.EIGHT_WEEKS: 56,
    Cadence.TWELVE_WEEKS: 84,
}
# How long before a session its form opens, and how long after it one stays open, in days.
BEFORE_SESSION_DAYS = 2
AFTER_SESSION_DAYS = 3


@dataclass(frozen=True)
class Window:
    """One occasion, open at every instant t with opens <= t < closes; both are aware UTC times.

    `number` counts the due days from 0.
    """

    number: int
    opens: datetime
    closes: datetime


def windows(
    cadence: Cadence,
    first_on: date,
    zone: ZoneInfo,
    ends_on: date | None,
    start: int = 0,
    count: int = 1,
    opens_at: time = OPENING,
    window_days: int | None = None,
    weekday: int | None = None,
) -> list[Window]:
    """The windows number `start` to `start + count - 1`, fewer where the assignment ends before.

    See `windows_from`. Raises ValueError for a negative `count` too.
    """
    if count < 0:
        raise ValueError("count must not be negative")
    found = windows_from(cadence, first_on, zone, ends_on, start, opens_at, window_days, weekday)
    return list(islice(found, count))


def windows_from(
    cadence: Cadence,
    first_on: date,
    zone: ZoneInfo,
    ends_on: date | None,
    start: int = 0,
    opens_at: time = OPENING,
    window_days: int | None = None,
    weekday: int | None = None,
) -> Iterator[Window]:
    """The windows from number `start` on, one by one, until the assignment ends.

    A window opens at `opens_at` wall time in `zone` on its due day and closes `window_days` days
    later (without a number: after 14), yet when the next one opens at the latest. With a `weekday`
    (Monday is 0) every due day but the first moves on to it. No window opens after the day
    `ends_on`. Raises ValueError for a negative `start`, for a cadence that follows no interval, or
    for days outside the calendar.
    """
    if start < 0:
        raise ValueError("start must not be negative")
    if isinstance(first_on, datetime) or isinstance(ends_on, datetime):
        raise ValueError("first_on and ends_on are days, not times")
    cadence = Cadence(cadence)
    step = cadence.days
    if step is None and cadence is not Cadence.ONCE and cadence is not Cadence.AT_END:
        raise ValueError(f"{cadence} follows no interval")
    open_days = min(window_days or LONGEST_OPEN_DAYS, step or window_days or LONGEST_OPEN_DAYS)
    while step is not None or start == 0:
        try:
            due = first_on + timedelta(days=start * (step or 0))
            if start:
                due = on_weekday(due, weekday)
            if ends_on is not None and due > ends_on:
                return
            opens = _wall(due, opens_at, zone)
            closes = _wall(due + timedelta(days=open_days), opens_at, zone)
        except OverflowError:
            raise ValueError("the days of this assignment leave the calendar") from None
        yield Window(start, opens, closes)
        start += 1


def session_window(
    cadence: Cadence,
    starts: datetime,
    ends: datetime,
    number: int = 0,
    window_days: int | None = None,
) -> Window:
    """The window of a form that is given before or after the session from `starts` to `ends`.

    Before: it opens so many days before (two where no number is given) and closes as the session
    begins. After: it opens as the session ends, for so many days (three).
    """
    if cadence is Cadence.BEFORE_SESSION:
        return Window(number, starts - timedelta(days=window_days or BEFORE_SESSION_DAYS), starts)
    if cadence is Cadence.AFTER_SESSION:
        return Window(number, ends, ends + timedelta(days=window_days or AFTER_SESSION_DAYS))
    raise ValueError(f"{cadence} does not follow sessions")


def on_weekday(day: date, weekday: int | None) -> date:
    """The first day from `day` on that is this weekday (Monday is 0); `day` where None."""
    return day if weekday is None else day + timedelta(days=(weekday - day.weekday()) % 7)


def reminder_at(
    opened: datetime, closes: datetime, zone: ZoneInfo, days: Collection[int], sent: int
) -> datetime | None:
    """When reminder number `sent` (from 0) of a form is due; None when there is none to come.

    The wall time of the opening, so many days later; nothing is due once the form has closed.
    """
    rising = sorted(set(days))
    if sent >= len(rising):
        return None
    wall = opened.astimezone(zone).replace(tzinfo=None) + timedelta(days=rising[sent])
    due = wall.replace(tzinfo=zone).astimezone(UTC)
    return due if due < closes else None


def _wall(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """That time on the wall clock of that day, as UTC.

    Where clocks go back over it, the first of the two; where they go forward over it, the instant
    that it would have been.
    """
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
