"""Reading the JSON that the form's script sends: small, strict, and of one shape."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.actions.respond import NOTE_LENGTH
from clinic.text import clean_paragraphs

LARGEST = 60_000  # bytes; the longest form with the longest notes is a third of it
MOST_ANSWERS = 500
LONGEST_NUMBER = 6
KEYS = {"answers", "notes", "seconds"}
MOST_SECONDS = 3600  # on one question between two saves: more is a page left lying


class Unreadable(ValueError):
    """The body is not what the form's script sends. Carries a sentence for people."""


@dataclass(frozen=True)
class Draft:
    """What is new, by item code: answers, None for "does not apply"; notes, "" for none.

    ``seconds`` are those spent on questions since the last save.
    """

    answers: dict[str, int | None]
    notes: dict[str, str]
    seconds: dict[str, float]


def read_draft(body: bytes) -> Draft:
    """The draft in a request's body. Only whole numbers, no key twice, nothing unknown.

    Whether an item and its option exist is for the action to say. Times that make no sense are
    left out, since none is worth an answer. Raises Unreadable.
    """
    if len(body) > LARGEST:
        raise Unreadable(_("This is too much to save at once."))
    data = _load(body)
    if not isinstance(data, dict) or not data or not set(data) <= KEYS:
        raise _unreadable()
    return Draft(
        _answers(data.get("answers", {})),
        _notes(data.get("notes", {})),
        _seconds(data.get("seconds")),
    )


def _load(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_repetition,
            parse_constant=float,
            parse_float=float,
            parse_int=_small_number,
        )
    except (ValueError, RecursionError):
        # Not UTF-8, not JSON, brackets without end.
        raise _unreadable() from None


# What these make of a key given twice or a number without sense is refused as an answer and
# passed over as a time.


def _without_repetition(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    return found if len(found) == len(pairs) else None


def _small_number(text: str) -> int | float:
    return int(text) if len(text) <= LONGEST_NUMBER else math.nan


def _answers(data: Any) -> dict[str, int | None]:
    if not isinstance(data, dict) or len(data) > MOST_ANSWERS:
        raise _unreadable()
    # True is an int to Python, but not an answer.
    if not all(value is None or type(value) is int for value in data.values()):
        raise _unreadable()
    return data


def _notes(data: Any) -> dict[str, str]:
    if not isinstance(data, dict) or len(data) > MOST_ANSWERS:
        raise _unreadable()
    if not all(isinstance(note, str) for note in data.values()):
        raise _unreadable()
    try:
        return {code: clean_paragraphs(note, max_length=NOTE_LENGTH) for code, note in data.items()}
    except ValidationError as error:
        raise Unreadable(error.messages[0]) from None


def _seconds(data: Any) -> dict[str, float]:
    if not isinstance(data, dict) or len(data) > MOST_ANSWERS:
        return {}
    return {
        code: float(spent)
        for code, spent in data.items()
        if type(spent) in (int, float) and 0 <= spent <= MOST_SECONDS
    }


def _unreadable() -> Unreadable:
    return Unreadable(_("This could not be read, so nothing was saved. Please load the page anew."))
