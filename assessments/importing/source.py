"""From the bytes of a file to its lines of text: packed or not, UTF-8 or a clear sentence."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from .errors import UnreadableFile

Opener = Callable[[], BinaryIO]

# Of the text that a file holds, unpacked: what the command takes, and what the page takes.
COMMAND_LIMIT = 100_000_000
PAGE_LIMIT = 20_000_000
LONGEST_LINE = 200_000  # characters

GZIP = b"\x1f\x8b"
BOM = "\ufeff"
OTHER_FORMATS = {
    b"PK\x03\x04": "xlsx",
    b"\xd0\xcf\x11\xe0": "xls",
    b"%PDF": "pdf",
}


def open_lines(opener: Opener, limit: int) -> Iterator[tuple[int, str]]:
    """Each line of the file with its number from 1 and its line end, read as it is asked for.

    Raises UnreadableFile for a file that is larger than ``limit`` bytes of text, packed in another
    way than gzip, damaged, or not UTF-8, naming the line where there is one.
    """
    with opener() as file:
        start = file.read(4)
        file.seek(0)
        _refuse_other_formats(start)
        plain = gzip.GzipFile(fileobj=file) if start.startswith(GZIP) else file
        counted = io.BufferedReader(_Counted(plain, limit))
        text = io.TextIOWrapper(counted, "utf-8", errors="surrogateescape", newline="")
        try:
            yield from _lines(text)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise UnreadableFile(
                _("The file is packed with gzip, but damaged or cut off. Please pack it anew.")
            ) from None
        finally:
            text.detach()


def _lines(text: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    number = 0
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise UnreadableFile(
                _(
                    "Line %(line)d is longer than %(limit)d characters. This does not look like a "
                    "table of answers."
                )
                % {"line": number, "limit": LONGEST_LINE}
            )
        if not line.isascii():
            _require_utf8(line, number)
        if "\0" in line:
            raise UnreadableFile(
                _(
                    "Line %(line)d holds a character that no text has (NUL). This is not a table "
                    "of answers."
                )
                % {"line": number}
            )
        yield number, line.removeprefix(BOM) if number == 1 else line


def _refuse_other_formats(start: bytes) -> None:
    for magic in OTHER_FORMATS:
        if start.startswith(magic):
            raise UnreadableFile(
                _(
                    "This is a spreadsheet or a packed folder, not a CSV or TSV file. Save it as "
                    "“CSV UTF-8” and try again."
                )
            )
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile(_("The file is in UTF-16. Save it as “CSV UTF-8” and try again."))


def _require_utf8(line: str, number: int) -> None:
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:
        raise UnreadableFile(
            _(
                "Line %(line)d is not in UTF-8, so its letters cannot be told for certain. Save "
                "the file as “CSV UTF-8” and try again."
            )
            % {"line": number}
        ) from None


class _Counted(io.RawIOBase):
    """Passes bytes on until there are more than ``limit``."""

    def __init__(self, inner: BinaryIO | gzip.GzipFile, limit: int) -> None:
        self.inner, self.limit, self.passed = inner, limit, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        # Never the whole file at once: a few kilobytes of gzip unpack to a thousand times as many.
        chunk = self.inner.read(min(len(buffer), 65_536))
        self.passed += len(chunk)
        if self.passed > self.limit:
            raise UnreadableFile(
                _("The file holds more than %(limit)d MB of text, which is the most.")
                % {"limit": self.limit // 1_000_000}
            )
        buffer[: len(chunk)] = chunk
        return len(chunk)
