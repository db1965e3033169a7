"""When a form is due: half-open windows of an assignment, in the practice's own wall time."""

from collections.abc import Iterator
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
    TWELVE_WEEKS = "twelve_weeks"

    @property
    def days(self) -> int | None:
        """Days from one due day to the next; None where there is no next."""
        return _DAYS[self]


_DAYS = {
    Cadence.ONCE: None,
    Cadence.WEEKLY: 7,
    Cadence.TWO_WEEKS: 14,
    Cadence.FOUR_WEEKS: 28,
    Cadence.TWELVE_WEEKS: 84,
}


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
) -> list[Window]:
    """The windows number `start` to `start + count - 1`, fewer where the assignment ends before.

    A window opens at 06:00 wall time in `zone` on its due day and closes when the next one opens,
    after 14 days at the latest. No window opens after the day `ends_on`. Raises ValueError for a
    negative `start` or `count`, or days outside the calendar.
    """
    if start < 0 or count < 0:
        raise ValueError("start and count must not be negative")
    return list(islice(_from(cadence, first_on, zone, ends_on, start), count))


def window_at(
    cadence: Cadence, first_on: date, zone: ZoneInfo, ends_on: date | None, now: datetime
) -> Window | None:
    """The window that is open at the aware time `now`, if one is."""
    if now.tzinfo is None:
        raise ValueError("now must be an aware time")
    step = Cadence(cadence).days
    days = (now.astimezone(zone).date() - first_on).days
    # Two around the estimate, since a due day counts only from its opening hour on.
    estimate = days // step if step is not None else 0
    for window in windows(cadence, first_on, zone, ends_on, max(0, estimate - 1), 3):
        if window.opens <= now < window.closes:
            return window
    return None


def _from(
    cadence: Cadence, first_on: date, zone: ZoneInfo, ends_on: date | None, number: int
) -> Iterator[Window]:
    if isinstance(first_on, datetime) or isinstance(ends_on, datetime):
        raise ValueError("first_on and ends_on are days, not times")
    step = Cadence(cadence).days
    while step is not None or number == 0:
        try:
            due = first_on + timedelta(days=number * (step or 0))
            if ends_on is not None and due > ends_on:
                return
            last = due + timedelta(days=min(step or LONGEST_OPEN_DAYS, LONGEST_OPEN_DAYS))
            opens, closes = _opening(due, zone), _opening(last, zone)
        except OverflowError:
            raise ValueError("the days of this assignment leave the calendar") from None
        yield Window(number, opens, closes)
        number += 1


def _opening(day: date, zone: ZoneInfo) -> datetime:
    """06:00 on that day as UTC.

    Where clocks go back over 06:00, the first of the two; where they go forward over it, the
    instant that 06:00 would have been.
    """
    return datetime.combine(day, OPENING, tzinfo=zone).astimezone(UTC)
