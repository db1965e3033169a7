"""Invitations: the way in for colleagues, and for the first admin of a practice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from clinic import audit
from clinic.actions import Refused, notices
from clinic.actions.practices import locked, open_admins
from clinic.addresses import absolute
from clinic.audit import Actor
from clinic.models import Invitation, Membership, Notice, Practice, User
from clinic.roles import Role
from clinic.tokens import hash_token, new_token

INVITATION_LIFE = timedelta(days=7)
SETUP_LIFE = timedelta(minutes=30)


@transaction.atomic
def invite(
    *,
    practice: Practice,
    email: str,
    role: str,
    also_practice_admin: bool,
    by: Actor,
    now: datetime,
) -> tuple[Invitation, str]:
    """Invite a colleague: writes the mail with the link, and returns the link's token as well.

    An earlier invitation to the same address stops working. Whether the address signs in at
    another practice is not said: only the person themselves learns it, when they accept.
    """
    practice = locked(practice)
    here = Membership.objects.filter(practice=practice, ended_at=None, user__email__iexact=email)
    if here.exists():
        raise Refused(_("Somebody with this address belongs to your practice already."), "email")
    for earlier in open_invitations(practice, now).filter(email__iexact=email):
        _revoke(earlier, now)
    invitation, token = _make_invitation(
        practice=practice,
        email=email,
        role=role,
        also_practice_admin=also_practice_admin and role != Role.PRACTICE_ADMIN,
        life=INVITATION_LIFE,
        by=by,
        now=now,
    )
    notices.write_notice(
        practice=practice,
        kind=Notice.Kind.INVITATION,
        about=invitation.pk,
        recipient=email,
        subject=_("Your invitation to %(practice)s") % {"practice": practice.name},
        text=render_to_string(
            "emails/invitation.txt",
            {
                "practice": practice,
                "inviter": by.user,
                "role": Role(role).label,
                "address": absolute("join", token),
                "until": invitation.expires_at.astimezone(practice.zone),
            },
        ),
        by=by,
        now=now,
    )
    return invitation, token


@transaction.atomic
def invite_first_admin(*, practice: Practice, by: Actor, now: datetime) -> tuple[Invitation, str]:
    """The one-time way in for somebody who will run a practice that nobody runs yet.

    Also the way back in, by the console, for a practice whose last admin is gone.
    """
    practice = locked(practice)
    if open_admins(practice).exists():
        raise Refused(
            _("%(practice)s has somebody who runs it. They can invite others on the team page.")
            % {"practice": practice.name}
        )
    for earlier in open_invitations(practice, now).filter(created_by=None):
        _revoke(earlier, now)
    return _make_invitation(
        practice=practice,
        email="",
        role=Role.PRACTICE_ADMIN,
        also_practice_admin=False,
        life=SETUP_LIFE,
        by=by,
        now=now,
    )


def find_invitation(token: str, now: datetime) -> Invitation | None:
    """The invitation that this token opens now; None for one unknown, expired, used or revoked."""
    return (
        Invitation.objects.filter(token_hash=hash_token(token))
        .filter(accepted_at=None, revoked_at=None, expires_at__gt=now)
        .select_related("practice", "created_by")
        .first()
    )


def open_invitations(practice: Practice, now: datetime) -> QuerySet[Invitation]:
    """The invitations of a practice that can still be accepted, newest first."""
    return Invitation.objects.filter(
        practice=practice, accepted_at=None, revoked_at=None, expires_at__gt=now
    ).order_by("-created_at")


@transaction.atomic
def accept_invitation(
    *,
    invitation: Invitation,
    name: str,
    email: str,
    password: str,
    by: Actor,
    now: datetime,
    sees_clients: bool = False,
) -> User:
    """Accept an invitation: the person signs in from now on, with the role they were invited to.

    ``email`` counts only for an invitation that names none (the first admin's), as does
    ``sees_clients``: then they care for clients and run the practice. The password has been
    checked before. Somebody who worked at a practice before takes their account up again.
    """
    locked(invitation.practice)
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("practice")
        .get(pk=invitation.pk)
    )
    if invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= now:
        raise Refused(_("This invitation can no longer be used. Please ask for a new one."))
    if invitation.created_by_id is None and open_admins(invitation.practice).exists():
        raise Refused(_("This invitation can no longer be used. Please ask for a new one."))
    user = _user_for(invitation.email or email, name, password, now)
    role, also_admin = invitation.role, invitation.also_practice_admin
    if invitation.created_by_id is None and sees_clients:
        role, also_admin = Role.CLINICIAN, True
    membership = Membership.objects.create(
        user=user,
        practice=invitation.practice,
        role=role,
        also_practice_admin=also_admin,
        created_at=now,
    )
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    notices.cancel_notices_about(about=invitation.pk, now=now)
    audit.record(
        "invitation.accept",
        by=by,
        now=now,
        about=invitation,
        practice_id=invitation.practice_id,
        details={"membership": str(membership.pk), "role": str(role), "also_admin": also_admin},
    )
    return user


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> Invitation:
    """Take an invitation back; its mail is taken back too, if it still waits."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at is not None:
        raise Refused(_("This invitation was accepted already. End the membership instead."))
    if invitation.revoked_at is None:
        _revoke(invitation, now)
        audit.record("invitation.revoke", by=by, now=now, about=invitation)
    return invitation


# --- Shared ---------------------------------------------------------------------------------------


def _make_invitation(
    *,
    practice: Practice,
    email: str,
    role: str,
    also_practice_admin: bool,
    life: timedelta,
    by: Actor,
    now: datetime,
) -> tuple[Invitation, str]:
    token = new_token()
    invitation = Invitation.objects.create(
        practice=practice,
        email=email,
        role=role,
        also_practice_admin=also_practice_admin,
        token_hash=hash_token(token),
        created_at=now,
        created_by=by.user,
        expires_at=now + life,
    )
    audit.record(
        "invitation.create",
        by=by,
        now=now,
        about=invitation,
        practice_id=practice.pk,
        details={"role": str(role), "also_admin": also_practice_admin},
    )
    return invitation, token


def _revoke(invitation: Invitation, now: datetime) -> None:
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    notices.cancel_notices_about(about=invitation.pk, now=now)


def _user_for(email: str, name: str, password: str, now: datetime) -> User:
    """The account with this address: a new one, or that of somebody who left a practice."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        try:
            with transaction.atomic():
                return User.objects.create_user(email, password, name=name, created_at=now)
        except IntegrityError:  # somebody else took the address at this moment
            raise _address_taken() from None
    if not user.is_active or user.memberships.filter(ended_at=None).exists():
        raise _address_taken()
    user.name = name
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    return user


def _address_taken() -> Refused:
    return Refused(
        _(
            "Somebody signs in with this address at a practice already. Use another address, "
            "or leave the other practice first."
        ),
        "email",
    )
