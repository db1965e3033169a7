"""Naming whom a client's answers are about. See ``assessments.queries.references`` for series."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import queries
from assessments.actions import standing
from assessments.models import ReferenceRelationship, Response
from clinic import audit
from clinic.actions import Refused
from clinic.audit import Actor
from clinic.models import Client

LABEL_LENGTH = 40
Kind = ReferenceRelationship.Kind


@transaction.atomic
def set_reference(
    *,
    client: Client,
    kind: str,
    label: str | None = None,
    by: Actor,
    now: datetime,
    same: bool = False,
) -> ReferenceRelationship:
    """Name the relationship that a client's answers are about, and return it.

    Another kind or label than the one in force begins a new series from ``now`` on. With ``same``
    it is the relationship that the answers so far were about, only named now or described anew:
    their series goes on. What nobody has answered under yet is corrected in place, and back to
    the one before as if nothing had been. Naming the one in force again writes nothing.
    """
    if by.user is None:
        raise Refused(_("Only a person can say whom the answers are about."))
    if kind not in Kind.values:
        raise Refused(_("Please choose one of the relationships shown."), "kind")
    label = _clean(label)
    # Two presses of one button come one after the other, not side by side.
    client = Client.objects.select_for_update().select_related("practice").get(pk=client.pk)
    if client.closed_at is not None:
        raise Refused(_("This client’s record is closed."))
    rows = queries.references(client)
    current = rows[-1] if rows else None
    if current is not None and (current.kind, current.label) == (kind, label):
        return current
    unused = current is not None and not _answered_since(client, current.started_at)
    before = rows[: len(rows) - unused][-1:]
    row = current if unused and current is not None else ReferenceRelationship(client=client)
    row.started_at = _start(client, before[0] if before else None, (kind, label), same, now)
    row.kind, row.label, row.created_by = kind, label, by.user
    row.save()
    audit.record(
        "reference.set",
        by=by,
        now=now,
        client=client,
        about=row,
        fields=["kind", "label"],
        details={"kind": str(kind), "same": same},
    )
    standing.refresh(client=client, now=now)
    return row


def _clean(label: str | None) -> str | None:
    label = " ".join((label or "").split()) or None
    if label is not None and len(label) > LABEL_LENGTH:
        raise Refused(
            ngettext(
                "This is longer than %(limit)d character. Please shorten it.",
                "This is longer than %(limit)d characters. Please shorten it.",
                LABEL_LENGTH,
            )
            % {"limit": LABEL_LENGTH},
            "label",
        )
    return label


def _answered_since(client: Client, at: datetime) -> bool:
    return Response.objects.filter(client=client, started_at__gte=at).exists()


def _start(
    client: Client,
    before: ReferenceRelationship | None,
    target: tuple[str, str | None],
    same: bool,
    now: datetime,
) -> datetime:
    """When the series begins that the relationship named now belongs to."""
    if before is None:
        counts = Response.objects.filter(client=client, voided_at=None)
        first = counts.aggregate(at=Min("started_at"))["at"]
        return min(first, now) if same and first is not None else now
    goes_on = same or (before.kind, before.label) == target
    # A clock that was set back must not put the newest behind the one before.
    return before.started_at if goes_on else max(now, before.started_at)
