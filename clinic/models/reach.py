"""Who reaches whom: the conditions behind every ``visible_to``.

Everything fails closed: an anonymous, inactive or unknown user, one without an open membership,
and a role that says nothing all reach nobody. The conditions are ``Q`` objects so that each
read is one query with a subquery, whatever the size of the caseload.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from clinic.roles import RULES, Permission, Reach

NOBODY = Q(pk__in=[])


def membership_of(user: Any) -> Any:
    """The open membership of a signed-in, active user; None for everyone else."""
    if user is None or not getattr(user, "is_authenticated", False):
        return None
    if not getattr(user, "is_active", False):
        return None
    return getattr(user, "membership", None)


def _reaches_with(membership: Any, permission: Permission) -> set[Reach]:
    return {
        reach
        for role in membership.roles
        for reach, permissions in RULES[role].by_reach.items()
        if permission in permissions
    }


def _reached(membership: Any, reaches: set[Reach], prefix: str) -> Q:
    """The condition on rows whose client (at ``prefix``) is reached in one of these ways."""
    from clinic.models.care import (
        CareRelationship,
    )  # here, since Client's manager needs this module

    condition = NOBODY
    # Rows imported for research stand for nobody: no list and no address leads to one.
    in_practice = Q(**{f"{prefix}practice": membership.practice_id, f"{prefix}anonymous": False})
    if Reach.PRACTICE in reaches:
        return in_practice
    open_care = CareRelationship.objects.filter(ended_at=None)
    client = f"{prefix}pk__in" if prefix == "" else f"{prefix.removesuffix('__')}__in"
    if Reach.OWN in reaches:
        own = open_care.filter(clinician=membership.pk)
        condition |= Q(**{client: own.values("client")})
    if Reach.SUPERVISED in reaches:
        supervised = open_care.filter(
            clinician__supervised_by__supervisor=membership.pk,
            clinician__supervised_by__ended_at=None,
            clinician__ended_at=None,
        )
        condition |= Q(**{client: supervised.values("client")})
    # The practice is asked again: a relationship that crosses practices must open nothing.
    return condition & in_practice


def clients_with(user: Any, permission: Permission, prefix: str = "") -> Q:
    """Rows about clients to whom ``user`` may do ``permission``.

    ``prefix`` leads from the row to its client: "" for clients themselves, "client__" for rows
    that point at one, "response__client__" for rows one step further.
    """
    membership = membership_of(user)
    if membership is None:
        return NOBODY
    reaches = _reaches_with(membership, permission)
    return _reached(membership, reaches, prefix) if reaches else NOBODY


def clients_within_reach(user: Any) -> Q:
    """Clients whose identity the user may see."""
    return clients_with(user, Permission.SEE_IDENTITY)


def clients_in_clinical_reach(user: Any) -> Q:
    """Clients whose answers and scores the user may see."""
    return clients_with(user, Permission.SEE_CLINICAL)


def clinical_rows(user: Any, prefix: str = "client__") -> Q:
    """Clinical rows about clients whose answers and scores the user may see."""
    return clients_with(user, Permission.SEE_CLINICAL, prefix)


def has_general(user: Any, permission: Permission) -> bool:
    """Whether the user's role gives a permission about the practice at large."""
    membership = membership_of(user)
    return membership is not None and any(
        permission in RULES[role].general for role in membership.roles
    )


def rows_of_own_practice(user: Any) -> Q:
    """Rows that hang on the practice of the user, whatever their role."""
    membership = membership_of(user)
    return NOBODY if membership is None else Q(practice=membership.practice_id)


def rows_of_practice_run_by(user: Any) -> Q:
    """Rows that hang on the practice that the user runs."""
    return rows_of_own_practice(user) if has_general(user, Permission.MANAGE_TEAM) else NOBODY


def audit_within_reach(user: Any) -> Q:
    """Audit events of the practice that the user runs."""
    membership = membership_of(user)
    if membership is None or not has_general(user, Permission.MANAGE_TEAM):
        return NOBODY
    return Q(practice_id=membership.practice_id)
