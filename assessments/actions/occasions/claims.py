"""The rows that a sweep holds: some at a time, and none that another sweep holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from assessments.models import Occasion

# How many rows one transaction of a sweep holds.
AT_A_TIME = 100


def chunks(pks: list[UUID]) -> Iterable[list[UUID]]:
    for start in range(0, len(pks), AT_A_TIME):
        yield pks[start : start + AT_A_TIME]


def locked(pks: Sequence[UUID], claim: Q) -> QuerySet[Occasion]:
    """Those of these rows that still meet ``claim``, locked; another sweep's are passed over."""
    rows = Occasion.objects.filter(claim, pk__in=pks, cancelled_at=None)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(of=("self",), skip_locked=True)
    return rows.order_by("client", "opens_at", "pk")


def locked_to_tell(pks: Sequence[UUID], claim: Q) -> list[Occasion]:
    """The same, with all that a message about them takes."""
    return list(locked(pks, claim).select_related("client__practice", "assignment__plan"))
