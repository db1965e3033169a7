"""What the weekly digest counts."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, Sum

from assessments.models import Signal, Standing

# The signals in groups whose names say nothing that a screen should not show.
FIRST = (Signal.RISK, Signal.RISK_SEEN, Signal.WORSE)
ASKING = (Signal.CLAIMS, Signal.STUCK)
CALM = (Signal.IMPROVED, Signal.EXPECTED, Signal.NEW)


def digest_counts(user: Any) -> dict[str, int]:
    """Clients on the caseload of ``user`` by group of signals, and what waits: one query."""
    counted = Standing.objects.visible_to(user).filter(client__closed_at=None)
    found = counted.aggregate(
        clients=Count("pk"),
        first=Count("pk", filter=Q(signal__in=FIRST)),
        asking=Count("pk", filter=Q(signal__in=ASKING)),
        overdue=Count("pk", filter=Q(signal=Signal.OVERDUE)),
        unreviewed=Count("pk", filter=Q(signal=Signal.UNREVIEWED)),
        calm=Count("pk", filter=Q(signal__in=CALM)),
        alerts=Sum("open_alerts"),
        unseen=Sum("unseen_responses"),
        missed=Sum("missed_in_a_row"),
    )
    return {name: count or 0 for name, count in found.items()}
