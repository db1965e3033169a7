"""Reads typed values out of TOML tables and notes every fault with its place, never raising.

A faulty value is replaced by a harmless one so that reading goes on and one run finds all faults;
nothing built from a table with faults leaves `parse`.
"""

import datetime
import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# Nothing that ends the address or the attribute it stands in: no space, quotation mark or bracket.
WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")

LINE, PARAGRAPH = 200, 5000
MAXIMUM_ITEMS = 500
UNKNOWN_NAMED = 20
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ZERO_WIDTH = frozenset("\u200b\u2060\ufeff")  # the joiners stay: some scripts need them
# Control characters, surrogates, line and paragraph separators.
HIDDEN_CATEGORIES = frozenset(("Cc", "Cs", "Zl", "Zp"))


def hidden_character(text: str, *, lines: bool) -> str | None:
    """Name the first character a reader could not see or that turns text round, if any."""
    for character in text:
        if lines and character == "\n":
            continue
        unseen = character in BIDI or character in ZERO_WIDTH
        if unseen or unicodedata.category(character) in HIDDEN_CATEGORIES:
            return f"U+{ord(character):04X}"
    return None


def shown(value: object) -> str:
    """A value as it may stand in a sentence: short, and without line breaks."""
    if isinstance(value, int) and value.bit_length() > 100:
        return "far too large"  # and Python refuses to write out the largest ones
    text = ascii(value)
    return text if len(text) <= 42 else text[:39] + "..."


def plain(text: str) -> str:
    """A text of the file as it may stand in a sentence: short, and without hidden characters."""
    return "".join(
        "?" if hidden_character(character, lines=False) else character for character in text[:40]
    )


def quoted(text: str) -> str:
    return f'"{plain(text)}"'


