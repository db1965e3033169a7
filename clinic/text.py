"""Cleaning of what people type, before anything else looks at it.

The same rules serve the pages' forms and the API. Each function returns the clean value or raises
Django's ValidationError with a sentence for people. The rules are those of SECURITY.md: invisible
characters never make up a name, a line never brings a second line into a mail header, and a limit
counts after normalisation, in characters and in bytes.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

OLDEST_BIRTH = date(1900, 1, 1)
# The longest character of the Basic Multilingual Plane takes three bytes.
BYTES_PER_CHARACTER = 3
LONGEST_EMAIL = 254
LONGEST_PHONE = 40
# With the country, as E.164 has it; or as it is dialled from within.
PHONE = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{5,15}")
# What people put between the digits.
PHONE_GAPS = re.compile(r"[ ().\-/\u2010-\u2015]")


def clean_line(text: str, *, max_length: int) -> str:
    """One line: NFC, no control or invisible formatting characters, single spaces."""
    _refuse_unstorable(text)
    if "\n" in text or "\r" in text:
        raise ValidationError(_("Please write this on one line."), code="line_break")
    visible = "".join(_visible(character) for character in unicodedata.normalize("NFC", text))
    line = " ".join(visible.split())
    _refuse_too_long(line, max_length)
    return line


def clean_paragraphs(text: str, *, max_length: int) -> str:
    """Several lines: NFC, line ends as \\n, no control characters but the line end.

    Direction marks stay, since a note may mix scripts; a text of nothing but invisible
    characters is empty.
    """
    _refuse_unstorable(text)
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        character
        for character in text.replace("\t", " ")
        if character == "\n" or unicodedata.category(character) != "Cc"
    ).strip()
    if not "".join(_visible(character) for character in kept).strip():
        return ""
    _refuse_too_long(kept, max_length)
    return kept


def clean_visible(text: str, *, max_length: int) -> str:
    """Several lines of nothing but what can be seen: as ``clean_line``, line by line."""
    kept = clean_paragraphs(text, max_length=max_length)
    lines = ("".join(map(_visible, line)).rstrip() for line in kept.split("\n"))
    return "\n".join(lines)


def clean_email(text: str) -> str:
    """An address in one spelling: NFKC, lower case, the domain as ASCII. No IP address."""
    line = unicodedata.normalize("NFKC", clean_line(text, max_length=LONGEST_EMAIL)).casefold()
    if not line:
        return ""
    local, at, domain = line.rpartition("@")
    if "[" in domain or domain.replace(".", "").isdigit():
        raise ValidationError(
            _("Please give an address with a domain name, such as name@example.org."),
            code="invalid",
        )
    try:
        # Look-alike letters of other scripts then show themselves ("xn--…").
        line = f"{local}{at}{punycode(domain)}" if domain else line
        validate_email(line)
    except (ValidationError, UnicodeError):
        raise ValidationError(
            _("This is not a complete email address. It looks like name@example.org."),
            code="invalid",
        ) from None
    _refuse_too_long(line, LONGEST_EMAIL)
    return line


def clean_phone(text: str) -> str:
    """A telephone number, grouped as it was typed."""
    line = unicodedata.normalize("NFKC", clean_line(text, max_length=LONGEST_PHONE))
    if line:
        dialled(line)
    return line


def dialled(text: str) -> str:
    """What is dialled for a number as people write it: "+44 (0)20 7946 0018" is +442079460018."""
    # The zero in brackets is dialled only without the country.
    number = PHONE_GAPS.sub("", text.replace("(0)", "") if text.startswith("+") else text)
    if not PHONE.fullmatch(number):
        raise ValidationError(
            _(
                "This is not a complete telephone number. Write it as +44 20 7946 0018, or as it "
                "is dialled in your country. Words belong in the contact note."
            ),
            code="invalid",
        )
    return number


def parse_date(text: str) -> date:
    """A day as 2026-03-31 or 31/03/2026, in plain digits."""
    text = text.strip()
    if text.isascii():
        for parts in (text.split("-"), text.split("/")[::-1]):
            if len(parts) == 3 and all(part.isdigit() for part in parts) and len(parts[0]) == 4:
                try:
                    return date(*(int(part) for part in parts))
                except ValueError:
                    raise ValidationError(
                        _("There is no such day. Please check day and month."), code="invalid"
                    ) from None
    raise ValidationError(_("Please write the date as 31/03/2026."), code="invalid")


def clean_birth_date(day: date, today: date) -> date:
    """A date of birth: not before 1900, not in the future."""
    if day > today:
        raise ValidationError(_("This date lies in the future."), code="future")
    if day < OLDEST_BIRTH:
        raise ValidationError(_("Please check the year: it is before 1900."), code="too_early")
    return day


def clean_day(day: date, *, earliest: date, latest: date) -> date:
    """A day within a range that makes sense for what it is about."""
    if day < earliest:
        raise ValidationError(
            _("Please choose a day from %(day)s on.") % {"day": f"{earliest:%d/%m/%Y}"},
            code="too_early",
        )
    if day > latest:
        raise ValidationError(
            _("Please choose a day up to %(day)s.") % {"day": f"{latest:%d/%m/%Y}"},
            code="too_late",
        )
    return day


def years_from(today: date, years: int) -> date:
    """About ``years`` before or after today, for the ranges of ``clean_day``."""
    return today + timedelta(days=round(365.25 * years))


def _visible(character: str) -> str:
    """The character, a space for one that separates, or nothing for one that cannot be seen."""
    category = unicodedata.category(character)
    if character == "\t" or category in ("Zl", "Zp"):
        return " "
    return "" if category in ("Cc", "Cf") else character


def _refuse_unstorable(text: str) -> None:
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValidationError(
            _("This contains a character that cannot be stored. Please type it anew."),
            code="unstorable",
        )


def _refuse_too_long(text: str, max_length: int) -> None:
    length = max(len(text), -(-len(text.encode()) // BYTES_PER_CHARACTER))
    if length > max_length:
        raise ValidationError(
            ngettext(
                "This is longer than %(limit)d character. Please shorten it.",
                "This is longer than %(limit)d characters. Please shorten it.",
                max_length,
            )
            % {"limit": max_length},
            code="max_length",
        )
