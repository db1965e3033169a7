"""A wording written as our own TOML: to be typed in by somebody, or to be sent on once checked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from assessments.measurement.definition import Instrument, OptionSet, WordingTexts


def skeleton(instrument: Instrument) -> str:
    """A file with the codes of an instrument and a place for every text."""
    values = {one.code: [str(o.value) for o in one.options] for one in _used_sets(instrument)}
    lines = [
        *_comment(
            _("The wording of %(name)s, version %(version)d, to be typed in from a copy you have.")
            % {"name": instrument.name, "version": instrument.version}
        ),
        *_comment(
            _(
                "Type every text between its quotation marks, word for word. A quotation mark "
                'inside a text is written with a backslash before it: \\".'
            )
        ),
        *_comment(_("The language of the texts, and where you have them from, go in below.")),
        *_head(instrument, instrument.language, ""),
        *_comment(_("What is said before the first question. Take the # away to use it.")),
        '# introduction = ""',
        "",
        "[items]",
        *(f'{item.code} = ""' for item in instrument.items),
    ]
    for one in _used_sets(instrument):
        told = _("One answer for each value, in this order: %(values)s.")
        lines += [
            "",
            f"[options.{one.code}]",
            *_comment(told % {"values": ", ".join(values[one.code])}),
        ]
        if one.first_label is not None:
            first = _("The first one reads “%(label)s”.") % {"label": one.first_label}
            lines += _comment(first)
        lines.append("labels = [")
        lines += [f'  "",  # {value}' for value in values[one.code]]
        lines.append("]")
    return "\n".join(lines) + "\n"


def written(instrument: Instrument, texts: WordingTexts, source: str) -> str:
    """The same texts as a file that reads as they do."""
    lines = [*_head(instrument, texts.language or instrument.language, source or "-")]
    if texts.introduction is not None:
        lines.append(f"introduction = {_quoted(texts.introduction)}")
    lines += ["[items]", *_pairs({item.code: texts.items[item.code] for item in instrument.items})]
    for code, labels in texts.options.items():
        lines += [f"[options.{code}]", f"labels = [{', '.join(_quoted(one) for one in labels)}]"]
    return "\n".join(lines) + "\n"


def _head(instrument: Instrument, language: str, source: str) -> Sequence[str]:
    return [
        "format = 1",
        f"instrument = {_quoted(instrument.code)}",
        f"version = {instrument.version}",
        f"language = {_quoted(language)}",
        f"source = {_quoted(source)}",
    ]


def _pairs(texts: Mapping[str, str]) -> list[str]:
    return [f"{code} = {_quoted(text)}" for code, text in texts.items()]


def _comment(sentence: str) -> list[str]:
    return [f"# {line}" for line in sentence.splitlines()]


def _quoted(text: str) -> str:
    # A basic string of TOML takes the escapes of JSON; of the rest only DEL has to be escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _used_sets(instrument: Instrument) -> list[OptionSet]:
    return list({item.option_set.code: item.option_set for item in instrument.items}.values())
