"""Clients, their contact details, and who cares for them."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic import audit
from clinic.actions import Refused, notices
from clinic.actions.practices import locked
from clinic.audit import Actor
from clinic.models import CareRelationship, Client, Episode, Membership, Practice
from clinic.roles import RULES, Permission, Reach

IDENTITY = ("name", "number", "date_of_birth", "email", "phone", "note")


class ChangedMeanwhile(Refused):
    """Somebody else saved the same details since this form was opened."""


def can_care(membership: Membership) -> bool:
    """Whether this member is one whose role has clients of its own."""
    return membership.ended_at is None and any(
        Reach.OWN in RULES[role].by_reach for role in membership.roles
    )


def carers_of(practice: Practice) -> QuerySet[Membership]:
    """The open members of a practice who may have clients of their own, by name."""
    roles = [role for role, rules in RULES.items() if Reach.OWN in rules.by_reach]
    return (
        Membership.objects.filter(practice=practice, ended_at=None, role__in=roles)
        .select_related("user")
        .order_by("user__name", "pk")
    )


def calendars_kept_by(member: Membership) -> QuerySet[Membership]:
    """Whose calendars this member keeps: everybody's where the role looks after all clients of
    the practice, else their own."""
    of_all = any(
        Permission.EDIT_IDENTITY in RULES[role].by_reach.get(Reach.PRACTICE, ())
        for role in member.roles
    )
    carers = carers_of(member.practice)
    return carers if of_all else carers.filter(pk=member.pk)


def identity_version(client: Client) -> str:
    """The identity fields as they were read, as a short fingerprint of the ciphertext.

    Every save of a field makes new ciphertext, so two different states never share one. Of what
    was read and not of what stands there by now: who was shown the one must not write over the
    other.
    """
    stored = [client.__dict__[field] for field in IDENTITY]
    digest = hashlib.sha256(b"|".join(bytes(value or b"") for value in stored))
    return digest.hexdigest()[:24]


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
    """Add a client with a first episode, in the care of ``clinician`` where one is named.

    Pages use ``assessments.actions.clients.add_client``, which also makes the row that keeps
    where the client stands.
    """
    client = Client(
        practice=practice,
        name=name,
        date_of_birth=date_of_birth,
        email=email or None,
        phone=phone or None,
        note=note or None,
        created_at=now,
    )
    _set_number(client, number)
    _save(client)
    Episode.objects.create(client=client, started_at=now)
    audit.record("client.add", by=by, now=now, client=client, about=client)
    if clinician is not None:
        start_care(client=client, clinician=clinician, by=by, now=now)
    return client


@transaction.atomic
def edit_client(
    *,
    client: Client,
    name: str,
    number: str | None,
    date_of_birth: date | None,
    email: str | None,
    phone: str | None,
    note: str | None,
    by: Actor,
    now: datetime,
    seen_version: str | None = None,
) -> Client:
    """Change a client's identity and contact details; only what differs is written.

    ``seen_version`` is the ``identity_version`` the person was shown: if the details have been
    saved since, nothing is written and ChangedMeanwhile is raised.
    """
    client = _locked(client)
    if seen_version is not None and seen_version != identity_version(client):
        raise ChangedMeanwhile(
            _("Somebody else has changed these details since you opened this page.")
        )
    typed: dict[str, Any] = {
        "name": name,
        "number": number or None,
        "date_of_birth": date_of_birth,
        "email": email or None,
        "phone": phone or None,
        "note": note or None,
    }
    changed = [field for field in IDENTITY if getattr(client, field) != typed[field]]
    if not changed:
        return client
    for field in changed:
        setattr(client, field, typed[field])
    if "number" in changed:
        _set_number(client, number)
        _save(client, [*changed, "number_hash"])
    else:
        client.save(update_fields=changed)
    audit.record("client.edit", by=by, now=now, client=client, about=client, fields=changed)
    return client


@transaction.atomic
def close_client(*, client: Client, by: Actor, now: datetime) -> Client:
    """Close a client's record: the episode ends, nothing more is sent; the record stays readable.

    Whoever cares for the client keeps access, so that the work done can be looked up.
    """
    client = _locked(client)
    if client.closed_at is not None:
        raise Refused(_("This record is closed already."))
    client.closed_at, client.closed_by = now, by.user
    client.save(update_fields=["closed_at", "closed_by"])
    for episode in client.episodes.filter(ended_at=None):
        # A clock set back must not make an episode that ends before it began.
        episode.ended_at = max(now, episode.started_at + timedelta(microseconds=1))
        episode.save(update_fields=["ended_at"])
    notices.cancel_notices_of(client=client, now=now)
    audit.record("client.close", by=by, now=now, client=client, about=client)
    return client


@transaction.atomic
def reopen_client(*, client: Client, by: Actor, now: datetime) -> Client:
    """Reopen a closed record with a new episode, which has a baseline of its own."""
    client = _locked(client)
    if client.closed_at is None:
        raise Refused(_("This record is open already."))
    client.closed_at = client.closed_by = None
    client.save(update_fields=["closed_at", "closed_by"])
    episode = Episode.objects.create(client=client, started_at=now)
    audit.record("client.reopen", by=by, now=now, client=client, about=episode)
    return client


@transaction.atomic
def start_care(
    *, client: Client, clinician: Membership, by: Actor, now: datetime
) -> CareRelationship:
    """Put a client in somebody's care, which gives that person access to the record."""
    locked(client.practice)  # so that nobody leaves, or loses the role, at this moment
    client = _locked(client)
    clinician = Membership.objects.select_related("user").get(pk=clinician.pk)
    if clinician.practice_id != client.practice_id or clinician.ended_at is not None:
        raise Refused(_("This person does not work at the client's practice."), "clinician")
    if not can_care(clinician):
        raise Refused(
            _("%(name)s has a role without clients. Change the role first.")
            % {"name": clinician.user.name},
            "clinician",
        )
    if client.care.filter(clinician=clinician, ended_at=None).exists():
        raise Refused(
            _("%(name)s cares for this client already.") % {"name": clinician.user.name},
            "clinician",
        )
    relationship = CareRelationship.objects.create(
        client=client, clinician=clinician, started_at=now, started_by=by.user
    )
    audit.record(
        "care.start",
        by=by,
        now=now,
        client=client,
        about=relationship,
        details={"clinician": str(clinician.pk)},
    )
    return relationship


