"""The caseload: one row per client, in the order of who needs a look."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from assessments.models import Event, Standing
from clinic.models import CareRelationship, Client, reach

PAGE_SIZE = 50


@dataclass(frozen=True)
class CaseloadFilter:
    """What part of a caseload is asked for. ``clients`` narrows it to these (a search)."""

    signal: int | None = None
    whose: str = "all"  # mine, supervised, all
    closed: bool = False
    clients: frozenset[uuid.UUID] | None = None


@dataclass(frozen=True)
class CaseloadPage:
    """One page of standings in their order, and how many there are by signal."""

    standings: list[Standing]
    counts: dict[int, int]
    previous: str = ""
    next: str = ""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def caseload_clients(user: Any, wanted: CaseloadFilter) -> QuerySet[Client]:
    """The clients a caseload may show, before any search by name."""
    clients = Client.objects.in_clinical_reach_of(user).filter(closed_at__isnull=not wanted.closed)
    own = own_care(user)
    if wanted.whose == "mine":
        clients = clients.filter(own)
    elif wanted.whose == "supervised":
        clients = clients.exclude(own)
    return clients


def own_care(user: Any, path: str = "pk") -> Q:
    """Rows about clients in the user's own open care; nobody's without a membership."""
    membership = reach.membership_of(user)
    open_care = CareRelationship.objects.filter(
        ended_at=None, clinician=membership.pk if membership else None
    )
    return Q(**{f"{path}__in": open_care.values("client")})


def caseload(
    user: Any, wanted: CaseloadFilter, *, after: str = "", before: str = ""
) -> CaseloadPage:
    """One page of the caseload: two queries, whatever its size.

    ``after`` and ``before`` are cursors that an earlier page gave; anything else gives page one.
    """
    rows = Standing.objects.visible_to(user).filter(
        client__in=caseload_clients(user, wanted).values("pk")
    )
    if wanted.clients is not None:
        rows = rows.filter(client__in=wanted.clients)
    counted = rows.order_by().values_list("signal").annotate(count=Count("pk"))
    counts = dict(sorted(counted))
    if wanted.signal is not None:
        rows = rows.filter(signal=wanted.signal)
    rows = rows.select_related("client").defer(
        "client__date_of_birth", "client__email", "client__phone", "client__note"
    )
    return _page(rows, counts, _cursor(after), _cursor(before))


_Cursor = tuple[int, datetime, uuid.UUID]


def _page(
    rows: QuerySet[Standing],
    counts: dict[int, int],
    after: _Cursor | None,
    before: _Cursor | None,
) -> CaseloadPage:
    backwards = before is not None and after is None
    order = ["signal", "signal_since", "id"]
    place = before if backwards else after
    if place is not None:
        rows = rows.filter(_beyond(place, "lt" if backwards else "gt"))
    ordered = rows.order_by(*(f"-{name}" for name in order) if backwards else order)
    found = list(ordered[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    earlier = more if backwards else place is not None
    later = True if backwards else more
    return CaseloadPage(
        found,
        counts,
        previous=_cursor_of(found[0]) if found and earlier else "",
        next=_cursor_of(found[-1]) if found and later else "",
    )


def _beyond(place: _Cursor, way: str) -> Q:
    signal, since, pk = place
    return (
        Q(**{f"signal__{way}": signal})
        | Q(signal=signal, **{f"signal_since__{way}": since})
        | Q(signal=signal, signal_since=since, **{f"id__{way}": pk})
    )


def _cursor_of(standing: Standing) -> str:
    return f"{standing.signal}~{standing.signal_since.isoformat()}~{standing.pk}"


def _cursor(text: str) -> _Cursor | None:
    """The place that a cursor names; None for what no page ever gave."""
    try:
        signal, since, pk = text.split("~")
        at = parse_datetime(since)
        if at is None or at.tzinfo is None or not 0 <= int(signal) < 1000:
            return None
        return int(signal), at, uuid.UUID(pk)
    except ValueError:
        return None


def events_before(
    standings: Iterable[Standing], within: timedelta = timedelta(days=21)
) -> dict[uuid.UUID, Event]:
    """By client, the last event in the weeks before the present signal began: one query.

    Days are those of the page's time zone.
    """
    begun = {standing.client_id: standing for standing in standings}
    found: dict[uuid.UUID, Event] = {}
    rows = Event.objects.filter(client__in=begun, removed_at=None).order_by("on", "created_at")
    for event in rows:
        standing = begun[event.client_id]
        since = timezone.localtime(standing.signal_since).date()
        if since - within <= event.on < since:
            event.client = standing.client
            found[event.client_id] = event
    return found
