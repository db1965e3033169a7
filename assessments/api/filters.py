"""What the lists can be narrowed to. Each filter has one meaning; there are no look-ups through."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms import Field
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError as Refusal

from clinic import search, text

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


class DayField(Field):
    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if len(value) != len("2026-03-31") or not value.isascii() or "/" in value:
            raise ValidationError(_("Write a day as 2026-03-31."))
        return text.clean_day(text.parse_date(value), earliest=EARLIEST, latest=LATEST)


class DayFilter(filters.DateFilter):
    """From or up to a whole day in the practice's zone, both inclusive."""

    field_class = DayField

    def __init__(self, field_name: str, *, last: bool = False, **options: Any) -> None:
        self.last = last
        words = "Up to this day, it included." if last else "From this day on."
        super().__init__(field_name=field_name, help_text=words, **options)

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        if value is None:
            return qs
        zone = self.parent.request.user.membership.practice.zone
        day = value + timedelta(days=1) if self.last else value
        bound = datetime.combine(day, time.min, zone)
        return qs.filter(**{f"{self.field_name}__{'lt' if self.last else 'gte'}": bound})


class Narrowing(filters.FilterSet):
    """A filter given empty is a mistake of the program, not "all"."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        empty = [name for name, value in self.data.items() if name in self.filters and not value]
        if empty:
            raise Refusal({name: [_("This may not be empty.")] for name in empty})
        return super().filter_queryset(queryset)


def code(field_name: str, help_text: str) -> filters.CharFilter:
    return filters.CharFilter(field_name=field_name, max_length=60, help_text=help_text)


class ClientFilter(Narrowing):
    status = filters.ChoiceFilter(
        choices=[("open", "open"), ("closed", "closed")],
        method="by_status",
        help_text="Whether the record is open.",
    )
    name = filters.CharFilter(
        method="by_name",
        max_length=search.LONGEST_SEARCH,
        help_text="Every word must occur in the name, whatever its case and accents.",
    )
    number = filters.CharFilter(
        method="by_number",
        max_length=search.LONGEST_SEARCH,
        help_text="The practice's own number for the client, whole, however spaced and cased.",
    )
    since = DayFilter("created_at")
    until = DayFilter("created_at", last=True)

    def by_status(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(closed_at__isnull=value == "open")

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        # Names are encrypted: they are compared here, among what the user may see.
        found = search.named(rows, value)
        return rows.filter(pk__in=[client.pk for client in found])

    def by_number(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(number_hash=self.request.user.membership.practice.number_hash(value))


class AssignmentFilter(Narrowing):
    client = filters.UUIDFilter(field_name="client", help_text="Of this client.")
    instrument = code("version__instrument__code", "Of the instrument with this code.")
    status = filters.ChoiceFilter(
        choices=[("running", "running"), ("ended", "ended")],
        method="by_status",
        help_text="Whether somebody has ended it.",
    )
    since = DayFilter("created_at")
    until = DayFilter("created_at", last=True)

    def by_status(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(ended_at__isnull=value == "running")


class OccasionFilter(Narrowing):
    client = filters.UUIDFilter(field_name="client", help_text="Of this client.")
    assignment = filters.UUIDFilter(field_name="assignment", help_text="Of this assignment.")
    instrument = code("assignment__version__instrument__code", "For the instrument of this code.")
    status = filters.ChoiceFilter(
        choices=[(name, name) for name in ("coming", "open", "answered", "missed", "taken_back")],
        method="by_status",
        help_text="As `state` says it.",
    )
    since = DayFilter("opens_at")
    until = DayFilter("opens_at", last=True)

    def by_status(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        now = timezone.now()
        if value == "answered":
            return rows.filter(sent__isnull=False)
        if value == "taken_back":
            return rows.filter(sent=None, cancelled_at__isnull=False)
        windows = {
            "coming": Q(opens_at__gt=now),
            "open": Q(opens_at__lte=now, closes_at__gt=now),
            "missed": Q(closes_at__lte=now),
        }
        return rows.filter(windows[value], sent=None, cancelled_at=None)


class ResponseFilter(Narrowing):
    client = filters.UUIDFilter(field_name="client", help_text="Of this client.")
    occasion = filters.UUIDFilter(field_name="occasion", help_text="To this occasion.")
    instrument = code("version__instrument__code", "To the instrument of this code.")
    since = DayFilter("submitted_at")
    until = DayFilter("submitted_at", last=True)


class ScoreFilter(Narrowing):
    client = filters.UUIDFilter(field_name="client", help_text="Of this client.")
    response = filters.UUIDFilter(field_name="response", help_text="Of this response.")
    instrument = code("response__version__instrument__code", "Of the instrument of this code.")
    scale = filters.CharFilter(field_name="scale", max_length=20, help_text="Of this scale.")
    since = DayFilter("at")
    until = DayFilter("at", last=True)
