"""A limit on tries at personal links, kept in the cache that all processes share.

Each failed try takes one of a few slots that free themselves after a minute. Taking a slot is one
atomic "add", so tries at the same time cannot share one. Where the cache cannot be reached the
count goes on in this process: nobody is kept from a form, and the limit is never lifted.
"""

from __future__ import annotations

import time
from collections import deque

from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest

TRIES = 10
SECONDS = 60
CACHE_IS_DOWN = (DatabaseError, OSError)
MOST_ADDRESSES = 10_000

_local: dict[str, deque[float]] = {}


def may_try(request: HttpRequest) -> bool:
    """Whether this address has failed less than ten times within the last minute."""
    keys = _keys(request)
    try:
        return len(cache.get_many(keys)) < TRIES
    except CACHE_IS_DOWN:
        return keys[0] not in _local or len(_recent(keys[0])) < TRIES


def count_failure(request: HttpRequest) -> None:
    """Note one failed try of this address."""
    keys = _keys(request)
    try:
        any(cache.add(key, 1, SECONDS) for key in keys)
    except CACHE_IS_DOWN:
        if len(_local) > MOST_ADDRESSES:
            _local.clear()
        _recent(keys[0]).append(time.monotonic())


def _keys(request: HttpRequest) -> list[str]:
    address = request.META.get("REMOTE_ADDR") or "unknown"
    return [f"link-tries:{address}:{slot}" for slot in range(TRIES)]


def _recent(key: str) -> deque[float]:
    tries = _local.setdefault(key, deque(maxlen=TRIES))
    while tries and time.monotonic() - tries[0] > SECONDS:
        tries.popleft()
    return tries
