"""What a clinician's calendar says of their appointments, kept as rows: the calendar wins.

An event is known again by a keyed hash; its words are never kept. Who a session is with has been
settled before: see ``assessments.actions.calendars``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clinic import audit
from clinic.audit import Actor
from clinic.models import Appointment, Client, Membership

AT_A_TIME = 500
# A file that lacks this many sessions, and more than half of those to come, may be the wrong one.
MANY = 5
A_WEEK = timedelta(weeks=1)
WRITTEN = [
    "starts_at",
    "ends_at",
    "cancelled_at",
    "uid_hash",
    "series_hash",
    "source",
    "clinician",
]


@dataclass(frozen=True)
class Dated:
    """One session of a calendar: what it and its event are known by, who comes, when."""

    key: bytes
    series: bytes
    client: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass
class Changes:
    """What a calendar changes, against what was read before.

    ``adopted`` were there already, entered by hand or under another identifier, and belong to the
    calendar from now on. ``vanished`` are no longer in it; ``replaced`` are another client's now.
    """

    added: list[Dated] = field(default_factory=list)
    moved: list[tuple[Appointment, Dated]] = field(default_factory=list)
    adopted: list[tuple[Appointment, Dated]] = field(default_factory=list)
    vanished: list[Appointment] = field(default_factory=list)
    replaced: list[Appointment] = field(default_factory=list)
    # Events of which nothing is a client's any more.
    forgotten: set[bytes] = field(default_factory=set)
    kept: int = 0
    coming: int = 0

    @property
    def called_off(self) -> list[Appointment]:
        return [*self.vanished, *self.replaced]

    @property
    def lacks_many(self) -> bool:
        """Whether most of what is to come is missing, as from the file of another calendar."""
        gone = len(self.vanished)
        return gone >= MANY and gone * 2 > self.coming

    def clients(self) -> set[UUID]:
        """Those whose appointments change."""
        return {
            *(dated.client for dated in self.added),
            *(row.client_id for row, _dated in self.moved),
            *(row.client_id for row in self.called_off),
        }


def key_of(clinician: Membership, uid: str, original: datetime | None) -> bytes:
    """What one time of an event in a clinician's calendar is known by: keyed, so that nobody can
    try out what an identifier might have been."""
    meant = original.isoformat() if original else ""
    return _keyed(clinician, f"appointment|{clinician.pk}|{meant}|{uid}")


def series_of(clinician: Membership, uid: str) -> bytes:
    """What the event itself is known by."""
    return _keyed(clinician, f"event|{clinician.pk}|{uid}")


def _keyed(clinician: Membership, text: str) -> bytes:
    key = clinician.practice.unwrapped_key()
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).digest()


def clients_by_event(clinician: Membership, since: datetime) -> dict[bytes, UUID]:
    """Whose each event was when it was read before, by what the event is known by."""
    rows = Appointment.objects.filter(
        clinician=clinician, series_hash__isnull=False, starts_at__gt=since
    )
    found = rows.order_by("created_at", "pk").values_list("series_hash", "client")
    return {bytes(series): client for series, client in found if series is not None}


def known(clinician: Membership, keys: Iterable[bytes]) -> dict[bytes, Appointment]:
    """The appointments that were read from these events before."""
    every = list(dict.fromkeys(keys))
    found: dict[bytes, Appointment] = {}
    for start in range(0, len(every), AT_A_TIME):
        rows = Appointment.objects.filter(
            clinician=clinician, uid_hash__in=every[start : start + AT_A_TIME]
        )
        found.update({bytes(row.uid_hash): row for row in rows if row.uid_hash is not None})
    return found


def compare(*, clinician: Membership, sessions: Iterable[Dated], now: datetime) -> Changes:
    """What would change if the calendar held these sessions and no others. Writes nothing."""
    wanted = {dated.key: dated for dated in sessions}
    before = known(clinician, wanted)
    read = Appointment.objects.filter(
        clinician=clinician, uid_hash__isnull=False, starts_at__gt=now, cancelled_at=None
    )
    gone = {row.pk: row for row in read if bytes(row.uid_hash or b"") not in wanted}
    by_hand = Appointment.objects.filter(
        Q(clinician=clinician) | Q(clinician=None),
        client__in={dated.client for dated in wanted.values()},
        uid_hash=None,
        starts_at__gt=now,
        cancelled_at=None,
    )
    there = {(row.client_id, row.starts_at): row for row in [*by_hand, *gone.values()]}
    changes = Changes(coming=read.count())
    for dated in wanted.values():
        row = before.get(dated.key)
        if row is not None and row.client_id == dated.client:
            _compare_one(row, dated, changes, now)
            continue
        if row is not None and row.cancelled_at is None and row.ends_at > now:
            changes.replaced.append(row)
        if dated.ends_at <= now:
            continue
        if (same := there.pop((dated.client, dated.starts_at), None)) is not None:
            gone.pop(same.pk, None)
            changes.adopted.append((same, dated))
        else:
            changes.added.append(dated)
    _pair(changes, list(gone.values()))
    gone_events = {bytes(row.series_hash or b"") for row in changes.vanished}
    changes.forgotten = gone_events - {dated.series for dated in wanted.values()}
    return changes


def _pair(changes: Changes, gone: list[Appointment]) -> None:
    """Of an event all of whose times changed, take each for the next one that it became."""
    new: dict[tuple[bytes, UUID], list[Dated]] = {}
    for dated in sorted(changes.added, key=lambda dated: dated.starts_at):
        new.setdefault((dated.series, dated.client), []).append(dated)
    became: set[bytes] = set()
    for row in sorted(gone, key=lambda row: row.starts_at):
        waiting = new.get((bytes(row.series_hash or b""), row.client_id), [])
        near = next((d for d in waiting if abs(d.starts_at - row.starts_at) < A_WEEK), None)
        if near is None:
            changes.vanished.append(row)
        else:
            waiting.remove(near)
            became.add(near.key)
            changes.moved.append((row, near))
    changes.added = [dated for dated in changes.added if dated.key not in became]


def _compare_one(row: Appointment, dated: Dated, changes: Changes, now: datetime) -> None:
    """What was called off here by hand stays so, unless the calendar gives it another time."""
    over = row.ends_at <= now and dated.ends_at <= now
    if over or (row.starts_at, row.ends_at) == (dated.starts_at, dated.ends_at):
        changes.kept += 1
    else:
        changes.moved.append((row, dated))


@transaction.atomic
def keep_calendar(
    *, clinician: Membership, sessions: Iterable[Dated], call_off: bool, by: Actor, now: datetime
) -> Changes:
    """Let a clinician's appointments be as their calendar says, and say what changed.

    With ``call_off`` those that vanished from what is to come are called off. The membership's row
    is locked, so that two readings of one calendar come one after the other.
    """
    clinician = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("practice")
        .get(pk=clinician.pk)
    )
    changes = compare(clinician=clinician, sessions=sessions, now=now)
    if not call_off:
        changes.vanished, changes.forgotten = [], set()
    clients = _locked(changes)
    _write(changes, clinician, by, now)
    for pk, client in clients.items():
        audit.record(
            "appointment.read_calendar",
            by=by,
            now=now,
            client=client,
            about=clinician,
            details={
                "added": sum(dated.client == pk for dated in changes.added),
                "moved": sum(row.client_id == pk for row, _dated in changes.moved),
                "called_off": sum(row.client_id == pk for row in changes.called_off),
            },
        )
    return changes


def _locked(changes: Changes) -> Mapping[UUID, Client]:
    rows = Client.objects.select_for_update(of=("self",)).filter(pk__in=changes.clients())
    return {client.pk: client for client in rows.order_by("pk")}


def _write(changes: Changes, clinician: Membership, by: Actor, now: datetime) -> None:
    """Each kind in one statement; first what leaves its identifier to another.

    Only what was called off by hand keeps its identifier: that is how it is told apart.
    """
    for row in changes.called_off:
        row.cancelled_at, row.uid_hash, row.series_hash = now, None, None
    Appointment.objects.bulk_update(
        changes.called_off, ["cancelled_at", "uid_hash", "series_hash"], AT_A_TIME
    )
    if changes.forgotten:
        of_events = Appointment.objects.filter(
            clinician=clinician, series_hash__in=changes.forgotten
        )
        of_events.update(series_hash=None)
    paired = [d for row, d in changes.moved if bytes(row.uid_hash or b"") != d.key]
    new = [*changes.added, *paired, *(dated for _row, dated in changes.adopted)]
    for row in known(clinician, (dated.key for dated in new)).values():
        Appointment.objects.filter(pk=row.pk).update(uid_hash=None, series_hash=None)
    dated_rows = [*changes.moved, *changes.adopted]
    for row, dated in dated_rows:
        row.starts_at, row.ends_at, row.cancelled_at = dated.starts_at, dated.ends_at, None
        row.uid_hash, row.series_hash = dated.key, dated.series
        row.source, row.clinician = Appointment.Source.CALENDAR, clinician
    Appointment.objects.bulk_update([row for row, _dated in dated_rows], WRITTEN, AT_A_TIME)
    Appointment.objects.bulk_create(
        (
            Appointment(
                client_id=dated.client,
                clinician=clinician,
                starts_at=dated.starts_at,
                ends_at=dated.ends_at,
                source=Appointment.Source.CALENDAR,
                uid_hash=dated.key,
                series_hash=dated.series,
                created_at=now,
                created_by=by.user,
            )
            for dated in changes.added
        ),
        AT_A_TIME,
    )
