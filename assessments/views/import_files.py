"""Where an uploaded file of answers waits between the steps of its import.

In the cache that all web processes share: encrypted under the practice's key, bound to whoever
sent it, and gone after an hour. Nothing of it is ever on a disk in clear.
"""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from assessments.importing import PAGE_LIMIT, Table, UnreadableFile, open_table
from clinic import text
from clinic.encryption import Unreadable, seal, unseal
from clinic.models import Membership
from clinic.tokens import hash_token, new_token

KEPT_SECONDS = 60 * 60
# As it is sent, packed or not: what every proxy in front of us lets pass.
LARGEST = 1_900_000
# What is imported within a few seconds. More goes by the command.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class KeptFile:
    """A file that waits: its name, the version it holds answers to, and its bytes."""

    name: str
    version: UUID
    content: bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content)

    def table(self) -> Table:
        """Its table; one that is too long says how it can be imported all the same."""
        return open_table(self.open, limit=PAGE_LIMIT, most_rows=MOST_ROWS)


def received(upload: UploadedFile, version: UUID) -> KeptFile:
    """A file as it was sent. Raises UnreadableFile for one that no page takes."""
    if (upload.size or 0) > LARGEST:
        raise UnreadableFile(
            _(
                "This file is larger than %(limit)s MB. Pack it with gzip, or ask whoever runs the "
                "installation to import it by the command import_responses."
            )
            % {"limit": f"{LARGEST / 1_000_000:.1f}"}
        )
    file = KeptFile(_file_name(upload.name or ""), version, upload.read())
    file.table()
    return file


def _file_name(given: str) -> str:
    try:
        return text.clean_line(given[-200:], max_length=200) or _("a file")
    except ValidationError:
        return _("a file")


def keep(member: Membership, file: KeptFile, token: str = "") -> str:
    """Keep a file, in the place of another where its token is given; returns its token.

    The token finds it again, for this person alone.
    """
    token = token or new_token()
    head = json.dumps({"name": file.name, "version": str(file.version)}).encode()
    # Answers are mostly commas; the cache may be a table of the database.
    plain = gzip.compress(len(head).to_bytes(4) + head + file.content, compresslevel=5)
    key = member.practice.unwrapped_key()
    cache.set(_name(member, token), bytes(seal(key, plain, _place(member))), KEPT_SECONDS)
    return token


def find(member: Membership, token: str) -> KeptFile | None:
    """The file, or None where it is not kept (any more) for this person."""
    sealed: Any = cache.get(_name(member, token))
    if not isinstance(sealed, bytes):
        return None
    try:
        plain = gzip.decompress(unseal(member.practice.unwrapped_key(), sealed, _place(member)))
    except Unreadable:
        return None
    length = int.from_bytes(plain[:4])
    head = json.loads(plain[4 : 4 + length])
    return KeptFile(head["name"], UUID(head["version"]), plain[4 + length :])


def forget(member: Membership, token: str) -> None:
    cache.delete(_name(member, token))


def _name(member: Membership, token: str) -> str:
    # Of any token, however long and odd, a short plain key.
    return f"import|{member.pk}|{hash_token(token).hex()}"


def _place(member: Membership) -> str:
    return f"import file|{member.pk}"
