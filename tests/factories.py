"""Plain functions that make rows for tests. Each returns what it made; nothing is random.

They use the actions, so that what they make is what the product makes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from clinic.actions import people
from clinic.audit import Actor
from clinic.models import CareRelationship, Client, Membership, Practice, Supervision, User
from clinic.roles import Role

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PASSWORD = "lantern mosaic harvest tide"

_numbers = count(1)


def make_practice(name: str = "Harbour", *, time_zone: str = "Europe/London") -> Practice:
    return people.create_practice(name=name, time_zone=time_zone, by=Actor.system(), now=NOW)


def make_user(name: str, *, email: str = "", **fields: Any) -> User:
    email = email or f"{name.split()[0].lower()}@{next(_numbers)}.example.org"
    return User.objects.create_user(email, PASSWORD, name=name, created_at=NOW, **fields)


def make_member(
    practice: Practice,
    name: str = "Ada Holm",
    role: str = Role.CLINICIAN,
    *,
    also_practice_admin: bool = False,
    email: str = "",
) -> Membership:
    return Membership.objects.create(
        user=make_user(name, email=email),
        practice=practice,
        role=role,
        also_practice_admin=also_practice_admin,
        created_at=NOW,
    )


def make_client(
    practice: Practice,
    name: str = "Nora Lind",
    *,
    carer: Membership | None = None,
    date_of_birth: date | None = None,
    email: str | None = None,
    phone: str | None = None,
    note: str | None = None,
) -> Client:
    """A client with an episode, a standing, and somebody's care where ``carer`` is named."""
    # Here, since the tests of clinic alone need no assessments.
    from assessments.actions.clients import add_client

    return add_client(
        practice=practice,
        name=name,
        date_of_birth=date_of_birth,
        email=email,
        phone=phone,
        note=note,
        clinician=carer,
        by=Actor.system(practice=practice),
        now=NOW,
    )


def number(client: Client, value: str) -> Client:
    """Give a client the practice's own number."""
    client.number, client.number_hash = value, client.practice.number_hash(value)
    client.save(update_fields=["number", "number_hash"])
    return client


def make_care(client: Client, clinician: Membership) -> CareRelationship:
    from clinic.actions import care

    return care.start_care(client=client, clinician=clinician, by=Actor.system(), now=NOW)


def make_supervision(supervisor: Membership, clinician: Membership) -> Supervision:
    return people.start_supervision(
        supervisor=supervisor, clinician=clinician, by=Actor.system(), now=NOW
    )


def actor(member: Membership) -> Actor:
    """Who acts, for an action called by a test."""
    return Actor.of_user(member.user)
