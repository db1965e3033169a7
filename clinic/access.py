"""The gate: how web code gets at a row, and how it is refused.

``find`` is the only way from an identifier in an address to a row. A row outside one's reach does
not exist (404, the same as one that never was); a row within reach, of which this role may not do
this, is refused (403).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse

from clinic.models import Client, Membership, reach
from clinic.roles import Permission

RowType = TypeVar("RowType", bound=models.Model)
View = Callable[..., HttpResponse]


def may(user: Any, permission: Permission, client: Client) -> bool:
    """Whether ``user`` may do ``permission`` to this client."""
    return Client.objects.filter(reach.clients_with(user, permission), pk=client.pk).exists()


def may_in_practice(user: Any, permission: Permission) -> bool:
    """Whether ``user`` may do ``permission`` in their practice at large."""
    return reach.has_general(user, permission)


def membership(user: Any) -> Membership:
    """The open membership of a signed-in user; PermissionDenied for whoever has none."""
    found: Membership | None = reach.membership_of(user)
    if found is None:
        raise PermissionDenied
    return found


def find(
    user: Any,
    rows: models.QuerySet[RowType],
    pk: Any,
    *,
    needs: Permission,
    client: str = "client",
) -> RowType:
    """The row with this identifier, if ``user`` may do ``needs`` to the client it is about.

    ``rows`` is an unscoped queryset (with its ``select_related``); ``client`` is the path from
    the row to its client, "" when the row is the client. Raises Http404 when the client is out
    of reach or the row is not there, PermissionDenied when it is in reach and ``needs`` is not.
    """
    prefix = f"{client}__" if client else ""
    row = rows.filter(reach.clients_with(user, needs, prefix), pk=pk).first()
    if row is not None:
        return row
    if rows.filter(reach.clients_with(user, Permission.SEE_IDENTITY, prefix), pk=pk).exists():
        raise PermissionDenied
    raise Http404


def find_client(user: Any, pk: Any, *, needs: Permission) -> Client:
    """The client with this identifier; see ``find``."""
    return find(user, Client.objects.select_related("practice"), pk, needs=needs, client="")


def requires(permission: Permission) -> Callable[[View], View]:
    """Refuse a view (403) to a signed-in user whose role lacks a permission about the practice."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may_in_practice(request.user, permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.needs = permission  # type: ignore[attr-defined]  # read by the route guard test
        return guarded

    return decorate
