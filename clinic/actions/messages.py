"""What a message to a client says: our words, or the practice's own for the same kind.

Never a clinical word, the name of a form or a score: whoever sees the screen of a telephone learns
that a practice wrote, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from clinic.models import MessageWording, Notice, Practice

Kind, Channel = Notice.Kind, Notice.Channel


@dataclass(frozen=True)
class Message:
    """A subject (empty for a text message) and a text."""

    subject: str
    text: str


# What stands in braces is put in: $practice, $link, $until (when the link stops working).
OURS: Mapping[tuple[str, str], tuple[str | Promise, str | Promise]] = {
    (Kind.FORM, Channel.MAIL): (
        gettext_lazy("A form is waiting for you"),
        gettext_lazy(
            "Hello,\n\n"
            "a form from $practice is waiting for you. It takes a few minutes, and you can "
            "stop and come back with the same link:\n\n"
            "$link\n\n"
            "The link is for you alone, so please do not pass it on. It works until $until.\n\n"
            "Nobody reads replies to this message. If these messages come at a bad time, the same "
            "link lets you pause or stop them.\n"
        ),
    ),
    (Kind.REMINDER, Channel.MAIL): (
        gettext_lazy("A form is still waiting for you"),
        gettext_lazy(
            "Hello,\n\n"
            "the form from $practice is still open, if you would like to fill it in. What you "
            "have answered already is kept:\n\n"
            "$link\n\n"
            "It works until $until, for you alone.\n\n"
            "Nobody reads replies to this message. If these messages come at a bad time, the same "
            "link lets you pause or stop them.\n"
        ),
    ),
    (Kind.FORM, Channel.SMS): (
        "",
        gettext_lazy("A form from $practice is waiting for you, until $until: $link"),
    ),
    (Kind.REMINDER, Channel.SMS): (
        "",
        gettext_lazy("The form from $practice is still open, until $until: $link"),
    ),
}


# A practice's own words, by kind and channel.
Own = Mapping[tuple[str, str], MessageWording]


def wordings_of(practice: Practice) -> Own:
    """The practice's own words, by kind and channel."""
    return wordings_of_each([practice.pk])[practice.pk]


def wordings_of_each(practices: Iterable[UUID]) -> dict[UUID, Own]:
    """The own words of each of these practices: one query."""
    found: dict[UUID, dict[tuple[str, str], MessageWording]] = {pk: {} for pk in practices}
    for row in MessageWording.objects.filter(practice__in=found):
        found[row.practice_id][row.kind, row.channel] = row
    return dict(found)


def message(
    practice: Practice,
    kind: str,
    channel: str,
    own: Own,
    *,
    link: str,
    until: str,
) -> Message:
    """The message of this kind, in the practice's own words where it has some (``own``)."""
    subject, text = map(str, OURS[kind, channel])
    wording = own.get((kind, channel))
    if wording is not None:
        subject, text = wording.subject or subject, wording.text
    values = {"practice": practice.name, "link": link, "until": until}
    return Message(_fill(subject, values), _fill(text, values))


def _fill(text: str, values: Mapping[str, str]) -> str:
    return Template(text).safe_substitute(values)
