"""Changing the key-encryption key: each data key is wrapped anew, what it encrypted stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit, encryption
from clinic.audit import Actor
from clinic.models import Client, Practice

HOLDERS: tuple[type[Client] | type[Practice], ...] = (Practice, Client)
BATCH = 500


def is_finished() -> bool:
    """Whether every data key is wrapped by the current key."""
    return all(next(_outdated(holder), None) is None for holder in HOLDERS)


def rewrap_all(*, by: Actor, now: datetime) -> int:
    """Wrap every data key by the current key; returns how many were not yet.

    Each batch is a transaction of its own, and each row is only written if it still holds what
    was read, so it can run beside the pages and be stopped at any point.
    """
    wrapped = 0
    for holder in HOLDERS:
        batch: list[tuple[UUID, bytes]] = []
        for row in _outdated(holder):
            batch.append(row)
            if len(batch) == BATCH:
                wrapped += _rewrap(holder, batch)
                batch = []
        wrapped += _rewrap(holder, batch)
    audit.record("keys.rotate", by=by, now=now, details={"data_keys": wrapped})
    return wrapped


def _outdated(holder: type[Client] | type[Practice]) -> Iterator[tuple[UUID, bytes]]:
    """Identifier and wrapped key of every row that another key than the current one wraps."""
    current = encryption.current_key_id().encode() + b":"
    last: UUID | None = None
    while True:
        rows = holder.objects.exclude(data_key=None).order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        page = list(rows.values_list("pk", "data_key")[:BATCH])
        for pk, data_key in page:
            if not bytes(data_key).startswith(current):
                yield pk, bytes(data_key)
        if len(page) < BATCH:
            return
        last = page[-1][0]


@transaction.atomic
def _rewrap(holder: type[Client] | type[Practice], batch: list[tuple[UUID, bytes]]) -> int:
    changed = 0
    for pk, old in batch:
        owner = holder.owner_of(pk)
        new = encryption.wrap(encryption.unwrap(old, owner), owner)
        changed += holder.objects.filter(pk=pk, data_key=old).update(data_key=new)
    return changed
