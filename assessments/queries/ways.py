"""How a client hears of a form."""

from __future__ import annotations

from assessments.models import Plan, SendBy
from clinic.encryption import Unreadable
from clinic.models import Client


def address_for(send_by: str, client: Client) -> str | None:
    """Where a client is reached in this way; None where they are not."""
    if send_by == SendBy.MAIL:
        return client.email or None
    return (client.phone or None) if send_by == SendBy.SMS else None


def way_out(plan: Plan | None, client: Client) -> str:
    """How a client hears of a form: by hand where there is no address for what the plan says."""
    try:
        if plan is not None and address_for(plan.send_by, client):
            return plan.send_by
    except Unreadable:
        pass
    return str(SendBy.HAND)
