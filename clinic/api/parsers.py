"""Reading JSON strictly: what two readers could take for two things is refused.

Every fault is a 400 with a sentence (a body that is too long a 413), never an exception: no
nesting without end, no key twice, no number that is none, no text that cannot be stored.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

LARGEST = 100_000  # bytes; the longest form with the longest comment is a tenth of it
DEEPEST = 32
LONGEST_NUMBER = 25  # characters; a double takes up to 24
BRACKETS_AND_QUOTES = re.compile(r'[\[\]{}"\\]')
UTF8 = ("utf-8", "utf8")


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = gettext_lazy("This is more than the API takes at once.")


class StrictJSONParser(BaseParser):
    """``application/json`` in UTF-8: one object of at most 100 kB."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        kind = (media_type or "").partition(";")[0].strip().lower()
        if kind != self.media_type:
            # A content type of "*/*" matches every parser, and says nothing.
            raise UnsupportedMediaType(kind)
        if charset_of(media_type or "") not in UTF8:
            raise ParseError(_("Please send UTF-8."))
        # One byte more, to see that there is more; the length that was declared may be untrue.
        body = stream.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise TooLarge
        return read(body)


def charset_of(media_type: str) -> str:
    """The charset a content type names, UTF-8 where it names none."""
    for parameter in media_type.split(";")[1:]:
        name, _equals, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return UTF8[0]


def read(body: bytes) -> dict[str, Any]:
    """The object in a body. Raises ParseError with a sentence for everything else."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise ParseError(_("Please send UTF-8.")) from None
    _refuse_depth(text)
    try:
        data = json.loads(
            text,
            object_pairs_hook=_without_repetition,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_bounded,
        )
    except json.JSONDecodeError as error:
        raise ParseError(
            _("This is not JSON: look at line %(line)d, column %(column)d.")
            % {"line": error.lineno, "column": error.colno}
        ) from None
    if not isinstance(data, dict):
        raise ParseError(_("Please send one JSON object."))
    _refuse_unstorable(data)
    return data


def _refuse_depth(text: str) -> None:
    """One pass over the brackets outside strings; ends at the first that is too deep."""
    depth, in_string, escaped_at = 0, False, -1
    for found in BRACKETS_AND_QUOTES.finditer(text):
        mark, at = found.group(), found.start()
        if at == escaped_at:
            continue
        if mark == '"':
            in_string = not in_string
        elif mark == "\\":
            escaped_at = at + 1
        elif not in_string:
            depth += 1 if mark in "[{" else -1
            if depth > DEEPEST:
                raise ParseError(
                    _("This is nested more than %(depth)d levels deep.") % {"depth": DEEPEST}
                )


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ParseError(_("An object has the same key twice."))
    return found


def _refuse_constant(name: str) -> Any:
    raise ParseError(_("NaN and Infinity are not numbers of JSON."))


def _finite(text: str) -> float:
    value = float(text) if len(text) <= LONGEST_NUMBER else math.inf
    if not math.isfinite(value):
        raise ParseError(_("A number is too large, or written too long."))
    return value


def _bounded(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ParseError(_("A number is too large, or written too long."))
    return int(text)


def _refuse_unstorable(data: dict[str, Any]) -> None:
    """Half of a surrogate pair is no character. (What else a text may not hold, its field says.)"""
    try:
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise ParseError(_("A text contains a character that cannot be stored.")) from None
