"""Sentences about how a form was answered: reasons to ask, never a judgement of who answered.

A mark is read as ``Response.marks`` keeps it: its code with the figures it was raised from. No mark
changes a score, and an honest person may well give reason for any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.measurement.definition import Instrument
from assessments.measurement.quality import MarkCode
from assessments.wording.terms import joined

Mark = Mapping[str, Any]

SHORT = {
    MarkCode.LONG_STRING: gettext_lazy("many equal answers in a row"),
    MarkCode.ALL_SAME: gettext_lazy("all answers the same"),
    MarkCode.TOO_FAST: gettext_lazy("answered very fast"),
    MarkCode.ACQUIESCENCE: gettext_lazy("opposites answered alike"),
    MarkCode.MISSING: gettext_lazy("many questions left open"),
}


def mark_note(marks: Sequence[Mark]) -> str:
    """The marks of a form in a few words, for a list, such as "all answers the same"."""
    return ", ".join(str(SHORT[MarkCode(mark["code"])]) for mark in _shown(marks))


def mark_sentences(marks: Sequence[Mark], instrument: Instrument) -> list[str]:
    """One plain sentence for each mark of a form."""
    return [_SENTENCES[MarkCode(mark["code"])](mark, instrument) for mark in _shown(marks)]


def _shown(marks: Sequence[Mark]) -> list[Mark]:
    """All but what another says already: equal answers throughout are also a row of them."""
    codes = {mark["code"] for mark in marks}
    covered = {MarkCode.LONG_STRING} if MarkCode.ALL_SAME in codes else set()
    return [mark for mark in marks if mark["code"] not in covered]


def _long_string(mark: Mark, instrument: Instrument) -> str:
    numbers = {item.code: number for number, item in enumerate(instrument.items, start=1)}
    return _(
        "%(length)d answers in a row were the same, from question %(first)d to question "
        "%(last)d: worth asking how these questions were read."
    ) % {
        "length": mark["length"],
        "first": numbers[mark["first"]],
        "last": numbers[mark["last"]],
    }


def _all_same(mark: Mark, instrument: Instrument) -> str:
    if mark["reversed"]:
        return _(
            "All %(items)d answers were the same, although some questions point the opposite way: "
            "worth asking how the questions were read."
        ) % {"items": mark["items"]}
    return _(
        "All %(items)d answers were the same, which may well be meant so: worth asking how the "
        "questions were read."
    ) % {"items": mark["items"]}


def _too_fast(mark: Mark, instrument: Instrument) -> str:
    seconds = {"seconds": number_format(mark["seconds"], 1)}
    if mark["basis"] == "items":
        return (
            _(
                "Half of the questions were answered within %(seconds)s seconds each: worth asking "
                "whether there was time and quiet for it."
            )
            % seconds
        )
    return (
        _(
            "The whole form took %(seconds)s seconds a question: worth asking whether there was "
            "time and quiet for it."
        )
        % seconds
    )


def _acquiescence(mark: Mark, instrument: Instrument) -> str:
    if mark["acquiescence"] > 0:
        return _(
            "Statements that say the opposite of each other were mostly agreed with alike: worth "
            "asking what they brought to mind."
        )
    return _(
        "Statements that say the opposite of each other were mostly turned down alike: worth "
        "asking what they brought to mind."
    )


def _missing(mark: Mark, instrument: Instrument) -> str:
    missing = int(mark["missing"])
    sentence = ngettext(
        "%(missing)d of %(items)d questions was left open: worth asking whether it was hard to "
        "answer or did not fit.",
        "%(missing)d of %(items)d questions were left open: worth asking whether they were hard "
        "to answer or did not fit.",
        missing,
    ) % {"missing": missing, "items": mark["items"]}
    names = [
        instrument.scales_by_code[scale].name
        for scale in mark["scales"]
        if scale in instrument.scales_by_code
    ]
    if names:
        sentence += " " + _("Too few answers to score: %(scales)s.") % {"scales": joined(names)}
    return sentence


_SENTENCES: dict[MarkCode, Callable[[Mark, Instrument], str]] = {
    MarkCode.LONG_STRING: _long_string,
    MarkCode.ALL_SAME: _all_same,
    MarkCode.TOO_FAST: _too_fast,
    MarkCode.ACQUIESCENCE: _acquiescence,
    MarkCode.MISSING: _missing,
}
