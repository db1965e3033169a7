"""The practice's own words for messages to clients, within bounds that keep them safe to send.

Whoever sees the screen of a telephone may read a message. So it may say that a form is waiting,
and nothing of what the form is about; and it may lead nowhere but to the form.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from string import Template
from typing import cast

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import audit
from clinic.actions import Refused, messages
from clinic.actions.practices import locked
from clinic.addresses import absolute
from clinic.audit import Actor
from clinic.models import MessageWording, Notice, Practice, User

PLACEHOLDERS = ("link", "practice", "until")
SUBJECT_LENGTH = 80
# Characters of the whole text, with everything put in.
LONGEST: dict[str, int] = {Notice.Channel.MAIL: 1000, Notice.Channel.SMS: 300}
# Translators: beginnings of words that no message to a client may hold, in your language.
CLINICAL = gettext_lazy(
    "depress, anxi, panic, risk, suicid, self-harm, diagnos, score, therap, psych, symptom, "
    "disorder, trauma, addict, mental, medic, clinic, treatment, crisis"
)
# A page ("www.example.org", "https://..."), or the part of a mail address that looks like one.
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S*|\bwww\.\S+|[\w.@-]*[^\W_]\.[^\W\d_]{2,}\b\S*", re.I)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a wording, in a sentence, and the field that it is about."""

    field: str
    sentence: str


@transaction.atomic
def set_wording(
    *,
    practice: Practice,
    kind: str,
    channel: str,
    subject: str,
    text: str,
    forbidden: Collection[str] = (),
    by: Actor,
    now: datetime,
) -> MessageWording:
    """Use these words from the next message on. An empty subject leaves ours in place.

    ``forbidden`` are names that no message may hold, beside the clinical words: those of forms.
    Raises Refused with the first fault.
    """
    practice = locked(practice)
    for fault in faults(practice, kind, channel, subject, text, forbidden):
        raise Refused(fault.sentence, fault.field)
    wording, _made = MessageWording.objects.update_or_create(
        practice=practice,
        kind=kind,
        channel=channel,
        defaults={
            "subject": subject,
            "text": text,
            "changed_at": now,
            "changed_by": cast("User", by.user),
        },
    )
    audit.record(
        "message_wording.set",
        by=by,
        now=now,
        about=wording,
        practice_id=practice.pk,
        details={"kind": str(kind), "channel": str(channel)},
    )
    return wording


@transaction.atomic
def reset_wording(*, practice: Practice, kind: str, channel: str, by: Actor, now: datetime) -> bool:
    """Go back to our words; False where they are in use already."""
    practice = locked(practice)
    wording = MessageWording.objects.filter(practice=practice, kind=kind, channel=channel).first()
    if wording is None:
        return False
    audit.record(
        "message_wording.reset",
        by=by,
        now=now,
        about=wording,
        practice_id=practice.pk,
        details={"kind": str(kind), "channel": str(channel)},
    )
    wording.delete()
    return True


def preview(
    practice: Practice, kind: str, channel: str, subject: str, text: str
) -> messages.Message:
    """The message as a client would get it, with a link that opens nothing."""
    own = MessageWording(subject=subject, text=text)
    return messages.message(
        practice,
        kind,
        channel,
        {(kind, channel): own},
        link=absolute("form-landing", f"{'example-' * 5}abc"),
        # The longest that a date becomes.
        until=date_format(datetime(2026, 9, 30, 6), "l j F, H:i"),  # noqa: DTZ001
    )


# --- Bounds ---------------------------------------------------------------------------------------


def faults(
    practice: Practice,
    kind: str,
    channel: str,
    subject: str,
    text: str,
    forbidden: Collection[str] = (),
) -> list[Fault]:
    """Everything that is wrong with a wording; empty where it may be used."""
    found = []
    if "link" not in _placeholders(text):
        sentence = _("Please keep $link in it: without the link nobody can open the form.")
        found.append(Fault("text", sentence))
    if "link" in _placeholders(subject):
        sentence = _("Please keep $link out of the subject: it is read by many on the way.")
        found.append(Fault("subject", sentence))
    for field, words in (("subject", subject), ("text", text)):
        found += [Fault(field, sentence) for sentence in _wrong_in(words, forbidden)]
    length, limit = len(preview(practice, kind, channel, subject, text).text), LONGEST[channel]
    if length > limit:
        sentence = _(
            "With everything put in, this is %(length)d characters long. %(limit)d are possible."
        ) % {"length": length, "limit": limit}
        found.append(Fault("text", sentence))
    return found


def _wrong_in(words: str, forbidden: Collection[str]) -> list[str]:
    sentence = _("“%(name)s” means nothing here. What is put in: $link, $practice and $until.")
    unknown = sorted(_placeholders(words) - set(PLACEHOLDERS))
    found = [sentence % {"name": f"${name}"} for name in unknown]
    plain = Template(words).safe_substitute({name: name for name in PLACEHOLDERS})
    if address := ADDRESS.search(plain):
        found.append(
            _(
                "“%(address)s” looks like an address. $link is the only one that a message may "
                "hold, so that clients can trust it. If it is none, put a space after the stop."
            )
            % {"address": address.group()}
        )
    clinical = _any_of(str(CLINICAL).split(","), r"\w*")
    named = _any_of(forbidden, r"(?!\w)")
    if match := clinical.search(plain) or named.search(plain):
        found.append(
            _(
                "“%(word)s” may not stand in a message: somebody else may see the screen, and "
                "would learn what the form is about."
            )
            % {"word": match.group()}
        )
    return found


def _placeholders(words: str) -> set[str]:
    """The names after dollar signs; an empty one, or a second sign, where there is no name."""
    return {
        match["named"] or match["braced"] or match["escaped"] or ""
        for match in Template.pattern.finditer(words)
    }


def _any_of(names: Collection[str], ending: str) -> re.Pattern[str]:
    """Any of these names, however its parts are spaced or hyphenated ("PHQ 9" is PHQ-9)."""
    spelled = [
        r"[\W_]*".join(re.escape(part) for part in re.findall(r"[^\W\d_]+|\d+", name))
        for name in sorted(names)
    ]
    return re.compile(rf"(?<!\w)(?:{'|'.join(filter(None, spelled)) or '(?!)'}){ending}", re.I)
