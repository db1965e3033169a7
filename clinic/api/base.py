"""What every endpoint stands on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import FilterSet
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import audit
from clinic.api.authentication import needed, token_of
from clinic.api.pagination import KeysetPagination
from clinic.audit import Actor
from clinic.roles import Permission


class ApiView(GenericAPIView):
    """One address. A subclass states its ``policy``: which permission each method needs."""

    policy: dict[str, Permission] = {}
    # No OPTIONS: what there is stands in the schema, for those who may see it.
    http_method_names = ["get", "head", "post", "patch"]
    metadata_class = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        # The API answers 401 itself; a redirect to a page helps no program.
        return login_not_required(super().as_view(**initkwargs))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self._require_known_parameters(request)

    def parameters(self) -> Iterable[str]:
        """The names of the query parameters this address knows."""
        return ()

    def _require_known_parameters(self, request: Request) -> None:
        known = set(self.parameters())
        fields = {}
        for name, values in request.query_params.lists():
            if name not in known:
                fields[name] = [_("This parameter is not known here.")]
            elif len(values) > 1:
                fields[name] = [_("Give this parameter once.")]
        if fields:
            raise ValidationError(fields)

    @property
    def by(self) -> Actor:
        """Who acts: the member, and whether a program does it for them."""
        token = token_of(self.request)
        if token is None:
            return Actor.of_request(self.request)
        return replace(Actor.of_request(self.request, "token"), token_id=token.pk)

    @property
    def needs(self) -> Permission:
        """The permission that the policy states for this request."""
        permission = needed(self, self.request.method or "")
        if permission is None:
            raise Http404
        return permission

    def sent(self) -> dict[str, Any]:
        """The body, checked by the endpoint's serializer. Whatever it does not know is refused."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class ListView(ListModelMixin, ApiView):
    """A list of what the user may see: filtered, in pages, and noted in the audit trail.

    ``noun`` names the rows in the trail.
    """

    noun = ""
    filterset_class: type[FilterSet]
    orderings: tuple[str, ...] = ()

    def parameters(self) -> Iterable[str]:
        return (*self.filterset_class.base_filters, *KeysetPagination.parameters)

    def visible(self) -> Any:
        """Rows about clients within reach whose data can still be read."""
        rows: Any = self.get_queryset()
        return rows.visible_to(self.request.user).filter(client__data_key__isnull=False)

    def answer_list(self) -> Response:
        return self.get_paginated_response(self.get_serializer(self.page(), many=True).data)

    def page(self) -> list[Any]:
        """The rows of the page asked for, noted in the trail."""
        rows = list(self.paginate_queryset(self.filter_queryset(self.visible())) or ())
        note_list(self.noun, rows, by=self.by)
        return rows


def note_list(noun: str, rows: list[Any], *, by: Actor) -> None:
    """One event for a page of a list, with the identifiers on it.

    A page about a single client stands in that client's own history.
    """
    ids = [str(row.pk) for row in rows]
    clients = sorted({str(getattr(row, "client_id", row.pk)) for row in rows})
    now = timezone.now()
    if len(clients) == 1:
        client = getattr(rows[0], "client", rows[0])
        details = {"part": f"{noun}s", "ids": ids}
        audit.record("client.read", by=by, now=now, client=client, about=client, details=details)
    else:
        details = {"ids": ids, "clients": clients} if noun != "client" else {"clients": ids}
        audit.record(f"{noun}.list", by=by, now=now, details=details)
