"""Scales and ticks: numbers and true time to positions, with labels that never touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor, log10
from typing import Literal

from assessments.charts import text

DateStyle = Literal["day", "full", "month", "year"]
FormatDate = Callable[[date, DateStyle], str]
"""Prints a date as "26 May", "26 May 2026", "May" or "2026"."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SECONDS = 86_400
GAP = 16.0
_DAYS_UNTIL = 100
"""Longest span, in days, that is ticked by days or weeks; beyond it months read better."""


def english_date(at: date, style: DateStyle) -> str:
    """The default way to print a date."""
    month = _MONTHS[at.month - 1]
    if style == "day":
        return f"{at.day} {month}"
    if style == "full":
        return f"{at.day} {month} {at.year}"
    return month if style == "month" else str(at.year)


def day_number(at: date) -> float:
    """Days since year 1, with the time of day as a fraction.

    A datetime counts by its own wall clock: pass it in the practice's zone.
    """
    whole = float(at.toordinal())
    if isinstance(at, datetime):
        return whole + (at.hour * 3600 + at.minute * 60 + at.second) / _SECONDS
    return whole


@dataclass(frozen=True, slots=True)
class Linear:
    """Maps [low, high] of the data to [start, end] on paper; either may run backwards."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        if not span:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) * (self.end - self.start) / span

    @property
    def unit(self) -> float:
        """Length on paper of one unit of data, always positive."""
        span = self.high - self.low
        return abs((self.end - self.start) / span) if span else 0.0


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most `most` round numbers (1, 2, 2.5, 5 times a power of ten apart) in [low, high]."""
    if high <= low or most < 2:
        return [low]
    power = 10.0 ** floor(log10((high - low) / most))
    for factor in (1, 2, 2.5, 5, 10, 20, 25, 50):
        step = factor * power
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [round(step * n, 10) for n in range(first, last + 1)]
    return [low, high]


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """True time on paper. A span under a day is widened, so that one answer has a place."""

    first: float
    last: float
    start: float
    end: float

    @classmethod
    def between(cls, first: date, last: date, start: float, end: float) -> TimeAxis:
        low, high = sorted((day_number(first), day_number(last)))
        if high - low < 1:
            low, high = low - 3, high + 3
        return cls(low, high, start, end)

    def __call__(self, at: date) -> float:
        return self.at(day_number(at))

    def at(self, day: float) -> float:
        return self.start + (day - self.first) * (self.end - self.start) / (self.last - self.first)

    def contains(self, at: date) -> bool:
        return self.first <= day_number(at) <= self.last

    def ticks(self, format_date: FormatDate, size: float, room: float = 0.0) -> list[Tick]:
        """The finest calendar ticks whose labels stay `GAP` apart.

        Labels may reach `room` beyond either end of the axis. Months print January as its year.
        """
        coarsest: list[Tick] = []
        most = (self.end - self.start) / (2 * size)
        for days, stepper in _STEPS:
            span = self.last - self.first
            if span / days > most or (days < 30 and span > _DAYS_UNTIL):
                continue
            found = [
                Tick(self.at(float(day.toordinal())), format_date(day, style))
                for day, style in stepper(self.first, self.last)
            ]
            fitting = [tick for tick in found if self._fits(tick, size, room)]
            if len(fitting) >= 2 and _apart(fitting, size):
                return fitting
            coarsest = coarsest or fitting[:1]
        return coarsest

    def _fits(self, tick: Tick, size: float, room: float) -> bool:
        half = text.width(tick.label, size) / 2
        return self.start - room <= tick.x - half and tick.x + half <= self.end + room


def _apart(ticks: list[Tick], size: float) -> bool:
    edge = float("-inf")
    for tick in ticks:
        half = text.width(tick.label, size) / 2
        if tick.x - half < edge + GAP:
            return False
        edge = tick.x + half
    return True


_Steps = Iterator[tuple[date, DateStyle]]


def _days(step: int) -> Callable[[float, float], _Steps]:
    def walk(first: float, last: float) -> _Steps:
        # Weeks start on Mondays: ordinal 1 was one.
        start = ceil(first)
        start += (1 - start) % step if step >= 7 else 0
        for ordinal in range(start, floor(last) + 1, step):
            yield date.fromordinal(ordinal), "day"

    return walk


def _months(step: int) -> Callable[[float, float], _Steps]:
    def walk(first: float, last: float) -> _Steps:
        begin = date.fromordinal(max(1, ceil(first)))
        if begin.day > 1:
            begin = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        count = begin.year * 12 + begin.month - 1
        count += -count % step
        while count // 12 < 10_000:
            day = date(count // 12, count % 12 + 1, 1)
            if day.toordinal() > last:
                return
            yield day, "year" if day.month == 1 else "month"
            count += step

    return walk


_STEPS: tuple[tuple[int, Callable[[float, float], _Steps]], ...] = (
    *((days, _days(days)) for days in (1, 2, 7, 14)),
    *((30 * months, _months(months)) for months in (1, 2, 3, 6, 12, 24, 60, 120)),
)
