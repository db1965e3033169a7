"""The people of a practice: roles, supervision, leaving. Also the names of the ways in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from clinic import audit
from clinic.actions import Refused, care, notices
from clinic.actions.invitations import (
    accept_invitation,
    find_invitation,
    invite,
    invite_first_admin,
    open_invitations,
    revoke_invitation,
)
from clinic.actions.practices import change_practice, create_practice, locked, open_admins
from clinic.audit import Actor
from clinic.models import CareRelationship, Client, Membership, Supervision, User
from clinic.roles import Role

__all__ = [
    "accept_invitation",
    "change_own_name",
    "change_practice",
    "change_role",
    "create_practice",
    "end_membership",
    "end_supervision",
    "find_invitation",
    "invite",
    "invite_first_admin",
    "open_invitations",
    "revoke_invitation",
    "start_supervision",
]


@transaction.atomic
def change_role(
    *, membership: Membership, role: str, also_practice_admin: bool, by: Actor, now: datetime
) -> Membership:
    """Give a member another role. It counts from their next request on.

    Never one's own role, and never the last one who runs the practice. A role without clients
    can be given only to somebody who cares for none.
    """
    membership = _open_member(membership, by)
    also_practice_admin = also_practice_admin and role != Role.PRACTICE_ADMIN
    before = (membership.role, membership.also_practice_admin)
    if (role, also_practice_admin) == before:
        return membership
    membership.role, membership.also_practice_admin = role, also_practice_admin
    if Role.PRACTICE_ADMIN not in membership.roles:
        _require_another_admin(membership)
    if not care.can_care(membership) and membership.care.filter(ended_at=None).exists():
        raise Refused(
            _("%(name)s still cares for clients. Hand them over first.")
            % {"name": membership.user.name},
            "role",
        )
    if not care.can_care(membership):
        membership.digest_weekday = membership.digest_due_at = None
    membership.save(
        update_fields=["role", "also_practice_admin", "digest_weekday", "digest_due_at"]
    )
    _end_unfitting_supervision(membership, by, now)
    audit.record(
        "membership.change_role",
        by=by,
        now=now,
        about=membership,
        details={
            "from": before[0],
            "from_also_admin": before[1],
            "to": str(role),
            "to_also_admin": also_practice_admin,
        },
    )
    return membership


@transaction.atomic
def end_membership(
    *,
    membership: Membership,
    by: Actor,
    now: datetime,
    hand_over_to: Membership | None = None,
) -> Membership:
    """End a membership: sessions, API tokens and access stop at once.

    Access has to stop at once even when nobody has yet been found for the clients, so their care
    is ended with it: each goes to ``hand_over_to`` where somebody is named, and otherwise stays
    with the practice, where the lists show that nobody cares for them.
    """
    membership = _open_member(membership, by)
    _require_another_admin(membership)
    if hand_over_to is not None and hand_over_to.pk == membership.pk:
        raise Refused(_("Choose somebody else to take over."), "hand_over_to")
    clients = _end_all_care(membership, hand_over_to, by, now)
    open_supervision = Supervision.objects.filter(
        Q(supervisor=membership) | Q(clinician=membership), ended_at=None
    )
    for supervision in open_supervision:
        end_supervision(supervision=supervision, by=by, now=now)
    membership.api_tokens.filter(revoked_at=None).update(revoked_at=now)
    notices.cancel_notices_about(about=membership.pk, now=now)
    membership.ended_at = max(now, membership.created_at)
    membership.ended_by = by.user
    membership.save(update_fields=["ended_at", "ended_by"])
    # Another password hash ends every session of the person, and the old one is not kept.
    membership.user.set_unusable_password()
    membership.user.save(update_fields=["password"])
    audit.record(
        "membership.end",
        by=by,
        now=now,
        about=membership,
        details={
            "clients": clients,
            "handed_over_to": str(hand_over_to.pk) if hand_over_to else None,
        },
    )
    return membership


# --- Supervision --------------------------------------------------------------------------------


@transaction.atomic
def start_supervision(
    *, supervisor: Membership, clinician: Membership, by: Actor, now: datetime
) -> Supervision:
    """Let a supervisor read along with one clinician."""
    locked(supervisor.practice)
    supervisor = Membership.objects.select_related("user").get(pk=supervisor.pk)
    clinician = Membership.objects.select_related("user").get(pk=clinician.pk)
    if supervisor.practice_id != clinician.practice_id:
        raise Refused(_("Both have to work at the same practice."), "clinician")
    if supervisor.ended_at is not None or supervisor.role != Role.SUPERVISOR:
        raise Refused(_("Only somebody with the role of supervisor can supervise."), "supervisor")
    if supervisor.pk == clinician.pk or not care.can_care(clinician):
        raise Refused(_("Choose a colleague who cares for clients."), "clinician")
    if supervisor.supervises.filter(clinician=clinician, ended_at=None).exists():
        raise Refused(
            _("%(supervisor)s supervises %(clinician)s already.")
            % {"supervisor": supervisor.user.name, "clinician": clinician.user.name},
            "clinician",
        )
    supervision = Supervision.objects.create(
        supervisor=supervisor, clinician=clinician, started_at=now
    )
    audit.record(
        "supervision.start",
        by=by,
        now=now,
        about=supervision,
        details={"supervisor": str(supervisor.pk), "clinician": str(clinician.pk)},
    )
    return supervision


@transaction.atomic
def end_supervision(*, supervision: Supervision, by: Actor, now: datetime) -> Supervision:
    """Stop the reading along, at once. Doing it again changes nothing."""
    ended = Supervision.objects.filter(pk=supervision.pk, ended_at=None).update(
        ended_at=now, ended_by=by.user
    )
    if ended:
        audit.record(
            "supervision.end",
            by=by,
            now=now,
            about=supervision,
            details={
                "supervisor": str(supervision.supervisor_id),
                "clinician": str(supervision.clinician_id),
            },
        )
    supervision.refresh_from_db(fields=["ended_at", "ended_by"])
    return supervision


# --- Account ------------------------------------------------------------------------------------


@transaction.atomic
def change_own_name(*, user: User, name: str, by: Actor, now: datetime) -> User:
    """Change the name by which colleagues see somebody."""
    if user.name != name:
        user.name = name
        user.save(update_fields=["name"])
        audit.record("user.change", by=by, now=now, about=user, fields=["name"])
    return user


# --- Shared ---------------------------------------------------------------------------------------


def _open_member(membership: Membership, by: Actor) -> Membership:
    """The membership as it stands now, if ``by`` may change it: open, and not their own."""
    locked(membership.practice)
    membership = Membership.objects.select_related("user", "practice").get(pk=membership.pk)
    if membership.ended_at is not None:
        raise Refused(_("This person has left the practice already."))
    if by.user is not None and membership.user_id == by.user.pk:
        raise Refused(
            _("You cannot change your own role. Ask another person who runs the practice.")
        )
    return membership


def _require_another_admin(membership: Membership) -> None:
    others = open_admins(membership.practice).exclude(pk=membership.pk)
    was_admin = open_admins(membership.practice).filter(pk=membership.pk).exists()
    if was_admin and not others.exists():
        raise Refused(
            _("%(name)s is the last one who runs this practice. Give that to somebody else first.")
            % {"name": membership.user.name},
            "role",
        )


def _end_all_care(
    membership: Membership, hand_over_to: Membership | None, by: Actor, now: datetime
) -> int:
    relationships = list(
        CareRelationship.objects.filter(clinician=membership, ended_at=None).select_related(
            "client"
        )
    )
    for relationship in relationships:
        care.end_care(relationship=relationship, by=by, now=now)
        if hand_over_to is not None and not _cares(hand_over_to, relationship.client):
            care.start_care(client=relationship.client, clinician=hand_over_to, by=by, now=now)
    return len(relationships)


def _cares(membership: Membership, client: Client) -> bool:
    return client.care.filter(clinician=membership, ended_at=None).exists()


def _end_unfitting_supervision(membership: Membership, by: Actor, now: datetime) -> None:
    """Supervision that a member's present role does not carry."""
    unfitting = Supervision.objects.none()
    if membership.role != Role.SUPERVISOR:
        unfitting = unfitting | membership.supervises.filter(ended_at=None)
    if not care.can_care(membership):
        unfitting = unfitting | membership.supervised_by.filter(ended_at=None)
    for supervision in unfitting:
        end_supervision(supervision=supervision, by=by, now=now)
