"""Fields and serializers that take exactly what they say: no "3" for 3, no field unknown."""

from __future__ import annotations

import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, date, time
from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from clinic import text

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
UUID_TEXT = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")


class StrictSerializer(serializers.Serializer[Any]):
    """What may be sent. A field that is not named is refused, not passed over."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            sentence = _("This field is not known here.")
            raise ValidationError({name: [sentence] for name in sorted(unknown)})
        return super().to_internal_value(data)


class NothingSerializer(StrictSerializer):
    """A body without any field, or none at all."""


class _Text(serializers.Field[Any, Any, Any, Any], ABC):
    """A string that ``clean`` makes storable; null and "" both empty a field that may be empty."""

    def __init__(self, *, max_length: int = 254, empty: bool = False, **options: Any) -> None:
        self.limit, self.empty = max_length, empty
        super().__init__(allow_null=empty, required=not empty, **options)

    @abstractmethod
    def clean(self, typed: str) -> str:
        """What is stored for what was typed; raises ValidationError for what cannot be."""

    def to_internal_value(self, data: Any) -> str | None:
        if not isinstance(data, str):
            raise ValidationError(_("Send a text in quotes."))
        cleaned = checked(self.clean, data)
        if not cleaned and not self.empty:
            raise ValidationError(_("This may not be empty."))
        return cleaned or None

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": "string"})
class Line(_Text):
    def clean(self, typed: str) -> str:
        return text.clean_line(typed, max_length=self.limit)


@extend_schema_field({"type": "string"})
class Paragraphs(_Text):
    def clean(self, typed: str) -> str:
        return text.clean_paragraphs(typed, max_length=self.limit)


@extend_schema_field({"type": "string", "format": "email"})
class Email(_Text):
    def clean(self, typed: str) -> str:
        return text.clean_email(typed)


@extend_schema_field({"type": "string"})
class Phone(_Text):
    def clean(self, typed: str) -> str:
        return text.clean_phone(typed)


@extend_schema_field({"type": "string", "format": "date"})
class Day(serializers.Field[Any, Any, Any, Any]):
    """A day as 2026-03-31; ``check`` refuses days that make no sense for what it is about."""

    def __init__(self, *, check: Callable[[date], date] | None = None, **options: Any) -> None:
        self.check = check
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not DAY.fullmatch(data):
            raise ValidationError(_("Write a day as 2026-03-31."))
        day = checked(text.parse_date, data)
        return checked(self.check, day) if self.check else day

    def to_representation(self, value: date) -> str:
        return value.isoformat()


@extend_schema_field({"type": "string", "pattern": CLOCK.pattern})
class Clock(serializers.Field[Any, Any, Any, Any]):
    """A time of day to the minute, as 06:00."""

    def to_internal_value(self, data: Any) -> time:
        if not isinstance(data, str) or not CLOCK.fullmatch(data):
            raise ValidationError(_("Write a time of day as 06:00."))
        return time.fromisoformat(data)

    def to_representation(self, value: time) -> str:
        return f"{value:%H:%M}"


class Whole(serializers.IntegerField):
    """A whole number between two others, and never a text or a truth that looks like one."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(min_value=least, max_value=most, **options)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            raise ValidationError(_("Send a whole number."))
        return super().to_internal_value(data)


@extend_schema_field({"type": "boolean"})
class TrueOrFalse(serializers.Field[Any, Any, Any, Any]):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise ValidationError(_("Send true or false."))
        return data

    def to_representation(self, value: bool) -> bool:
        return value


@extend_schema_field({"type": "string", "format": "uuid"})
class Identifier(serializers.Field[Any, Any, Any, Any]):
    def to_internal_value(self, data: Any) -> uuid.UUID:
        if not isinstance(data, str) or not UUID_TEXT.fullmatch(data):
            raise ValidationError(_("Send an identifier as the API gives it."))
        return uuid.UUID(data)

    def to_representation(self, value: uuid.UUID) -> str:
        return str(value)


class Choice(serializers.ChoiceField):
    """One of the codes, as a string."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise ValidationError(_("Send a text in quotes."))
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """An instant, always in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, read_only=True, **options)


def checked(clean: Callable[[Any], Any], value: Any) -> Any:
    """What ``clean`` makes of a value, its refusal as one of the API."""
    try:
        return clean(value)
    except Invalid as error:
        raise ValidationError(error.messages) from None
