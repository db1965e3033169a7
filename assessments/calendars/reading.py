"""The sessions in a calendar file: every time at which one of its events takes place.

Two months back, so that an event is recognised whose session is just over, and a year ahead. All
or nothing: what cannot be read is said, with line and event, and then nothing is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar.prop import vDuration

from assessments.importing import Faults, FaultyFile, UnreadableFile
from assessments.importing.errors import shown

from .lines import Component, Property, contents
from .recurrence import Rule, Steps, TooMuch, parse, starts
from .zones import Zones

BACK = timedelta(days=60)
AHEAD = timedelta(days=366)
MOST_SESSIONS = 10_000
# A time without an end, or with one that is its beginning, is taken to last a session.
USUAL_LENGTH = timedelta(minutes=50)
# What lasts longer is a journey or a conference.
LONGEST = timedelta(hours=12)
LONGEST_TEXT = 2_000
YEARS = range(1970, 2201)

DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
INSTANT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})(Z?)", re.ASCII)


@dataclass(frozen=True)
class Session:
    """One time at which an event takes place, in UTC.

    ``original`` is when an event that comes round would have taken place before it was moved by
    itself, which is what tells it from the others of its ``uid``; None for one that does not.
    ``texts`` are those that may hold a client number, the likeliest first.
    """

    uid: str
    original: datetime | None
    starts: datetime
    ends: datetime
    title: str
    texts: tuple[str, ...] = ()


@dataclass
class Calendar:
    """What a file holds within its window. What is left out is counted: no sessions are."""

    sessions: list[Session] = field(default_factory=list)
    events: int = 0
    all_day: int = 0
    long: int = 0


class _Fault(Exception):
    """Something in an event that cannot be read."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line, self.sentence = line, sentence


def read_calendar(content: bytes, *, zone: ZoneInfo, now: datetime) -> Calendar:
    """The sessions of a file. ``zone`` is the practice's: times without one are meant in it.

    Raises UnreadableFile for what is no calendar or more than one reading takes, FaultyFile where
    single events cannot be read.
    """
    faults = Faults()
    found = contents(content, faults)
    reading = _Reading(Zones(found.zones, zone, now.year), now)
    calendar = Calendar(events=len(found.events))
    series = _series(found.events, faults)
    try:
        for one in series:
            try:
                for session in reading.sessions(one, calendar):
                    calendar.sessions.append(session)
                    if len(calendar.sessions) > MOST_SESSIONS:
                        raise TooMuch
            except _Fault as fault:
                faults.add(fault.line, fault.sentence)
    except TooMuch:
        raise UnreadableFile(
            _(
                "The events of this calendar come round more often than one reading takes: "
                "%(limit)d times within a year. Export only the calendar with your sessions."
            )
            % {"limit": MOST_SESSIONS}
        ) from None
    if faults:
        raise FaultyFile(faults)
    calendar.sessions.sort(key=lambda session: (session.starts, session.uid))
    return calendar


# --- Events that belong together ------------------------------------------------------------------


@dataclass
class _Series:
    """The event that a UID stands for, and those of its times that were changed by themselves."""

    uid: str
    event: Component | None = None
    changed: list[Component] = field(default_factory=list)


def _series(events: list[Component], faults: Faults) -> list[_Series]:
    """By UID, in the order of the file. Of two versions of an event the later one counts."""
    found: dict[str, _Series] = {}
    for event in events:
        uid = event.one("UID")
        if uid is None or not uid.text:
            faults.add(event.line, _of(event, _("has no identifier (UID).")))
            continue
        one = found.setdefault(uid.text, _Series(uid.text))
        if event.one("RECURRENCE-ID") is not None:
            one.changed.append(event)
        elif one.event is None or _version(event) >= _version(one.event):
            one.event = event
    return list(found.values())


def _version(event: Component) -> int:
    sequence = event.one("SEQUENCE")
    return int(sequence.value) if sequence and re.fullmatch(r"[0-9]{1,9}", sequence.value) else 0


