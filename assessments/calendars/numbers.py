"""Whose session an event is: by the practice's own client number among its words."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from .reading import Session

Who = TypeVar("Who", bound=Hashable)

# What separates words. A dot, dash, slash or underscore may be part of a number.
APART = re.compile(r"[\s,;:()\[\]{}<>|\"'“”‘’„«»!?#*=+]+")
AROUND = ".-_/–—"
MOST_WORDS = 4  # of a number that is written with spaces


def words(text: str) -> list[str]:
    return [word for part in APART.split(text.casefold()) if (word := part.strip(AROUND))]


class Numbers(Generic[Who]):
    """Finds the numbers of some clients in the texts of sessions."""

    def __init__(self, clients: Mapping[str, Who]) -> None:
        found: dict[tuple[str, ...], set[Who]] = {}
        for number, client in clients.items():
            if key := tuple(words(number)):
                found.setdefault(key, set()).add(client)
        self.clients = {key: next(iter(who)) for key, who in found.items() if len(who) == 1}
        self.longest = min(MOST_WORDS, max(map(len, self.clients), default=0))

    def whose(self, session: Session) -> Who | None:
        """The one client whose number stands in the title; else in the categories, else in the
        description. None where no text names any, and where one names two."""
        for text in session.texts:
            named = self._named(text)
            if named:
                return next(iter(named)) if len(named) == 1 else None
        return None

    def _named(self, text: str) -> set[Who]:
        if not self.clients:
            return set()
        spoken = words(text)
        return {
            self.clients[key]
            for start in range(len(spoken))
            for length in range(1, self.longest + 1)
            if (key := tuple(spoken[start : start + length])) in self.clients
        }
