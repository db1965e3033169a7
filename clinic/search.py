"""Search by name or number. Names are encrypted, so it looks through what the person may see."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from clinic.models import Client, Practice

LONGEST_SEARCH = 100


def fold(text: str) -> str:
    """``text`` without case and accents, for comparing: "Zoë" and "ZOE" fold to the same."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(plain.casefold().split())


def matching(clients: Iterable[Client], text: str, practice: Practice) -> list[Client]:
    """Those of the practice's ``clients`` who are meant by ``text``, in the order given.

    Either their name holds every word of it, or it is their client number, whole, however spaced
    and cased. An empty text finds all. Only the first 100 characters count.
    """
    text = text[:LONGEST_SEARCH]
    # By its hash: no number has to be decrypted to be compared.
    number_hash, is_named = practice.number_hash(text), _named(text)
    return [client for client in clients if client.number_hash == number_hash or is_named(client)]


def named(clients: Iterable[Client], text: str) -> list[Client]:
    """Those of ``clients`` whose name holds every word of ``text``, in the order given."""
    return list(filter(_named(text), clients))


def _named(text: str) -> Callable[[Client], bool]:
    words = fold(text[:LONGEST_SEARCH]).split()
    return lambda client: all(word in fold(client.name) for word in words)


def by_name(clients: Iterable[Client]) -> list[Client]:
    """Sorted by name, as people sort: without case and accents."""
    return sorted(clients, key=lambda client: (fold(client.name), client.pk))
