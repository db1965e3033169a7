"""A whole file looked through before anything is written: how it will be understood."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from assessments.measurement.definition import Instrument

from .errors import Faults
from .mapping import ColumnMapping
from .rows import Row, read_rows
from .source import Opener
from .table import Table

SAMPLE = 5


@dataclass
class Preview:
    """What a file holds under a mapping: its first rows, counts, and every fault.

    ``complete`` rows answer every item, ``empty`` ones none: those are real rows too, and count
    among what is missing. ``digest`` is the SHA-256 of the file.
    """

    digest: str
    sample: list[Row] = field(default_factory=list)
    rows: int = 0
    complete: int = 0
    empty: int = 0
    earliest: datetime | None = None
    latest: datetime | None = None
    faults: Faults = field(default_factory=Faults)


def preview(
    table: Table, mapping: ColumnMapping, instrument: Instrument, *, zone: tzinfo, now: datetime
) -> Preview:
    """Read the whole file without keeping it; raises UnreadableFile as ``read_rows`` does."""
    found = Preview(digest_of(table.opener))
    for row in read_rows(table, mapping, instrument, zone=zone, now=now, faults=found.faults):
        found.rows += 1
        found.complete += len(row.answers) == len(instrument.items)
        found.empty += not row.answers
        if len(found.sample) < SAMPLE:
            found.sample.append(row)
        if found.earliest is None or row.at < found.earliest:
            found.earliest = row.at
        if found.latest is None or row.at > found.latest:
            found.latest = row.at
    return found


def digest_of(opener: Opener) -> str:
    with opener() as file:
        digest = hashlib.sha256()
        while chunk := file.read(65_536):
            digest.update(chunk)
        return digest.hexdigest()
