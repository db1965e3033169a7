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
from assessments.calendars import Calendar, Numbers, Session, read_calendar
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
    next_at: datetime | None
    client: UUID | None


@dataclass
class Reading:
    """What a calendar holds for some clients of one clinician."""

    calendar: Calendar
    clients: dict[UUID, Client]
    sessions: list[Dated] = field(default_factory=list)
    # Of those that a number names; the others are in ``kinds``.
    numbered: int = 0
    kinds: list[Kind] = field(default_factory=list)


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
    *,
    clinician: Membership,
    content: bytes,
    now: datetime,
    reach: Q | None = None,
    choices: Choices | None = None,
) -> Reading:
    """Read a file and say whose each session is. Writes nothing.

    By the client number in the entry; else by what is chosen for entries of this title; else as
    other times of the same entry were read before. Raises what ``read_calendar`` raises.
    """
    calendar = read_calendar(content, zone=clinician.practice.zone, now=now)
    clients = {client.pk: client for client in clients_of(clinician, reach)}
    numbers = Numbers({client.number: pk for pk, client in clients.items() if client.number})
    keys = {
        session: calendars.key_of(clinician, session.uid, session.original)
        for session in calendar.sessions
    }
    remembered = _remembered(clinician, keys, clients)
    reading = Reading(calendar, clients)
    kinds: dict[str, list[Session]] = {}
    for session, key in keys.items():
        client = numbers.whose(session)
        if client is not None:
            reading.numbered += 1
        else:
            kind = key_of_title(session.title)
            kinds.setdefault(kind, []).append(session)
            client = remembered.get(session.uid)
            if choices is not None and kind in choices:
                client = choices[kind]
        if client in clients:
            reading.sessions.append(Dated(key, client, session.starts, session.ends))
    reading.kinds = _kinds(kinds, remembered, now)
    return reading


def key_of_title(title: str) -> str:
    return hashlib.sha256(title.casefold().encode()).hexdigest()[:16]


def _remembered(
    clinician: Membership, keys: Mapping[Session, bytes], clients: Mapping[UUID, Client]
) -> dict[str, UUID]:
    """Whose an entry was when it was read before: by its UID."""
    before = calendars.known(clinician, keys.values())
    return {
        session.uid: row.client_id
        for session, key in keys.items()
        if (row := before.get(key)) is not None and row.client_id in clients
    }


def _kinds(
    kinds: Mapping[str, list[Session]], remembered: Mapping[str, UUID], now: datetime
) -> list[Kind]:
    """The kinds of which something is to come: those known before, then the most frequent."""
    found = []
    for key, sessions in kinds.items():
        coming = [session.starts for session in sessions if session.ends > now]
        client = next((remembered[s.uid] for s in sessions if s.uid in remembered), None)
        if coming:
            found.append(Kind(key, sessions[0].title, len(coming), min(coming), client))
    found.sort(key=lambda kind: (kind.client is None, -kind.sessions, kind.title))
    return found


def changes_of(*, clinician: Membership, reading: Reading, now: datetime) -> Changes:
    """What a reading would change. Writes nothing."""
    return calendars.compare(clinician=clinician, sessions=reading.sessions, now=now)


@transaction.atomic
def take_in(
    *,
    clinician: Membership,
    reading: Reading,
    by: Actor,
    now: datetime,
    call_off: bool | None = None,
) -> Changes:
    """Let the appointments be as the calendar says, and the forms follow them.

    ``call_off`` says whether what vanished from the calendar is called off; without a word it is,
    unless most of what is to come is missing: LacksMany then.
    """
    if call_off is None:
        found = changes_of(clinician=clinician, reading=reading, now=now)
        if found.lacks_many:
            raise LacksMany(
                _(
                    "%(count)d of the %(coming)d sessions to come that were read before are "
                    "missing from this file. Nothing was changed."
                )
                % {"count": len(found.vanished), "coming": found.coming}
            )
    changes = calendars.keep_calendar(
        clinician=clinician,
        sessions=reading.sessions,
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