def _of(event: Component, sentence: str) -> str:
    """A sentence about an event, beginning with which one it is."""
    summary = event.one("SUMMARY")
    place = {"number": event.number, "title": shown(summary.text) if summary else ""}
    which = _("event %(number)d (“%(title)s”)") if place["title"] else _("event %(number)d")
    return f"{which % place} {sentence}"


# --- From an event to its times -------------------------------------------------------------------


class _Reading:
    """What is the same for every event of a file."""

    def __init__(self, zones: Zones, now: datetime) -> None:
        self.zones, self.steps = zones, Steps()
        self.first, self.last = now - BACK, now + AHEAD

    def sessions(self, series: _Series, calendar: Calendar) -> Iterator[Session]:
        changed = {self._original(event): event for event in _in_order(series.changed)}
        if series.event is not None and not _is_off(series.event):
            yield from self._of_event(series, series.event, changed, calendar)
        for original, event in changed.items():
            length = None if _is_off(event) else self._length(event, calendar)
            if length is not None:
                begins = self._instant(event, "DTSTART")
                yield from self._within(series.uid, original, event, begins, length)

    def _of_event(
        self,
        series: _Series,
        event: Component,
        changed: dict[datetime | date, Component],
        calendar: Calendar,
    ) -> Iterator[Session]:
        length = self._length(event, calendar)
        if length is None:
            return
        begins = self._instant(event, "DTSTART")
        if not (event.all("RRULE") or event.all("RDATE")):
            yield from self._within(series.uid, None, event, begins, length)
            return
        left_out = set(self._times(event, "EXDATE")) | set(changed)
        for at in sorted(self._recurring(event, begins)):
            day = at.astimezone(begins.tzinfo).date()
            if at not in left_out and day not in left_out:
                yield from self._within(series.uid, at, event, at, length)

    def _within(
        self,
        uid: str,
        original: datetime | date | None,
        event: Component,
        begins: datetime,
        length: timedelta,
    ) -> Iterator[Session]:
        starts_at = begins.astimezone(UTC)
        if not self.first <= starts_at <= self.last:
            return
        if original is not None and not isinstance(original, datetime):
            original = datetime.combine(original, time(0), tzinfo=UTC)
        title = event.one("SUMMARY")
        description = event.one("DESCRIPTION")
        yield Session(
            uid=uid,
            original=original,
            starts=starts_at,
            ends=starts_at + length,
            title=" ".join(title.text[:LONGEST_TEXT].split()) if title else "",
            texts=(
                title.text[:LONGEST_TEXT] if title else "",
                " ".join(text for given in event.all("CATEGORIES") for text in given.texts),
                description.text[:LONGEST_TEXT] if description else "",
            ),
        )

    def _recurring(self, event: Component, begins: datetime) -> set[datetime]:
        """Every beginning within the window, in UTC."""
        if event.all("EXRULE"):
            raise _Fault(
                event.all("EXRULE")[0].line, _of(event, _("has a rule of exceptions (EXRULE)."))
            )
        zone, wall = begins.tzinfo, begins.replace(tzinfo=None)
        after = self.first.astimezone(zone).date()
        before = self.last.astimezone(zone).date()
        found = {begins.astimezone(UTC)}
        for given in event.all("RRULE"):
            rule = self._rule(event, given, zone)
            walls = starts(rule, wall, after, before, self.steps)
            found |= {one.replace(tzinfo=zone).astimezone(UTC) for one in walls}
        for at in self._times(event, "RDATE"):
            if isinstance(at, datetime):
                found.add(at)
            else:
                found.add(datetime.combine(at, wall.time(), tzinfo=zone).astimezone(UTC))
        self.steps.take(len(found))
        return found

    def _rule(self, event: Component, given: Property, zone: tzinfo | None) -> Rule:
        try:
            rule, until = parse(given.value)
        except (ValueError, TypeError, AttributeError, OverflowError):
            raise _Fault(
                given.line,
                _of(
                    event,
                    _("comes round by a rule that is not read here: %(rule)s")
                    % {"rule": shown(given.value)},
                ),
            ) from None
        if until is None:
            return rule
        if not isinstance(until, datetime):
            last = datetime.combine(until, time.max)
        elif until.tzinfo is None:
            last = until
        else:
            last = until.astimezone(zone).replace(tzinfo=None)
        return replace(rule, until=last)

    def _length(self, event: Component, calendar: Calendar) -> timedelta | None:
        """How long it takes; None for what is no session: whole days, and what lasts a day."""
        begins = self._time(event, _required(event, "DTSTART"))
        if not isinstance(begins, datetime):
            calendar.all_day += 1
            return None
        length = self._stated_length(event, begins)
        if length < timedelta(0):
            raise _Fault(event.line, _of(event, _("ends before it begins.")))
        if length > LONGEST:
            calendar.long += 1
            return None
        return length or USUAL_LENGTH

    def _stated_length(self, event: Component, begins: datetime) -> timedelta:
        if (end := event.one("DTEND")) is not None:
            ends = self._time(event, end)
            if not isinstance(ends, datetime):
                raise _Fault(end.line, _of(event, _("begins at a time and ends on a day.")))
            return ends.astimezone(UTC) - begins.astimezone(UTC)
        if (stated := event.one("DURATION")) is not None:
            try:
                return vDuration.from_ical(stated.value)
            except (ValueError, OverflowError):
                raise _Fault(
                    stated.line, _of(event, _("has a length that cannot be read (DURATION)."))
                ) from None
        return timedelta(0)

    # --- Times ------------------------------------------------------------------------------------

    def _original(self, event: Component) -> datetime | date:
        given = _required(event, "RECURRENCE-ID")
        if given.parameters.get("RANGE"):
            raise _Fault(
                given.line,
                _of(event, _("changes this and all later times (RANGE), which is not read here.")),
            )
        at = self._time(event, given)
        return at.astimezone(UTC) if isinstance(at, datetime) else at

    def _instant(self, event: Component, name: str) -> datetime:
        at = self._time(event, _required(event, name))
        if not isinstance(at, datetime):
            raise _Fault(event.line, _of(event, _("has a day where a time belongs.")))
        return at

    def _times(self, event: Component, name: str) -> Iterator[datetime | date]:
        """All times of a property that lists some; of a stretch of time, its beginning."""
        for given in event.all(name):
            for value in given.value.split(","):
                one = Property(given.line, given.parameters, value.partition("/")[0].strip())
                at = self._time(event, one)
                yield at.astimezone(UTC) if isinstance(at, datetime) else at

    def _time(self, event: Component, given: Property) -> datetime | date:
        """A day, or a time in its zone."""
        try:
            if match := DAY.fullmatch(given.value):
                year, *rest = (int(digits) for digits in match.groups())
                return date(_year(year), *rest)
            if match := INSTANT.fullmatch(given.value):
                year, *rest = (int(digits) for digits in match.groups()[:6])
                zone = UTC if match[7] else self._zone(event, given)
                return datetime(_year(year), *rest, tzinfo=zone)  # type: ignore[arg-type, misc]
        except ValueError:
            pass
        raise _Fault(
            given.line,
            _of(
                event, _("has a time that cannot be read: %(time)s") % {"time": shown(given.value)}
            ),
        )

    def _zone(self, event: Component, given: Property) -> tzinfo:
        name = given.parameters.get("TZID")
        if name is None:
            return self.zones.practice
        zone = self.zones.named(str(name))
        if zone is None:
            raise _Fault(
                given.line,
                _of(
                    event,
                    _("is in a time zone that is not known here: %(zone)s")
                    % {"zone": shown(str(name))},
                ),
            )
        return zone


def _year(year: int) -> int:
    if year not in YEARS:
        raise ValueError("a year out of range")
    return year


def _required(event: Component, name: str) -> Property:
    given = event.one(name)
    if given is None:
        raise _Fault(event.line, _of(event, _("has no %(name)s.") % {"name": name}))
    return given


def _in_order(events: list[Component]) -> list[Component]:
    """So that of two changes of one time the later version counts."""
    return sorted(events, key=_version)


def _is_off(event: Component) -> bool:
    status = event.one("STATUS")
    return status is not None and status.value.upper() == "CANCELLED"
