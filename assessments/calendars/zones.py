"""Which time zone a calendar means: by its name, a Windows name, or what the file says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from .lines import Component

OFFSET = re.compile(r"([+-])([0-9]{2})([0-9]{2})([0-9]{2})?", re.ASCII)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


class Zones:
    """The time zones of one file. A time without one is meant in the practice's."""

    def __init__(self, components: Iterable[Component], practice: ZoneInfo, year: int) -> None:
        self.practice, self.year = practice, year
        self.described: dict[str, Component] = {}
        for component in components:
            if named := component.one("TZID"):
                self.described.setdefault(named.text, component)
        self.found: dict[str, tzinfo | None] = {}

    def named(self, name: str) -> tzinfo | None:
        """The zone of that name; None where nothing tells which it is."""
        if name not in self.found:
            self.found[name] = _by_name(name) or self._by_description(name)
        return self.found[name]

    def _by_description(self, name: str) -> tzinfo | None:
        """A zone under a name of the program's own: where it lies, or how far from UTC.

        Rules of change in it are not followed: the practice's own zone is one that keeps the same
        two times, and a zone without summer time is its distance from UTC.
        """
        component = self.described.get(name)
        if component is None:
            return None
        place = component.one("X-LIC-LOCATION")
        if place is not None and (zone := _by_name(place.text)):
            return zone
        offsets = {
            kind: offset
            for kind in ("STANDARD", "DAYLIGHT")
            if (offset := _newest_offset(component, kind)) is not None
        }
        if set(offsets.values()) == self._offsets_of_practice():
            return self.practice
        if len(set(offsets.values())) == 1:
            return timezone(next(iter(offsets.values())))
        return None

    def _offsets_of_practice(self) -> set[timedelta | None]:
        days = (datetime(self.year, month, 15, tzinfo=self.practice) for month in (1, 7))
        return {day.utcoffset() for day in days}


def _by_name(name: str) -> tzinfo | None:
    """By the name of the zone database, also behind a maker's prefix ("/example.org/Europe/Rome"),
    or by the name that Windows has for it."""
    plain = name.strip().strip("/")
    if plain.upper() in ("UTC", "Z", "ETC/UTC"):
        return UTC
    if plain in _known():
        return ZoneInfo(plain)
    if plain in WINDOWS_TO_OLSON:
        return ZoneInfo(WINDOWS_TO_OLSON[plain])
    parts = plain.split("/")
    if name.startswith("/") and len(parts) < 10:
        for start in range(1, len(parts)):
            if (rest := "/".join(parts[start:])) in _known():
                return ZoneInfo(rest)
    return None


def _newest_offset(component: Component, kind: str) -> timedelta | None:
    """Distance from UTC of the latest part of this kind."""
    parts = [part for part in component.parts if part.name == kind]
    parts.sort(key=lambda part: begins.value if (begins := part.one("DTSTART")) else "")
    given = parts[-1].one("TZOFFSETTO") if parts else None
    match = OFFSET.fullmatch(given.value) if given else None
    if match is None:
        return None
    sign, hours, minutes, seconds = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    if offset >= timedelta(hours=24):
        return None
    return -offset if sign == "-" else offset
