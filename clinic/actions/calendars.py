"""What a clinician's calendar says of their appointments, kept as rows: the calendar wins.

An event is known again by a keyed hash; its words are never kept. Who a session is with has been
settled before: see ``assessments.actions.calendars``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clinic import audit
from clinic.audit import Actor
from clinic.models import Appointment, Client, Membership

AT_A_TIME = 500
# A file that lacks this many sessions, and more than half of those to come, may be the wrong one.
MANY = 5


@dataclass(frozen=True)
class Dated:
    """One session of a calendar: what it is known by, who comes, when."""

    key: bytes
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
    """What an event of a clinician's calendar is known by: keyed, so that nobody can try out what
    an identifier might have been."""
    meant = original.isoformat() if original else ""
    text = f"appointment|{clinician.pk}|{meant}|{uid}"
    key = clinician.practice.unwrapped_key()
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).digest()


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
    changes.vanished = list(gone.values())
    return changes


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
        changes.vanished = []
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
        row.cancelled_at, row.uid_hash = now, None
    Appointment.objects.bulk_update(changes.called_off, ["cancelled_at", "uid_hash"], AT_A_TIME)
    new = [*changes.added, *(dated for _row, dated in changes.adopted)]
    for row in known(clinician, (dated.key for dated in new)).values():
        Appointment.objects.filter(pk=row.pk).update(uid_hash=None)
    dated_rows = [*changes.moved, *changes.adopted]
    for row, dated in dated_rows:
        row.starts_at, row.ends_at, row.cancelled_at = dated.starts_at, dated.ends_at, None
        row.uid_hash, row.source = dated.key, Appointment.Source.CALENDAR
        row.clinician = clinician
    fields = ["starts_at", "ends_at", "cancelled_at", "uid_hash", "source", "clinician"]
    Appointment.objects.bulk_update([row for row, _dated in dated_rows], fields, AT_A_TIME)
    Appointment.objects.bulk_create(
        (
            Appointment(
                client_id=dated.client,
                clinician=clinician,
                starts_at=dated.starts_at,
                ends_at=dated.ends_at,
                source=Appointment.Source.CALENDAR,
                uid_hash=dated.key,
                created_at=now,
                created_by=by.user,
            )
            for dated in changes.added
        ),
        AT_A_TIME,
    )
