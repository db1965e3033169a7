"""The days on which an event comes round, within a window and with a bound on the work.

A library would go on looking for ever longer: a rule of one line that never comes true ("each
30 February") takes it seconds, and a file may hold thousands. Here every step moves through the
calendar towards the end of the window, and all steps of a file are counted.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from icalendar.prop import vRecur

# Days looked at, over all rules of a file: some thousand weekly series that began years ago.
MOST_STEPS = 600_000
READ = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
)
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class TooMuch(Exception):
    """The rules of a file reach further than one reading looks."""


class Steps:
    """Counts what the rules of one file have cost."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self.left = most

    def take(self, number: int) -> None:
        self.left -= number
        if self.left < 0:
            raise TooMuch


@dataclass(frozen=True)
class Rule:
    """An RRULE. ``until`` is on the wall clock of the event, as its start is."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    by_day: tuple[tuple[int, int], ...] = ()  # (which one, 0 for each; Monday is 0)
    by_month_day: frozenset[int] = frozenset()
    by_month: frozenset[int] = frozenset()
    by_set_pos: tuple[int, ...] = ()
    week_starts: int = 0


def parse(text: str) -> tuple[Rule, Any]:
    """The rule, and its UNTIL as the file has it (a day, or a time with or without a zone).

    Raises ValueError for what is no rule, and for rules that no session follows.
    """
    given: dict[str, list[Any]] = {
        str(key).upper(): value for key, value in vRecur.from_ical(text).items()
    }
    if not given.keys() <= READ:
        raise ValueError("a part that is not read")
    frequency = _one(given, "FREQ")
    if frequency not in FREQUENCIES:
        raise ValueError("a frequency that is not read")
    interval, count = _one(given, "INTERVAL", 1), _one(given, "COUNT")
    if interval < 1 or (count is not None and count < 1):
        raise ValueError("a number below one")
    rule = Rule(
        frequency=str(frequency),
        interval=interval,
        count=count,
        by_day=tuple((day.relative or 0, _weekday(day.weekday)) for day in given.get("BYDAY", [])),
        by_month_day=frozenset(_within(given, "BYMONTHDAY", 31)),
        by_month=frozenset(_months(given)),
        by_set_pos=tuple(_within(given, "BYSETPOS", 366)),
        week_starts=_weekday(_one(given, "WKST", "MO")),
    )
    if frequency in ("DAILY", "WEEKLY") and any(which for which, _day in rule.by_day):
        raise ValueError("a numbered weekday outside a month")
    return rule, _one(given, "UNTIL")


def _one(given: dict[str, list[Any]], name: str, default: Any = None) -> Any:
    values = given.get(name, [default])
    if len(values) != 1:
        raise ValueError("a list where one value belongs")
    return values[0]


def _weekday(code: Any) -> int:
    return WEEKDAYS.index(str(code).upper())


def _within(given: dict[str, list[Any]], name: str, most: int) -> list[int]:
    values = [int(value) for value in given.get(name, [])]
    if any(value == 0 or abs(value) > most for value in values):
        raise ValueError("a number outside its range")
    return values


def _months(given: dict[str, list[Any]]) -> list[int]:
    months = given.get("BYMONTH", [])
    if any(month.leap or not 1 <= int(month) <= 12 for month in months):
        raise ValueError("no such month")
    return [int(month) for month in months]


def starts(
    rule: Rule, first: datetime, after: date, before: date, steps: Steps
) -> Iterator[datetime]:
    """When the event begins, on its own wall clock, on the days from ``after`` to ``before``.

    ``first`` is its first beginning, without a zone, and counts as the first whether the rule
    names it or not. Raises TooMuch.
    """
    if after <= first.date() <= before:
        yield first
    given = 1
    index = 0 if rule.count is not None else _index_before(rule, first, after)
    while (days := _days(rule, first, index, before, steps)) is not None:
        index += 1
        for day in days:
            wall = datetime.combine(day, first.time())
            if wall <= first:
                continue
            if rule.until is not None and wall > rule.until:
                return
            given += 1
            if rule.count is not None and given > rule.count:
                return
            if after <= day <= before:
                yield wall


def _index_before(rule: Rule, first: datetime, after: date) -> int:
    """The number of a period that ends before ``after``, so that what is long past is left out."""
    passed = (after - first.date()).days
    longest = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}[rule.frequency]
    return max(0, passed // (longest * rule.interval) - 1)


def _days(rule: Rule, first: datetime, index: int, before: date, steps: Steps) -> list[date] | None:
    """The days of one period (a day, week, month or year), rising; None once past the window."""
    found = _period(rule, first.date(), index, before)
    if found is None:
        return None
    start, length = found
    steps.take(length)
    days = [
        day
        for day in (start + timedelta(days=number) for number in range(length))
        if _named(rule, first.date(), day)
    ]
    if rule.by_set_pos:
        places = {place - 1 if place > 0 else len(days) + place for place in rule.by_set_pos}
        days = [day for number, day in enumerate(days) if number in places]
    return days


def _period(rule: Rule, first: date, index: int, before: date) -> tuple[date, int] | None:
    """The first day of a period, and how many it has."""
    step = index * rule.interval
    if rule.frequency in ("DAILY", "WEEKLY"):
        length = 1 if rule.frequency == "DAILY" else 7
        back = 0 if length == 1 else (first.weekday() - rule.week_starts) % 7
        ordinal = first.toordinal() - back + step * length
        return None if ordinal > before.toordinal() else (date.fromordinal(ordinal), length)
    if rule.frequency == "MONTHLY":
        months = first.year * 12 + first.month - 1 + step
        if months > before.year * 12 + before.month - 1:
            return None
        start = date(months // 12, months % 12 + 1, 1)
        return start, calendar.monthrange(start.year, start.month)[1]
    year = first.year + step
    if year > before.year:
        return None
    return date(year, 1, 1), 366 if calendar.isleap(year) else 365


def _named(rule: Rule, first: date, day: date) -> bool:
    """Whether the rule names this day of a period."""
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_month_day:
        last = calendar.monthrange(day.year, day.month)[1]
        if day.day not in rule.by_month_day and day.day - last - 1 not in rule.by_month_day:
            return False
    if rule.by_day:
        return any(_is_weekday(rule, day, *named) for named in rule.by_day)
    if rule.by_month_day:
        return True
    if rule.frequency == "WEEKLY":
        return day.weekday() == first.weekday()
    if rule.frequency == "MONTHLY":
        return day.day == first.day
    if rule.frequency == "YEARLY":
        return day.day == first.day and (bool(rule.by_month) or day.month == first.month)
    return True


def _is_weekday(rule: Rule, day: date, which: int, weekday: int) -> bool:
    """Whether it is that weekday, and where it is numbered, that one of its month or year."""
    if day.weekday() != weekday:
        return False
    if which == 0:
        return True
    if rule.frequency == "YEARLY" and not rule.by_month:
        place, length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
    else:
        place, length = day.day, calendar.monthrange(day.year, day.month)[1]
    return which == ((place - 1) // 7 + 1 if which > 0 else -((length - place) // 7 + 1))
