"""Adding a client: the person, and the row that keeps where they stand."""

from datetime import date, datetime

from django.db import transaction

from assessments.models import Standing
from clinic.actions import care
from clinic.audit import Actor
from clinic.models import Client, Membership, Practice


@transaction.atomic
def add_client(
    *,
    practice: Practice,
    name: str,
    by: Actor,
    now: datetime,
    date_of_birth: date | None = None,
    email: str | None = None,
    phone: str | None = None,
    note: str | None = None,
    number: str | None = None,
    clinician: Membership | None = None,
) -> Client:
    """Add a client to a practice, in the care of ``clinician`` where one is named."""
    client = care.add_client(
        practice=practice,
        name=name,
        by=by,
        now=now,
        date_of_birth=date_of_birth,
        email=email,
        phone=phone,
        note=note,
        number=number,
        clinician=clinician,
    )
    Standing.objects.create(client=client, practice=practice, signal_since=now, updated_at=now)
    return client
