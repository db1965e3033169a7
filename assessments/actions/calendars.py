"""A clinician's calendar: whose each session in it is, what it changes, and taking it in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from assessments.actions.sessions import follow_appointments
from assessments.calendars import BACK, Calendar, Numbers, Session, read_calendar
from clinic.actions import Refused, calendars
from clinic.actions.calendars import Changes, Dated
from clinic.audit import Actor
from clinic.models import Client, Membership

# Kinds of entries that a page offers to assign; the rest is left out.
MOST_KINDS = 200

Choices = Mapping[str, UUID | None]


@dataclass(frozen=True)
class Kind:
    """Entries of one title that no client number names. ``key`` stands for the title."""

    key: str
    title: str
    sessions: int
    next_at: datetime
    client: UUID | None


@dataclass(frozen=True)
class Entry:
    """One time of an entry, what it and the entry are known by, and whose it is or was."""

    key: bytes
    series: bytes
    session: Session
    client: UUID | None


@dataclass
class Reading:
    """What a calendar holds for some clients of one clinician: ``numbered`` by a client number,
    ``others`` by the key of their title."""

    calendar: Calendar
    clients: dict[UUID, Client]
    numbered: list[Entry] = field(default_factory=list)
    others: dict[str, list[Entry]] = field(default_factory=dict)
    kinds: list[Kind] = field(default_factory=list)

    def sessions(self, choices: Choices | None = None) -> list[Dated]:
        """Every session that is a client's: by its number; else as it is chosen for its title;
        else as before."""
        whose = [(entry, entry.client) for entry in self.numbered]
        for kind, entries in self.others.items():
            whose += [(entry, (choices or {}).get(kind, entry.client)) for entry in entries]
        return [
            Dated(entry.key, entry.series, client, entry.session.starts, entry.session.ends)
            for entry, client in whose
            if client is not None and client in self.clients
        ]


class LacksMany(Refused):
    """Most of the sessions to come are missing from the file; nothing was changed."""


def clients_of(clinician: Membership, reach: Q | None = None) -> QuerySet[Client]:
    """Whose sessions a calendar may hold: the clinician's own clients, of open records.

    ``reach`` are the clients whose appointments the person at work may change.
    """
    own = Client.objects.filter(
        care__clinician=clinician, care__ended_at=None, closed_at=None, anonymous=False
    )
    return (own if reach is None else own.filter(reach)).select_related("practice").distinct()


def read(
    *, clinician: Membership, content: bytes, now: datetime, reach: Q | None = None
) -> Reading:
    """Read a file and say whose each session is. Writes nothing.

    Raises what ``read_calendar`` raises.
    """
    calendar = read_calendar(content, zone=clinician.practice.zone, now=now)
    clients = {client.pk: client for client in clients_of(clinician, reach)}
    numbers = Numbers({client.number: pk for pk, client in clients.items() if client.number})
    before = calendars.clients_by_event(clinician, now - BACK)
    reading = Reading(calendar, clients)
    for session in calendar.sessions:
        client = numbers.whose(session)
        key = calendars.key_of(clinician, session.uid, session.original)
        series = calendars.series_of(clinician, session.uid)
        entry = Entry(key, series, session, client or before.get(series))
        if client is not None:
            reading.numbered.append(entry)
        else:
            reading.others.setdefault(key_of_title(session.title), []).append(entry)
    reading.kinds = _kinds(reading, now)
    return reading


def key_of_title(title: str) -> str:
    return hashlib.sha256(title.casefold().encode()).hexdigest()[:16]


def _kinds(reading: Reading, now: datetime) -> list[Kind]:
    """The kinds of which something is to come: those known before, then the most frequent."""
    found = []
    for kind, entries in reading.others.items():
        coming = [entry.session.starts for entry in entries if entry.session.ends > now]
        clients = (entry.client for entry in entries if entry.client in reading.clients)
        if coming:
            title = entries[0].session.title
            found.append(Kind(kind, title, len(coming), min(coming), next(clients, None)))
    found.sort(key=lambda kind: (kind.client is None, -kind.sessions, kind.title))
    return found


def changes_of(
    *, clinician: Membership, reading: Reading, now: datetime, choices: Choices | None = None
) -> Changes:
    """What a reading would change. Writes nothing."""
    return calendars.compare(clinician=clinician, sessions=reading.sessions(choices), now=now)


@transaction.atomic
def take_in(
    *,
    clinician: Membership,
    reading: Reading,
    by: Actor,
    now: datetime,
    choices: Choices | None = None,
    call_off: bool | None = None,
) -> Changes:
    """Let the appointments be as the calendar says, and the forms follow them.

    ``call_off`` says whether what vanished from the calendar is called off; without a word it is,
    unless most of what is to come is missing: LacksMany then.
    """
    if call_off is None:
        found = changes_of(clinician=clinician, reading=reading, choices=choices, now=now)
        if found.lacks_many:
            raise LacksMany(
                _(
                    "%(count)d of the %(coming)d appointments to come that were read before are "
                    "missing from this file. Nothing was changed."
                )
                % {"count": len(found.vanished), "coming": found.coming}
            )
    changes = calendars.keep_calendar(
        clinician=clinician,
        sessions=reading.sessions(choices),
        call_off=call_off is not False,
        by=by,
        now=now,
    )
    for client in _in_order(changes.clients()):
        follow_appointments(client=client, now=now)
    return changes


def _in_order(clients: Iterable[UUID]) -> QuerySet[Client]:
    """As all who lock several clients do, so that nobody waits for the other."""
    return Client.objects.filter(pk__in=clients).order_by("pk")
