"""Reading the JSON that the form's script sends: small, strict, and of one shape."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.actions.respond import COMMENT_LENGTH
from clinic.text import clean_paragraphs

LARGEST = 20_000  # bytes; the longest form with the longest comment is a third of it
MOST_ANSWERS = 500
LONGEST_NUMBER = 6


class Unreadable(ValueError):
    """The body is not what the form's script sends. Carries a sentence for people."""


@dataclass(frozen=True)
class Draft:
    """What is new: answers by item code, None for "does not apply"; a comment, if it is sent."""

    answers: dict[str, int | None]
    comment: str | None


def read_draft(body: bytes) -> Draft:
    """The draft in a request's body. Only whole numbers, no key twice, nothing unknown.

    Whether an item and its option exist is for the action to say. Raises Unreadable.
    """
    if len(body) > LARGEST:
        raise Unreadable(_("This is too much to save at once."))
    data = _load(body)
    if not isinstance(data, dict) or not data or not set(data) <= {"answers", "comment"}:
        raise _unreadable()
    return Draft(_answers(data.get("answers", {})), _comment(data.get("comment")))


def _load(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_repetition,
            parse_constant=_refuse,
            parse_float=_refuse,
            parse_int=_small_number,
        )
    except (ValueError, RecursionError):
        # Not UTF-8, not JSON, a key twice, NaN, a fraction, brackets without end.
        raise _unreadable() from None


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _refuse(text: str) -> Any:
    raise ValueError("not a whole number")


def _small_number(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("far too large")
    return int(text)


def _answers(data: Any) -> dict[str, int | None]:
    if not isinstance(data, dict) or len(data) > MOST_ANSWERS:
        raise _unreadable()
    # True is an int to Python, but not an answer.
    if not all(value is None or type(value) is int for value in data.values()):
        raise _unreadable()
    return data


def _comment(data: Any) -> str | None:
    if data is None:
        return None
    if not isinstance(data, str):
        raise _unreadable()
    try:
        return clean_paragraphs(data, max_length=COMMENT_LENGTH)
    except ValidationError as error:
        raise Unreadable(error.messages[0]) from None


def _unreadable() -> Unreadable:
    return Unreadable(_("This could not be read, so nothing was saved. Please load the page anew."))
