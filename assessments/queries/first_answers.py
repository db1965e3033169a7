"""The answers that the figures of a questionnaire are estimated from, one person at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, cast
from uuid import UUID

from assessments.models import InstrumentVersion, Response
from assessments.queries.instruments import line_back
from clinic.encryption import EncryptedField, Sealed, Unreadable, unwrap
from clinic.models import Client, Practice

# Clients in one statement: short enough for any limit on its time, few enough to hold.
AT_A_TIME = 500

Sheet = Mapping[str, int | None]
ANSWERS = cast("EncryptedField", Response._meta.get_field("answers"))


def lineage(practice: Practice | UUID, version: InstrumentVersion) -> list[InstrumentVersion]:
    """A version with all that ask the very same questions in a practice, the shipped one first.

    What was adopted differs in its evidence alone, so answers to it are answers to the version it
    stands for. Another shipped version is another questionnaire, whatever it asks.
    """
    seen = InstrumentVersion.objects.of_practice(practice).select_related("instrument")
    versions = {row.pk: row for row in seen.filter(instrument=version.instrument_id)}
    adopted_from = {pk: row.adopted_from_id for pk, row in versions.items()}
    origins = {pk: line_back(pk, adopted_from)[-1] for pk in versions}
    own = origins.get(version.pk)
    found = [row for pk, row in versions.items() if origins[pk] == own]
    return sorted(found, key=lambda row: (row.pk != own, row.published_at, row.version))


@dataclass
class Tally:
    """What was read, filled in while it is read."""

    responses: int = 0
    erased: int = 0  # answers whose key was destroyed
    unreadable: int = 0
    corrected: int = 0  # taken out by a correction, and not among the others
    anonymous: int = 0  # people without a name, whose answers came from a file
    marked: int = 0  # people with a mark on the first answers that were taken
    first_at: datetime | None = None
    last_at: datetime | None = None
    newest_at: datetime | None = None


def people(
    practice: Practice, versions: Sequence[InstrumentVersion], tally: Tally
) -> Iterator[Iterator[Sheet]]:
    """Every person with submitted answers to these versions, closed records and anonymous rows
    too: their answers from the earliest on, each decrypted when it is asked for.

    Holds the ciphertext of a few hundred people at a time.
    """
    taken_out = Response.objects.filter(client__practice=practice, version__in=versions)
    tally.corrected = taken_out.filter(voided_at__isnull=False).count()
    # All identifiers at once: paging through them would sort what is left again for each page.
    clients = sorted(Client.objects.filter(practice=practice).values_list("pk", flat=True))
    for start in range(0, len(clients), AT_A_TIME):
        some = clients[start : start + AT_A_TIME]
        rows = Client.objects.filter(pk__in=some).values_list("pk", "data_key", "anonymous")
        yield from _people({pk: (key, anonymous) for pk, key, anonymous in rows}, versions, tally)


def _people(
    clients: Mapping[UUID, tuple[Any, bool]], versions: Sequence[InstrumentVersion], tally: Tally
) -> Iterator[Iterator[Sheet]]:
    rows = (
        Response.objects.submitted()
        .filter(client__in=list(clients), version__in=[version.pk for version in versions])
        .order_by("client_id", "submitted_at", "pk")
        .values_list("client_id", "pk", "submitted_at", "marks", "answers")
    )
    for client, given in groupby(rows.iterator(chunk_size=AT_A_TIME), key=lambda row: row[0]):
        (wrapped, anonymous), own = clients[client], list(given)
        tally.responses += len(own)
        tally.newest_at = _later(tally.newest_at, own[-1][2])
        if wrapped is None:
            tally.erased += len(own)
            continue
        yield _sheets(client, wrapped, anonymous, own, tally)


def _sheets(
    client: UUID, wrapped: Any, anonymous: bool, rows: list[Any], tally: Tally
) -> Iterator[Sheet]:
    try:
        key = unwrap(wrapped, Client.owner_of(client))
    except Unreadable:
        tally.unreadable += len(rows)
        return
    is_first = True
    for _client, pk, at, marks, sealed in rows:
        try:
            sheet = ANSWERS.open_row(pk, cast("Sealed", sealed), key)
        except Unreadable:
            tally.unreadable += 1
            continue
        if is_first:
            tally.marked += bool(marks)
            tally.anonymous += anonymous
            is_first = False
        tally.first_at = min(tally.first_at or at, at)
        tally.last_at = _later(tally.last_at, at)
        yield sheet


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)