class Table:
    """One table of the file; `place` opens every sentence about it."""

    def __init__(self, data: dict[str, Any], place: str, problems: list[str]) -> None:
        self.data = data
        self.place = place
        self.problems = problems
        self.known: list[str] = []

    def note(self, sentence: str) -> None:
        self.problems.append(f"{self.place}: {sentence}")

    def _take(self, key: str, *, required: bool) -> Any:
        self.known.append(key)
        if key not in self.data and required:
            self.note(f'"{key}" is missing.')
        return self.data.get(key)

    def text(self, key: str, *, limit: int = LINE, lines: bool = False) -> str:
        return self._text(key, limit, lines, required=True) or ""

    def optional_text(self, key: str, *, limit: int = LINE, lines: bool = False) -> str | None:
        return self._text(key, limit, lines, required=False)

    def _text(self, key: str, limit: int, lines: bool, *, required: bool) -> str | None:
        value = self._take(key, required=required)
        if value is None:
            return None
        if not isinstance(value, str):
            self.note(f'"{key}" must be text in quotation marks.')
            return None
        if not value.strip():
            self.note(f'"{key}" must not be empty.')
        elif len(value) > limit:
            self.note(f'"{key}" is too long: {len(value)} characters, {limit} allowed.')
        elif (hidden := hidden_character(value, lines=lines)) is not None:
            self.note(f'"{key}" holds a character that cannot be seen ({hidden}).')
        return value

    def code(self, key: str, pattern: re.Pattern[str] = CODE) -> str:
        value = self.text(key)
        if value.strip() and not (pattern.fullmatch(value) and len(value) <= 64):
            wanted = {
                SLUG: "up to 64 small letters, digits and single hyphens",
                LANGUAGE: 'a language code such as "en"',
            }.get(pattern, "up to 40 letters, digits, hyphens or underscores, not first a hyphen")
            self.note(f'"{key}" must be {wanted}.')
        return value

    def choice(self, key: str, choices: Iterable[str]) -> str:
        value = self.text(key)
        options = list(choices)
        if value.strip() and value not in options:
            self.note(f'"{key}" must be one of {", ".join(options)}; it is {shown(value)}.')
        return value

    def optional_choice(self, key: str, choices: Iterable[str]) -> str | None:
        if key in self.data:
            return self.choice(key, choices)
        self.known.append(key)
        return None

    def web_address(self, key: str, *, required: bool = False) -> str | None:
        value = self._text(key, LINE, lines=False, required=required)
        if value and value.strip() and not WEB_ADDRESS.fullmatch(value):
            self.note(f'"{key}" must be a web address that begins with https:// or http://.')
        return value

    def integer(self, key: str, low: int, high: int, *, required: bool = True) -> int | None:
        value = self._take(key, required=required)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            self.note(f'"{key}" must be a whole number.')
            return None
        if not low <= value <= high:
            self.note(f'"{key}" must be from {low} to {high}; it is {shown(value)}.')
            return None
        return value

    def number(self, key: str, low: float, high: float, *, required: bool = True) -> float | None:
        value = self._take(key, required=required)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool):
            self.note(f'"{key}" must be a number.')
            return None
        if not low <= value <= high or not math.isfinite(value):
            self.note(f'"{key}" must be from {low:g} to {high:g}; it is {shown(value)}.')
            return None
        return float(value)

    def interval(self, key: str, low: float, high: float) -> tuple[float, float] | None:
        value = self._take(key, required=False)
        if value is None:
            return None
        numbers = value if isinstance(value, list) else []
        if len(numbers) != 2 or not all(
            isinstance(number, int | float) and not isinstance(number, bool) for number in numbers
        ):
            self.note(f'"{key}" must be two numbers in brackets, such as [0.78, 0.85].')
            return None
        if not low <= numbers[0] <= numbers[1] <= high:  # also where one is not a number
            self.note(
                f'"{key}" must rise from its first number to its second, within {low} to {high}.'
            )
            return None
        return float(numbers[0]), float(numbers[1])

    def boolean(self, key: str) -> bool:
        value = self._take(key, required=False)
        if value is not None and not isinstance(value, bool):
            self.note(f'"{key}" must be true or false.')
        return value is True

    def date(self, key: str) -> datetime.date | None:
        value = self._take(key, required=False)
        if value is None:
            return None
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            self.note(f'"{key}" must be a date such as 2026-11-24, without quotation marks.')
            return None
        return value

    def texts(self, key: str, limit: int) -> list[str]:
        value = self._take(key, required=True)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            self.note(f'"{key}" must be a list of texts in quotation marks.')
            return []
        if len(value) > limit:
            self.note(f'"{key}" has {len(value)} entries; {limit} are allowed.')
            return []
        return list(value)

    def table(self, key: str, *, required: bool = True) -> "Table | None":
        value = self._take(key, required=required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.note(f'"{key}" must be a table.')
            return None
        return Table(value, key if self.place == "file" else f"{self.place}, {key}", self.problems)

    def tables(
        self, key: str, noun: str, limit: int, *, label: str = "code", required: bool = False
    ) -> list["Table"]:
        """The tables of a list, each with a place such as "item CDP03" or "item number 4"."""
        value = self._take(key, required=required)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.note(f'"{key}" must be a list of tables.')
            return []
        if len(value) > limit:
            self.note(f'"{key}" has {len(value)} entries; {limit} are allowed.')
            return []
        prefix = "" if self.place == "file" else f"{self.place}, "
        return [
            Table(entry, f"{prefix}{_place(noun, entry.get(label), number)}", self.problems)
            for number, entry in enumerate(value, start=1)
        ]

    def refuse(self, key: str, sentence: str) -> None:
        """Note that a known key must not stand here."""
        self.known.append(key)
        self.note(f'take "{key}" out; {sentence}')

    def finish(self) -> None:
        """Note the keys nobody asked for: most often a slip of the pen in an optional one."""
        unknown = [key for key in self.data if key not in self.known]
        known = ", ".join(self.known)
        for key in unknown[:UNKNOWN_NAMED]:
            self.note(f"unknown key {shown(key)}; known here are {known}.")
        if len(unknown) > UNKNOWN_NAMED:
            self.note(f"{len(unknown) - UNKNOWN_NAMED} more unknown keys.")


def _place(noun: str, label: object, number: int) -> str:
    if isinstance(label, str) and CODE.fullmatch(label):
        return f"{noun} {label}"
    return f"{noun} number {number}"
