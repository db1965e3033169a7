"""The inbox: what waits for somebody."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from assessments.models import Alert, Response, Standing
from assessments.queries.caseload_page import own_care
from clinic.models import reach
from clinic.roles import Permission


def inbox_count(user: Any) -> int:
    """How much waits: open alerts within reach, and unseen forms of the user's own clients."""
    counted = (
        Standing.objects.filter(reach.clients_with(user, Permission.HANDLE_ALERT, "client__"))
        .filter(Q(open_alerts__gt=0) | Q(unseen_responses__gt=0, client__closed_at=None))
        .aggregate(
            alerts=Sum("open_alerts"),
            unseen=Sum("unseen_responses", filter=own_care(user, "client")),
        )
    )
    return (counted["alerts"] or 0) + (counted["unseen"] or 0)


def open_alerts(user: Any) -> QuerySet[Alert]:
    """What nobody has closed yet, the longest waiting first, unacknowledged ones on top."""
    return (
        Alert.objects.filter(reach.clients_with(user, Permission.HANDLE_ALERT, "client__"))
        .filter(resolved_at=None)
        .select_related("client", "owner__user", "acknowledged_by")
        .order_by(F("acknowledged_at").asc(nulls_first=True), "raised_at", "pk")
    )


def unseen_responses(user: Any) -> QuerySet[Response]:
    """Forms of the user's own open clients that nobody has looked at, the oldest first."""
    return (
        Response.objects.visible_to(user)
        .submitted()
        .filter(own_care(user, "client"), client__closed_at=None, seen_at=None)
        .select_related("client", "version__instrument")
        .defer("answers", "comment", "seconds", "version__text")
        .order_by("submitted_at", "pk")
    )
