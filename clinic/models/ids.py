"""Identifiers: random enough to guess nothing, ordered by time so that indexes stay compact."""

import secrets
import time
import uuid

from django.db import models


def new_id() -> uuid.UUID:
    """A version 7 UUID (RFC 9562): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return uuid.UUID(int=value)


class Row(models.Model):
    """A row whose identifier exists before it is saved.

    Encrypted fields are bound to the identifier of their row, so it has to be known first.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True
