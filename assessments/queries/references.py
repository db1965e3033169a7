"""Whom a client's answers are about, and where one series of answers ends and the next begins.

A series begins at the ``started_at`` of a reference relationship. Rows that share it name one
series, the newest row as it is called now: that is how a relationship is described anew without a
cut. An answer belongs to the last series that had begun when it was begun itself; answers from
before the first belong to none, which is a series of its own. Locked answers need no change for
any of this.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import OuterRef, Subquery

from assessments.measurement.definition import Instrument
from assessments.models import ReferenceRelationship, Score
from clinic.models import Client

# The scales that ask about a relationship; independence asks about oneself.
RELATIONAL = frozenset({"DEP", "CDP", "INT"})


def asks_about_a_relationship(instrument: Instrument) -> bool:
    return not RELATIONAL.isdisjoint(instrument.scales_by_code)


def relational_items(instrument: Instrument) -> frozenset[str]:
    """The codes of the questions that are about a relationship."""
    scales = [scale for scale in instrument.scales if scale.code in RELATIONAL]
    return frozenset(keyed.code for scale in scales for keyed in scale.keyed_items)


def references(client: Client) -> list[ReferenceRelationship]:
    """Every reference relationship of a client, the one in force last: one query."""
    found = list(ReferenceRelationship.objects.filter(client=client).order_by("started_at", "pk"))
    for row in found:
        row.client = client  # whose data key is unwrapped once
    return found


def in_force(client: Client) -> ReferenceRelationship | None:
    """The relationship that answers begun now are about."""
    row = ReferenceRelationship.objects.filter(client=client).newest_first().first()
    if row is not None:
        row.client = client
    return row


def in_force_at(client: Client, at: datetime) -> ReferenceRelationship | None:
    """The relationship of the series to which answers begun at that time belong."""
    rows = ReferenceRelationship.objects.filter(client=client, started_at__lte=at)
    return rows.newest_first().first()


def series_of(begun_at: str) -> Subquery:
    """When the series of an answer began, to annotate rows with ``client``; None before any.

    ``begun_at`` is the field that says when answering began.
    """
    rows = ReferenceRelationship.objects.filter(
        client=OuterRef("client"), started_at__lte=OuterRef(begun_at)
    )
    return Subquery(rows.newest_first().values("started_at")[:1])


def has_relational_answers(client: Client) -> bool:
    """Whether a form that asks about a relationship was sent."""
    return Score.objects.filter(client=client, scale__in=RELATIONAL).exists()


def find_reference(pk: uuid.UUID, client: Client) -> ReferenceRelationship | None:
    """One relationship of this client."""
    row = ReferenceRelationship.objects.filter(pk=pk, client=client).first()
    if row is not None:
        row.client = client
    return row
