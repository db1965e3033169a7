"""A file of answers as it comes, and as it waits between the steps of its import."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from assessments.importing import PAGE_LIMIT, Table, UnreadableFile, open_table
from assessments.views import waiting_files
from assessments.views.waiting_files import LARGEST
from clinic import text
from clinic.models import Membership

PURPOSE = "import"
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
    """Keep a file, in the place of another where its token is given; returns its token."""
    head = {"name": file.name, "version": str(file.version)}
    return waiting_files.keep(member, PURPOSE, head, file.content, token)


def find(member: Membership, token: str) -> KeptFile | None:
    """The file, or None where it is not kept (any more) for this person."""
    found = waiting_files.find(member, PURPOSE, token)
    if found is None:
        return None
    head, content = found
    return KeptFile(head["name"], UUID(head["version"]), content)


def forget(member: Membership, token: str) -> None:
    waiting_files.forget(member, PURPOSE, token)
