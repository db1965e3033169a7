"""From the bytes of a calendar file to its events, each with the number of its first line.

Only events and what is needed of time zones are read. The library's own calendar objects are left
aside: they would take a zone from one practice's file and use it in every other's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from icalendar.parser import Contentline, Parameters, split_on_unescaped_comma, unescape_backslash

from assessments.importing import Faults, UnreadableFile

# What every proxy in front of us lets pass, with the rest of a form.
LARGEST = 1_900_000
MOST_EVENTS = 5_000
DEEPEST = 10

OF_EVENT = frozenset(
    {
        "UID",
        "SEQUENCE",
        "STATUS",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "EXRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "SUMMARY",
        "DESCRIPTION",
        "CATEGORIES",
    }
)
OF_ZONE = frozenset({"TZID", "X-LIC-LOCATION", "DTSTART", "TZOFFSETTO"})


@dataclass(frozen=True)
class Property:
    line: int
    parameters: Parameters
    value: str  # as the file has it, backslashes and all

    @property
    def text(self) -> str:
        return str(unescape_backslash(self.value))

    @property
    def texts(self) -> list[str]:
        return list(split_on_unescaped_comma(self.value))


@dataclass
class Component:
    """One event, zone or part of a zone. ``number`` counts the events of the file from 1."""

    name: str
    line: int
    number: int = 0
    properties: dict[str, list[Property]] = field(default_factory=dict)
    parts: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        return self.properties.get(name, [])

    def one(self, name: str) -> Property | None:
        return next(iter(self.all(name)), None)


@dataclass
class Contents:
    events: list[Component] = field(default_factory=list)
    zones: list[Component] = field(default_factory=list)


def contents(content: bytes, faults: Faults) -> Contents:
    """What a file holds. Raises UnreadableFile for what is no calendar; single lines that cannot
    be read are noted in ``faults``."""
    if len(content) > LARGEST:
        raise UnreadableFile(
            _(
                "This calendar is larger than %(limit)s MB. Export a shorter stretch of time, or "
                "only the calendar with your sessions."
            )
            % {"limit": f"{LARGEST / 1_000_000:.1f}"}
        )
    reader = _Reader(faults)
    for number, line in _unfolded(content):
        reader.read(number, line)
    reader.end()
    return reader.found


def _unfolded(content: bytes) -> Iterator[tuple[int, str]]:
    """Each whole line with its number. Put together as bytes, since some programs fold a long
    line in the middle of a letter."""
    plain = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    begun, whole = 0, [b""]
    for number, line in enumerate(plain.split(b"\n"), start=1):
        if line[:1] in (b" ", b"\t") and begun:
            whole.append(line[1:])
            continue
        if any(whole):
            yield begun, _text(begun, b"".join(whole))
        begun, whole = number, [line]
    if any(whole):
        yield begun, _text(begun, b"".join(whole))


def _text(number: int, line: bytes) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise UnreadableFile(
            _(
                "Line %(line)d is not text in UTF-8. Export the calendar as an iCalendar file "
                "(.ics) and choose it again."
            )
            % {"line": number}
        )
    return text


class _Reader:
    """Goes through the lines and keeps the events and zones."""

    def __init__(self, faults: Faults) -> None:
        self.faults, self.found = faults, Contents()
        self.open: list[Component] = []
        self.begun = False

    def read(self, number: int, line: str) -> None:
        name = line[: _end_of_name(line)].strip().upper()
        if name in ("BEGIN", "END"):
            what = line[len(name) + 1 :].strip().upper()
            self._begin(number, what) if name == "BEGIN" else self._end(number, what)
        elif not self.begun:
            self._refuse_anything_else()
        elif not self.open:
            pass  # between two calendars of one file
        elif self.open[-1].name == "VCALENDAR":
            if name == "VERSION" and line.strip().endswith(":1.0"):
                raise UnreadableFile(
                    _(
                        "This file is in the older format vCalendar. Export the calendar as "
                        "iCalendar (.ics) and choose it again."
                    )
                )
        elif name in _wanted(self.open):
            self._keep(number, name, line)

    def _begin(self, number: int, what: str) -> None:
        if not self.begun and what != "VCALENDAR":
            self._refuse_anything_else()
        self.begun = True
        component = Component(what, number)
        parent = self.open[-1] if self.open else None
        if parent is None or parent.name == "VCALENDAR":
            if what == "VEVENT":
                self.found.events.append(component)
                component.number = len(self.found.events)
                self._require_few_events()
            elif what == "VTIMEZONE":
                self.found.zones.append(component)
        elif parent.name == "VTIMEZONE":
            parent.parts.append(component)
        self.open.append(component)
        if len(self.open) > DEEPEST:
            raise UnreadableFile(
                _("Line %(line)d: this calendar is nested too deeply to be read.")
                % {"line": number}
            )

    def _require_few_events(self) -> None:
        if len(self.found.events) > MOST_EVENTS:
            raise UnreadableFile(
                _(
                    "This calendar holds more than %(limit)d events. Export a shorter stretch of "
                    "time, or only the calendar with your sessions."
                )
                % {"limit": MOST_EVENTS}
            )

    def _end(self, number: int, what: str) -> None:
        if not self.open or self.open[-1].name != what:
            raise UnreadableFile(
                _(
                    "Line %(line)d ends something that has not begun. The file is damaged; please "
                    "export it anew."
                )
                % {"line": number}
            )
        self.open.pop()

    def _keep(self, number: int, name: str, line: str) -> None:
        try:
            _name, parameters, value = Contentline(line).raw_parts()
        except ValueError:
            self.faults.add(number, _("%(name)s cannot be read.") % {"name": name})
            return
        found = self.open[-1].properties.setdefault(name, [])
        found.append(Property(number, parameters, value.strip()))

    def end(self) -> None:
        if not self.begun:
            self._refuse_anything_else()
        if self.open:
            raise UnreadableFile(
                _(
                    "The file ends in the middle of what began in line %(line)d: it was cut off. "
                    "Please export it anew."
                )
                % {"line": self.open[-1].line}
            )

    def _refuse_anything_else(self) -> None:
        raise UnreadableFile(
            _(
                "This is not a calendar file. Export your calendar as iCalendar (.ics) and choose "
                "that file."
            )
        )


def _end_of_name(line: str) -> int:
    return min((place for sign in ":;" if (place := line.find(sign)) >= 0), default=len(line))


def _wanted(open_ones: list[Component]) -> frozenset[str]:
    """The names of properties that are read where we are."""
    here = open_ones[-1].name
    if here == "VEVENT":
        return OF_EVENT
    in_zone = here == "VTIMEZONE" or (len(open_ones) > 1 and open_ones[-2].name == "VTIMEZONE")
    return OF_ZONE if in_zone else frozenset()
