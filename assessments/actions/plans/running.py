"""A plan as it stands, held by the transaction that changes it."""

from __future__ import annotations

from assessments.actions import assign
from assessments.models import Assignment, Plan


def running(plan: Plan) -> list[Assignment]:
    rows = list(
        plan.assignments.filter(ended_at=None)
        .select_related("version")
        .order_by("created_at", "pk")
    )
    for row in rows:
        row.client, row.plan = plan.client, plan
    return rows


def locked(plan: Plan) -> Plan:
    """The plan as it stands, with its client's row and its own locked."""
    client = assign.locked_client(plan.client_id)
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    plan.client = client
    return plan
