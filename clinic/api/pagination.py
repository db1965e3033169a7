"""Pages of a list by key: they neither skip nor repeat rows while rows are added."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from datetime import date, datetime
from typing import Any

from django.db.models import DateTimeField, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

DEFAULT_SIZE = 50
LARGEST_SIZE = 200
LONGEST_CURSOR = 300


class KeysetPagination(BasePagination):
    """``next`` is the address of the page that follows, or null on the last one.

    The view names in ``orderings`` what a list can be sorted by (dates, never empty), the first
    being the usual one; rows of the same date follow in the order of their identifiers.
    """

    parameters = ("cursor", "page_size", "ordering")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        size = self._size(request.query_params.get("page_size"))
        self.ordering = request.query_params.get("ordering", view.orderings[0])
        if self.ordering not in view.orderings:
            raise ValidationError(
                {"ordering": [_("Choose one of: %(names)s.") % {"names": _list(view.orderings)}]}
            )
        self.field = self.ordering.removeprefix("-")
        sign = "-" if self.ordering.startswith("-") else ""
        rows = queryset.order_by(self.ordering, f"{sign}pk")
        if (cursor := request.query_params.get("cursor")) is not None:
            rows = rows.filter(self._behind(cursor, queryset))
        found = list(rows[: size + 1])
        self.has_more, page = len(found) > size, found[:size]
        self.last = page[-1] if page else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next(), "results": data})

    def _size(self, text: str | None) -> int:
        if text is None:
            return DEFAULT_SIZE
        if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= LARGEST_SIZE:
            return int(text)
        sentence = _("Give a whole number from 1 to %(largest)d.") % {"largest": LARGEST_SIZE}
        raise ValidationError({"page_size": [sentence]})

    def _next(self) -> str | None:
        if not self.has_more:
            return None
        key = [self.ordering, getattr(self.last, self.field).isoformat(), str(self.last.pk)]  # type: ignore[union-attr]
        cursor = base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def _behind(self, cursor: str, queryset: QuerySet[Any]) -> Q:
        """The condition on rows behind the cursor. It narrows what one may see, never widens it."""
        try:
            value, pk = self._read(cursor, queryset.model._meta.get_field(self.field))
        except (ValueError, TypeError, binascii.Error):
            sentence = _("This cursor does not belong to this list. Begin again without one.")
            raise ValidationError({"cursor": [sentence]}) from None
        side = "lt" if self.ordering.startswith("-") else "gt"
        return Q(**{f"{self.field}__{side}": value}) | Q(**{self.field: value, f"pk__{side}": pk})

    def _read(self, cursor: str, field: Any) -> tuple[date | datetime, uuid.UUID]:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        padded = cursor + "=" * (-len(cursor) % 4)
        ordering, text, pk = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if ordering != self.ordering or not isinstance(pk, str):
            raise ValueError
        value = _moment(text) if isinstance(field, DateTimeField) else date.fromisoformat(text)
        return value, uuid.UUID(pk)

    # --- For the schema -----------------------------------------------------------------------

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "type": "string",
                    "format": "uri",
                    "nullable": True,
                    "example": "https://causeway.example.org/api/v1/clients/?cursor=WyJj",
                    "description": "The address of the page that follows; null on the last one.",
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter("cursor", "Where a page begins, as the address in `next` gives it."),
            _parameter(
                "page_size",
                "How many rows a page has.",
                type="integer",
                minimum=1,
                maximum=LARGEST_SIZE,
                default=DEFAULT_SIZE,
            ),
            _parameter(
                "ordering",
                "The order of the rows; a minus puts the newest first.",
                enum=list(view.orderings),
                default=view.orderings[0],
            ),
        ]


def _moment(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None or found.tzinfo is None:
        raise ValueError
    return found


def _list(names: Any) -> str:
    return ", ".join(names)


def _parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": "string", **schema},
    }
