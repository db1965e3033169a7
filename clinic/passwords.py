"""A password check that length and a list of common passwords do not give.

Django's list of common passwords holds hardly any of fifteen characters or more, so once a
password has to be long the list refuses almost nothing: "passwordpassword" and "harbourharbour26"
would pass. This check asks how many guesses it takes to *put a password together* from pieces that
an attacker tries first: common passwords, words of the place, years, keyboard rows, repetitions.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import log2
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What each kind of piece costs an attacker, in bits.
COMMON = 12.0  # one of the ten thousand or so commonest
CONTEXT = 3.0  # a word of this place or this person
REPEATED = 2.0  # the piece before once more
RUN = 5.0  # a stretch along the keyboard or the alphabet
YEAR = 6.0
CHARACTER = log2(26)
# 10^10 guesses: out of reach against Argon2id on our own hardware and behind rate limits.
ENOUGH = log2(1e10)

CONTEXT_WORDS = (
    "causeway",
    "therapy",
    "therapist",
    "psychotherapy",
    "practice",
    "clinic",
    "client",
)
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
ALIKE = str.maketrans("0134579@$!", "oieastgasi")
YEARS = re.compile(r"(?:19|20)\d\d")
LONGEST_PIECE = 24


class GuessableValidator:
    """Refuses what is put together from well-known pieces."""

    def validate(self, password: str, user: Any = None) -> None:
        if bits(password[:128], context_words(user)) < ENOUGH:
            raise ValidationError(
                _(
                    "This is easy to guess, long as it is. Four or five unrelated words make a "
                    "good password."
                ),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return _("Four or five unrelated words are easy to remember and hard to guess.")


def bits(password: str, context: frozenset[str] = frozenset()) -> float:
    """The least effort, in bits, of putting ``password`` together from known pieces."""
    lower = password.casefold()
    readings = {lower, lower.translate(ALIKE)}
    return min(_least(reading, lower, context) for reading in readings)


def context_words(user: Any) -> frozenset[str]:
    """Words that stand for this place and this person."""
    sources = [getattr(user, "name", ""), getattr(user, "email", "")]
    sources.append(_practice_name(user))
    words = {word for source in sources for word in re.findall(r"\w{3,}", source.casefold())}
    return frozenset(words | set(CONTEXT_WORDS))


def _practice_name(user: Any) -> str:
    """Of the practice somebody works at, or is about to join (the form sets ``membership``)."""
    is_new = getattr(user, "_state", None) is None or user._state.adding
    if is_new and "membership" not in getattr(user, "__dict__", {}):
        return ""
    return user.membership.practice.name if user.membership else ""


def _least(reading: str, typed: str, context: frozenset[str]) -> float:
    """Dynamic programme: the cheapest way to the end of each prefix."""
    cost = [0.0]
    for end in range(1, len(reading) + 1):
        best = cost[end - 1] + CHARACTER
        for start in range(max(0, end - LONGEST_PIECE), end):
            price = _price(reading, typed, start, end, context)
            if price is not None:
                best = min(best, cost[start] + price)
        cost.append(best)
    return cost[-1]


def _price(reading: str, typed: str, start: int, end: int, context: frozenset[str]) -> float | None:
    piece, length = reading[start:end], end - start
    if start >= length and reading[start - length : start] == piece:
        return REPEATED
    if length >= 3 and piece in context:
        return CONTEXT
    if length == 4 and YEARS.fullmatch(typed[start:end]):
        return YEAR
    if length >= 3 and any(text in run for text in (piece, typed[start:end]) for run in _runs()):
        return RUN
    if length >= 4 and piece in _common():
        return COMMON
    return None


@lru_cache(maxsize=1)
def _runs() -> tuple[str, ...]:
    return RUNS + tuple(run[::-1] for run in RUNS)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
