"""Search by name. Names are encrypted, so it looks through what the person may see, in memory."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from clinic.models import Client

LONGEST_SEARCH = 100


def fold(text: str) -> str:
    """``text`` without case and accents, for comparing: "Zoë" and "ZOE" fold to the same."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(plain.casefold().split())


def matching(clients: Iterable[Client], text: str) -> list[Client]:
    """Those of ``clients`` whose name holds every word of ``text``, in the order given.

    An empty text finds all. Only the first 100 characters count.
    """
    words = fold(text[:LONGEST_SEARCH]).split()
    return [client for client in clients if all(word in fold(client.name) for word in words)]


def by_name(clients: Iterable[Client]) -> list[Client]:
    """Sorted by name, as people sort: without case and accents."""
    return sorted(clients, key=lambda client: (fold(client.name), client.pk))