@transaction.atomic
def end_care(*, relationship: CareRelationship, by: Actor, now: datetime) -> CareRelationship:
    """End somebody's care for a client, and with it their access, at once.

    The last carer may go too: the client then stays with the practice, and the lists say so.
    """
    _locked(relationship.client)
    relationship = (
        CareRelationship.objects.select_related("client")
        .select_for_update(of=("self",))
        .get(pk=relationship.pk)
    )
    if relationship.ended_at is not None:
        raise Refused(_("This care has ended already."))
    relationship.ended_at = max(now, relationship.started_at)
    relationship.ended_by = by.user
    relationship.save(update_fields=["ended_at", "ended_by"])
    audit.record(
        "care.end",
        by=by,
        now=now,
        client=relationship.client,
        about=relationship,
        details={"clinician": str(relationship.clinician_id)},
    )
    return relationship


def _set_number(client: Client, number: str | None) -> None:
    client.number = number or None
    client.number_hash = client.practice.number_hash(number) if number else None


def _save(client: Client, fields: list[str] | None = None) -> None:
    """Save a client whose number may be another client's already: the database decides."""
    try:
        with transaction.atomic():
            client.save(update_fields=fields)
    except IntegrityError as error:
        if "number_hash" not in str(error):
            raise
        raise Refused(
            _("Another client of the practice has this number already."), "number"
        ) from None


def _locked(client: Client) -> Client:
    """The client as the database has it, locked until the transaction ends."""
    return (
        Client.objects.select_for_update(of=("self",)).select_related("practice").get(pk=client.pk)
    )
