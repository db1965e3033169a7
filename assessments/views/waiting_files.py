"""Where an uploaded file waits between the steps of taking it in.

In the cache that all web processes share: encrypted under the practice's key, bound to whoever
sent it and to what it was sent for, and gone after an hour. Nothing of it is ever on a disk in
clear.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

from django.core.cache import cache

from clinic.encryption import Unreadable, seal, unseal
from clinic.models import Membership
from clinic.tokens import hash_token, new_token

KEPT_SECONDS = 60 * 60
# As it is sent, packed or not: what every proxy in front of us lets pass.
LARGEST = 1_900_000


def keep(
    member: Membership, purpose: str, head: dict[str, str], content: bytes, token: str = ""
) -> str:
    """Keep a file, in the place of another where its token is given; returns its token.

    The token finds it again, for this person and this purpose alone.
    """
    token = token or new_token()
    first = json.dumps(head).encode()
    # Answers are mostly commas; the cache may be a table of the database.
    plain = gzip.compress(len(first).to_bytes(4) + first + content, compresslevel=5)
    sealed = seal(member.practice.unwrapped_key(), plain, _place(member, purpose))
    cache.set(name_of(member, purpose, token), bytes(sealed), KEPT_SECONDS)
    return token


def find(member: Membership, purpose: str, token: str) -> tuple[dict[str, str], bytes] | None:
    """What was kept with the file, and the file; None where it is not kept (any more)."""
    sealed: Any = cache.get(name_of(member, purpose, token))
    if not isinstance(sealed, bytes):
        return None
    key = member.practice.unwrapped_key()
    try:
        plain = gzip.decompress(unseal(key, sealed, _place(member, purpose)))
    except Unreadable:
        return None
    length = int.from_bytes(plain[:4])
    return json.loads(plain[4 : 4 + length]), plain[4 + length :]


def forget(member: Membership, purpose: str, token: str) -> None:
    cache.delete(name_of(member, purpose, token))


def name_of(member: Membership, purpose: str, token: str) -> str:
    # Of any token, however long and odd, a short plain key.
    return f"{purpose}|{member.pk}|{hash_token(token).hex()}"


def _place(member: Membership, purpose: str) -> str:
    return f"{purpose} file|{member.pk}"
